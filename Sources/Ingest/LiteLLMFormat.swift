internal import StrictJSON
internal import Traffic
internal import Units

/// LiteLLM's `StandardLoggingPayload`, as its router and its proxy log it: one line an attempt.
///
/// - The lines of a request share `litellm_call_id` on the proxy. The router gives every attempt its
///   own; there the request is the `trace_id`, which is the caller's session where the router does not
///   keep the two apart, and then the same messages tell its requests apart. Of the messages a hash is
///   compared; no text is kept.
/// - Attempts have no index: the time at which they ended orders them, since a streamed success on the
///   proxy carries the start of the whole request.
/// - `model_group` is the route's group; the primary is the route of the first attempt.
enum LiteLLMFormat: SourceFormat {
  static let name = LogFormat.litellm

  static func recognises(_ tape: JSONTape) -> Bool {
    tape.value("litellm_call_id", in: JSONTape.root) != nil
      && tape.value("startTime", in: JSONTape.root) != nil
      && tape.value("status", in: JSONTape.root) != nil
  }

  static let knownFields = KnownFields(
    [
      "id", "litellm_call_id", "trace_id", "session_id", "status", "custom_llm_provider",
      "startTime",
      "endTime", "model", "model_group", "response_cost", "prompt_tokens", "completion_tokens",
      "end_user",
    ],
    [
      (
        "metadata",
        KnownFields(
          [
            "user_api_key_alias", "user_api_key_team_id", "user_api_key_org_id",
            "user_api_key_user_id", "user_api_key_end_user_id", "user_api_key_request_route",
          ],
          [
            (
              "requester_metadata",
              KnownFields([
                "application", "app", "feature", "workflow", "assistant_id", "thread_id",
                "session_id", "environment", "tenant_tier",
              ])
            ),
            (
              "usage_object",
              KnownFields(
                ["cache_creation_input_tokens", "cache_read_input_tokens", "service_tier"],
                [
                  (
                    "prompt_tokens_details",
                    KnownFields(
                      [
                        "cached_tokens", "cache_creation_tokens", "cache_write_tokens",
                        "audio_tokens", "image_tokens",
                      ],
                      [
                        (
                          "cache_creation_token_details",
                          KnownFields(["ephemeral_1h_input_tokens"])
                        )
                      ])
                  ),
                  (
                    "completion_tokens_details",
                    KnownFields(["reasoning_tokens", "audio_tokens", "image_tokens"])
                  ),
                ])
            ),
          ])
      ),
      (
        "error_information",
        KnownFields(["error_class", "error_code", "normalized_error"])
      ),
      ("cost_breakdown", KnownFields(["service_tier"])),
      ("model_map_information", KnownFields(["model_map_key"])),
    ])

  static func attempt(from tape: JSONTape) throws(Rejection) -> Attempt {
    let fields = FieldReader(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.member(key, of: JSONTape.root) }
    let metadata = try fields.object(field("metadata"), "metadata")

    let callID = try needed(
      fields.name(field("litellm_call_id"), "litellm_call_id"), "litellm_call_id")
    let endedAt = try needed(microseconds(field("endTime"), "endTime", fields), "endTime")
    let startedAt = try needed(microseconds(field("startTime"), "startTime", fields), "startTime")
    let route = try route(fields)

    var attempt = Attempt(
      eventID: try fields.name(field("id"), "id") ?? callID,
      requestID: try requestID(callID, metadata: metadata, fields), position: endedAt, index: nil,
      startedAt: Timestamp(milliseconds: startedAt / 1_000),
      attribution: try attribution(metadata, fields), primary: nil, route: route)
    attempt.latencyMilliseconds = endedAt >= startedAt ? (endedAt - startedAt) / 1_000 : nil
    attempt.usage = try LiteLLMUsage.read(metadata, fields)
    attempt.pricedAs = pricedAs(route, fields)
    attempt.reportedCost = try fields.money(field("response_cost"), "response_cost")

    switch try fields.text(field("status"), "status") {
    case "success":
      attempt.outcome = .success
    case "failure":
      attempt.outcome = .failure
      attempt.failure = try failure(fields)
    case let other:
      throw Rejection(
        .unknownWord,
        "`status` is `\((other ?? "").cut(at: 64).printable)`; it may be `success` or `failure`")
    }
    return attempt
  }

