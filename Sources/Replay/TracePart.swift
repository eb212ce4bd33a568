import Pricing
package import Traffic
import Units

/// Requests on their way into a trace, in any order, by numbers of their source's own.
///
/// Kept in pieces that are let go one by one, so that a trace is never in memory twice.
package struct TracePart: Sendable {
  /// What the source says of a request beside its lines.
  package struct Request: Sendable {
    package var row: Int64
    package var startedMilliseconds: Int64
    /// A number of the source's for what the engine and a report tell apart.
    package var kind: Int32
    package var session: Int64
    package var revenueNanoUSD: Int64
    package var status: UInt8
    package var isContext: Bool
    /// The ledger's planned cost where another model than the primary served.
    package var plannedNanoUSD: Int64?

    package init(
      row: Int64, startedMilliseconds: Int64, kind: Int32, session: Int64, revenueNanoUSD: Int64,
      status: UInt8, isContext: Bool, plannedNanoUSD: Int64?
    ) {
      self.row = row
      self.startedMilliseconds = startedMilliseconds
      self.kind = kind
      self.session = session
      self.revenueNanoUSD = revenueNanoUSD
      self.status = status
      self.isContext = isContext
      self.plannedNanoUSD = plannedNanoUSD
    }
  }

  /// What the first line of a request says of the tenant's month.
  struct Note: Hashable, Sendable {
    var limitNanoUSD: Int64
    var spentNanoUSD: Int64

    static let none = Note(limitNanoUSD: Trace.noAmount, spentNanoUSD: Trace.noAmount)
  }

  private static let piece = 1 << 16

  /// The routes of its lines, by numbers of the source's own.
  package private(set) var routes: Set<Int16> = []
  private var lastRoute: Int16 = -1
  var pieces: [[TraceRow]] = []
  var notes: [Note] = [.none]
  private var lastNote: Int32 = 0
  private var notesOfLimits: [Int64: Int32] = [:]
  var several: [Trace.Line] = []
  var laterStandings: [Int32: Trace.Standing] = [:]
  var planned: [UInt32: Int64] = [:]
  var prepaid: [UInt32: Int64] = [:]
  /// Requests of each kind.
  var counts: [Int32] = []

  package init() {}

  /// Adds a request with its only line.
  package mutating func add(_ request: Request, _ line: Trace.Line, _ budget: BudgetSnapshot) {
    var row = row(request, cost: line.cost.nanoUSD, budget)
    row.set(only: line)
    note(line.route)
    append(row)
  }

  /// Adds a request with its lines in the order of their positions; one without a line is passed over.
  package mutating func add(_ request: Request, _ lines: [TraceBuilder.Line]) {
    guard let first = lines.first else { return }
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
    append(row)
  }

  private mutating func row(
    _ request: Request, cost: Int64, _ budget: BudgetSnapshot
  ) -> TraceRow {
    let ledgerRow = UInt32(truncatingIfNeeded: request.row)
    if let balance = budget.prepaidBalance { prepaid[ledgerRow] = balance.nanoUSD }
    if let amount = request.plannedNanoUSD { planned[ledgerRow] = amount }
    return TraceRow(
      startedMilliseconds: request.startedMilliseconds, revenueNanoUSD: request.revenueNanoUSD,
      costNanoUSD: cost, ledgerRow: ledgerRow, kind: request.kind,
      session: Int32(truncatingIfNeeded: request.session), standing: note(budget),
      status: request.status, isContext: request.isContext)
  }

  private mutating func note(_ budget: BudgetSnapshot) -> Int32 {
    let note = Note(
      limitNanoUSD: budget.limit?.nanoUSD ?? Trace.noAmount,
      spentNanoUSD: budget.spent?.nanoUSD ?? Trace.noAmount)
    if notes[Int(lastNote)] == note { return lastNote }
    if budget.spent == nil {
      if note == .none {
        lastNote = 0
        return 0
      }
      if let known = notesOfLimits[note.limitNanoUSD] {
        lastNote = known
        return known
      }
      notesOfLimits[note.limitNanoUSD] = Int32(notes.count)
    }
    lastNote = Int32(notes.count)
    notes.append(note)
    return lastNote
  }

  private mutating func note(_ route: Int16) {
    guard route != lastRoute else { return }
    lastRoute = route
    if route >= 0 { routes.insert(route) }
  }

  private mutating func append(_ row: TraceRow) {
    if pieces.isEmpty || pieces[pieces.count - 1].count == Self.piece {
      pieces.append([])
      pieces[pieces.count - 1].reserveCapacity(Self.piece)
    }
    pieces[pieces.count - 1].append(row)
    while Int(row.kind) >= counts.count { counts.append(0) }
    counts[Int(row.kind)] += 1
  }
}
