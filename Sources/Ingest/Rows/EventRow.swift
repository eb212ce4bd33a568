internal import LedgerStore
internal import Scale
internal import Traffic
internal import Units

/// What a line says as one row for an engine: a tenant's key, a tab, and compact JSON that has the line's
/// file and number and whatever the ledger takes from it. ``EventRowReader`` reads it back to the very
/// entry, so nobody else need know what a log means.
struct EventRow {
  private var text = JSONText()

  /// Appends the row of an entry with its end of line.
  mutating func append(_ entry: LogEntry, file: String, line: Int64, to bytes: inout [UInt8]) {
    begin(file: file, line: line)
    switch entry.content {
    case .attempt(let attempt): add(attempt)
    case .context(let context): add(context)
    }
    end(key: TenantKey.of(entry.attribution[.tenant]?.text), &bytes)
  }

  /// Appends the row of a line that was not admitted.
  mutating func append(
    _ rejection: Rejection, excerpt: [UInt8], file: String, line: Int64, to bytes: inout [UInt8]
  ) {
    begin(file: file, line: line)
    add("code", rejection.code.rawValue)
    add("reason", rejection.reason)
    add("excerpt", String(decoding: excerpt.prefix(LineJudge.excerptBytes), as: UTF8.self))
    end(key: TenantKey.reject, &bytes)
  }

  /// Appends what a whole file came to: lines of its text, and entries that were blank.
  mutating func append(
    file: String, format: LogFormat, textLines: Int64, blank: Int64, to bytes: inout [UInt8]
  ) {
    begin(file: file, line: 0)
    add("format", format.rawValue)
    add("text_lines", textLines)
    add("blank", blank)
    end(key: TenantKey.file, &bytes)
  }

  private mutating func begin(file: String, line: Int64) {
    text.removeAll()
    text.open()
    add("file", file)
    add("line", line)
  }

  private mutating func end(key: String, _ bytes: inout [UInt8]) {
    text.close()
    bytes.append(contentsOf: key.utf8)
    bytes.append(UInt8(ascii: "\t"))
    bytes.append(contentsOf: text.bytes)
    bytes.append(UInt8(ascii: "\n"))
  }

  // MARK: what a line says

  private mutating func add(_ attempt: Attempt) {
    add("event_id", attempt.eventID.text)
    add("request_id", attempt.requestID.text)
    add("position", attempt.position)
    add("attempt", attempt.index)
    add("ts", attempt.startedAt.milliseconds)
    add(attempt.attribution)
    add("traffic_class", attempt.trafficClass?.rawValue)
    add("primary", attempt.primary)
    add("action", attempt.action == .model ? nil : attempt.action.rawValue)
    add("route", attempt.route)
    add("priced_as", attempt.pricedAs.map { Route(model: $0) })
    add("outcome", attempt.outcome?.rawValue)
    if let failure = attempt.failure {
      add("failure_kind", failure.kind.rawValue)
      add("failure_word", failure.word)
      add("http_status", failure.httpStatus)
      add("failure_message", failure.message)
    }
    add("latency_ms", attempt.latencyMilliseconds)
    add(attempt.usage)
    add("cost_nano_usd", attempt.reportedCost?.nanoUSD)
    add("revenue_nano_usd", attempt.revenue?.nanoUSD)
    add("budget_limit_nano_usd", attempt.budget.limit?.nanoUSD)
    add("budget_spent_nano_usd", attempt.budget.spent?.nanoUSD)
    add("prepaid_balance_nano_usd", attempt.budget.prepaidBalance?.nanoUSD)
    add("decision_step", attempt.decisionStep)
    add("decision_reason", attempt.decisionReason)
    add("is_retry", attempt.isRetry ? 1 : nil)
    add("answered_as", attempt.answeredAs.map { Route(model: $0) })
    add("shares_context", attempt.sharesContext ? 1 : nil)
  }

  private mutating func add(_ context: RequestContext) {
    add("is_context", 1)
    add("event_id", context.eventID.text)
    add("request_id", context.requestID.text)
    add("parent_id", context.parentID?.text)
    add("ts", context.startedAt.milliseconds)
    add(context.attribution)
  }

  private mutating func add(_ attribution: Attribution) {
    for field in AttributionField.allCases {
      guard let name = attribution[field] else { continue }
      text.member(field.rawValue)
      text.value(string: name.text.utf8)
    }
  }

  private mutating func add(_ usage: Usage) {
    add("input_tokens", usage.input, unless: 0)
    add("cached_input_tokens", usage.cachedInput, unless: 0)
    add("cache_write_tokens", usage.cacheWrite, unless: 0)
    add("output_tokens", usage.output, unless: 0)
    add("reasoning_tokens", usage.reasoning, unless: 0)
    guard !usage.detail.isEmpty else { return }
    add("cache_write_1h_tokens", usage.detail.cacheWriteOneHour, unless: 0)
    add("audio_input_tokens", usage.detail.audioInput, unless: 0)
    add("image_input_tokens", usage.detail.imageInput, unless: 0)
    add("audio_output_tokens", usage.detail.audioOutput, unless: 0)
    add("image_output_tokens", usage.detail.imageOutput, unless: 0)
    add("service_tier", usage.detail.serviceTier?.rawValue)
  }

  // MARK: values

  private mutating func add(_ key: StaticString, _ value: Int64, unless none: Int64) {
    if value != none { add(key, value) }
  }

  private mutating func add(_ key: StaticString, _ value: Int64?) {
    guard let value else { return }
    text.key(key)
    text.value(String(value).utf8)
  }

  private mutating func add(_ key: StaticString, _ value: String?) {
    guard let value else { return }
    text.key(key)
    text.value(string: value.utf8)
  }

  /// Provider, model and group, if there is one.
  private mutating func add(_ key: StaticString, _ route: Route?) {
    guard let route else { return }
    text.key(key)
    text.value("[".utf8)
    text.value(string: route.model.provider.text.utf8)
    text.value(",".utf8)
    text.value(string: route.model.model.text.utf8)
    if let group = route.group {
      text.value(",".utf8)
      text.value(string: group.text.utf8)
    }
    text.value("]".utf8)
  }
}
