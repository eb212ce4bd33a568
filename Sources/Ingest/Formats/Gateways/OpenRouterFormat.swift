internal import StrictJSON
internal import Traffic
internal import Units

/// OpenRouter's generations, as `GET /api/v1/generation` answers: one object a generation, alone, in a
/// list, or under `data`.
///
/// `provider_responses` lists the upstream calls, failed ones first: each is an attempt. They stay on
/// one route, since OpenRouter tries other providers of the same model; a change of the model is a
/// fallback. Only the generation as a whole has a cost and tokens: they are those of the attempt that
/// served, and what the others cost is not told.
struct OpenRouterFormat: SourceFormat {
  private let rules: AttributionRules
  private let settings: FormatSettings
  let knownFields: KnownFields
  let marks =
    "records have `id`, `model`, `total_cost`, `tokens_prompt` and `created_at`, at "
    + "the top or under `data`"

  init(_ settings: FormatSettings) {
    self.settings = settings
    rules = AttributionRules(
      [
        .given(.user, "external_user"), .given(.session, "session_id"),
        .inferred(.application, "app_id"),
      ], settings)
    knownFields = KnownFields(paths: [
      "id", "created_at", "model", "provider_name", "total_cost", "usage",
      "upstream_inference_cost", "is_byok", "cancelled", "finish_reason", "latency",
      "generation_time", "tokens_prompt", "tokens_completion", "native_tokens_prompt",
      "native_tokens_completion", "native_tokens_reasoning", "native_tokens_cached", "attempt",
      "is_served", "response.status", "response.provider_name", "response.model_permaslug",
      "response.latency",
    ]).adding(rules.paths)
  }

  func recognises(_ record: JSONTape) -> Bool {
    if let data = record.value("data", in: JSONTape.root) {
      switch record.kind(data) {
      case .object: return isGeneration(record, data)
      case .array:
        let first = record.after(data) > data + 1 ? data + 1 : nil
        return first.map { isGeneration(record, $0) } ?? false
      case .string, .number, .true, .false, .null: return false
      }
    }
    return isGeneration(record, JSONTape.root)
  }

  private func isGeneration(_ record: JSONTape, _ object: JSONTape.Index) -> Bool {
    record.value("id", in: object) != nil && record.value("model", in: object) != nil
      && record.value("total_cost", in: object) != nil
      && record.value("tokens_prompt", in: object) != nil
      && record.value("created_at", in: object) != nil
  }

  /// A generation for each of its upstream calls.
  func entries(of record: JSONTape) -> [[UInt8]]? {
    if let data = record.value("data", in: JSONTape.root) {
      guard record.kind(data) == .array else { return expanded(record, data) }
      var entries: [[UInt8]] = []
      record.forEachElement(of: data) { entries += expanded(record, $0) }
      return entries
    }
    guard let responses = record.value("provider_responses", in: JSONTape.root),
      record.kind(responses) == .array
    else { return nil }
    return expanded(record, JSONTape.root)
  }

  private func expanded(_ record: JSONTape, _ generation: JSONTape.Index) -> [[UInt8]] {
    var responses: [JSONTape.Index] = []
    var served: Int?
    if let list = record.value("provider_responses", in: generation), record.kind(list) == .array {
      record.forEachElement(of: list) { response in
        if let status = record.value("status", in: response),
          let code = Int(String(decoding: record.source(status), as: UTF8.self)), code < 400
        {
          served = responses.count
        }
        responses.append(response)
      }
    }
    guard !responses.isEmpty else { return [Array(record.source(generation))] }
    return responses.enumerated().map { place, response in
      var text = JSONText()
      text.open()
      record.forEachMember(of: generation) { key, value in
        guard !record.isText(key, "provider_responses"), !record.isText(key, "response"),
          !record.isText(key, "attempt"), !record.isText(key, "is_served")
        else { return }
        text.key(source: record.source(key))
        text.value(record.source(value))
      }
      text.key("attempt")
      text.value("\(place)".utf8)
      text.key("is_served")
      text.value((place == served ? "true" : "false").utf8)
      text.key("response")
      text.value(record.source(response))
      text.close()
      return text.bytes
    }
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    let fields = FieldReader(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.member(key, of: JSONTape.root) }
    let response = try fields.object(field("response"), "response")

    let id = try fields.neededName(field("id"), "id", Self.owner)
    let index = try fields.foreignCount(field("attempt"), "attempt")
    if let index, index > 255 {
      throw Rejection(.outOfRange, "the generation has more than 256 `provider_responses`")
    }
    let asked = try fields.neededName(field("model"), "model", Self.owner)
    let answered = try fields.name(
      fields.member("model_permaslug", of: response), "model_permaslug")
    var call = GatewayCall(
      eventID: index.map { Name("\(id)/\($0)") } ?? id, requestID: id,
      startedAt: try fields.neededTime(
        field("created_at"), "created_at", Self.owner, settings),
      index: index ?? 0, route: Route(model: ModelID(provider: "openrouter", model: asked)))
    let isServed = response == nil || fields.isTrue(field("is_served"))
    call.failure = try isServed ? nil : failure(response, fields)
    let (attribution, inferred) = rules.readAttempt(tape)
    var attempt = call.attempt(attribution)
    attempt.answeredAs = answered.map { ModelID(provider: "openrouter", model: $0) }
    attempt.latencyMilliseconds = try fields.milliseconds(
      fields.member("latency", of: response) ?? field("latency"), "latency")
    if isServed {
      attempt.usage = try usage(fields)
      attempt.reportedCost = try cost(fields)
    }
    return LogEntry(attempt, inferred: inferred)
  }

  private static let owner = "a generation of OpenRouter"

  private func failure(_ response: Int?, _ fields: FieldReader) throws(Rejection) -> Failure {
    let status = try fields.foreignInteger(
      fields.member("status", of: response), "provider_responses.status")
    return status.flatMap { FieldReader.failure(httpStatus: $0) } ?? Failure(kind: .unknown)
  }

  /// What OpenRouter billed and, with the caller's own key, what the provider bills beside it.
  private func cost(_ fields: FieldReader) throws(Rejection) -> Money? {
    let root = JSONTape.root
    guard
      let billed = try fields.foreignMoney(fields.member("total_cost", of: root), "total_cost")
    else { return nil }
    guard fields.isTrue(fields.member("is_byok", of: root)),
      let upstream = try fields.foreignMoney(
        fields.member("upstream_inference_cost", of: root), "upstream_inference_cost")
    else { return billed }
    guard let sum = try? billed.adding(upstream) else {
      throw Rejection(.outOfRange, "`total_cost` and `upstream_inference_cost` do not fit 64 bits")
    }
    return sum
  }

  /// The providers' own counts, by which they bill; OpenRouter's where there are none.
  private func usage(_ fields: FieldReader) throws(Rejection) -> Usage {
    func count(_ keys: StaticString...) throws(Rejection) -> Int64 {
      for key in keys {
        let value = fields.member(key, of: JSONTape.root)
        if let count = try fields.foreignCount(value, "\(key)") { return count }
      }
      return 0
    }
    let usage = Usage(
      input: try count("native_tokens_prompt", "tokens_prompt"),
      cachedInput: try count("native_tokens_cached"),
      output: try count("native_tokens_completion", "tokens_completion"),
      reasoning: try count("native_tokens_reasoning"))
    try usage.checkPlausible()
    return usage
  }
}
