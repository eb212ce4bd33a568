internal import GRDB
internal import Pricing
internal import Replay
internal import Traffic
internal import Units

/// Reads a range of requests with their lines as they lie in the ledger, by its numbers.
///
/// It steps the tables and not the views over them: a view's columns are worked out for every row.
struct ReplayScan {
  /// What requests are told apart by.
  struct Columns {
    /// Of attribution, beside the tenant and the workflow; in the order of the key.
    let fields: [AttributionField]
    let needsSession: Bool
    /// Groups by the class, which the policy in force gives where the event does not.
    let needsClass: Bool
    /// Groups by the day or the month.
    let needsDay: Bool
  }

  /// Where in a key its integers stand; -1 for none.
  enum Key {
    static let tenant = 0
    static let workflow = 1
    static let given = 2
    static let primary = 3
    static let trafficClass = 4
    static let day = 5
    static let firstField = 6
  }

  private let columns: Columns
  private let requests: RawStatement
  private let attempts: RawStatement
  /// By the ledger's number; -1 for none.
  private let routes: [Int16]
  private let period: Period
  private(set) var part = TracePart()
  private(set) var kinds: KeyNumbers
  private var key: [Int64]
  private var hasAttempt = false

  /// `range` is of the ledger's numbers of requests, which must have started in the span; `routes` has
  /// numbers for the ledger's.
  init(
    _ database: Database, _ columns: Columns, routes: [Int16], range: ClosedRange<Int64>,
    span: (from: Timestamp?, to: Timestamp?), period: Period
  ) throws {
    self.columns = columns
    self.routes = routes
    self.period = period
    key = Array(repeating: -1, count: Key.firstField + columns.fields.count)
    kinds = KeyNumbers(width: key.count)
    let fields = columns.fields.map { field in
      field == .tier ? "ifnull(tier_id, terms_tier_id)" : field.table + "_id"
    }
    let chosen =
      [
        "id", "started_ms", "tenant_id", "workflow_id", "given_class", "primary_route_id", "status",
        "coalesce(event_revenue_nano_usd, terms_revenue_nano_usd, 0)",
        "iif(status = \(Code.of(RequestStatus.servedFallback)), cost_nano_usd - wasted_nano_usd - premium_nano_usd, NULL)",
        "action", "route_id", "outcome", "failure_kind", "latency_ms", "input_tokens",
        "cached_input_tokens", "cache_write_tokens", "output_tokens", "cost_nano_usd",
        "cost_source", "budget_limit_nano_usd", "budget_spent_nano_usd",
        "prepaid_balance_nano_usd",
        columns.needsSession ? "session_id" : "NULL",
        columns.needsClass ? "ifnull(given_class, policy_class)" : "NULL",
      ] + fields
    requests = try RawStatement(
      database,
      """
      SELECT \(chosen.joined(separator: ", ")) FROM stored_request
      WHERE id >= ?1 AND id <= ?2 AND started_ms >= ?3 AND started_ms < ?4 ORDER BY id
      """)
    attempts = try RawStatement(
      database,
      """
      SELECT request_id, action, route_id, outcome, failure_kind, latency_ms, input_tokens,
        cached_input_tokens, cache_write_tokens, output_tokens, cost_nano_usd, cost_source,
        budget_limit_nano_usd, budget_spent_nano_usd, prepaid_balance_nano_usd
      FROM stored_attempt WHERE request_id >= ?1 AND request_id <= ?2 ORDER BY request_id, place
      """)
    for statement in [requests, attempts] {
      statement.add(range.lowerBound)
      statement.add(range.upperBound)
    }
    requests.add(span.from?.milliseconds ?? .min)
    requests.add(span.to?.milliseconds ?? .max)
  }

  /// - Throws: ``LedgerError`` for a line with more tokens than a replay takes.
  mutating func run() throws {
    hasAttempt = try attempts.step()
    while try requests.step() {
      let id = requests.int(0)
      let request = try request(id)
      if requests.isNull(9) {
        part.add(request, try lines(of: id))
      } else {
        part.add(request, try line(requests, from: 9), budget(requests, from: 20))
      }
    }
  }

