package import Traffic
import Units

/// Writes attempts as native events (events.md, "The line").
package enum EventText {
  /// One compact JSON object, without a line feed; what the attempt does not have is left out.
  package static func line(_ attempt: Attempt) -> String {
    var event = JSONObject()
    if attempt.eventID.text != "\(attempt.requestID)/\(attempt.position)" {
      event.add("event_id", attempt.eventID.text)
    }
    event.add("request_id", attempt.requestID.text)
    event.add("attempt", attempt.index ?? attempt.position)
    event.add("ts", attempt.startedAt.description)
    for field in AttributionField.allCases {
      event.add(field.rawValue, attempt.attribution[field]?.text)
    }
    event.add("traffic_class", attempt.trafficClass?.rawValue)
    event.add("primary", attempt.primary.map(object))
    // `model` is what a line without an action means.
    if attempt.action != .model { event.add("action", attempt.action.rawValue) }
    event.add("route", attempt.route.map(object))
    event.add("outcome", attempt.outcome?.rawValue)
    event.add("failure", attempt.failure.map(object))
    event.add("latency_ms", attempt.latencyMilliseconds)
    event.add("usage", object(attempt.usage))
    event.add("cost_usd", attempt.reportedCost.map(decimal))
    event.add("revenue_usd", attempt.revenue.map(decimal))
    event.add("budget", object(attempt.budget))
    var decision = JSONObject()
    decision.add("step", attempt.decisionStep)
    decision.add("reason", attempt.decisionReason)
    event.add("decision", decision)
    return event.text
  }

  private static func object(_ route: Route) -> JSONObject {
    var object = JSONObject()
    object.add("provider", route.model.provider.text)
    object.add("model", route.model.model.text)
    object.add("group", route.group?.text)
    return object
  }

  private static func object(_ failure: Failure) -> JSONObject {
    var object = JSONObject()
    object.add("kind", failure.word ?? failure.kind.rawValue)
    object.add("http_status", failure.httpStatus)
    object.add("message", failure.message)
    return object
  }

  /// Counts of 0 are those left out.
  private static func object(_ usage: Usage) -> JSONObject {
    var object = JSONObject()
    let counts = [
      ("input_tokens", usage.input), ("cached_input_tokens", usage.cachedInput),
      ("cache_write_tokens", usage.cacheWrite), ("output_tokens", usage.output),
      ("reasoning_tokens", usage.reasoning),
    ]
    for (key, count) in counts where count != 0 { object.add(key, count) }
    return object
  }

  private static func object(_ budget: BudgetSnapshot) -> JSONObject {
    var object = JSONObject()
    object.add("limit_usd", budget.limit.map(decimal))
    object.add("spent_usd", budget.spent.map(decimal))
    object.add("prepaid_balance_usd", budget.prepaidBalance.map(decimal))
    return object
  }

  /// Exact: `0.0125`.
  private static func decimal(_ money: Money) -> String {
    DecimalText.shortText(Int128(money.nanoUSD), places: 9)
  }
}

/// A JSON object as it is being written. A member without a value, and an object without members, are
/// left out.
private struct JSONObject {
  private var members = ""

  var text: String { "{" + members + "}" }

  mutating func add(_ key: String, _ value: String?) {
    guard let value else { return }
    open(key)
    members += "\""
    for scalar in value.unicodeScalars { append(scalar) }
    members += "\""
  }

  mutating func add(_ key: String, _ value: Int64?) {
    guard let value else { return }
    open(key)
    members += String(value)
  }

  mutating func add(_ key: String, _ value: JSONObject?) {
    guard let value, !value.members.isEmpty else { return }
    open(key)
    members += value.text
  }

  private mutating func open(_ key: String) {
    members += members.isEmpty ? "\"\(key)\":" : ",\"\(key)\":"
  }

  /// RFC 8259.
  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": members += "\\\""
    case "\\": members += "\\\\"
    case "\n": members += "\\n"
    case "\r": members += "\\r"
    case "\t": members += "\\t"
    case "\0"..<" ":
      members += scalar.value < 16 ? "\\u000" : "\\u00"
      members += String(scalar.value, radix: 16)
    default: members.unicodeScalars.append(scalar)
    }
  }
}
