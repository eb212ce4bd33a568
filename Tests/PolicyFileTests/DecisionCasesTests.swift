import Foundation
import PolicyEngine
import PolicyFile
import Testing
import Traffic
import Units

/// One line of decision-cases.jsonl.
struct DecisionCase: Sendable, CustomTestStringConvertible {
  let line: Int
  let question: Question
  /// As printed, by key: `step` in decimal, `route` as `provider/model`.
  let answer: [String: String]

  var testDescription: String { "line \(line)" }
}

@Suite("The decisions that policy.md gives as examples")
struct DecisionCasesTests {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "fixtures/policies")

  let policy: Policy

  init() throws {
    let file = Self.folder.appending(path: "decision-policy.yaml")
    policy = try PolicyYAML.read([UInt8](Data(contentsOf: file)))
  }

  @Test("are the engine's", arguments: try Self.cases())
  func agree(example: DecisionCase) {
    let answer: [String: String]
    do {
      answer = printed(try policy.decide(example.question), for: example.question)
    } catch {
      answer = ["error": error.code]
    }
    #expect(answer == example.answer)
  }

  @Test("are all there")
  func complete() throws {
    #expect(try Self.cases().count == 220)
  }

  private func printed(_ decision: Decision, for question: Question) -> [String: String] {
    var answer = ["class": decision.trafficClass.rawValue, "reason": decision.reasonCode]
    switch decision {
    case .reject:
      answer["action"] = "reject"
    case .run(let step, let index, _, _):
      answer["action"] = step.action.rawValue
      answer["step"] = "\(index)"
      answer["route"] = step.route(primary: question.primary)?.description
      answer["notice"] = step.notice
    }
    return answer
  }
}

extension DecisionCasesTests {
  static func cases() throws -> [DecisionCase] {
    let file = folder.appending(path: "decision-cases.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    return try lines.enumerated().map { index, line in
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let question = try #require(object["question"] as? [String: Any])
      let answer = try #require(object["answer"] as? [String: Any])
      return DecisionCase(
        line: index + 1, question: try self.question(question),
        answer: try answer.mapValues { value in
          if let route = value as? [String: Any] { return try self.route(route).description }
          return (value as? String) ?? "\(value)"
        })
    }
  }

  private static func question(_ object: [String: Any]) throws -> Question {
    let request = try #require(object["request"] as? [String: Any])
    var attribution = Attribution()
    for field in AttributionField.allCases {
      attribution[field] = (request[field.rawValue] as? String).map { Name($0) }
    }
    var question = Question(
      attribution: attribution,
      givenClass: (request["traffic_class"] as? String).flatMap(TrafficClass.init),
      primary: try route(try #require(request["primary"] as? [String: Any])))
    for attempt in object["attempts"] as? [[String: Any]] ?? [] {
      question.attempts.append(try self.attempt(attempt))
    }
    if let utilisation = object["budget_utilisation"] as? Double {
      // The samples have at most three decimals.
      question.budgetUtilisation = Ratio(
        billionths: Int64((utilisation * 1000).rounded()) * 1_000_000)
    }
    question.isPrepaidExhausted = object["prepaid_exhausted"] as? Bool ?? false
    question.classSpendToday = try money(object["class_spend_today_usd"])
    question.elapsedMilliseconds = Int64(object["elapsed_ms"] as? Int ?? 0)
    question.sessionRequestsLastMinute = Int64(object["session_requests_last_minute"] as? Int ?? 0)
    question.sessionCostToday = try money(object["session_cost_today_usd"])
    return question
  }

  private static func attempt(_ object: [String: Any]) throws -> PastAttempt {
    let step = object["step"] as? Int
    if let action = object["action"] as? String {
      return PastAttempt(step: step, .acted(try #require(StepAction(rawValue: action))))
    }
    let route = try route(try #require(object["route"] as? [String: Any]))
    guard object["outcome"] as? String == "failure" else {
      return PastAttempt(step: step, .succeeded(route))
    }
    let word = try #require(object["kind"] as? String)
    let kind = try #require(FailureKind(rawValue: word))
    let tokens = Int64(object["output_tokens"] as? Int ?? 0)
    return PastAttempt(step: step, .failed(route, kind, outputTokens: tokens))
  }

  private static func route(_ object: [String: Any]) throws -> Route {
    Route(
      model: ModelID(
        provider: Name(try #require(object["provider"] as? String)),
        model: Name(try #require(object["model"] as? String))))
  }

  private static func money(_ value: Any?) throws -> Money {
    guard let text = value as? String else { return .zero }
    return try Money(text)
  }
}
