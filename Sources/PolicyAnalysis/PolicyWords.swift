package import PolicyEngine
package import Traffic
package import Units
import Wording

/// How parts of a policy and its decisions are said to people; the words of policy.md, and no others.
package enum PolicyWords {
  /// `step 1, anthropic/claude-opus-4 (fallback)`, `reject (hard_stop)`.
  package static func text(_ decision: Decision, primary: Route) -> String {
    switch decision {
    case .run(let step, let index, let reason, _):
      let notice = step.notice.map { ", notice \($0)" } ?? ""
      return "step \(index), \(target(of: step, primary: primary)) (\(reason.rawValue)\(notice))"
    case .reject(let refusal, _):
      return "reject (\(refusal.rawValue))"
    }
  }

  /// What a step calls or does, for a request that asked for `primary`.
  package static func target(of step: Step, primary: Route) -> String {
    step.route(primary: primary)?.description ?? step.action.rawValue
  }

  /// `anthropic/claude-opus-4 (premium)`, `cached_response`, `primary`.
  package static func text(_ step: Step) -> String {
    let name =
      switch step.work {
      case .model(.primary, _): "primary"
      case .model(.named(let model), _): model.description
      case .action(let action): action.rawValue
      }
    let marks = marks(of: step)
    return marks.isEmpty ? name : "\(name) (\(marks.joined(separator: ", ")))"
  }

  /// `primary, then openai/gpt-5-mini, then queue`.
  package static func text(_ steps: [Step]) -> String {
    steps.map { text($0) }.joined(separator: ", then ")
  }

  /// What a step says beside its model or action.
  package static func marks(of step: Step) -> [String] {
    var marks: [String] = []
    if step.isPremium { marks.append("premium") }
    if step.isLastResort { marks.append("last resort") }
    if let notice = step.notice { marks.append("notice \(notice)") }
    return marks
  }

  /// The limits of a hard stop, in the order of policy.md; empty for none.
  package static func limits(_ stop: StopLimits) -> [String] {
    var limits: [String] = []
    if let count = stop.providerFailures {
      limits.append("\(count) failed \(count == 1 ? "provider" : "providers")")
    }
    if let time = stop.elapsedMilliseconds { limits.append(text(milliseconds: time)) }
    if let share = stop.budgetUtilisation { limits.append("\(text(share)) of the month") }
    if let budget = stop.dailyBudget { limits.append("\(text(budget)) a day") }
    if let count = stop.retryBudget { limits.append("\(count) \(count == 1 ? "pause" : "pauses")") }
    return limits
  }

  package static func text(_ stop: StopLimits) -> String {
    let limits = limits(stop)
    return limits.isEmpty ? "none" : limits.joined(separator: ", ")
  }

  /// `workflow is support_chat or medical_*`; every request where nothing is named.
  package static func text(_ match: AttributionMatch) -> String {
    guard !match.conditions.isEmpty else { return "every request" }
    return match.conditions.map { condition in
      "\(condition.field.rawValue) is \(Phrase.joined(condition.patterns.map(\.description)))"
    }.joined(separator: " and ")
  }

  /// `25 USD`.
  package static func text(_ money: Money) -> String {
    DecimalText.shortText(Int128(money.nanoUSD), places: 9) + " USD"
  }

  /// `80 %`.
  package static func text(_ ratio: Ratio) -> String {
    DecimalText.shortText(Int128(ratio.billionths), places: 7) + " %"
  }

  /// `30 s`, `1500 ms`.
  package static func text(milliseconds: Int64) -> String {
    milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }

  /// A short sentence about what a rule of policy.md's number 7 took a step for.
  package static func text(_ cause: RemovalCause) -> String {
    switch cause {
    case .premiumTier: "the tier has no premium"
    case .qualityFloor: "below the quality floor"
    case .neverDowngrade: "never_downgrade forbids less than the primary"
    case .spendLimit: "no more paid steps, as the money is spent"
    case .downgrade: "the budget asks for a lower grade than the first step's"
    case .providerFailures: "too many providers failed"
    case .elapsedTime: "the time is up"
    case .retryBudget: "paused as often as allowed"
    }
  }

  /// A stable code for a rule of policy.md's number 7.
  package static func code(_ cause: RemovalCause) -> String {
    switch cause {
    case .premiumTier: "premium_tier"
    case .qualityFloor: "quality_floor"
    case .neverDowngrade: "never_downgrade"
    case .spendLimit: "spend_limit"
    case .downgrade: "downgrade"
    case .providerFailures: "provider_failures"
    case .elapsedTime: "elapsed_time"
    case .retryBudget: "retry_budget"
    }
  }
}