  /// What was read; the scan is used up.
  mutating func takePart() -> TracePart {
    var taken = TracePart()
    swap(&taken, &part)
    return taken
  }

  private mutating func request(_ id: Int64) throws -> TracePart.Request {
    let started = requests.int(1)
    guard id <= Int64(UInt32.max) else {
      throw LedgerError(
        .data, "the ledger has more requests than a replay can take",
        remedy: "replay from another ledger with fewer")
    }
    let isContext =
      period.from.map { started < $0.milliseconds } ?? false
      || period.to.map { started >= $0.milliseconds } ?? false
    return TracePart.Request(
      row: id, startedMilliseconds: started, kind: kind(started), session: requests.int(23),
      revenueNanoUSD: requests.int(7), status: UInt8(truncatingIfNeeded: requests.int(6)),
      isContext: isContext, plannedNanoUSD: requests.optionalInt(8))
  }

  private mutating func kind(_ started: Int64) -> Int32 {
    key[Key.tenant] = requests.int(2)
    key[Key.workflow] = number(3)
    key[Key.given] = number(4)
    key[Key.primary] = requests.int(5)
    if columns.needsClass { key[Key.trafficClass] = number(24) }
    if columns.needsDay {
      key[Key.day] = Int64(Timestamp(milliseconds: started).day.daysSince1970)
    }
    for place in columns.fields.indices { key[Key.firstField + place] = number(25 + Int32(place)) }
    return kinds.number(key)
  }

  /// -1 for none.
  private func number(_ column: Int32) -> Int64 { requests.optionalInt(column) ?? -1 }

  private mutating func lines(of request: Int64) throws -> [TraceBuilder.Line] {
    while hasAttempt, attempts.int(0) < request { hasAttempt = try attempts.step() }
    var lines: [TraceBuilder.Line] = []
    while hasAttempt, attempts.int(0) == request {
      lines.append(
        TraceBuilder.Line(try line(attempts, from: 1), budget: budget(attempts, from: 12)))
      hasAttempt = try attempts.step()
    }
    return lines
  }

  /// A line whose columns begin with its action.
  private func line(_ row: RawStatement, from first: Int32) throws -> Trace.Line {
    let route = row.optionalInt(first + 1).map { routes[Int($0)] } ?? -1
    return Trace.Line(
      cost: Money(nanoUSD: row.int(first + 9)),
      latencyMilliseconds: Int32(clamping: row.int(first + 4)), input: try tokens(row, first + 5),
      cachedInput: try tokens(row, first + 6), cacheWrite: try tokens(row, first + 7),
      output: try tokens(row, first + 8), route: route, work: work(row, from: first),
      isUnpriced: row.int(first + 10) == Code.of(.unpriced))
  }

  private func budget(_ row: RawStatement, from first: Int32) -> BudgetSnapshot {
    func money(_ column: Int32) -> Money? { row.optionalInt(column).map(Money.init(nanoUSD:)) }
    return BudgetSnapshot(
      limit: money(first), spent: money(first + 1), prepaidBalance: money(first + 2))
  }

  private func tokens(_ row: RawStatement, _ column: Int32) throws -> Int32 {
    guard let count = Int32(exactly: row.int(column)) else {
      throw LedgerError(
        .data, "an attempt has \(row.int(column)) tokens, more than a replay can take",
        remedy: "mend the log, or replay another period")
    }
    return count
  }

  private func work(_ row: RawStatement, from first: Int32) -> LineWork {
    let action = row.int(first)
    guard action == Code.of(.model) else {
      return .action(Code.word(Action.self, action) ?? .model)
    }
    if !row.isNull(first + 2), row.int(first + 2) == Code.of(.success) { return .success }
    return .failure(
      row.optionalInt(first + 3).flatMap { Code.word(FailureKind.self, $0) } ?? .unknown)
  }
}
