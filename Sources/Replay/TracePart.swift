import Pricing
package import Traffic
import Units

/// Requests of one source on their way into a trace, by numbers of the source's own.
///
/// How many requests each tenant has is known before, so each goes straight to its place among its
/// tenant's: a trace is never in memory twice.
package struct TracePart: Sendable {
  /// What the source says of a request beside its lines.
  package struct Request: Sendable {
    package var row: Int64
    package var startedMilliseconds: Int64
    /// A number of the source's for what the engine and a report tell apart.
    package var kind: Int32
    /// A number of the source's.
    package var tenant: Int
    package var session: Int64
    package var revenueNanoUSD: Int64
    package var status: UInt8
    package var isContext: Bool
    /// The ledger's planned cost where another model than the primary served.
    package var plannedNanoUSD: Int64?

    package init(
      row: Int64, startedMilliseconds: Int64, kind: Int32, tenant: Int, session: Int64,
      revenueNanoUSD: Int64, status: UInt8, isContext: Bool, plannedNanoUSD: Int64?
    ) {
      self.row = row
      self.startedMilliseconds = startedMilliseconds
      self.kind = kind
      self.tenant = tenant
      self.session = session
      self.revenueNanoUSD = revenueNanoUSD
      self.status = status
      self.isContext = isContext
      self.plannedNanoUSD = plannedNanoUSD
    }
  }

  private let rows: TraceRows
  /// By tenant, where the next of its requests goes, and where its last one is followed by others.
  private(set) var places: [Range<Int>]
  /// The routes of its lines, by numbers of the source's own.
  package private(set) var routes: Set<Int16> = []
  private var lastRoute: Int16 = -1
  /// Limits that lines state; the first is none.
  package private(set) var limits = [Trace.noAmount]
  private var lastLimit = 0
  private var numbersOfLimits: [Int64: Int] = [:]
  private(set) var several: [Trace.Line] = []
  private(set) var laterStandings: [Int32: Trace.Standing] = [:]
  private(set) var planned: [UInt32: Int64] = [:]
  private(set) var prepaid: [UInt32: Int64] = [:]
  private(set) var wide: [UInt32: Trace.Wide] = [:]

  init(_ rows: TraceRows, _ places: [Range<Int>]) {
    self.rows = rows
    self.places = places
  }

  /// Whether all requests that were counted are there.
  var isFull: Bool { places.allSatisfy(\.isEmpty) }

  /// Limits that a trace can tell apart.
  package static let mostLimits = TraceRow.mostLimits - 1

  /// Adds a request with its only line.
  package mutating func add(_ request: Request, _ line: Trace.Line, _ budget: BudgetSnapshot) {
    var row = row(request, cost: line.cost.nanoUSD, budget)
    if !row.set(only: line) {
      row.set(lines: several.count, count: 1)
      several.append(line)
    }
    note(line.route)
    append(row, of: request.tenant)
  }

  /// Adds a request with its lines in the order of their positions. One without any is kept, as counted,
  /// but says nothing.
  package mutating func add(_ request: Request, _ lines: [TraceBuilder.Line]) {
    guard let first = lines.first else {
      var silent = request
      silent.isContext = true
      var row = row(silent, cost: 0, BudgetSnapshot())
      row.set(lines: several.count, count: 0)
      return append(row, of: request.tenant)
    }
    guard lines.count > 1 else { return add(request, first.line, first.budget) }
    let lines = lines.prefix(255)
    let cost = lines.reduce(Int64(0)) { $0 &+ $1.line.cost.nanoUSD }
    var row = row(request, cost: cost, first.budget)
    row.set(lines: several.count, count: lines.count)
    for line in lines {
      let budget = line.budget
      if budget.spent != first.budget.spent || budget.limit != first.budget.limit {
        laterStandings[Int32(several.count)] = Trace.Standing(
          limit: budget.limit, spent: budget.spent)
      }
      note(line.line.route)
      several.append(line.line)
    }
    append(row, of: request.tenant)
  }

  private mutating func row(
    _ request: Request, cost: Int64, _ budget: BudgetSnapshot
  ) -> TraceRow {
    let ledgerRow = UInt32(truncatingIfNeeded: request.row)
    if let balance = budget.prepaidBalance { prepaid[ledgerRow] = balance.nanoUSD }
    if let amount = request.plannedNanoUSD { planned[ledgerRow] = amount }
    var row = TraceRow(
      startedMilliseconds: request.startedMilliseconds, ledgerRow: ledgerRow, kind: request.kind,
      session: Int32(truncatingIfNeeded: request.session), limit: limit(budget),
      spentNanoUSD: budget.spent?.nanoUSD ?? Trace.noAmount, status: request.status,
      isContext: request.isContext)
    if !row.set(revenueNanoUSD: request.revenueNanoUSD, costNanoUSD: cost) {
      wide[ledgerRow] = Trace.Wide(revenueNanoUSD: request.revenueNanoUSD, costNanoUSD: cost)
    }
    return row
  }

  private mutating func limit(_ budget: BudgetSnapshot) -> Int {
    guard let amount = budget.limit?.nanoUSD else { return 0 }
    if limits[lastLimit] == amount { return lastLimit }
    if let known = numbersOfLimits[amount] {
      lastLimit = known
      return known
    }
    lastLimit = limits.count
    numbersOfLimits[amount] = lastLimit
    limits.append(amount)
    return lastLimit
  }

  private mutating func note(_ route: Int16) {
    guard route != lastRoute else { return }
    lastRoute = route
    if route >= 0 { routes.insert(route) }
  }

  private mutating func append(_ row: TraceRow, of tenant: Int) {
    let place = places[tenant].lowerBound
    precondition(place < places[tenant].upperBound, "a tenant has more requests than were counted")
    rows[place] = row
    places[tenant] = place + 1..<places[tenant].upperBound
  }
}
