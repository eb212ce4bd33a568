internal import StrictJSON
internal import Traffic
internal import Units

/// The ledger's own event format (events.md, "The line").
struct NativeFormat: SourceFormat {
  let marks =
    "records have `request_id` and one of `tenant_id`, `primary` and `attempt`"
  func recognises(_ record: JSONTape) -> Bool {
    record.value("request_id", in: JSONTape.root) != nil
      && (record.value("tenant_id", in: JSONTape.root) != nil
        || record.value("primary", in: JSONTape.root) != nil
        || record.value("attempt", in: JSONTape.root) != nil)
  }

  var knownFields: KnownFields { Self.knownFields }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    LogEntry(try Self.attempt(from: tape))
  }

  private static let route = KnownFields(["provider", "model", "group"])

  static let knownFields = KnownFields(
    [
      "v", "event_id", "request_id", "attempt", "ts", "tenant_id", "tenant_tier", "user_id",
      "application", "feature", "workflow", "assistant_id", "thread_id", "session_id",
      "environment", "traffic_class", "action", "outcome", "latency_ms", "cost_usd", "revenue_usd",
    ],
    [
      ("primary", route), ("route", route),
      ("failure", KnownFields(["kind", "http_status", "message"])),
      (
        "usage",
        KnownFields([
          "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens",
          "reasoning_tokens", "cache_write_1h_tokens", "audio_input_tokens", "image_input_tokens",
          "audio_output_tokens", "image_output_tokens", "service_tier",
        ])
      ),
      ("budget", KnownFields(["limit_usd", "spent_usd", "prepaid_balance_usd"])),
      ("decision", KnownFields(["step", "reason"])),
    ])

  /// events.md: the first and the last instant of a `ts`, the last not included.
  static let earliest = UTCDay(year: 2000, month: 1, day: 1)?.start
  static let latest = UTCDay(year: 2200, month: 1, day: 1)?.start

  static func attempt(from tape: JSONTape) throws(Rejection) -> Attempt {
    let fields = FieldReader(tape: tape)
    let root = JSONTape.root
    func field(_ key: StaticString) -> Int? { fields.member(key, of: root) }

    if let version = try fields.integer(field("v"), "v"), version != 1 {
      throw Rejection(.unsupportedVersion, "`v` is \(version); this program reads version 1")
    }
    let requestID = try needed(fields.name(field("request_id"), "request_id"), "request_id")
    let index = try needed(fields.integer(field("attempt"), "attempt"), "attempt")
    guard (0...255).contains(index) else {
      throw Rejection(.outOfRange, "`attempt` is \(index); it must be 0 to 255")
    }
    let startedAt = try time(field("ts"), fields)
    var attribution = Attribution()
    attribution[.tenant] = try needed(fields.name(field("tenant_id"), "tenant_id"), "tenant_id")
    attribution[.tier] = try fields.name(field("tenant_tier"), "tenant_tier")
    attribution[.user] = try fields.name(field("user_id"), "user_id")
    attribution[.application] = try fields.name(field("application"), "application")
    attribution[.feature] = try fields.name(field("feature"), "feature")
    attribution[.workflow] = try fields.name(field("workflow"), "workflow")
    attribution[.assistant] = try fields.name(field("assistant_id"), "assistant_id")
    attribution[.thread] = try fields.name(field("thread_id"), "thread_id")
    attribution[.session] = try fields.name(field("session_id"), "session_id")
    attribution[.environment] = try fields.name(field("environment"), "environment")

    var attempt = Attempt(
      eventID: try fields.name(field("event_id"), "event_id")
        ?? Name("\(requestID)/\(index)"),
      requestID: requestID, position: index, index: index, startedAt: startedAt,
      attribution: attribution,
      trafficClass: try fields.word(
        fields.filled(field("traffic_class")), "traffic_class", as: TrafficClass.self),
      primary: try needed(route(field("primary"), "primary", fields), "primary"),
      action: try fields.word(field("action"), "action", as: Action.self) ?? .model)
    attempt.latencyMilliseconds = try fields.count(field("latency_ms"), "latency_ms")
    attempt.usage = try usage(field("usage"), fields)
    attempt.reportedCost = try fields.money(field("cost_usd"), "cost_usd")
    attempt.revenue = try fields.money(field("revenue_usd"), "revenue_usd")
    attempt.budget = try budget(field("budget"), fields)
    if let decision = try fields.object(field("decision"), "decision") {
      attempt.decisionStep = try fields.count(
        fields.member("step", of: decision), "decision.step")
      attempt.decisionReason = try fields.text(
        fields.member("reason", of: decision), "decision.reason", cutAt: 1_000)
    }

    // Other actions have no route and no outcome; what is given is ignored.
    guard attempt.action == .model else { return attempt }
    attempt.route = try needed(route(field("route"), "route", fields), "route")
    let outcome = try needed(
      fields.word(field("outcome"), "outcome", as: Outcome.self), "outcome")
    attempt.outcome = outcome
    if outcome == .failure {
      attempt.failure = try needed(failure(field("failure"), fields), "failure")
    }
    return attempt
  }

  private static func needed<Value>(_ value: Value?, _ field: String) throws(Rejection) -> Value {
    guard let value else {
      throw Rejection(.missingField, "`\(field)` is missing; every such line needs it")
    }
    return value
  }

  private static func time(_ value: Int?, _ fields: FieldReader) throws(Rejection) -> Timestamp {
    let value = try needed(value, "ts")
    let time: Timestamp?
    switch fields.tape.kind(value) {
    case .number: time = try fields.integer(value, "ts").map(Timestamp.init(milliseconds:))
    case .string: time = fields.tape.withTextBytes(value) { Timestamp(rfc3339: $0) }
    case .object, .array, .true, .false, .null:
      throw fields.wrongType(value, "ts", "an RFC 3339 time or epoch milliseconds")
    }
    guard let time else {
      let shown = fields.tape.text(value).cut(at: 64).printable
      throw Rejection(
        .badTime,
        "`ts` is `\(shown)`; it must be an RFC 3339 time with a zone, such as 2026-10-01T00:00:03Z")
    }
    guard let earliest, let latest, time >= earliest, time < latest else {
      throw Rejection(.badTime, "`ts` is \(time.milliseconds) ms; it must lie in 2000 to 2199")
    }
    return time
  }

  private static func route(
    _ value: Int?, _ field: String, _ fields: FieldReader
  ) throws(Rejection) -> Route? {
    guard let object = try fields.object(value, field) else { return nil }
    let provider = try needed(
      fields.name(fields.member("provider", of: object), "\(field).provider"), "\(field).provider")
    let model = try needed(
      fields.name(fields.member("model", of: object), "\(field).model"), "\(field).model")
    return Route(
      model: ModelID(provider: provider, model: model),
      group: try fields.name(fields.member("group", of: object), "\(field).group"))
  }

  private static func usage(_ value: Int?, _ fields: FieldReader) throws(Rejection) -> Usage {
    guard let object = try fields.object(value, "usage") else { return Usage() }
    func count(_ key: StaticString) throws(Rejection) -> Int64 {
      try fields.count(fields.member(key, of: object), "usage.\(key)") ?? 0
    }
    let usage = Usage(
      input: try count("input_tokens"), cachedInput: try count("cached_input_tokens"),
      cacheWrite: try count("cache_write_tokens"), output: try count("output_tokens"),
      reasoning: try count("reasoning_tokens"),
      detail: UsageDetail(
        cacheWriteOneHour: try count("cache_write_1h_tokens"),
        audioInput: try count("audio_input_tokens"), imageInput: try count("image_input_tokens"),
        audioOutput: try count("audio_output_tokens"),
        imageOutput: try count("image_output_tokens"),
        serviceTier: try fields.text(
          fields.member("service_tier", of: object), "usage.service_tier"
        ).flatMap(ServiceTier.init(word:))))
    try usage.checkPlausible()
    try usage.checkParts()
    return usage
  }

  private static func budget(
    _ value: Int?, _ fields: FieldReader
  ) throws(Rejection) -> BudgetSnapshot {
    guard let object = try fields.object(value, "budget") else { return BudgetSnapshot() }
    return BudgetSnapshot(
      limit: try fields.money(fields.member("limit_usd", of: object), "budget.limit_usd"),
      spent: try fields.money(fields.member("spent_usd", of: object), "budget.spent_usd"),
      prepaidBalance: try fields.money(
        fields.member("prepaid_balance_usd", of: object), "budget.prepaid_balance_usd"))
  }

  static func failure(_ value: Int?, _ fields: FieldReader) throws(Rejection) -> Failure? {
    guard let object = try fields.object(value, "failure") else { return nil }
    let status = try fields.integer(
      fields.member("http_status", of: object), "failure.http_status")
    let message = try fields.text(
      fields.member("message", of: object), "failure.message", cutAt: 1_000)
    let word = try fields.text(fields.member("kind", of: object), "failure.kind", cutAt: 512)
    guard let word, !word.isEmpty else {
      return Failure(
        kind: status.map(FailureKind.init(httpStatus:)) ?? .unknown, httpStatus: status,
        message: message)
    }
    let kind = FailureKind(rawValue: word)
    return Failure(
      kind: kind ?? .unknown, word: kind == nil ? word : nil, httpStatus: status,
      message: message)
  }
}

extension Usage {
  /// Input counts cached and cache-written tokens; more of those than input would cost less than
  /// nothing.
  func checkPlausible() throws(Rejection) {
    let (part, overflow) = cachedInput.addingReportingOverflow(cacheWrite)
    guard !overflow, part <= input else {
      throw Rejection(
        .implausible,
        "\(cachedInput) cached and \(cacheWrite) cache-written tokens are more than the "
          + "\(input) of input that count them")
    }
  }

  /// Parts are parts: more of them than of the whole would be paid twice.
  fileprivate func checkParts() throws(Rejection) {
    func check(_ parts: [Int64], of whole: Int64, _ words: String) throws(Rejection) {
      let sum = parts.reduce(Int128(0)) { $0 + Int128($1) }
      guard sum <= Int128(whole) else {
        throw Rejection(.implausible, "\(sum) \(words) are more than the \(whole) that count them")
      }
    }
    try check([detail.cacheWriteOneHour], of: cacheWrite, "tokens written for an hour")
    try check(
      [detail.audioInput, detail.imageInput], of: input - cachedInput - cacheWrite,
      "tokens of audio and images in the uncached input")
    try check(
      [detail.audioOutput, detail.imageOutput], of: output,
      "tokens of audio and images in the output")
  }
}
