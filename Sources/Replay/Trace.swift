package import Pricing
package import Traffic
package import Units

/// Recorded traffic, small enough to keep a month in memory: 56 bytes a request, and 32 more for each
/// line of those that have several.
///
/// Names stand as numbers; requests are in the order of their tenants, then of (start, request id). The
/// line of a request that has only one has the request's own place; others come after all of these.
package final class Trace: Sendable {
  /// Stands for an amount that is not known.
  package static let noAmount = Int64.min

  /// One request, with its lines at `firstLine ..< firstLine + lineCount`.
  package struct Request: Sendable {
    package var startedAt: Timestamp
    /// What the tenant pays if it is served.
    package var revenue: Money
    /// Of all its lines.
    package var cost: Money
    /// The tenant's limit of the month; ``Trace/noAmount`` without one.
    package var limitNanoUSD: Int64
    /// What the log says was spent of the month, less what the ledger had booked.
    package var spentOffsetNanoUSD: Int64
    package var day: UTCDay
    /// The ledger's own number.
    package var row: UInt32
    package var firstLine: Int32
    package var tenant: Int32
    package var profile: Int32
    /// What kind of work it is, for token counts: the workflow.
    package var stratum: Int32
    package var planCell: Int32
    package var group: Int32
    /// 0 without one.
    package var session: Int32
    package var lineCount: UInt8
    package var status: UInt8
    /// Outside the period asked for: it is booked as recorded and not counted.
    package var isContext: Bool

    static let placeholder = Request(
      startedAt: Timestamp(milliseconds: 0), revenue: .zero, cost: .zero, limitNanoUSD: noAmount,
      spentOffsetNanoUSD: 0, day: UTCDay(daysSince1970: 0), row: 0, firstLine: 0, tenant: 0,
      profile: 0, stratum: 0, planCell: 0, group: 0, session: 0, lineCount: 0, status: 0,
      isContext: true)

    var lines: Range<Int> { Int(firstLine)..<Int(firstLine) + Int(lineCount) }

    var limit: Money? {
      limitNanoUSD == Trace.noAmount ? nil : Money(nanoUSD: limitNanoUSD)
    }
  }

  /// One line of a request.
  package struct Line: Sendable {
    package var cost: Money
    package var latencyMilliseconds: Int32
    package var input: Int32
    package var cachedInput: Int32
    package var cacheWrite: Int32
    package var output: Int32
    /// Among ``Trace/routes``; -1 for an action.
    package var route: Int16
    package var work: LineWork
    private let flags: UInt8

    package init(
      cost: Money, latencyMilliseconds: Int32, input: Int32, cachedInput: Int32,
      cacheWrite: Int32, output: Int32, route: Int16, work: LineWork, isUnpriced: Bool,
      isProbe: Bool = false
    ) {
      self.cost = cost
      self.latencyMilliseconds = latencyMilliseconds
      self.input = input
      self.cachedInput = cachedInput
      self.cacheWrite = cacheWrite
      self.output = output
      self.route = route
      self.work = work
      flags = (isUnpriced ? 1 : 0) | (isProbe ? 2 : 0)
    }

    var isUnpriced: Bool { flags & 1 != 0 }
    /// Taken by chance, to learn of a route, and not because a policy said so.
    var isProbe: Bool { flags & 2 != 0 }
  }

  /// The requests that the engine cannot tell apart before any attempt.
  package struct Profile: Hashable, Sendable {
    /// The fields that a policy looks at; the others are left out.
    package var attribution: Attribution
    package var givenClass: TrafficClass?
    package var primary: Int
  }

  /// Requests whose planned costs are averaged (events.md, "Planned cost").
  package struct PlanCell: Hashable, Sendable {
    package var day: UTCDay
    /// 0 for none.
    package var workflow: Int32
    package var primaryModel: Int32
    /// Among ``Trace/planMonths``.
    package var month: Int32
  }

  package struct PlanMonth: Hashable, Sendable {
    package var month: UTCMonth
    package var primaryModel: Int32
  }

  /// What requests have in common, whose numbers a row then need not hold.
  struct Kind: Hashable, Sendable {
    var tenant: Int32
    var profile: Int32
    var stratum: Int32
    var group: Int32
    /// Among the pairs of a workflow and a primary model.
    var plan: Int32
  }

  /// Amounts that a row has no room for.
  struct Wide: Hashable, Sendable {
    let revenueNanoUSD: Int64
    let costNanoUSD: Int64
  }

  private let columns: TraceColumns

  init(_ columns: TraceColumns) { self.columns = columns }

  package var routes: [Route] { columns.routes }
  package var models: [ModelID] { columns.models }
  package var modelOfRoute: [Int] { columns.modelOfRoute }
  package var tenants: [Name] { columns.tenants }
  package var histories: [TenantHistory?] { columns.histories }
  package var monthStarts: [Int32: [Int64]] { columns.monthStarts }
  package var profiles: [Profile] { columns.profiles }
  package var strata: [Name?] { columns.strata }
  package var groups: [[String?]] { columns.groups }
  package var planCells: [PlanCell] { columns.planCells }
  package var planMonths: [PlanMonth] { columns.planMonths }
  package var ofTenant: [Range<Int>] { columns.ofTenant }
  package var laterStandings: [Int32: Standing] { columns.laterStandings }
  var rows: TraceRows { columns.rows }
  var several: [Line] { columns.several }
  var kinds: [Kind] { columns.kinds }
  var limits: [Int64] { columns.limits }
  var wide: [UInt32: Wide] { columns.wide }
  var planned: [UInt32: Int64] { columns.planned }
  var prepaid: [UInt32: Int64] { columns.prepaid }
  var cellOf: [Int32] { columns.cellOf }
  var dayPlaces: [Int32] { columns.dayPlaces }
  var firstDay: Int { columns.firstDay }

  package struct Standing: Hashable, Sendable {
    package var limit: Money?
    package var spent: Money?
  }
}

