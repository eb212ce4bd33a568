package import PolicyEngine
import StrictJSON
import Traffic
import Units

/// Reads questions from JSON (policy.md, "The question and the answer"). Made once and used again for
/// every line.
///
/// A null is the same as a field left out, and an unknown field is ignored: a gateway may say more
/// than is asked. What is known must be right.
package struct QuestionReader: Sendable {
  private var tape = JSONTape()

  package init() {}

  /// - Throws: ``QuestionMistake`` for the first thing that is wrong.
  package mutating func read(_ text: some Collection<UInt8>) throws(QuestionMistake) -> Question {
    do {
      try tape.parse(text)
    } catch {
      throw QuestionMistake("\(error.description); write one JSON object")
    }
    guard tape.kind(JSONTape.root) == .object else {
      throw QuestionMistake(
        "the question is \(tape.kind(JSONTape.root).name); it must be an object with `request`")
    }
    let fields = QuestionFields(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.member(key, of: JSONTape.root) }

    var question = try Self.request(field("request"), fields)
    if let attempts = field("attempts") {
      try fields.check(attempts, is: .array, "an array", { "attempts" })
      try tape.forEachElement(of: attempts) { (element) throws(QuestionMistake) in
        question.attempts.append(
          try Self.attempt(element, "attempts[\(question.attempts.count)]", fields))
      }
    }
    question.budgetUtilisation = try fields.ratio(
      field("budget_utilisation"), "budget_utilisation")
    question.isPrepaidExhausted =
      try fields.bool(field("prepaid_exhausted"), "prepaid_exhausted") ?? false
    question.classSpendToday =
      try fields.money(field("class_spend_today_usd"), "class_spend_today_usd") ?? .zero
    question.elapsedMilliseconds = try fields.count(field("elapsed_ms"), "elapsed_ms") ?? 0
    question.sessionRequestsLastMinute =
      try fields.count(
        field("session_requests_last_minute"), "session_requests_last_minute") ?? 0
    question.sessionCostToday =
      try fields.money(field("session_cost_today_usd"), "session_cost_today_usd") ?? .zero
    return question
  }

  private static func request(
    _ value: Int?, _ fields: QuestionFields
  ) throws(QuestionMistake) -> Question {
    guard let value else {
      throw QuestionMistake("`request` is missing; give at least its `primary`")
    }
    try fields.check(value, is: .object, "an object", { "request" })
    func name(_ field: AttributionField) throws(QuestionMistake) -> Name? {
      try fields.name(fields.member(field.key, of: value), "request.\(field.rawValue)")
    }
    var attribution = Attribution()
    for field in AttributionField.allCases { attribution[field] = try name(field) }
    let given = try fields.word(
      fields.member("traffic_class", of: value), "request.traffic_class", as: TrafficClass.self)
    return Question(
      attribution: attribution, givenClass: given,
      primary: try route(fields.member("primary", of: value), "request.primary", fields))
  }

  private static func attempt(
    _ value: Int, _ path: String, _ fields: QuestionFields
  ) throws(QuestionMistake) -> PastAttempt {
    try fields.check(value, is: .object, "an object", { path })
    func field(_ key: StaticString) -> Int? { fields.member(key, of: value) }

    let step = try fields.count(field("step"), "\(path).step").map { Int(clamping: $0) }
    let action = try fields.word(field("action"), "\(path).action", as: Action.self) ?? .model
    // As in events, a step without a model has no outcome, and one given is ignored.
    if let action = StepAction(action) { return PastAttempt(step: step, .acted(action)) }

    let route = try route(field("route"), "\(path).route", fields)
    guard let outcome = try fields.word(field("outcome"), "\(path).outcome", as: Outcome.self)
    else {
      throw QuestionMistake("`\(path).outcome` is missing; it may be `success` or `failure`")
    }
    switch outcome {
    case .success:
      return PastAttempt(step: step, .succeeded(route))
    case .failure:
      guard let kind = try fields.word(field("kind"), "\(path).kind", as: FailureKind.self) else {
        throw QuestionMistake("`\(path).kind` is missing; say how it failed, if only `unknown`")
      }
      let tokens = try fields.count(field("output_tokens"), "\(path).output_tokens") ?? 0
      return PastAttempt(step: step, .failed(route, kind, outputTokens: tokens))
    }
  }

  private static func route(
    _ value: Int?, _ path: @autoclosure () -> String, _ fields: QuestionFields
  ) throws(QuestionMistake) -> Route {
    guard let value else {
      throw QuestionMistake("`\(path())` is missing; give its `provider` and `model`")
    }
    try fields.check(value, is: .object, "an object", path)
    guard
      let provider = try fields.name(
        fields.member("provider", of: value), "\(path()).provider")
    else { throw QuestionMistake("`\(path()).provider` is missing; give it a name") }
    guard let model = try fields.name(fields.member("model", of: value), "\(path()).model") else {
      throw QuestionMistake("`\(path()).model` is missing; give it a name")
    }
    return Route(
      model: ModelID(provider: provider, model: model),
      group: try fields.name(fields.member("group", of: value), "\(path()).group"))
  }
}

extension AttributionField {
  fileprivate var key: StaticString {
    switch self {
    case .tenant: "tenant_id"
    case .tier: "tenant_tier"
    case .user: "user_id"
    case .application: "application"
    case .feature: "feature"
    case .workflow: "workflow"
    case .assistant: "assistant_id"
    case .thread: "thread_id"
    case .session: "session_id"
    case .environment: "environment"
    }
  }
}
