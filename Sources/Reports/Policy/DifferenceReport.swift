package import PolicyAnalysis
package import PolicyEngine
import Traffic
import Units

/// What `policy diff` prints: what changes for whom, and questions that now end differently.
package struct DifferenceReport: Sendable {
  package let difference: PolicyDifference
  private let mostSamples: Int

  /// `samples` is how many questions to show.
  package init(_ difference: PolicyDifference, samples: Int = 12) {
    self.difference = difference
    mostSamples = samples
  }

  private var samples: PolicySamples { difference.samples }
  private var shown: ArraySlice<PolicySamples.Sample> { samples.samples.prefix(mostSamples) }

  package var page: ReportPage {
    guard !difference.changes.isEmpty else {
      return ReportPage("Both policies say the same", [])
    }
    var sections = [ReportPage.Section("What changes", .points(difference.changes.map(\.sentence)))]
    let count = ReadingText.count(Int64(samples.asked))
    if shown.isEmpty {
      let none =
        samples.samples.isEmpty
        ? "none of the \(count) that were asked of both"
        : "\(ReadingText.count(Int64(samples.different))) of the \(count) that were asked of both"
      sections.append(.init("Questions that end differently", .points([none])))
    } else {
      sections.append(
        .init(
          "Questions that end differently",
          .facts(
            shown.enumerated().flatMap { index, sample in
              [
                ("\(index + 1)", sample.question.words),
                ("before", text(sample.before, sample.question)),
                ("now", text(sample.after, sample.question)),
              ]
            })))
      let different = ReadingText.count(Int64(samples.different))
      let kinds = samples.samples.count
      sections.append(
        .init(
          nil,
          .points([
            """
            \(different) of the \(count) questions that were asked of both end differently, in \
            \(kinds) \(kinds == 1 ? "way" : "ways")\(kinds > shown.count ? "; the first \(shown.count) are shown" : "")
            """
          ])))
    }
    return ReportPage(title, sections)
  }

  private var title: String {
    func name(_ policy: Policy) -> String { policy.definition.name ?? "a policy without a name" }
    return "From \(name(difference.old)) to \(name(difference.new))"
  }

  private func text(_ decision: Decision, _ question: Question) -> String {
    "\(decision.trafficClass.rawValue): \(PolicyWords.text(decision, primary: question.primary))"
  }

  package var json: String {
    JSONWriter.text(
      .object([
        ("same", .bool(difference.changes.isEmpty)),
        (
          "changes",
          .array(
            difference.changes.map { change in
              .object([
                ("part", .string(change.part)), ("before", .optional(change.before)),
                ("after", .optional(change.after)), ("sentence", .string(change.sentence)),
              ])
            })
        ),
        ("questions_asked", .integer(Int64(samples.asked))),
        ("questions_different", .integer(Int64(samples.different))),
        (
          "samples",
          .array(
            shown.map { sample in
              .object([
                ("question", .question(sample.question)),
                ("before", .decision(sample.before, primary: sample.question.primary)),
                ("after", .decision(sample.after, primary: sample.question.primary)),
              ])
            })
        ),
      ]))
  }
}

extension Question {
  /// `workflow support_chat, asks for openai/gpt-5, at 80 % of the month, after step 0, …: timeout`.
  fileprivate var words: String {
    var parts = AttributionField.allCases.compactMap { field in
      attribution[field].map { "\(field.rawValue) \($0)" }
    }
    if let givenClass { parts.append("given as \(givenClass.rawValue)") }
    parts.append("asks for \(primary)")
    if let budgetUtilisation {
      parts.append("at \(PolicyWords.text(budgetUtilisation)) of the month")
    }
    if isPrepaidExhausted { parts.append("with its prepaid balance spent") }
    if classSpendToday > .zero {
      parts.append("with \(PolicyWords.text(classSpendToday)) spent today by its class")
    }
    if elapsedMilliseconds > 0 {
      parts.append("after \(PolicyWords.text(milliseconds: elapsedMilliseconds))")
    }
    if sessionRequestsLastMinute > 0 {
      parts.append("with \(sessionRequestsLastMinute) requests of its session in a minute")
    }
    if sessionCostToday > .zero {
      parts.append("with \(PolicyWords.text(sessionCostToday)) spent today by its session")
    }
    parts += attempts.map { "after \(Explanation.text($0))" }
    return parts.joined(separator: ", ")
  }
}

extension JSONValue {
  /// As `policy decide` takes it; what says nothing is left out.
  package static func question(_ question: Question) -> JSONValue {
    var request: [(key: String, value: JSONValue)] = AttributionField.allCases.compactMap { field in
      question.attribution[field].map { (field.rawValue, .string($0.text)) }
    }
    if let given = question.givenClass {
      request.append(("traffic_class", .string(given.rawValue)))
    }
    request.append(("primary", .route(question.primary)))
    var members: [(key: String, value: JSONValue)] = [("request", .object(request))]
    if !question.attempts.isEmpty {
      members.append(("attempts", .array(question.attempts.map { attempt($0) })))
    }
    if let utilisation = question.budgetUtilisation {
      members.append(("budget_utilisation", .string(utilisation.description)))
    }
    if question.isPrepaidExhausted { members.append(("prepaid_exhausted", .bool(true))) }
    if question.classSpendToday > .zero {
      members.append(("class_spend_today_usd", .money(question.classSpendToday)))
    }
    if question.elapsedMilliseconds > 0 {
      members.append(("elapsed_ms", .integer(question.elapsedMilliseconds)))
    }
    if question.sessionRequestsLastMinute > 0 {
      members.append(("session_requests_last_minute", .integer(question.sessionRequestsLastMinute)))
    }
    if question.sessionCostToday > .zero {
      members.append(("session_cost_today_usd", .money(question.sessionCostToday)))
    }
    return .object(members)
  }

  private static func attempt(_ attempt: PastAttempt) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    if let step = attempt.step { members.append(("step", .integer(Int64(step)))) }
    switch attempt.outcome {
    case .succeeded(let route):
      members += [("route", .route(route)), ("outcome", .string("success"))]
    case .failed(let route, let kind, let tokens):
      members += [
        ("route", .route(route)), ("outcome", .string("failure")), ("kind", .string(kind.rawValue)),
        ("output_tokens", .integer(tokens)),
      ]
    case .acted(let action): members.append(("action", .string(action.rawValue)))
    }
    return .object(members)
  }
}
