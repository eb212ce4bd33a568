package import GRDB
package import PolicyAnalysis
package import PolicyEngine
internal import Pricing
internal import Traffic
package import Units

/// Rebuilds what a gateway knew at each of its decisions, out of the ledger.
///
/// A line's own budget snapshot comes first. What it leaves out is the tenants file's limit, else the
/// latest that events named that month, and what the ledger booked before the request, in the order of
/// (start, request id). The tier is the event's, else the tenants file's.
package enum RecordedRequestReader {
  /// Calls `body` with each request that started in the period, in the order of (start, request id),
  /// and the policy in force on its day.
  package static func forEach(
    _ database: Database, _ period: Period,
    _ body: (RecordedRequest, Policy?) throws -> Void
  ) throws {
    var books = try Books(database)
    let requests = try RequestRows(database)
    let opening =
      try books.openInMonth(for: period, database) ?? books.opening(for: period)
    try requests.forEach(from: opening, to: period.to) { row in
      books.advance(to: row)
      let isAsked = period.from.map { row.startedAt >= $0 } ?? true
      let policy = books.policy(on: row.startedAt.day)
      let trafficClass = policy?.classification(of: row.attribution, given: row.givenClass)
        .trafficClass
      if isAsked {
        let lines = try requests.lines(of: row.id)
        try body(books.recorded(row, lines, trafficClass), policy)
      }
      books.enter(row, trafficClass)
    }
  }
}

extension RecordedRequestReader {
  /// Holds the requests that started in the period to the policies in force.
  package static func drift(
    _ database: Database, _ period: Period, examples: Int = 3
  ) throws -> DriftTally {
    var tally = DriftTally(examples: examples)
    try forEach(database, period) { tally.add($0, under: $1) }
    return tally
  }
}

/// What a request is judged by beside its own lines.
private struct Books {
  var book = SpendBook()
  private let tenants: [Name: TenantHistory]
  /// By rising day.
  private let policies: [(from: UTCDay, policy: Policy)]
  private var calendar = BudgetCalendar()

  init(_ database: Database) throws {
    tenants = try TenantTable.histories(database)
    policies = try PolicyTable.all(database)
  }

  /// From when to read, so that every sum is whole when the period begins.
  mutating func opening(for period: Period) -> Timestamp? {
    guard let from = period.from else { return nil }
    var months = [from.day.month.firstDay.start]
    for history in tenants.values where history.hasOwnMonths {
      let billing = history.terms(on: from.day)?.billing ?? .utc
      months.append(calendar.month(of: billing, at: from).from)
    }
    let minuteAgo = Timestamp(milliseconds: from.milliseconds - 60_000)
    let prepaid = tenants.values.compactMap { $0.firstPrepaidDay?.start }
    return (months + [minuteAgo] + prepaid).min()
  }

  /// Takes what the month spent before the period out of the daily sums, but for the minute before it,
  /// and tells from when to read the rest; nil where a sum needs more than that: a balance paid in
  /// advance, a month of a tenant's own, or a period that begins within a day or with its month.
  ///
  /// A limit that neither a line nor the tenants file names is then the latest of the whole month.
  mutating func openInMonth(for period: Period, _ database: Database) throws -> Timestamp? {
    guard let from = period.from, from == from.day.start,
      tenants.values.allSatisfy({ !$0.hasOwnMonths && $0.firstPrepaidDay == nil })
    else { return nil }
    let month = from.day.month
    guard from.day > month.firstDay else { return nil }
    // The requests of that minute count against a session's guard.
    let start = Timestamp(milliseconds: from.milliseconds - 60_000)
    book.advance(to: start)
    let spent = try RawStatement(
      database,
      """
      SELECT t.name, sum(cost) FROM (
        SELECT a AS tenant_id, cost_nano_usd AS cost FROM daily_sum
        WHERE cut = 2 AND day >= ?1 AND day < ?2
        UNION ALL
        SELECT tenant_id, -cost_nano_usd FROM request WHERE day = ?2 - 1 AND started_ms >= ?3)
      JOIN tenant t ON t.id = tenant_id GROUP BY tenant_id
      """)
    spent.add(Int64(month.firstDay.daysSince1970))
    spent.add(Int64(from.day.daysSince1970))
    spent.add(start.milliseconds)
    while try spent.step() {
      book.book(
        Money(nanoUSD: spent.int(1)), Name(spent.text(0)), in: nil, session: nil, at: start)
    }
    let limits = try RawStatement(
      database,
      """
      SELECT t.name, l.limit_nano_usd FROM budget_limit l JOIN tenant t ON t.id = l.tenant_id
      WHERE l.month = ?
      """)
    limits.add(Int64(month.monthsSince0))
    while try limits.step() {
      book.note(limit: Money(nanoUSD: limits.int(1)), of: Name(limits.text(0)))
    }
    return start
  }

