internal import GRDB
internal import Pricing
internal import Replay
internal import Traffic
internal import Units

/// Reads a range of requests with their lines as they lie in the ledger, by its numbers: first how many
/// each tenant has, then what they are.
///
/// The requests are read off their pages where that can be done, else by stepping their table; and the
/// tables and not the views over them: a view's columns are worked out for every row.
final class ReplayScan {
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

  /// The columns of a request that are read, in this order.
  private enum Column: Int, CaseIterable {
    case id, started_ms, tenant_id, workflow_id, given_class, primary_route_id, status
    case event_revenue_nano_usd, terms_revenue_nano_usd, wasted_nano_usd, premium_nano_usd
    // The only line, in the order of those of a request with several.
    case action, route_id, outcome, failure_kind, latency_ms, input_tokens, cached_input_tokens
    case cache_write_tokens, output_tokens, cost_nano_usd, cost_source, budget_limit_nano_usd
    case budget_spent_nano_usd, prepaid_balance_nano_usd, decision_reason_id
    case session_id, policy_class, tier_id, terms_tier_id

    static let count = allCases.count
  }

  private static let firstOfLine = Column.action.rawValue

  private let database: Database
  private let columns: Columns
  private let attempts: RawStatement
  /// nil where pages cannot be read.
  private let pages: LedgerPages?
  private let range: ClosedRange<Int64>
  private let span: (from: Int64, to: Int64)
  /// By the ledger's number; -1 for none.
  private let routes: [Int16]
  /// For the names that the ledger gives no numbers, by ``AttributionField/unboundedPlace``.
  private let texts: [TextNumbers]
  /// The ledger's number of the reason of a call made by chance; nil where it has none.
  private let probe: Int64?
  private let period: Period
  /// Of each tenant, by the ledger's number.
  private(set) var counts: [Int] = []
  /// What was read.
  var part: TracePart?
  private(set) var kinds: KeyNumbers
  private var hasAttempt = false
  private let line = RowValues()

  /// `range` is of the ledger's numbers of requests, which must have started in the span; `routes` has
  /// numbers for the ledger's, `texts` for names that have none there, by ``AttributionField/unboundedPlace``.
  init(
    _ database: Database, _ columns: Columns, routes: [Int16], texts: [TextNumbers],
    range: ClosedRange<Int64>, span: (from: Timestamp?, to: Timestamp?), period: Period,
    byPages: Bool
  ) throws {
    self.database = database
    self.columns = columns
    self.routes = routes
    self.texts = texts
    self.range = range
    self.span = (span.from?.milliseconds ?? .min, span.to?.milliseconds ?? .max)
    self.period = period
    pages = byPages ? LedgerPages(database) : nil
    probe = try LedgerNames.probeReason(database)
    kinds = KeyNumbers(width: Key.firstField + columns.fields.count)
    let ofLine = Column.allCases[Self.firstOfLine..<Column.session_id.rawValue]
    attempts = try RawStatement(
      database,
      """
      SELECT \(ofLine.map { "\($0)" }.joined(separator: ", ")), request_id
      FROM stored_attempt WHERE request_id >= ?1 AND request_id <= ?2 ORDER BY request_id, place
      """)
    attempts.add(range.lowerBound)
    attempts.add(range.upperBound)
  }

  private static let attemptColumns = Column.session_id.rawValue - firstOfLine + 1

  /// The columns by name; what is not needed has none.
  private var names: [String] {
    let isTier = columns.fields.contains(.tier)
    return Column.allCases.map { column in
      switch column {
      case .session_id where !columns.needsSession: ""
      case .policy_class where !columns.needsClass: ""
      case .tier_id where !isTier, .terms_tier_id where !isTier: ""
      default: "\(column)"
      }
    } + columns.fields.map { $0 == .tier || isSession($0) ? "" : $0.table + "_id" }
  }

  /// Whether a field of the key is read anyway.
  private func isSession(_ field: AttributionField) -> Bool {
    field == .session && columns.needsSession
  }

