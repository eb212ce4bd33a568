package import PolicyAnalysis
package import PolicyEngine
package import Traffic
import Units

/// What `policy explain` prints: one answer in words.
package struct ExplanationReport: Sendable {
  package let explanation: Explanation

  package init(_ explanation: Explanation) { self.explanation = explanation }

  private var question: Question { explanation.question }

  private func text(_ decision: Decision) -> String {
    PolicyWords.text(decision, primary: question.primary)
  }

  package var page: ReportPage {
    let name = explanation.policy.definition.name.map { " of \($0)" } ?? ""
    var sections = [
      ReportPage.Section(nil, .facts(facts)),
      ReportPage.Section(
        "The steps of \(explanation.trafficClass.rawValue)",
        .facts(
          explanation.steps.map { note in
            ("step \(note.index)", note.sentence(primary: question.primary))
          })),
    ]
    if !explanation.next.isEmpty {
      sections.append(
        ReportPage.Section(
          "What would come next",
          .points(explanation.next.map { "after \($0.cause): \(text($0.decision))" })))
    }
    if explanation.path.count > 1 {
      sections.append(
        ReportPage.Section(
          "If every call timed out",
          .points([explanation.path.map(text).joined(separator: "; then ")])))
    }
    return ReportPage("The answer\(name)", sections)
  }

  private var facts: [(label: String, text: String)] {
    var facts = [
      (label: "answer", text: "\(text(explanation.evaluation.decision)): \(explanation.reason)"),
      ("class", explanation.classSentence),
      ("primary", explanation.primarySentence),
      ("tier", explanation.tierSentence),
      ("budget", explanation.budgetSentences.joined(separator: "; ")),
    ]
    let stops = explanation.stopSentences
    facts.append(("hard stop", stops.isEmpty ? "none" : stops.joined(separator: ", ")))
    if let rule = explanation.neverDowngradeSentence { facts.append(("never_downgrade", rule)) }
    if !question.attempts.isEmpty {
      facts.append(
        ("so far", question.attempts.map { Explanation.text($0) }.joined(separator: "; ")))
    }
    return facts
  }

  package var json: String {
    let evaluation = explanation.evaluation
    return JSONWriter.text(
      .object([
        ("policy", .optional(explanation.policy.definition.name)),
        ("answer", json(evaluation.decision)),
        ("why", .string(explanation.reason)),
        ("class", .object(classification)),
        (
          "primary",
          .object([
            ("model", .string(question.primary.model.description)),
            ("grade", .string(evaluation.primaryGrade.rawValue)),
            ("is_graded", .bool(evaluation.isPrimaryGraded)),
          ])
        ),
        ("has_premium", .bool(explanation.policy.hasPremium(question.attribution[.tier]))),
        (
          "budget",
          .object([
            ("utilisation", .optional(question.budgetUtilisation?.description)),
            ("stage", .string(evaluation.stage?.rawValue ?? "normal")),
            ("effect", .string(evaluation.effect.rawValue)),
            ("spent", .array(evaluation.spendLimits.names.map { .string($0) })),
          ])
        ),
        (
          "never_downgrade_rule", evaluation.neverDowngradeRule.map { .integer(Int64($0)) } ?? .null
        ),
        ("failed_providers", evaluation.failedProviders.map { .integer(Int64($0)) } ?? .null),
        ("pauses", .integer(Int64(evaluation.pauses))),
        ("steps", .array(explanation.steps.map(json))),
        ("next", .array(explanation.next.map(json))),
        ("if_every_call_timed_out", .array(explanation.path.map(json))),
      ]))
  }

  private var classification: [(key: String, value: JSONValue)] {
    let classification = explanation.evaluation.classification
    var members: [(key: String, value: JSONValue)] = [
      ("name", .string(classification.trafficClass.rawValue))
    ]
    switch classification.source {
    case .rule(let index):
      members += [("by", .string("rule")), ("rule", .integer(Int64(index)))]
    case .given: members.append(("by", .string("given")))
    case .defaultClass: members.append(("by", .string("default")))
    }
    return members
  }

  private func json(_ note: Explanation.StepNote) -> JSONValue {
    .object([
      ("step", .integer(Int64(note.index))),
      ("action", .string(note.step.action.rawValue)),
      ("model", .optional(note.step.route(primary: question.primary)?.model.description)),
      ("grade", .optional(note.grade?.rawValue)),
      ("premium", .bool(note.step.isPremium)),
      ("last_resort", .bool(note.step.isLastResort)),
      ("notice", .optional(note.step.notice)),
      ("standing", .string(note.standing.rawValue)),
      ("causes", .array(note.causes.map { .string(PolicyWords.code($0)) })),
      ("tries", .integer(Int64(note.tries))),
    ])
  }

  private func json(_ consequence: Explanation.Consequence) -> JSONValue {
    let after = consequence.outcomes.map { outcome -> JSONValue in
      switch outcome {
      case .failure(let kind, let tokens):
        .object([("kind", .string(kind.rawValue)), ("output_tokens", .integer(tokens))])
      case .resumed(let action): .object([("action", .string(action.rawValue))])
      }
    }
    return .object([("after", .array(after)), ("answer", json(consequence.decision))])
  }

  /// As `policy decide` writes it.
  private func json(_ decision: Decision) -> JSONValue {
    .decision(decision, primary: question.primary)
  }
}

extension JSONValue {
  /// As `policy decide` writes it (policy.md).
  package static func decision(_ decision: Decision, primary: Route) -> JSONValue {
    switch decision {
    case .run(let step, let index, let reason, let trafficClass):
      var members: [(key: String, value: JSONValue)] = [("action", .string(step.action.rawValue))]
      if let route = step.route(primary: primary) { members.append(("route", .route(route))) }
      members += [
        ("class", .string(trafficClass.rawValue)), ("step", .integer(Int64(index))),
        ("reason", .string(reason.rawValue)),
      ]
      if let notice = step.notice { members.append(("notice", .string(notice))) }
      return .object(members)
    case .reject(let refusal, let trafficClass):
      return .object([
        ("action", .string("reject")), ("class", .string(trafficClass.rawValue)),
        ("reason", .string(refusal.rawValue)),
      ])
    }
  }

  package static func route(_ route: Route) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("provider", .string(route.model.provider.text)), ("model", .string(route.model.model.text)),
    ]
    if let group = route.group { members.append(("group", .string(group.text))) }
    return .object(members)
  }
}

extension SpendLimits {
  /// Stable codes.
  fileprivate var names: [String] {
    [
      (SpendLimits.unpaidOnly, "unpaid_only"), (.budgetUtilisation, "budget_utilisation"),
      (.dailyBudget, "daily_budget_usd"),
    ].filter { contains($0.0) }.map(\.1)
  }
}