  /// Forgets what ended before a request, by the calendar and by its tenant's.
  mutating func advance(to row: RequestRows.Row) {
    book.advance(to: row.startedAt)
    guard let history = tenants[row.tenant], history.hasOwnMonths else { return }
    let billing = history.terms(on: row.startedAt.day)?.billing ?? .utc
    book.beginMonth(of: row.tenant, at: calendar.month(of: billing, at: row.startedAt).from)
  }

  func policy(on day: UTCDay) -> Policy? { policies.last { $0.from <= day }?.policy }

  func recorded(
    _ row: RequestRows.Row, _ lines: [RequestRows.Line], _ trafficClass: TrafficClass?
  ) -> RecordedRequest {
    let tenant = row.tenant
    let session = row.attribution[.session]
    return RecordedRequest(
      id: row.name, attribution: row.attribution, givenClass: row.givenClass,
      primary: row.primary, lines: lines.map { line($0, row) },
      classSpendToday: trafficClass.map { book.spentToday(tenant, in: $0) } ?? .zero,
      sessionRequestsLastMinute: session.map {
        book.requestsLastMinute(tenant, session: $0, at: row.startedAt)
      } ?? 0,
      sessionCostToday: session.map { book.spentToday(tenant, session: $0) } ?? .zero,
      isProbe: lines.first?.isProbe ?? false)
  }

  private func line(_ line: RequestRows.Line, _ row: RequestRows.Row) -> RecordedLine {
    let terms = tenants[row.tenant]?.terms(on: row.startedAt.day)
    let limit = line.limit ?? terms?.monthlyBudget ?? book.limit(row.tenant)
    let spent = line.spent ?? book.spentThisMonth(row.tenant)
    var isExhausted = false
    if let balance = line.prepaidBalance {
      isExhausted = balance <= .zero
    } else if let prepaid = tenants[row.tenant]?.prepaid(on: row.startedAt.day) {
      isExhausted = book.spentOfPrepaid(row.tenant, since: prepaid.from) >= prepaid.balance
    }
    return RecordedLine(
      line.work, step: line.step, cost: line.cost, latencyMilliseconds: line.latency,
      standing: RecordedLine.Standing(
        budgetUtilisation: limit.flatMap { Ratio(spent, of: $0) },
        isPrepaidExhausted: isExhausted))
  }

  mutating func enter(_ row: RequestRows.Row, _ trafficClass: TrafficClass?) {
    if let limit = row.limit { book.note(limit: limit, of: row.tenant) }
    book.book(
      row.cost, row.tenant, in: trafficClass, session: row.attribution[.session],
      prepaid: tenants[row.tenant]?.prepaid(on: row.startedAt.day)?.from, at: row.startedAt)
  }
}

/// The requests and lines of a ledger, by names and not by its numbers.
private final class RequestRows {
  struct Row {
    let id: Int64
    let name: Name
    let startedAt: Timestamp
    let attribution: Attribution
    let givenClass: TrafficClass?
    let primary: Route
    let cost: Money
    /// The latest that its own lines name.
    let limit: Money?

    var tenant: Name { attribution[.tenant] ?? "" }
  }

