package import GRDB
package import PolicyAnalysis
package import PolicyEngine
package import Pricing
package import Replay
internal import Traffic
package import Units

/// Reads recorded traffic out of the ledger, ready to be replayed.
package enum ReplayReader {
  package struct Reading: Sendable {
    package let replay: Replay
    /// What the traffic came to.
    package let recorded: Summary
    /// Whether the policies in force account for it.
    package let fidelity: Fidelity
    /// What the requests did that they do not account for; nil where there are none.
    package let drift: DriftTally?
  }

  /// The requests that started in the period; others of its months, and since a prepaid balance began,
  /// come with them for what they spent.
  /// They are grouped by `fields`; `status` and `served_by`, which are of their ends, are left to the
  /// replay. `candidates` are the policies that will be replayed.
  package static func read(
    _ database: Database, _ period: Period, by fields: [GroupField] = [],
    for candidates: [Policy]
  ) throws -> Reading {
    let policies = try PolicyTable.all(database)
    let tenants = try TenantTable.histories(database)
    let looked = (policies.map(\.policy) + candidates).map(\.attributionFields)
    var rows = try ReplayRows(
      database, period, fields.filter { !$0.isOfEnd }, tenants,
      looked.reduce([]) { $0.union($1) })
    let prepaid = tenants.values.compactMap { $0.firstPrepaidDay?.start }.min()
    try rows.readAll(from: period.from.map { opening($0, prepaid) }, to: period.to.map(closing))
    let last = policies.last { policy in
      period.to.map { policy.from.start < $0 } ?? true
    }
    let replay = Replay(
      rows.builder.build(), prices: try PriceTable.histories(database),
      recordedPolicy: last?.policy)
    let fidelity = replay.fidelity(policies)
    return Reading(
      replay: replay, recorded: try SummaryReader.read(database, period, by: fields),
      fidelity: fidelity, drift: fidelity.drifted > 0 ? try drift(database, period) : nil)
  }

  private static func drift(_ database: Database, _ period: Period) throws -> DriftTally {
    var tally = DriftTally()
    try RecordedRequestReader.forEach(database, period) { tally.add($0, under: $1) }
    return tally
  }

  private static func opening(_ from: Timestamp, _ prepaid: Timestamp?) -> Timestamp {
    let month = from.day.month.firstDay.start
    return min(month, prepaid ?? month)
  }

  /// The end of the month of the last instant in the period.
  private static func closing(_ to: Timestamp) -> Timestamp {
    let last = Timestamp(milliseconds: to.milliseconds - 1)
    return last.day.month.next.firstDay.start
  }
}

extension GroupField {
  /// Told by how a request ends, which is another thing under another policy.
  package var isOfEnd: Bool { self == .status || self == .servedBy }
}

/// The rows of requests and of their lines on the way into a trace.
private struct ReplayRows {
  var builder: TraceBuilder
  private let requests: RawStatement
  private let attempts: RawStatement
  private let names: LedgerNames
  private let tenants: [Name: TenantHistory]
  private let period: Period
  private let fields: [GroupField]
  private let looked: [AttributionField]
  private var routes: [Int64: Int] = [:]
  private var tenantNumbers: [Int64: Int] = [:]
  private var workflows: [Int64: Int] = [:]
  private var profiles: [[Int64]: Int] = [:]
  private var groups: [[Int64]: Int] = [:]

  init(
    _ database: Database, _ period: Period, _ fields: [GroupField],
    _ tenants: [Name: TenantHistory], _ looked: Set<AttributionField>
  ) throws {
    self.period = period
    self.fields = fields
    self.tenants = tenants
    self.looked = looked.sorted { $0.index < $1.index }
    builder = TraceBuilder(fields: looked)
    names = try LedgerNames(database)
    requests = try RawStatement(
      database,
      """
      SELECT id, started_ms, tenant_id, effective_tier_id, user_id, application_id, feature_id,
        workflow_id, assistant_id, thread_id, session_id, environment_id, given_class,
        primary_route_id, revenue_nano_usd, status, is_downgraded, traffic_class,
        own_planned_nano_usd
      FROM request
      WHERE started_ms >= ifnull(?, started_ms) AND started_ms < ifnull(?, started_ms + 1)
      ORDER BY day, started_ms, request_id
      """)
    attempts = try RawStatement(
      database,
      """
      SELECT action, route_id, outcome, failure_kind, ifnull(latency_ms, 0), input_tokens,
        cached_input_tokens, cache_write_tokens, output_tokens, cost_nano_usd,
        ifnull(cost_source, 0), budget_limit_nano_usd, budget_spent_nano_usd,
        prepaid_balance_nano_usd
      FROM attempt WHERE request_id = ? ORDER BY place
      """)
  }

  mutating func readAll(from: Timestamp?, to: Timestamp?) throws {
    requests.add(from?.milliseconds)
    requests.add(to?.milliseconds)
    defer { requests.reset() }
    while try requests.step() {
      let lines = try lines(of: requests.int(0))
      builder.add(try request(), lines)
    }
  }