extension Trace {
  package var indices: Range<Int> { rows.indices }

  /// Whether any request started in the period asked for.
  package var hasRequests: Bool { indices.contains { !rows[$0].isContext } }

  func request(_ index: Int) -> Request {
    let row = rows[index]
    let kind = kinds[Int(row.kind)]
    let startedAt = Timestamp(milliseconds: row.startedMilliseconds)
    let day = startedAt.day
    let isSeveral = row.hasSeveralLines
    let wide = row.isWide ? wide[row.ledgerRow] : nil
    return Request(
      startedAt: startedAt, revenue: Money(nanoUSD: wide?.revenueNanoUSD ?? row.revenueNanoUSD),
      cost: Money(nanoUSD: wide?.costNanoUSD ?? row.costNanoUSD),
      limitNanoUSD: limits[row.limit], spentOffsetNanoUSD: row.spentOffsetNanoUSD, day: day,
      row: row.ledgerRow, firstLine: Int32(isSeveral ? rows.count + row.firstLine : index),
      tenant: kind.tenant, profile: kind.profile, stratum: kind.stratum,
      planCell: cellOf[Int(dayPlaces[day.daysSince1970 - firstDay]) + Int(kind.plan)],
      group: kind.group, session: row.session, lineCount: isSeveral ? UInt8(row.lineCount) : 1,
      status: row.status, isContext: row.isContext)
  }

  func line(_ index: Int) -> Line {
    index < rows.count ? rows[index].line : several[index - rows.count]
  }

  /// Whether a request began with a call that was made by chance.
  func isProbe(_ index: Int) -> Bool {
    let row = rows[index]
    return row.hasSeveralLines && row.lineCount > 0 && several[row.firstLine].isProbe
  }

  func row(_ index: Int) -> Int64 { Int64(rows[index].ledgerRow) }

  func tenant(of index: Int) -> Int32 { kinds[Int(rows[index].kind)].tenant }

  /// The ledger's planned cost of a request that another model than the primary served.
  func planned(_ request: Request) -> Money? {
    planned[request.row].map(Money.init(nanoUSD:))
  }

  /// What the log says is left of what was paid in advance.
  func prepaidBalance(_ request: Request) -> Money? {
    prepaid.isEmpty ? nil : prepaid[request.row].map(Money.init(nanoUSD:))
  }
}

extension Trace.Line {
  /// The line's work, with a drop that gave at least this many tokens told apart.
  func work(useful tokens: Int64) -> LineWork {
    work.failureKind == .streamDropped && Int64(output) >= tokens ? .usefulDrop : work
  }
}