  /// Counts the requests of each tenant.
  func count() throws {
    var counts: [Int] = []
    let names = [Column.started_ms, .tenant_id].map { "\($0)" }
    try Self.forEach(database, pages, range, names) { row in
      guard row.int(0) >= span.from, row.int(0) < span.to else { return }
      let tenant = Int(row.int(1))
      while tenant >= counts.count { counts.append(0) }
      counts[tenant] += 1
    }
    self.counts = counts
  }

  /// Reads the requests into their places, for which they were counted.
  /// - Throws: ``LedgerError`` for a line with more tokens than a replay takes.
  func read(into part: consuming TracePart) throws {
    var part = part
    var kinds = kinds
    var key = Array(repeating: Int64(-1), count: Key.firstField + columns.fields.count)
    hasAttempt = try nextAttempt()
    try Self.forEach(database, pages, range, names) { row in
      let started = row.int(Column.started_ms.rawValue)
      guard started >= span.from, started < span.to else { return }
      setKey(row, started, &key)
      let request = try request(row, started, kind: kinds.number(key))
      if row.isNull(Self.firstOfLine) {
        part.add(request, try lines(of: request.row))
      } else {
        part.add(
          request, try line(row, from: Self.firstOfLine), budget(row, from: Self.firstOfLine))
      }
    }
    guard part.limits.count <= TracePart.mostLimits else {
      throw LedgerError(
        .data, "the log states \(part.limits.count) limits, more than a replay can take",
        remedy: "replay a shorter period")
    }
    self.part = part
    self.kinds = kinds
  }

  private static let textNames = Set(AttributionField.unbounded.map { $0.table + "_id" })

  private static func forEach(
    _ database: Database, _ pages: LedgerPages?, _ range: ClosedRange<Int64>, _ names: [String],
    _ body: (RowValues) throws -> Void
  ) throws {
    if let pages {
      return try TableRows(database, pages, table: "stored_request", names, texts: textNames)
        .forEach(range, body)
    }
    let rows = try RawStatement(
      database,
      """
      SELECT \(names.map { $0.isEmpty ? "NULL" : $0 }.joined(separator: ", "))
      FROM stored_request WHERE id >= ?1 AND id <= ?2 ORDER BY id
      """)
    rows.add(range.lowerBound)
    rows.add(range.upperBound)
    let values = RowValues()
    while try rows.step() {
      values.take(rows, columns: names.count)
      try body(values)
    }
  }

  private func request(
    _ row: RowValues, _ started: Int64, kind: Int32
  ) throws -> TracePart.Request {
    let id = row.int(Column.id.rawValue)
    guard id <= Int64(UInt32.max) else {
      throw LedgerError(
        .data, "the ledger has more requests than a replay can take",
        remedy: "replay from another ledger with fewer")
    }
    let isContext =
      period.from.map { started < $0.milliseconds } ?? false
      || period.to.map { started >= $0.milliseconds } ?? false
    let revenue =
      row.optionalInt(Column.event_revenue_nano_usd.rawValue)
      ?? row.int(Column.terms_revenue_nano_usd.rawValue)
    return TracePart.Request(
      row: id, startedMilliseconds: started, kind: kind,
      tenant: Int(row.int(Column.tenant_id.rawValue)),
      session: number(.session, row, Column.session_id.rawValue) ?? 0, revenueNanoUSD: revenue,
      status: UInt8(truncatingIfNeeded: row.int(Column.status.rawValue)), isContext: isContext,
      plannedNanoUSD: planned(row))
  }

  /// What a request that a fallback served was planned to cost, where that is no mean of others.
  private func planned(_ row: RowValues) -> Int64? {
    guard row.int(Column.status.rawValue) == Code.of(RequestStatus.servedFallback) else {
      return nil
    }
    return row.optionalInt(Column.premium_nano_usd.rawValue).map {
      row.int(Column.cost_nano_usd.rawValue) - row.int(Column.wasted_nano_usd.rawValue) - $0
    }
  }

