package import PolicyEngine
package import Traffic

/// One question's answer, with all that led to it and what would follow.
package struct Explanation: Sendable {
  /// How a step of the class stands in the choice.
  package enum Standing: String, Sendable {
    /// The answer.
    case chosen
    /// It could run, but another one comes first.
    case open
    /// A rule took it.
    case removed
    /// The request has gone on from it; after a failure there is no way back.
    case passed
    /// It could run, but it was tried as often in a row as it may.
    case triedEnough = "tried_enough"
    /// It could run, but the request is refused before any step is looked at.
    case refused
  }

  package struct StepNote: Sendable {
    package let index: Int
    package let step: Step
    /// nil for an action.
    package let grade: Grade?
    package let standing: Standing
    /// Every rule that takes it, in the order of policy.md; the first is the one that did.
    package let causes: [RemovalCause]
    /// How often it was tried so far.
    package let tries: Int
  }

  /// What may come of the chosen step.
  package enum Outcome: Hashable, Sendable {
    case failure(FailureKind, outputTokens: Int64)
    /// The request was put off by the action and is taken up again.
    case resumed(StepAction)
  }

  package struct Consequence: Sendable {
    /// All that lead to the same answer.
    package let outcomes: [Outcome]
    package let decision: Decision
  }

  package let policy: Policy
  package let question: Question
  package let evaluation: Evaluation
  package let steps: [StepNote]
  /// Empty where the answer settles the request.
  package let next: [Consequence]
  /// The decisions that would follow one another if every call timed out, from the answer on, as far
  /// as the request is put off or settled.
  package let path: [Decision]

  /// - Throws: ``QuestionError`` for a question that has no answer.
  package init(_ question: Question, under policy: Policy) throws(QuestionError) {
    self.policy = policy
    self.question = question
    evaluation = try policy.evaluate(question)
    steps = Self.notes(policy, question, evaluation)
    next = Self.consequences(policy, question, evaluation.decision)
    path = Self.path(policy, question, evaluation.decision)
  }

  package var trafficClass: TrafficClass { evaluation.classification.trafficClass }

  private static func notes(
    _ policy: Policy, _ question: Question, _ evaluation: Evaluation
  ) -> [StepNote] {
    let rules = evaluation.decision.trafficClass
    let chosen = evaluation.decision.stepIndex
    var isRefused = false
    if case .reject(let refusal, _) = evaluation.decision {
      isRefused = refusal != .hardStop && refusal != .noEligibleStep
    }
    let last = question.attempts.last?.failedStep
    return policy.steps(of: rules).enumerated().map { index, step in
      let causes = evaluation.causes(of: index)
      let standing: Standing =
        if index == chosen {
          .chosen
        } else if !causes.isEmpty {
          .removed
        } else if isRefused {
          .refused
        } else if let last, index < last {
          .passed
        } else if let last, index == last {
          .triedEnough
        } else {
          .open
        }
      return StepNote(
        index: index, step: step,
        grade: grade(of: step, policy, primary: evaluation.primaryGrade), standing: standing,
        causes: causes, tries: question.attempts.count { $0.isTry(of: index) })
    }
  }

  private static func grade(of step: Step, _ policy: Policy, primary: Grade) -> Grade? {
    switch step.work {
    case .model(.primary, _): primary
    case .model(.named(let model), _): policy.grade(of: model)
    case .action: nil
    }
  }

  private static func consequences(
    _ policy: Policy, _ question: Question, _ decision: Decision
  ) -> [Consequence] {
    guard case .run(let step, let index, _, _) = decision else { return [] }
    var found: [(outcomes: [Outcome], decision: Decision)] = []
    for outcome in outcomes(of: step, policy) {
      let attempt = PastAttempt(step: index, outcome.after(step, primary: question.primary))
      guard let decision = decide(policy, question, after: attempt) else { continue }
      if let same = found.firstIndex(where: { $0.decision == decision }) {
        found[same].outcomes.append(outcome)
      } else {
        found.append(([outcome], decision))
      }
    }
    return found.map { Consequence(outcomes: $0.outcomes, decision: $0.decision) }
  }

  private static func outcomes(of step: Step, _ policy: Policy) -> [Outcome] {
    switch step.work {
    case .action(let action): return action.suspends ? [.resumed(action)] : []
    case .model:
      let useful = policy.definition.usefulOutputTokens
      return FailureKind.allCases.flatMap { kind -> [Outcome] in
        guard kind == .streamDropped, useful > 0 else {
          return [.failure(kind, outputTokens: 0)]
        }
        return [.failure(kind, outputTokens: 0), .failure(kind, outputTokens: useful)]
      }
    }
  }

  private static func path(
    _ policy: Policy, _ question: Question, _ first: Decision
  ) -> [Decision] {
    var question = question
    var path = [first]
    // Steps come in their order and a step at most so often in a row, so this ends; the bound keeps
    // a policy of a thousand retries readable.
    while path.count < 20, case .run(let step, let index, _, _)? = path.last,
      let route = step.route(primary: question.primary)
    {
      let attempt = PastAttempt(step: index, .failed(route, .timeout))
      guard let decision = decide(policy, question, after: attempt) else { break }
      question.attempts.append(attempt)
      path.append(decision)
    }
    return path
  }

  private static func decide(
    _ policy: Policy, _ question: Question, after attempt: PastAttempt
  ) -> Decision? {
    var question = question
    question.attempts.append(attempt)
    do { return try policy.decide(question) } catch { return nil }
  }
}

extension Explanation.Outcome {
  /// As the gateway would record it of a step.
  fileprivate func after(_ step: Step, primary: Route) -> PastAttempt.Outcome {
    switch self {
    case .failure(let kind, let tokens):
      .failed(step.route(primary: primary) ?? primary, kind, outputTokens: tokens)
    case .resumed(let action): .acted(action)
    }
  }
}

extension PastAttempt {
  /// The step of a failure.
  fileprivate var failedStep: Int? {
    if case .failed = outcome { return step }
    return nil
  }

  fileprivate func isTry(of index: Int) -> Bool { step == index }
}
