internal import StrictJSON
internal import Traffic
internal import Units

/// Helicone's requests, as its export tool and its API `/v1/request/query-clickhouse` write them: JSON
/// lines, a list, a page under `data`, or a CSV.
///
/// Every record is a request of one attempt: nothing says which records a fallback joins.
/// `prompt_tokens` counts neither tokens read from a cache nor those written to one.
struct HeliconeFormat: SourceFormat {
  private let rules: AttributionRules
  private let settings: FormatSettings
  let knownFields: KnownFields
  let marks =
    "records have `request_id`, `request_created_at` and `response_status`, at the "
    + "top or under `data`"

  init(_ settings: FormatSettings) {
    self.settings = settings
    let properties = ["request_properties", "properties"].flatMap { object in
      [
        Self.rule(.tenant, "\(object).tenant_id"), Self.rule(.tier, "\(object).tenant_tier"),
        Self.rule(.application, "\(object).application"),
        Self.rule(.feature, "\(object).feature"), Self.rule(.workflow, "\(object).workflow"),
        Self.rule(.thread, "\(object).thread_id"),
        Self.rule(.environment, "\(object).environment"),
        Self.rule(.session, "\(object).Helicone-Session-Id"),
        Self.rule(.application, "\(object).appname", isInferred: true),
        Self.rule(.workflow, "\(object).Helicone-Session-Name", isInferred: true),
      ].compactMap { $0 }
    }
    rules = AttributionRules(
      [.given(.user, "request_user_id", "helicone_user"), properties], settings)
    knownFields = KnownFields(paths: [
      "request_id", "request_created_at", "response_created_at", "response_status", "provider",
      "model", "model_override", "response_model", "request_model", "delay_ms", "prompt_tokens",
      "completion_tokens", "prompt_cache_read_tokens", "prompt_cache_write_tokens", "costUSD",
      "cost", "cache_reference_id",
    ]).adding(rules.paths)
  }

  private static func rule(
    _ field: AttributionField, _ path: String, isInferred: Bool = false
  ) -> AttributionRules.Rule? {
    FieldPath(path).map {
      AttributionRules.Rule(field: field, path: $0, isInferred: isInferred)
    }
  }

  func recognises(_ record: JSONTape) -> Bool {
    if let data = record.value("data", in: JSONTape.root), record.kind(data) == .array,
      record.after(data) > data + 1
    {
      return isRequest(record, data + 1)
    }
    return isRequest(record, JSONTape.root)
  }

  private func isRequest(_ record: JSONTape, _ object: JSONTape.Index) -> Bool {
    record.value("request_id", in: object) != nil
      && record.value("request_created_at", in: object) != nil
      && record.value("response_status", in: object) != nil
  }

  func entries(of record: JSONTape) -> [[UInt8]]? {
    GatewayPage.entries(of: record, under: "data")
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    let fields = FieldReader(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.filled(fields.member(key, of: JSONTape.root)) }

    let id = try fields.neededName(field("request_id"), "request_id", Self.owner)
    let model =
      field("model") ?? field("model_override") ?? field("request_model")
      ?? field("response_model")
    var call = GatewayCall(
      eventID: id, requestID: id,
      startedAt: try fields.neededTime(
        field("request_created_at"), "request_created_at", Self.owner, settings),
      route: Route(
        model: try fields.neededModel(
          field("provider"), "provider", model, "model", Self.owner)))
    guard
      let status = try fields.foreignInteger(field("response_status"), "response_status")
    else { throw Rejection(.missingField, "`response_status` is missing; \(Self.owner) has it") }
    call.failure = FieldReader.failure(httpStatus: status)
    let source = fields.foreignName(field("cache_reference_id"))
    // Helicone writes a nil UUID for a call that no cache answered.
    call.isCached = source != nil && source != "00000000-0000-0000-0000-000000000000"
    let (attribution, inferred) = rules.readAttempt(tape)
    var attempt = call.attempt(attribution)
    attempt.latencyMilliseconds = try fields.milliseconds(field("delay_ms"), "delay_ms")
    attempt.usage = try usage(fields)
    attempt.reportedCost = try fields.foreignMoney(field("costUSD") ?? field("cost"), "costUSD")
    return LogEntry(attempt, inferred: inferred)
  }

  private static let owner = "a request of Helicone"

  private func usage(_ fields: FieldReader) throws(Rejection) -> Usage {
    func count(_ key: StaticString) throws(Rejection) -> Int64 {
      try fields.foreignCount(fields.member(key, of: JSONTape.root), "\(key)") ?? 0
    }
    let plain = try count("prompt_tokens")
    let read = try count("prompt_cache_read_tokens")
    let written = try count("prompt_cache_write_tokens")
    let (cached, overflow) = read.addingReportingOverflow(written)
    let (input, overflow2) = plain.addingReportingOverflow(cached)
    guard !overflow, !overflow2 else {
      throw Rejection(.outOfRange, "the tokens of the prompt do not fit 64 bits")
    }
    return Usage(
      input: input, cachedInput: read, cacheWrite: written,
      output: try count("completion_tokens"))
  }
}