  /// What the request is told apart by, over what the last one was.
  private func setKey(_ row: RowValues, _ started: Int64, _ key: inout [Int64]) {
    func number(_ column: Int) -> Int64 { row.optionalInt(column) ?? -1 }
    let given = number(Column.given_class.rawValue)
    key[Key.tenant] = row.int(Column.tenant_id.rawValue)
    key[Key.workflow] = number(Column.workflow_id.rawValue)
    key[Key.given] = given
    key[Key.primary] = row.int(Column.primary_route_id.rawValue)
    if columns.needsClass {
      key[Key.trafficClass] = given < 0 ? number(Column.policy_class.rawValue) : given
    }
    if columns.needsDay {
      key[Key.day] = Int64(Timestamp(milliseconds: started).day.daysSince1970)
    }
    for (place, field) in columns.fields.enumerated() {
      key[Key.firstField + place] =
        switch field {
        case .tier:
          row.optionalInt(Column.tier_id.rawValue) ?? number(Column.terms_tier_id.rawValue)
        case .user, .thread, .session:
          self.number(
            field, row, isSession(field) ? Column.session_id.rawValue : Column.count + place) ?? -1
        default: number(Column.count + place)
        }
    }
  }

  /// The number of a name that has none in the ledger.
  private func number(_ field: AttributionField, _ row: RowValues, _ column: Int) -> Int64? {
    guard let place = field.unboundedPlace, let (bytes, isText) = row.bytes(column) else {
      return nil
    }
    guard isText else { return texts[place].number(of: StoredID.text(uuid: bytes).span) }
    return bytes.withMemoryRebound(to: UInt8.self) {
      texts[place].number(of: Span(_unsafeElements: $0))
    }
  }

  private func nextAttempt() throws -> Bool {
    guard try attempts.step() else { return false }
    line.take(attempts, columns: Self.attemptColumns)
    return true
  }

  private func lines(of request: Int64) throws -> [TraceBuilder.Line] {
    let owner = Self.attemptColumns - 1
    while hasAttempt, line.int(owner) < request { hasAttempt = try nextAttempt() }
    var lines: [TraceBuilder.Line] = []
    while hasAttempt, line.int(owner) == request {
      lines.append(TraceBuilder.Line(try line(line, from: 0), budget: budget(line, from: 0)))
      hasAttempt = try nextAttempt()
    }
    return lines
  }

  /// Where a column of a line stands in a row whose lines begin at a place.
  private func place(_ column: Column, from first: Int) -> Int {
    first + column.rawValue - Self.firstOfLine
  }

  private func line(_ row: RowValues, from first: Int) throws -> Trace.Line {
    func int(_ column: Column) -> Int64 { row.int(place(column, from: first)) }
    let route = row.optionalInt(place(.route_id, from: first)).map { routes[Int($0)] } ?? -1
    return Trace.Line(
      cost: Money(nanoUSD: int(.cost_nano_usd)),
      latencyMilliseconds: Int32(clamping: int(.latency_ms)), input: try tokens(int(.input_tokens)),
      cachedInput: try tokens(int(.cached_input_tokens)),
      cacheWrite: try tokens(int(.cache_write_tokens)), output: try tokens(int(.output_tokens)),
      route: route, work: work(row, from: first),
      isUnpriced: int(.cost_source) == Code.of(.unpriced),
      isProbe: probe != nil && int(.decision_reason_id) == probe)
  }

  private func budget(_ row: RowValues, from first: Int) -> BudgetSnapshot {
    func money(_ column: Column) -> Money? {
      row.optionalInt(place(column, from: first)).map(Money.init(nanoUSD:))
    }
    return BudgetSnapshot(
      limit: money(.budget_limit_nano_usd), spent: money(.budget_spent_nano_usd),
      prepaidBalance: money(.prepaid_balance_nano_usd))
  }

  private func tokens(_ given: Int64) throws -> Int32 {
    guard let count = Int32(exactly: given) else {
      throw LedgerError(
        .data, "an attempt has \(given) tokens, more than a replay can take",
        remedy: "mend the log, or replay another period")
    }
    return count
  }

  private func work(_ row: RowValues, from first: Int) -> LineWork {
    let action = row.int(place(.action, from: first))
    guard action == Code.of(.model) else {
      return .action(Code.word(Action.self, action) ?? .model)
    }
    if row.optionalInt(place(.outcome, from: first)) == Code.of(.success) { return .success }
    return .failure(
      row.optionalInt(place(.failure_kind, from: first)).flatMap {
        Code.word(FailureKind.self, $0)
      } ?? .unknown)
  }
}
