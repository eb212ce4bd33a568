internal import StrictJSON
internal import Traffic
internal import Units

/// Portkey's logs export: a record a call, in JSON lines.
///
/// `cost` counts US cents. There is no index of attempts: calls of one `trace_id` are taken for the
/// attempts of one request, in the order of their times. Retries are counted in `retry_success_count`
/// and leave no record: what they cost is not told.
struct PortkeyFormat: SourceFormat {
  private let rules: AttributionRules
  private let settings: FormatSettings
  let knownFields: KnownFields
  let marks =
    "records have `ai_org`, `ai_model` and `created_at`"

  init(_ settings: FormatSettings) {
    self.settings = settings
    rules = AttributionRules(
      [
        .metadata(under: "metadata"), .given(.user, "metadata._user"),
        .given(.environment, "metadata._environment"),
        .inferred(.tenant, "metadata.organisation", "metadata._organisation", "workspace_slug"),
        .inferred(.session, "metadata.session"),
      ], settings)
    knownFields = KnownFields(paths: [
      "id", "trace_id", "created_at", "is_success", "ai_org", "ai_model", "req_units",
      "res_units", "cost", "cost_currency", "response_status_code", "response_time",
      "cache_status", "retry_success_count",
    ]).adding(rules.paths)
  }

  func recognises(_ record: JSONTape) -> Bool {
    let root = JSONTape.root
    return record.value("ai_org", in: root) != nil && record.value("ai_model", in: root) != nil
      && record.value("created_at", in: root) != nil
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    let fields = FieldReader(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.member(key, of: JSONTape.root) }

    let startedAt = try fields.neededTime(
      field("created_at"), "created_at", Self.owner, settings)
    let trace = try fields.name(field("trace_id"), "trace_id")
    guard let id = try fields.name(field("id"), "id") ?? trace else {
      throw Rejection(
        .missingField, "`id` and `trace_id` are both missing; request one of them in the export")
    }
    var call = GatewayCall(
      eventID: id == trace ? Name("\(id)/\(startedAt.microseconds)") : id, requestID: trace ?? id,
      startedAt: startedAt,
      route: Route(
        model: try fields.neededModel(
          field("ai_org"), "ai_org", field("ai_model"), "ai_model", Self.owner)))
    call.isCached = try isCached(field("cache_status"), fields)
    call.failure = try failure(fields)
    let (attribution, inferred) = rules.readAttempt(tape)
    var attempt = call.attempt(attribution)
    attempt.latencyMilliseconds = try fields.milliseconds(field("response_time"), "response_time")
    attempt.usage = Usage(
      input: try fields.foreignCount(field("req_units"), "req_units") ?? 0,
      output: try fields.foreignCount(field("res_units"), "res_units") ?? 0)
    attempt.reportedCost = try cost(fields)
    return LogEntry(attempt, inferred: inferred)
  }

  private static let owner = "Portkey's export"

  /// `HIT`, `SEMANTIC HIT`; other words are misses.
  private func isCached(_ value: Int?, _ fields: FieldReader) throws(Rejection) -> Bool {
    let word = try fields.text(value, "cache_status")?.uppercased() ?? ""
    return word == "HIT" || word == "SEMANTIC HIT" || word == "SEMANTIC_HIT"
  }

  private func failure(_ fields: FieldReader) throws(Rejection) -> Failure? {
    let root = JSONTape.root
    let status = try fields.foreignInteger(
      fields.member("response_status_code", of: root), "response_status_code")
    guard let isSuccess = fields.member("is_success", of: root) else {
      guard let status else {
        throw Rejection(
          .missingField,
          "`is_success` and `response_status_code` are both missing; request one of them in the "
            + "export")
      }
      return FieldReader.failure(httpStatus: status)
    }
    guard !fields.isTrue(isSuccess) else { return nil }
    return status.flatMap { FieldReader.failure(httpStatus: $0) } ?? Failure(kind: .unknown)
  }

  private func cost(_ fields: FieldReader) throws(Rejection) -> Money? {
    let root = JSONTape.root
    let currency = try fields.text(fields.member("cost_currency", of: root), "cost_currency") ?? ""
    guard currency.isEmpty || currency.uppercased() == "USD" else {
      throw Rejection(
        .unknownWord,
        "`cost_currency` is `\(currency.cut(at: 16).printable)`; the ledger keeps USD alone")
    }
    return try fields.foreignMoney(fields.member("cost", of: root), "cost", unit: .cents)
  }
}
