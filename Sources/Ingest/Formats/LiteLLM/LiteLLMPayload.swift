internal import StrictJSON
internal import Traffic
internal import Units

/// LiteLLM's `StandardLoggingPayload`, as its router and its proxy log it: one record an attempt.
///
/// - The lines of a request share `litellm_call_id` on the proxy. The router gives every attempt its
///   own; there the request is the `trace_id`, which is the caller's session where the router does not
///   keep the two apart, and then the same messages tell its requests apart. Of the messages a hash is
///   compared; no text is kept.
/// - Attempts have no index: the time at which they ended orders them, since a streamed success on the
///   proxy carries the start of the whole request.
/// - `model_group` is the route's group; the primary is the route of the first attempt.
struct LiteLLMPayload: Sendable {
  let rules: AttributionRules

  init(_ settings: FormatSettings) {
    rules = AttributionRules(
      [
        .given(.tenant, "metadata.user_api_key_team_id"),
        .inferred(.tenant, "metadata.user_api_key_org_id", "metadata.user_api_key_alias"),
        .given(.tier, "metadata.requester_metadata.tenant_tier"),
        .given(.user, "end_user", "metadata.user_api_key_end_user_id"),
        .inferred(.user, "metadata.user_api_key_user_id"),
        .given(
          .application, "metadata.requester_metadata.application",
          "metadata.requester_metadata.app"),
        .given(.feature, "metadata.requester_metadata.feature"),
        .given(.workflow, "metadata.requester_metadata.workflow"),
        .given(.assistant, "metadata.requester_metadata.assistant_id"),
        .given(.thread, "metadata.requester_metadata.thread_id"),
        .given(.session, "session_id", "metadata.requester_metadata.session_id"),
        .given(.environment, "metadata.requester_metadata.environment"),
        .inferred(.environment, "request_tags[env]", "request_tags[environment]"),
      ], settings)
  }

  static func recognises(_ record: JSONTape) -> Bool {
    record.value("litellm_call_id", in: JSONTape.root) != nil
      && record.value("startTime", in: JSONTape.root) != nil
      && record.value("status", in: JSONTape.root) != nil
      && record.value("spend", in: JSONTape.root) == nil
  }

  static func knownFields(_ rules: AttributionRules) -> KnownFields {
    KnownFields(paths: [
      "id", "litellm_call_id", "trace_id", "session_id", "status", "custom_llm_provider",
      "startTime", "endTime", "model", "model_group", "response_cost", "prompt_tokens",
      "completion_tokens", "metadata.user_api_key_request_route",
      "metadata.usage_object.cache_creation_input_tokens",
      "metadata.usage_object.cache_read_input_tokens",
      "metadata.usage_object.prompt_tokens_details.cached_tokens",
      "metadata.usage_object.prompt_tokens_details.cache_creation_tokens",
      "metadata.usage_object.prompt_tokens_details.cache_write_tokens",
      "metadata.usage_object.prompt_tokens_details.audio_tokens",
      "metadata.usage_object.prompt_tokens_details.image_tokens",
      """
      metadata.usage_object.prompt_tokens_details.cache_creation_token_details.\
      ephemeral_1h_input_tokens
      """,
      "metadata.usage_object.completion_tokens_details.reasoning_tokens",
      "metadata.usage_object.completion_tokens_details.audio_tokens",
      "metadata.usage_object.completion_tokens_details.image_tokens",
      "metadata.usage_object.service_tier", "cost_breakdown.service_tier",
      "model_map_information.model_map_key",
      "error_information.error_class", "error_information.error_code",
      "error_information.normalized_error",
    ]).adding(rules.paths)
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    let fields = FieldReader(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.member(key, of: JSONTape.root) }
    let metadata = try fields.object(field("metadata"), "metadata")

    let callID = try fields.neededName(field("litellm_call_id"), "litellm_call_id", Self.owner)
    let endedAt = try time(field("endTime"), "endTime", fields)
    let startedAt = try time(field("startTime"), "startTime", fields)
    let (attribution, inferred) = rules.readAttempt(tape)
    var attempt = Attempt(
      eventID: try fields.name(field("id"), "id") ?? callID,
      requestID: try requestID(callID, metadata: metadata, fields),
      position: endedAt.microseconds, index: nil, startedAt: startedAt.timestamp,
      attribution: attribution, primary: nil, route: try fields.liteLLMRoute())
    let lasted = endedAt.microseconds - startedAt.microseconds
    attempt.latencyMilliseconds = lasted >= 0 ? lasted / 1_000 : nil
    attempt.usage = try fields.liteLLMUsage(metadata)
    attempt.pricedAs = fields.liteLLMPricedModel(of: attempt.route)
    attempt.reportedCost = try fields.money(field("response_cost"), "response_cost")
    try fields.setLiteLLMOutcome(
      of: &attempt, status: field("status"), error: field("error_information"))
    return LogEntry(attempt, inferred: inferred)
  }

  private static let owner = "a LiteLLM payload"

  /// Epoch seconds with a fraction.
  private func time(
    _ value: Int?, _ field: String, _ fields: FieldReader
  ) throws(Rejection) -> ForeignTime {
    guard let time = try fields.foreignTime(value, field, epoch: .seconds, assumesUTC: false) else {
      throw Rejection(.missingField, "`\(field)` is missing; \(Self.owner) has it")
    }
    return time
  }

  // MARK: which request

  private func requestID(
    _ callID: Name, metadata: Int?, _ fields: FieldReader
  ) throws(Rejection) -> Name {
    let isProxy = fields.member("user_api_key_request_route", of: metadata) != nil
    if isProxy { return callID }
    guard
      let trace = try fields.name(fields.member("trace_id", of: JSONTape.root), "trace_id")
    else { return callID }
    let session = try fields.name(fields.member("session_id", of: JSONTape.root), "session_id")
    // With a session id of its own the trace id is the request's.
    guard session == nil, let messages = fields.member("messages", of: JSONTape.root) else {
      return trace
    }
    // However the JSON is spaced and escaped: a log may be pretty-printed on its way here.
    let digest = Digest.sha256(JSONText.compact(fields.tape, messages)).prefix(8)
    return Name("\(trace)#\(Hex.text(Array(digest)))")
  }

  /// Messages are never kept, but may tell the requests of a trace apart.
  func checkWholeness(of tape: JSONTape) throws(Rejection) {
    let fields = FieldReader(tape: tape)
    func has(_ key: StaticString, of object: Int?) -> Bool {
      fields.member(key, of: object) != nil
    }
    let metadata = fields.member("metadata", of: JSONTape.root)
    let isTold =
      has("user_api_key_request_route", of: metadata) || !has("trace_id", of: JSONTape.root)
      || has("session_id", of: JSONTape.root) || has("messages", of: JSONTape.root)
    guard isTold else {
      throw Rejection(
        .missingField,
        "`messages` may tell which request this is, and is not kept; put it back from the log")
    }
  }
}
