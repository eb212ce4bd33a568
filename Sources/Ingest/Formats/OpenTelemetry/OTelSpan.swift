internal import StrictJSON
internal import Traffic
internal import Units

/// One span as ``OTelSpans`` lays it out.
struct OTelSpan {
  private let fields: FieldReader
  private let attributes: Int?
  private let resource: Int?
  private let kind: OTelKind

  init(_ tape: JSONTape) throws(Rejection) {
    fields = FieldReader(tape: tape)
    attributes = fields.member("attributes", of: JSONTape.root)
    resource = fields.member("resource", of: JSONTape.root)
    kind = OTelKind(tape, tape.value("kind", in: JSONTape.root))
  }

  private func attribute(_ keys: StaticString...) -> Int? {
    for key in keys {
      if let value = fields.filled(fields.member(key, of: attributes)) { return value }
    }
    return nil
  }

  func entry(_ rules: AttributionRules) throws(Rejection) -> LogEntry {
    let trace = try id("traceId")
    let span = Name("\(trace)/\(try id("spanId"))")
    let parent = fields.foreignName(fields.member("parentSpanId", of: JSONTape.root))
      .map { Name("\(trace)/\($0)") }
    let start = try time("start")
    let objects = [attributes, resource].compactMap { $0 }
    guard isCall else {
      let (attribution, inferred) = rules.read(fields.tape, in: objects)
      return LogEntry(
        RequestContext(
          eventID: span, requestID: span, parentID: parent, startedAt: start.timestamp,
          attribution: attribution), inferred: inferred)
    }
    let (attribution, inferred) = rules.readAttempt(fields.tape, in: objects)
    let isOwnRequest = kind == .server || kind == .consumer
    var attempt = Attempt(
      eventID: span, requestID: isOwnRequest ? span : parent ?? span,
      position: start.microseconds, index: nil, startedAt: start.timestamp,
      attribution: attribution, primary: nil, route: try route())
    let end = try time("end")
    let lasted = end.microseconds - start.microseconds
    attempt.latencyMilliseconds = lasted >= 0 ? lasted / 1_000 : nil
    attempt.usage = try usage()
    attempt.reportedCost = try fields.foreignMoney(
      attribute("gen_ai.cost.total_cost", "gen_ai.usage.cost"), "gen_ai.cost.total_cost")
    attempt.decisionStep = try fields.foreignCount(
      attribute("gateway.fallback.index"), "gateway.fallback.index")
    let resends = try fields.foreignCount(
      attribute("http.request.resend_count"), "http.request.resend_count")
    attempt.isRetry = resends.map { $0 > 0 } ?? false
    attempt.answeredAs = try answeredAs(attempt.route)
    attempt.sharesContext = true
    if let failure = try failure() {
      attempt.outcome = .failure
      attempt.failure = failure
    } else {
      attempt.outcome = .success
    }
    return LogEntry(attempt, inferred: inferred)
  }

  private func id(_ key: StaticString) throws(Rejection) -> Name {
    try fields.neededName(fields.member(key, of: JSONTape.root), "\(key)", "a span")
  }

  private func time(_ key: StaticString) throws(Rejection) -> ForeignTime {
    let value = fields.member(key, of: JSONTape.root)
    guard
      let time = try fields.foreignTime(
        value, "\(key)TimeUnixNano", epoch: .nanoseconds, assumesUTC: false)
    else { throw Rejection(.missingField, "`\(key)TimeUnixNano` is missing; a span has it") }
    return time
  }

  // MARK: what kind of span

  /// Operations that the conventions count among calls, and that call no model themselves.
  private static let otherOperations: Set<String> = [
    "create_agent", "execute_tool", "invoke_agent", "invoke_workflow", "retrieval",
  ]