  struct Line {
    let work: RecordedLine.Work
    let step: Int?
    let cost: Money
    let latency: Int64
    let limit: Money?
    let spent: Money?
    let prepaidBalance: Money?
    let isProbe: Bool
  }

  private let requests: RawStatement
  private let attempts: RawStatement
  private let names: LedgerNames
  private let probe: Int64?

  init(_ database: Database) throws {
    names = try LedgerNames(database)
    probe = try LedgerNames.probeReason(database)
    requests = try RawStatement(
      database,
      """
      SELECT id, request_id, started_ms, tenant_id, effective_tier_id, user_id, application_id,
        feature_id, workflow_id, assistant_id, thread_id, session_id, environment_id, given_class,
        primary_route_id, cost_nano_usd,
        ifnull((SELECT a.budget_limit_nano_usd FROM lone_attempt a WHERE a.request_id = request.id),
          (SELECT a.budget_limit_nano_usd FROM chained_attempt a
            WHERE a.request_id = request.id AND a.budget_limit_nano_usd IS NOT NULL
            ORDER BY a.place DESC LIMIT 1))
      FROM request
      WHERE day >= ifnull(?1 / 86400000, -1000000) AND day <= ifnull(?2 / 86400000, 1000000)
        AND started_ms >= ifnull(?1, started_ms) AND started_ms < ifnull(?2, started_ms + 1)
      ORDER BY day, started_ms, request_id
      """)
    attempts = try RawStatement(
      database,
      """
      SELECT action, route_id, outcome, failure_kind, output_tokens, ifnull(latency_ms, 0),
        cost_nano_usd, decision_step, budget_limit_nano_usd, budget_spent_nano_usd,
        prepaid_balance_nano_usd, decision_reason_id
      FROM attempt WHERE request_id = ? ORDER BY place
      """)
  }

  func forEach(from: Timestamp?, to: Timestamp?, _ body: (Row) throws -> Void) throws {
    requests.add(from?.milliseconds)
    requests.add(to?.milliseconds)
    defer { requests.reset() }
    while try requests.step() {
      var attribution = Attribution()
      for field in AttributionField.allCases {
        let column = 3 + Int32(field.index)
        guard !requests.isNull(column) else { continue }
        attribution[field] =
          field.unboundedPlace == nil
          ? try names.name(requests.int(column), of: field) : Name(requests.text(column))
      }
      try body(
        Row(
          id: requests.int(0), name: Name(requests.text(1)),
          startedAt: Timestamp(milliseconds: requests.int(2)), attribution: attribution,
          givenClass: requests.optionalInt(13).flatMap { Code.word(TrafficClass.self, $0) },
          primary: try names.route(requests.int(14)), cost: Money(nanoUSD: requests.int(15)),
          limit: requests.optionalInt(16).map(Money.init(nanoUSD:))))
    }
  }

  func lines(of request: Int64) throws -> [Line] {
    var lines: [Line] = []
    attempts.add(request)
    while try attempts.step() {
      func money(_ column: Int32) -> Money? {
        attempts.optionalInt(column).map(Money.init(nanoUSD:))
      }
      lines.append(
        Line(
          work: try work(), step: attempts.optionalInt(7).map { Int(clamping: $0) },
          cost: Money(nanoUSD: attempts.int(6)), latency: attempts.int(5), limit: money(8),
          spent: money(9), prepaidBalance: money(10),
          isProbe: probe != nil && attempts.optionalInt(11) == probe))
    }
    return lines
  }

  private func work() throws -> RecordedLine.Work {
    if let action = Code.word(Action.self, attempts.int(0)).flatMap(StepAction.init) {
      return .acted(action)
    }
    let route = try names.route(attempts.int(1))
    if attempts.optionalInt(2).flatMap({ Code.word(Outcome.self, $0) }) == .success {
      return .succeeded(route)
    }
    let kind = attempts.optionalInt(3).flatMap { Code.word(FailureKind.self, $0) } ?? .unknown
    return .failed(route, kind, outputTokens: attempts.int(4))
  }
}