  private static func needed<Value>(_ value: Value?, _ field: String) throws(Rejection) -> Value {
    guard let value else {
      throw Rejection(.missingField, "`\(field)` is missing; a LiteLLM payload has it")
    }
    return value
  }

  // MARK: which request, which route

  private static func requestID(
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
    let digest = Digest.sha256(Array(fields.tape.source(messages))).prefix(8)
    let digits = digest.map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return Name("\(trace)#\(digits.joined())")
  }

  /// Messages are never kept, but may tell the requests of a trace apart.
  static func checkWholeness(of tape: JSONTape) throws(Rejection) {
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

  private static func route(_ fields: FieldReader) throws(Rejection) -> Route {
    let root = JSONTape.root
    let stated = try needed(fields.name(fields.member("model", of: root), "model"), "model")
    let given = try fields.name(
      fields.member("custom_llm_provider", of: root), "custom_llm_provider")
    // A request for a model that the proxy does not know reaches no provider.
    let provider = given ?? Name("unknown")
    var model = stated.text
    let prefix = provider.text + "/"
    if model.utf8.starts(with: prefix.utf8), model.utf8.count > prefix.utf8.count {
      model = String(decoding: model.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
    return Route(
      model: ModelID(provider: provider, model: Name(model)),
      group: try fields.name(fields.member("model_group", of: root), "model_group"))
  }

  /// The catalog's model as which LiteLLM bills a deployment: `model_map_key`, where it is the same
  /// provider's. After a fallback it may still be the one before.
  private static func pricedAs(_ route: Route, _ fields: FieldReader) -> ModelID? {
    let map = fields.member("model_map_information", of: JSONTape.root)
    guard let key = fields.member("model_map_key", of: map), fields.tape.kind(key) == .string,
      let base = ModelID(fields.tape.text(key)), base.provider == route.model.provider,
      base != route.model, base.model.text.utf8.count <= Name.maximumBytes,
      !base.model.text.hasControlCharacter
    else { return nil }
    return base
  }

  /// Epoch seconds, with a fraction, as microseconds; finer digits are cut.
  private static func microseconds(
    _ value: Int?, _ field: String, _ fields: FieldReader
  ) throws(Rejection) -> Int64? {
    guard let value else { return nil }
    guard fields.tape.kind(value) == .number else {
      throw fields.wrongType(value, field, "a number of epoch seconds")
    }
    let time = fields.tape.withRawBytes(value) { bytes in
      try? DecimalText.integer(in: bytes, places: 6, rounding: .down)
    }
    // 2000 to 2199, as events.md has it for times.
    guard let time, (946_684_800_000_000..<7_258_118_400_000_000).contains(time) else {
      throw Rejection(.badTime, "`\(field)` must be epoch seconds that lie in 2000 to 2199")
    }
    return Int64(time)
  }

  // MARK: who and what for

  private static func attribution(
    _ metadata: Int?, _ fields: FieldReader
  ) throws(Rejection) -> Attribution {
    let requester = fields.member("requester_metadata", of: metadata)

    /// The first of these fields that names something. A caller's own metadata may hold anything, so
    /// what cannot be a name is no attribution rather than a mistake.
    func first(_ places: (StaticString, Int?)...) -> Name? {
      for (key, object) in places {
        guard let value = fields.member(key, of: object), fields.tape.kind(value) == .string
        else { continue }
        let text = fields.tape.text(value)
        if !text.isEmpty, text.utf8.count <= Name.maximumBytes, !text.hasControlCharacter {
          return Name(text)
        }
      }
      return nil
    }

    var attribution = Attribution()
    attribution[.tenant] =
      first(
        ("user_api_key_team_id", metadata), ("user_api_key_org_id", metadata),
        ("user_api_key_alias", metadata)) ?? "unattributed"
    attribution[.tier] = first(("tenant_tier", requester))
    attribution[.user] = first(
      ("end_user", JSONTape.root), ("user_api_key_end_user_id", metadata),
      ("user_api_key_user_id", metadata))
    attribution[.application] = first(("application", requester), ("app", requester))
    attribution[.feature] = first(("feature", requester))
    attribution[.workflow] = first(("workflow", requester))
    attribution[.assistant] = first(("assistant_id", requester))
    attribution[.thread] = first(("thread_id", requester))
    attribution[.session] = first(("session_id", JSONTape.root), ("session_id", requester))
    attribution[.environment] = first(("environment", requester)) ?? environmentTag(fields)
    return attribution
  }

  /// A request tag such as `env:prod`.
  private static func environmentTag(_ fields: FieldReader) -> Name? {
    guard let tags = fields.member("request_tags", of: JSONTape.root),
      fields.tape.kind(tags) == .array
    else { return nil }
    var found: Name?
    fields.tape.forEachElement(of: tags) { tag in
      guard found == nil, fields.tape.kind(tag) == .string else { return }
      let text = fields.tape.text(tag)
      for prefix in ["env:", "environment:"] where text.hasPrefix(prefix) {
        let value = String(text.dropFirst(prefix.count))
        if !value.isEmpty, value.utf8.count <= Name.maximumBytes, !value.hasControlCharacter {
          found = Name(value)
        }
      }
    }
    return found
  }

  // MARK: failures

  /// LiteLLM's error class says what failed; its messages may quote the prompt and are not kept.
  private static func failure(_ fields: FieldReader) throws(Rejection) -> Failure {
    let error = fields.member("error_information", of: JSONTape.root)
    func text(_ key: StaticString) throws(Rejection) -> String {
      try fields.text(fields.member(key, of: error), "error_information.\(key)", cutAt: 128) ?? ""
    }
    let errorClass = try text("error_class")
    let code = try text("error_code")
    let normalized = try text("normalized_error")
    let status = Int64(normalized.prefix(3)) ?? Int64(code)
    return Failure(
      kind: kind(errorClass, normalized: normalized, status: status),
      word: errorClass.isEmpty ? nil : errorClass, httpStatus: Int64(code) ?? status,
      message: normalized.isEmpty ? nil : normalized)
  }

  private static func kind(
    _ errorClass: String, normalized: String, status: Int64?
  ) -> FailureKind {
    switch errorClass {
    case "RateLimitError":
      normalized.contains("QUOTA") ? .quotaExhausted : .rateLimited
    case "BudgetExceededError": .quotaExhausted
    case "Timeout", "APITimeoutError": .timeout
    case "ServiceUnavailableError": .overloaded
    case "InternalServerError", "BadGatewayError":
      normalized == "503_PROVIDER_OVERLOADED" ? .overloaded : .serverError
    case "APIConnectionError": .network
    case "ReadError", "MidStreamFallbackError": .streamDropped
    case "AuthenticationError", "PermissionDeniedError": .invalidAPIKey
    case "ContextWindowExceededError": .contextWindowExceeded
    case "ContentPolicyViolationError", "GuardrailRaisedException": .contentPolicy
    case "JSONSchemaValidationError", "APIResponseValidationError": .validationFailed
    case "BadRequestError", "NotFoundError", "UnprocessableEntityError", "UnsupportedParamsError",
      "InvalidRequestError", "ProxyModelNotFoundError":
      .malformedRequest
    // An answer that could not be read, whatever its status says.
    case "APIError": .serverError
    default: status.map(FailureKind.init(httpStatus:)) ?? .unknown
    }
  }
}
