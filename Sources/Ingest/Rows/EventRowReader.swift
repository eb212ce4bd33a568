internal import StrictJSON
internal import Traffic
internal import Units

/// What one row is, once it is read back.
enum RowContent: Sendable {
  case entry(LogEntry)
  case rejected(code: String, reason: String)
  case file(format: String, textLines: Int64, blank: Int64)
}

/// Reads what ``EventRow`` wrote.
struct EventRowReader {
  /// The JSON is not of this form.
  struct Foreign: Error { let what: String }

  private var tape = JSONTape()

  /// Where a row's line stands; the rows of files themselves stand before their lines.
  mutating func place(_ json: ArraySlice<UInt8>) throws(Foreign) -> (file: String, line: Int64) {
    try parse(json)
    return (try needed(text("file"), "file"), try needed(integer("line"), "line"))
  }

  mutating func read(_ json: ArraySlice<UInt8>) throws(Foreign) -> RowContent {
    try parse(json)
    if let code = try text("code") {
      return .rejected(code: code, reason: try needed(text("reason"), "reason"))
    }
    if let lines = try integer("text_lines") {
      return .file(
        format: try needed(text("format"), "format"), textLines: lines,
        blank: try needed(integer("blank"), "blank"))
    }
    return .entry(
      try integer("is_context") == nil ? LogEntry(attempt()) : LogEntry(context()))
  }

  private mutating func parse(_ json: ArraySlice<UInt8>) throws(Foreign) {
    do {
      try tape.parse(json)
    } catch {
      throw Foreign(what: "is no JSON: \(error.description)")
    }
    guard tape.kind(JSONTape.root) == .object else { throw Foreign(what: "is no object") }
  }

  // MARK: what a line says

  private func attempt() throws(Foreign) -> Attempt {
    var attempt = Attempt(
      eventID: try name("event_id"), requestID: try name("request_id"),
      position: try needed(integer("position"), "position"), index: try integer("attempt"),
      startedAt: try time(), attribution: try attribution(),
      trafficClass: try word("traffic_class", TrafficClass.self), primary: try route("primary"),
      action: try word("action", Action.self) ?? .model, route: try route("route"),
      outcome: try word("outcome", Outcome.self))
    attempt.pricedAs = try route("priced_as")?.model
    if let kind = try word("failure_kind", FailureKind.self) {
      attempt.failure = Failure(
        kind: kind, word: try text("failure_word"), httpStatus: try integer("http_status"),
        message: try text("failure_message"))
    }
    attempt.latencyMilliseconds = try integer("latency_ms")
    attempt.usage = try usage()
    attempt.reportedCost = try money("cost_nano_usd")
    attempt.revenue = try money("revenue_nano_usd")
    attempt.budget = BudgetSnapshot(
      limit: try money("budget_limit_nano_usd"), spent: try money("budget_spent_nano_usd"),
      prepaidBalance: try money("prepaid_balance_nano_usd"))
    attempt.decisionStep = try integer("decision_step")
    attempt.decisionReason = try text("decision_reason")
    attempt.isRetry = try integer("is_retry") != nil
    attempt.answeredAs = try route("answered_as")?.model
    attempt.sharesContext = try integer("shares_context") != nil
    return attempt
  }

  private func context() throws(Foreign) -> RequestContext {
    RequestContext(
      eventID: try name("event_id"), requestID: try name("request_id"),
      parentID: try nameIfAny("parent_id"), startedAt: try time(),
      attribution: try attribution())
  }

  private func attribution() throws(Foreign) -> Attribution {
    var attribution = Attribution()
    attribution[.tenant] = try nameIfAny("tenant_id")
    attribution[.tier] = try nameIfAny("tenant_tier")
    attribution[.user] = try nameIfAny("user_id")
    attribution[.application] = try nameIfAny("application")
    attribution[.feature] = try nameIfAny("feature")
    attribution[.workflow] = try nameIfAny("workflow")
    attribution[.assistant] = try nameIfAny("assistant_id")
    attribution[.thread] = try nameIfAny("thread_id")
    attribution[.session] = try nameIfAny("session_id")
    attribution[.environment] = try nameIfAny("environment")
    return attribution
  }

  private func usage() throws(Foreign) -> Usage {
    Usage(
      input: try integer("input_tokens") ?? 0,
      cachedInput: try integer("cached_input_tokens") ?? 0,
      cacheWrite: try integer("cache_write_tokens") ?? 0,
      output: try integer("output_tokens") ?? 0,
      reasoning: try integer("reasoning_tokens") ?? 0,
      detail: UsageDetail(
        cacheWriteOneHour: try integer("cache_write_1h_tokens") ?? 0,
        audioInput: try integer("audio_input_tokens") ?? 0,
        imageInput: try integer("image_input_tokens") ?? 0,
        audioOutput: try integer("audio_output_tokens") ?? 0,
        imageOutput: try integer("image_output_tokens") ?? 0,
        serviceTier: try word("service_tier", ServiceTier.self)))
  }

  // MARK: values

  private func needed<Value>(_ value: Value?, _ key: String) throws(Foreign) -> Value {
    guard let value else { throw Foreign(what: "has no `\(key)`") }
    return value
  }

  private func text(_ key: StaticString) throws(Foreign) -> String? {
    guard let value = tape.value(key, in: JSONTape.root) else { return nil }
    guard tape.kind(value) == .string else { throw Foreign(what: "has a `\(key)` that is no text") }
    return tape.text(value)
  }

  private func integer(_ key: StaticString) throws(Foreign) -> Int64? {
    guard let value = tape.value(key, in: JSONTape.root) else { return nil }
    guard tape.kind(value) == .number, let number = try? tape.integer(value) else {
      throw Foreign(what: "has a `\(key)` that is no whole number")
    }
    return number
  }

  private func name(_ key: StaticString) throws(Foreign) -> Name {
    Name(try needed(text(key), key.description))
  }

  private func nameIfAny(_ key: StaticString) throws(Foreign) -> Name? {
    guard let text = try text(key) else { return nil }
    return Name(text)
  }

  private func time() throws(Foreign) -> Timestamp {
    Timestamp(milliseconds: try needed(integer("ts"), "ts"))
  }

  private func money(_ key: StaticString) throws(Foreign) -> Money? {
    guard let nano = try integer(key) else { return nil }
    return Money(nanoUSD: nano)
  }

  private func word<Word: RawRepresentable>(
    _ key: StaticString, _ type: Word.Type
  ) throws(Foreign) -> Word? where Word.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw Foreign(what: "has a `\(key)` that this program does not know (`\(text.printable)`)")
    }
    return word
  }

  private func route(_ key: StaticString) throws(Foreign) -> Route? {
    guard let value = tape.value(key, in: JSONTape.root) else { return nil }
    var names: [Name] = []
    if tape.kind(value) == .array {
      tape.forEachElement(of: value) { element in
        if tape.kind(element) == .string { names.append(Name(tape.text(element))) }
      }
    }
    guard names.count == 2 || names.count == 3 else {
      throw Foreign(what: "has a `\(key)` that is no list of provider, model and group")
    }
    return Route(
      model: ModelID(provider: names[0], model: names[1]),
      group: names.count == 3 ? names[2] : nil)
  }
}