  /// Whether the span is a call of a model. A server's span is one only where LiteLLM has put its own
  /// attributes on it for want of a span per call: other gateways repeat there what their calls say.
  private var isCall: Bool {
    guard attribute("gen_ai.request.model", "gen_ai.response.model") != nil else { return false }
    if let value = attribute("gen_ai.operation.name"), fields.tape.kind(value) == .string,
      Self.otherOperations.contains(fields.tape.text(value))
    {
      return false
    }
    switch kind {
    case .client, .producer: return true
    case .inside:
      return attribute(
        "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "gen_ai.operation.name") != nil
    case .server, .consumer: return attribute("litellm.call_id", "litellm.model_group") != nil
    }
  }

  // MARK: route

  /// The conventions' names of providers that the price catalogs know by another.
  private static let providers: [String: Name] = [
    "azure.ai.openai": "azure", "az.ai.openai": "azure", "azure.ai.inference": "azure_ai",
    "az.ai.inference": "azure_ai", "aws.bedrock": "bedrock", "gcp.vertex_ai": "vertex_ai",
    "vertex_ai": "vertex_ai", "gcp.gemini": "gemini", "gcp.gen_ai": "gemini",
    "mistral_ai": "mistral", "x_ai": "xai", "ibm.watsonx.ai": "watsonx",
  ]

  private func provider() throws(Rejection) -> Name {
    if let stated = fields.foreignName(attribute("gen_ai.provider.name", "gen_ai.system")) {
      return Self.providers[stated.text] ?? stated
    }
    guard let whole = fields.foreignName(attribute("litellm.provider.model")),
      let model = ModelID(whole.text)
    else { return "unknown" }
    return model.provider
  }

  private func route() throws(Rejection) -> Route {
    let provider = try provider()
    guard
      let model = try fields.name(
        attribute("gen_ai.request.model", "gen_ai.response.model"), "gen_ai.request.model")
    else { throw Rejection(.missingField, "`gen_ai.request.model` is missing; a call has it") }
    return Route(
      model: ModelID(provider: provider, model: model.withoutPrefix(provider)),
      group: fields.foreignName(attribute("litellm.model_group")))
  }

  /// The model that answered, where it goes by another name than the deployment that was called.
  private func answeredAs(_ route: Route?) throws(Rejection) -> ModelID? {
    guard let route, let model = fields.foreignName(attribute("gen_ai.response.model")) else {
      return nil
    }
    let answered = ModelID(provider: route.model.provider, model: model)
    return answered == route.model ? nil : answered
  }

  // MARK: tokens and failures

  private func usage() throws(Rejection) -> Usage {
    func count(_ keys: StaticString...) throws(Rejection) -> Int64 {
      for key in keys {
        if let count = try fields.foreignCount(attribute(key), "\(key)") { return count }
      }
      return 0
    }
    let usage = Usage(
      input: try count("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
      cachedInput: try count("gen_ai.usage.cache_read.input_tokens"),
      cacheWrite: try count("gen_ai.usage.cache_creation.input_tokens"),
      output: try count("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
      reasoning: try count("gen_ai.usage.reasoning.output_tokens"))
    try usage.checkPlausible()
    return usage
  }

  /// A call failed if its status says so; one without a status, if it names an error.
  private func failure() throws(Rejection) -> Failure? {
    let status = fields.member("status", of: JSONTape.root)
      .map { String(decoding: fields.tape.source($0), as: UTF8.self) }
    let errorType = fields.foreignName(attribute("error.type"))
    let hasFailed =
      switch status {
      case "2", "\"STATUS_CODE_ERROR\"": true
      case "1", "\"STATUS_CODE_OK\"": false
      default: errorType != nil
      }
    guard hasFailed else { return nil }
    let exception = fields.foreignName(fields.member("exception", of: JSONTape.root))
    let word = errorType ?? exception
    let code = fields.foreignName(attribute("http.response.status_code", "error.code"))
    // The conventions allow a status for an error's type.
    let httpStatus = code.flatMap { Int64($0.text) } ?? word.flatMap { Int64($0.text) }
    return Failure(
      kind: ErrorClass.kind(word?.text ?? "", httpStatus: httpStatus),
      word: word.map { $0.text.cut(at: 128) }, httpStatus: httpStatus)
  }
}
