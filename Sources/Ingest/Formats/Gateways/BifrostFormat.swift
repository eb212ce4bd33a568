internal import StrictJSON
internal import Traffic
internal import Units

/// Bifrost's logs as its log store and its API `/api/logs` write them: a record for the primary and one
/// for each fallback.
///
/// A fallback names the request in `parent_request_id` and its place in `fallback_index`. Retries on
/// one provider are counted in `number_of_retries` and leave no record: what they cost is not told.
struct BifrostFormat: SourceFormat {
  private let rules: AttributionRules
  private let settings: FormatSettings
  let knownFields: KnownFields
  let marks =
    "records have `id`, `timestamp`, `provider` and `fallback_index`, or `logs` and "
    + "`pagination`"

  init(_ settings: FormatSettings) {
    self.settings = settings
    rules = AttributionRules(
      [
        .metadata(under: "metadata"), .given(.tenant, "customer_id", "team_id"),
        .inferred(.tenant, "business_unit_id", "virtual_key_name", "virtual_key_id"),
        .given(.user, "user_id"), .inferred(.application, "virtual_key_name"),
      ], settings)
    knownFields = KnownFields(paths: [
      "id", "parent_request_id", "timestamp", "provider", "model", "alias", "fallback_index",
      "number_of_retries", "latency", "cost", "status", "token_usage.prompt_tokens",
      "token_usage.completion_tokens", "token_usage.prompt_tokens_details.cached_tokens",
      "token_usage.prompt_tokens_details.cached_read_tokens",
      "token_usage.prompt_tokens_details.cached_write_tokens",
      "token_usage.completion_tokens_details.reasoning_tokens", "error_details.status_code",
      "error_details.type", "error_details.error.type", "cache_debug.cache_hit",
    ]).adding(rules.paths)
  }

  func recognises(_ record: JSONTape) -> Bool {
    let root = JSONTape.root
    if let logs = record.value("logs", in: root), record.kind(logs) == .array {
      return record.value("pagination", in: root) != nil
    }
    return record.value("id", in: root) != nil
      && record.value("fallback_index", in: root) != nil
      && record.value("provider", in: root) != nil && record.value("timestamp", in: root) != nil
  }

  func entries(of record: JSONTape) -> [[UInt8]]? {
    GatewayPage.entries(of: record, under: "logs")
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    let fields = FieldReader(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.member(key, of: JSONTape.root) }

    let id = try fields.neededName(field("id"), "id", Self.owner)
    let step = try fields.foreignCount(field("fallback_index"), "fallback_index") ?? 0
    guard step <= 255 else {
      throw Rejection(.outOfRange, "`fallback_index` is \(step); it must be 0 to 255")
    }
    // The primary's own parent is a session, not a request.
    let parent = step > 0 ? try fields.name(field("parent_request_id"), "parent_request_id") : nil
    var call = GatewayCall(
      eventID: id, requestID: parent ?? id,
      startedAt: try fields.neededTime(
        field("timestamp"), "timestamp", Self.owner, settings),
      index: step,
      route: Route(
        model: try fields.neededModel(
          field("provider"), "provider", field("model"), "model", Self.owner),
        group: try fields.name(field("alias"), "alias")))
    call.isCached = fields.isTrue(fields.member("cache_hit", of: field("cache_debug")))
    call.failure = try failure(fields)
    let (attribution, inferred) = rules.readAttempt(tape)
    var attempt = call.attempt(attribution)
    attempt.latencyMilliseconds = try fields.milliseconds(field("latency"), "latency")
    attempt.usage = try usage(field("token_usage"), fields)
    attempt.reportedCost = try fields.foreignMoney(field("cost"), "cost")
    attempt.decisionStep = step
    return LogEntry(attempt, inferred: inferred)
  }

  private static let owner = "a log of Bifrost"

  private func failure(_ fields: FieldReader) throws(Rejection) -> Failure? {
    switch try fields.text(fields.member("status", of: JSONTape.root), "status") {
    case "success": return nil
    case "error":
      let error = fields.member("error_details", of: JSONTape.root)
      let status = try fields.foreignInteger(
        fields.member("status_code", of: error), "error_details.status_code")
      let word = fields.foreignName(
        fields.member("type", of: error)
          ?? fields.member("type", of: fields.member("error", of: error))
      )
      .map { $0.text.cut(at: 128) }
      return status.flatMap { FieldReader.failure(httpStatus: $0, word: word) }
        ?? Failure(kind: ErrorClass.kind(word ?? "", httpStatus: nil), word: word)
    case let other:
      throw Rejection(
        .unknownWord,
        "`status` is `\((other ?? "").cut(at: 64).printable)`; it may be `success` or `error`, and a "
          + "call that is still `processing` has none yet")
    }
  }

  private func usage(_ object: Int?, _ fields: FieldReader) throws(Rejection) -> Usage {
    let prompt = fields.member("prompt_tokens_details", of: object)
    let completion = fields.member("completion_tokens_details", of: object)
    func count(_ key: StaticString, _ object: Int?) throws(Rejection) -> Int64 {
      try fields.foreignCount(fields.member(key, of: object), "token_usage.\(key)") ?? 0
    }
    let read = try count("cached_read_tokens", prompt)
    let cached = try read > 0 ? read : count("cached_tokens", prompt)
    let usage = Usage(
      input: try count("prompt_tokens", object), cachedInput: cached,
      cacheWrite: try count("cached_write_tokens", prompt),
      output: try count("completion_tokens", object),
      reasoning: try count("reasoning_tokens", completion))
    try usage.checkPlausible()
    return usage
  }
}
