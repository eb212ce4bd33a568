package import PolicyEngine
package import Traffic
import Units
import Wording

/// The sentences of an explanation.
extension Explanation {
  private var definition: PolicyDefinition { policy.definition }

  private var rules: ClassPolicy { definition.classes[trafficClass] ?? ClassPolicy() }

  /// Why the answer is what it is.
  package var reason: String {
    switch evaluation.decision {
    case .run(_, let index, let reason, _):
      switch reason {
      case .primary: return "the first step of the class"
      case .budgetDowngrade: return "the budget took step 0"
      case .ineligibleSkipped: return "another rule than the budget's took step 0"
      case .retry:
        return
          "the same step again: a step may be tried \(rules.retriesPerStep + 1) times in a row"
      case .fallback: return "the next step that may run after a failure"
      case .resume: return "taken up again, from the first step that may run, step \(index)"
      }
    case .reject(let refusal, _):
      switch refusal {
      case .prepaidExhausted: return "the prepaid balance is spent, and the policy says reject"
      case .loopGuard: return "the session is at or above a limit of the loop guard"
      case .budgetBlocked where evaluation.effect == .block:
        return "the budget stage blocks the class"
      case .budgetBlocked: return "the money is spent, and no step without a model is left"
      case .notRetryable: return "\(lastFailure) is not retryable: another call would fail as well"
      case .hardStop: return "after these attempts no step is left"
      case .noEligibleStep: return "no step of the class may run"
      }
    }
  }

  private var lastFailure: String {
    guard case .failed(_, let kind, let tokens)? = question.attempts.last?.outcome else {
      return "the last failure"
    }
    let isUseful = kind == .streamDropped && tokens >= definition.usefulOutputTokens
    return isUseful ? "\(kind.rawValue) after \(tokens) output tokens" : kind.rawValue
  }

  /// Which class, and by which rule.
  package var classSentence: String {
    let name = trafficClass.rawValue
    switch evaluation.classification.source {
    case .rule(let index):
      let rule = definition.classify[index]
      return "\(name), by classify rule \(index + 1): \(PolicyWords.text(rule.match))"
    case .given: return "\(name), as the gateway says; no classify rule matches"
    case .defaultClass: return "\(name), the default; no classify rule matches"
    }
  }

  package var primarySentence: String {
    let grade = evaluation.primaryGrade.rawValue
    return evaluation.isPrimaryGraded
      ? "\(question.primary), \(grade)"
      : "\(question.primary), which the policy does not grade: it counts as \(grade)"
  }

  package var tierSentence: String {
    let tier = question.attribution[.tier]
    let has = policy.hasPremium(tier) ? "with premium steps" : "without premium steps"
    guard let tier else { return "none given: \(has), as tiers.default says" }
    return definition.tiers[tier] == nil
      ? "\(tier), which is not listed: \(has), as tiers.default says" : "\(tier), \(has)"
  }

  /// The budget's stage, its effect on the class, and what else is spent.
  package var budgetSentences: [String] {
    var sentences: [String] = []
    if let utilisation = question.budgetUtilisation {
      let stage = evaluation.stage?.rawValue ?? "normal"
      sentences.append(
        "\(PolicyWords.text(utilisation)) of the month is spent: \(stage)\(nextStage)")
      if evaluation.stage != nil {
        sentences.append("the effect on this class is \(evaluation.effect.rawValue)")
      }
    } else {
      sentences.append("no limit on the month is known: always normal")
    }
    if evaluation.spendLimits.contains(.budgetUtilisation), let limit = rules.stop.budgetUtilisation
    {
      sentences.append("the class stops paying at \(PolicyWords.text(limit))")
    }
    if evaluation.spendLimits.contains(.dailyBudget), let limit = rules.stop.dailyBudget {
      sentences.append(
        "\(PolicyWords.text(question.classSpendToday)) are spent today; the class stops paying at "
          + PolicyWords.text(limit))
    }
    return sentences
  }

  private var nextStage: String {
    for stage in BudgetStage.allCases {
      guard let from = definition.stages[stage] else { continue }
      if let own = evaluation.stage, stage <= own { continue }
      return " (\(stage.rawValue) begins at \(PolicyWords.text(from)))"
    }
    return ""
  }

  /// Each limit of the class's hard stop, with how much of it is used.
  package var stopSentences: [String] {
    let stop = rules.stop
    var sentences: [String] = []
    if let limit = stop.providerFailures {
      sentences.append("\(evaluation.failedProviders ?? 0) of \(limit) failed providers")
    }
    if let limit = stop.elapsedMilliseconds {
      let used = PolicyWords.text(milliseconds: question.elapsedMilliseconds)
      sentences.append("\(used) of \(PolicyWords.text(milliseconds: limit))")
    }
    if let limit = stop.budgetUtilisation {
      sentences.append("\(PolicyWords.text(limit)) of the month")
    }
    if let limit = stop.dailyBudget {
      let used = PolicyWords.text(question.classSpendToday)
      sentences.append("\(used) of \(PolicyWords.text(limit)) today")
    }
    if let limit = stop.retryBudget {
      sentences.append("\(evaluation.pauses) of \(limit) pauses")
    }
    return sentences
  }

  /// nil where no rule matches.
  package var neverDowngradeSentence: String? {
    evaluation.neverDowngradeRule.map { index in
      "rule \(index + 1): \(PolicyWords.text(definition.neverDowngrade[index]))"
    }
  }

  package static func text(_ attempt: PastAttempt) -> String {
    let step = attempt.step.map { "step \($0), " } ?? ""
    switch attempt.outcome {
    case .succeeded(let route): return "\(step)\(route): success"
    case .failed(let route, let kind, let tokens):
      let gave = tokens > 0 ? " after \(tokens) output tokens" : ""
      return "\(step)\(route): \(kind.rawValue)\(gave)"
    case .acted(let action): return "\(step)\(action.rawValue)"
    }
  }
}

extension Explanation.StepNote {
  /// `anthropic/claude-opus-4, frontier, premium: taken out, as the tier has no premium`.
  package func sentence(primary: Route) -> String {
    var parts = [PolicyWords.target(of: step, primary: primary)]
    if case .model(.primary, _) = step.work { parts.append("the primary") }
    if let grade { parts.append(grade.rawValue) }
    parts += PolicyWords.marks(of: step)
    return parts.joined(separator: ", ") + ": " + verdict
  }

  private var verdict: String {
    let tried =
      tries == 0 ? "" : tries == 1 ? ", tried once so far" : ", tried \(tries) times so far"
    switch standing {
    case .chosen: return "comes next" + tried
    case .open: return "may run" + tried
    case .removed:
      return "may not run: \(causes.map(PolicyWords.text).joined(separator: "; "))\(tried)"
    case .passed: return "behind: after a failure there is no way back" + tried
    case .triedEnough: return "may not be tried again" + tried
    case .refused: return "not looked at" + tried
    }
  }
}

extension Explanation.Consequence {
  /// `timeout, rate_limited or network`.
  package var cause: String {
    Phrase.joined(
      outcomes.map { outcome in
        switch outcome {
        case .failure(let kind, let tokens):
          tokens > 0
            ? "\(kind.rawValue) after \(tokens) output \(tokens == 1 ? "token" : "tokens")"
            : kind.rawValue
        case .resumed(let action): "the \(action.rawValue) is over"
        }
      })
  }
}