  private mutating func request() throws -> TraceBuilder.Request {
    let startedAt = Timestamp(milliseconds: requests.int(1))
    let isContext =
      period.from.map { startedAt < $0 } ?? false || period.to.map { startedAt >= $0 } ?? false
    return TraceBuilder.Request(
      row: requests.int(0), startedAt: startedAt, tenant: try tenant(requests.int(2)),
      profile: try profile(), workflow: try workflow(requests.optionalInt(7)),
      group: try group(startedAt.day), session: Int(clamping: requests.int(10)),
      revenue: Money(nanoUSD: requests.int(14)),
      status: Code.word(RequestStatus.self, requests.int(15)) ?? .failed,
      isDowngraded: requests.int(16) != 0, isContext: isContext,
      planned: requests.optionalInt(18).map(Money.init(nanoUSD:)))
  }

  /// The column of a field of attribution.
  private func column(_ field: AttributionField) -> Int32 { 2 + Int32(field.index) }

  private func name(_ field: AttributionField) throws -> Name? {
    try requests.optionalInt(column(field)).map { try names.name($0, of: field) }
  }

  private mutating func tenant(_ id: Int64) throws -> Int {
    if let known = tenantNumbers[id] { return known }
    let name = try names.name(id, of: .tenant)
    let number = builder.tenant(name, tenants[name])
    tenantNumbers[id] = number
    return number
  }

  private mutating func workflow(_ id: Int64?) throws -> Int {
    guard let id else { return builder.workflow(nil) }
    if let known = workflows[id] { return known }
    let number = builder.workflow(try names.name(id, of: .workflow))
    workflows[id] = number
    return number
  }

  private mutating func route(_ id: Int64) throws -> Int {
    if let known = routes[id] { return known }
    let number = builder.route(try names.route(id))
    routes[id] = number
    return number
  }

  private mutating func profile() throws -> Int {
    var key = [requests.optionalInt(12) ?? -1, requests.int(13)]
    for field in looked { key.append(requests.optionalInt(column(field)) ?? 0) }
    if let known = profiles[key] { return known }
    var attribution = Attribution()
    for field in looked { attribution[field] = try name(field) }
    let number = builder.profile(
      attribution,
      given: requests.optionalInt(12).flatMap { Code.word(TrafficClass.self, $0) },
      primary: try route(requests.int(13)))
    profiles[key] = number
    return number
  }

  private mutating func group(_ day: UTCDay) throws -> Int {
    guard !fields.isEmpty else { return builder.group([]) }
    let key = fields.map { number($0, day) }
    if let known = groups[key] { return known }
    let group = builder.group(try zip(fields, key).map { try text($0, $1, day) })
    groups[key] = group
    return group
  }

  /// -1 for none.
  private func number(_ field: GroupField, _ day: UTCDay) -> Int64 {
    if let attribution = AttributionField(rawValue: field.rawValue) {
      return requests.optionalInt(column(attribution)) ?? -1
    }
    return switch field {
    case .trafficClass: requests.optionalInt(17) ?? -1
    case .primary: requests.int(13)
    case .month: Int64(day.month.monthsSince0)
    default: Int64(day.daysSince1970)
    }
  }

  private func text(_ field: GroupField, _ number: Int64, _ day: UTCDay) throws -> String? {
    if let attribution = AttributionField(rawValue: field.rawValue) {
      return try name(attribution)?.text
    }
    return switch field {
    case .trafficClass: Code.word(TrafficClass.self, number)?.rawValue
    case .primary: try names.route(number).model.description
    case .month: day.month.description
    default: day.description
    }
  }

  private mutating func lines(of request: Int64) throws -> [TraceBuilder.Line] {
    var lines: [TraceBuilder.Line] = []
    attempts.add(request)
    while try attempts.step() {
      func money(_ column: Int32) -> Money? {
        attempts.optionalInt(column).map(Money.init(nanoUSD:))
      }
      let line = Trace.Line(
        cost: Money(nanoUSD: attempts.int(9)),
        latencyMilliseconds: Int32(clamping: attempts.int(4)),
        input: try tokens(5), cachedInput: try tokens(6), cacheWrite: try tokens(7),
        output: try tokens(8),
        route: try attempts.optionalInt(1).map { Int16(clamping: try route($0)) } ?? -1,
        work: work(), isUnpriced: Code.word(CostSource.self, attempts.int(10)) == .unpriced)
      lines.append(
        TraceBuilder.Line(
          line,
          budget: BudgetSnapshot(limit: money(11), spent: money(12), prepaidBalance: money(13))))
    }
    return lines
  }

  private func tokens(_ column: Int32) throws -> Int32 {
    guard let count = Int32(exactly: attempts.int(column)) else {
      throw LedgerError(
        .data, "an attempt has \(attempts.int(column)) tokens, more than a replay can take",
        remedy: "mend the log, or replay another period")
    }
    return count
  }

  private func work() -> LineWork {
    let action = Code.word(Action.self, attempts.int(0)) ?? .model
    guard action == .model else { return .action(action) }
    if attempts.optionalInt(2).flatMap({ Code.word(Outcome.self, $0) }) == .success {
      return .success
    }
    return .failure(
      attempts.optionalInt(3).flatMap { Code.word(FailureKind.self, $0) } ?? .unknown)
  }
}
