internal import GRDB
internal import Traffic
internal import Units

/// Puts every attempt together again from what the ledger keeps of it, and compares its content hash
/// with the one that was taken when its line was read: no field of it has changed since.
enum ContentCheck {
  static let check = LedgerCheck(
    "contents", "every attempt says what its line said when it was read")

  static func run(
    _ database: Database, hash: (Attempt) -> SIMD2<UInt64>, _ breaches: inout BreachList
  ) throws {
    let rows = try RawStatement(database, sql)
    while try rows.step() {
      let hash = Int64(bitPattern: hash(attempt(rows)).x)
      if hash != rows.int(0) {
        breaches.add(
          "attempt \(rows.text(1))", found: "the content \(hash)",
          expected: "the content \(rows.int(0))")
      }
    }
  }

  /// A field of a line is the attempt's own where it has a context of its own, else the request's.
  private static let sql: String = {
    let names = AttributionField.allCases.map { "\($0.table).name" }.joined(separator: ", ")
    let joins = AttributionField.allCases.map(\.table).map {
      "LEFT JOIN \($0) ON \($0).id = iif(c.request_id IS NULL, r.\($0)_id, c.\($0)_id)"
    }
    return """
      SELECT a.content_hash, a.event_id, r.request_id, a.position,
        iif(a.has_own_index, a.attempt, NULL), a.started_ms, a.action, a.outcome, a.failure_kind,
        a.failure_word, a.http_status, a.failure_message, a.latency_ms, a.input_tokens,
        a.cached_input_tokens, a.cache_write_tokens, a.output_tokens, a.reasoning_tokens,
        a.reported_cost_nano_usd, a.revenue_nano_usd, a.budget_limit_nano_usd,
        a.budget_spent_nano_usd, a.prepaid_balance_nano_usd, a.decision_step, decision_reason.name,
        iif(c.request_id IS NULL, r.given_class, c.given_class),
        ap.name, am.name, ag.name, pp.name, pm.name, pg.name, \(names),
        a.is_retry, xp.name, xm.name, input_file.format = 'otel', bp.name, bm.name, a.usage_detail
      FROM attempt a
      JOIN input_file ON input_file.id = a.file_id
      LEFT JOIN model xm ON xm.id = a.answered_model_id
      LEFT JOIN provider xp ON xp.id = xm.provider_id
      JOIN request r ON r.id = a.request_id
      LEFT JOIN attempt_context c ON c.request_id = a.request_id AND c.place = a.place
      LEFT JOIN route ar ON ar.id = a.route_id
      LEFT JOIN model am ON am.id = ar.model_id
      LEFT JOIN provider ap ON ap.id = am.provider_id
      LEFT JOIN route_group ag ON ag.id = ar.group_id
      LEFT JOIN route pr ON pr.id = iif(c.request_id IS NULL,
        iif(r.primary_is_stated, r.primary_route_id, NULL), c.primary_route_id)
      LEFT JOIN model pm ON pm.id = pr.model_id
      LEFT JOIN provider pp ON pp.id = pm.provider_id
      LEFT JOIN route_group pg ON pg.id = pr.group_id
      LEFT JOIN decision_reason ON decision_reason.id = a.decision_reason_id
      LEFT JOIN model bm ON bm.id = a.priced_model_id
      LEFT JOIN provider bp ON bp.id = bm.provider_id
      \(joins.joined(separator: "\n"))
      """
  }()

  private static func attempt(_ row: RawStatement) -> Attempt {
    func name(_ column: Int32) -> Name? { row.optionalText(column).map { Name($0) } }
    func money(_ column: Int32) -> Money? { row.optionalInt(column).map(Money.init(nanoUSD:)) }
    func route(_ column: Int32) -> Route? {
      guard let provider = name(column), let model = name(column + 1) else { return nil }
      return Route(
        model: ModelID(provider: provider, model: model), group: name(column + 2))
    }
    var attribution = Attribution()
    for field in AttributionField.allCases { attribution[field] = name(32 + Int32(field.index)) }
    var attempt = Attempt(
      eventID: Name(row.text(1)), requestID: Name(row.text(2)), position: row.int(3),
      index: row.optionalInt(4), startedAt: Timestamp(milliseconds: row.int(5)),
      attribution: attribution,
      trafficClass: row.optionalInt(25).flatMap { Code.word(TrafficClass.self, $0) },
      primary: route(29), action: Code.word(Action.self, row.int(6)) ?? .model, route: route(26),
      outcome: row.optionalInt(7).flatMap { Code.word(Outcome.self, $0) },
      latencyMilliseconds: row.optionalInt(12),
      usage: Usage(
        input: row.int(13), cachedInput: row.int(14), cacheWrite: row.int(15),
        output: row.int(16), reasoning: row.int(17),
        detail: UsageDetailText.detail(row.optionalText(48))),
      reportedCost: money(18), revenue: money(19),
      budget: BudgetSnapshot(limit: money(20), spent: money(21), prepaidBalance: money(22)),
      decisionStep: row.optionalInt(23), decisionReason: row.optionalText(24))
    if let kind = row.optionalInt(8).flatMap({ Code.word(FailureKind.self, $0) }) {
      attempt.failure = Failure(
        kind: kind, word: row.optionalText(9), httpStatus: row.optionalInt(10),
        message: row.optionalText(11))
    }
    attempt.isRetry = row.int(42) == 1
    if let provider = name(43), let model = name(44) {
      attempt.answeredAs = ModelID(provider: provider, model: model)
    }
    // Spans share what the spans above them say.
    attempt.sharesContext = row.int(45) == 1
    if let provider = name(46), let model = name(47) {
      attempt.pricedAs = ModelID(provider: provider, model: model)
    }
    return attempt
  }
}
