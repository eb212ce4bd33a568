internal import PolicyEngine
internal import Traffic
internal import Units

/// What brought a lesser answer about. Raw values are stored in this order, and printed.
package enum DowngradeCause: String, CaseIterable, Sendable {
  /// An attempt failed before it.
  case failure
  /// The tenant's budget took the better step.
  case budget
  /// The better step is for tiers with premium.
  case tierGate = "tier_gate"
  /// The answering step is the policy's last resort.
  case lastResort = "last_resort"
  /// Nothing in the log or the policy says why.
  case other
}

extension DowngradeCause {
  /// Of a downgraded request: the last resort by its step, then a failure, then what the gateway
  /// said, then what the policy in force makes of its budget and tier.
  init(
    _ part: RequestPart, policy: Policy?, answer: Int, reason: String?, model: ModelID?,
    hasPremium: () throws -> Bool
  ) rethrows {
    let line = part.lines[answer]
    let steps = policy.flatMap { policy in part.trafficClass.map(policy.steps) } ?? []
    let index = Self.step(of: line, model: model, in: steps)
    if let index, steps[index].isLastResort {
      self = .lastResort
    } else if part.lines[..<answer].contains(where: \.isFailure) {
      self = .failure
    } else if reason == Decision.Reason.budgetDowngrade.rawValue
      || reason == Decision.Refusal.budgetBlocked.rawValue
    {
      self = .budget
    } else if reason == nil, Self.isPressed(line.budget, part.trafficClass, policy) {
      self = .budget
    } else if steps[..<(index ?? 0)].contains(where: \.isPremium), !(try hasPremium()) {
      self = .tierGate
    } else {
      self = .other
    }
  }

  /// The step that a line says it ran, else the first that runs its model or action.
  private static func step(of line: RequestPart.Line, model: ModelID?, in steps: [Step]) -> Int? {
    if let step = line.step.flatMap({ Int(exactly: $0) }), steps.indices.contains(step) {
      return step
    }
    return steps.firstIndex { step in
      switch step.work {
      case .model(.named(let named), _): line.isCall && named == model
      case .model(.primary, _): false
      case .action: step.action == line.action
      }
    }
  }

  /// Whether the gateway's own snapshot puts the tenant in a stage that bears on the class.
  private static func isPressed(
    _ budget: BudgetSnapshot, _ trafficClass: TrafficClass?, _ policy: Policy?
  ) -> Bool {
    guard let policy, let trafficClass, let limit = budget.limit, let spent = budget.spent,
      let used = Ratio(spent, of: limit)
    else { return false }
    let stage = BudgetStage.allCases.last { stage in
      policy.definition.stages[stage].map { $0 <= used } ?? false
    }
    let effect = stage.flatMap { policy.definition.effects[$0]?[trafficClass] } ?? .none
    return effect != .none
  }
}
