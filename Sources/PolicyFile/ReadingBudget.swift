import PolicyEngine
import Traffic

/// The one thing that `prepaid_exhausted` may say; left out, an exhausted balance changes nothing.
private enum PrepaidRule: String, CaseIterable {
  case reject
}

extension PolicyReader {
  mutating func readBudget(_ node: YAMLTree) {
    guard
      let fields = fields(
        of: node, "`budget`", allowed: ["stages", "effects", "prepaid_exhausted"])
    else { return }
    if let node = fields["stages"] { readStages(node) }
    if let node = fields["effects"] { readEffects(node) }
    if let node = fields["prepaid_exhausted"],
      word(node, "rule", as: PrepaidRule.self) != nil
    {
      definition.rejectsPrepaidExhausted = true
    }
  }

  /// In any order in the file: the stages have an order of their own.
  private mutating func readStages(_ node: YAMLTree) {
    for (stage, value) in stages(of: node, "`stages`") {
      places.stages[stage] = value.position
      if let threshold = ratio(value, "`\(stage.rawValue)`") {
        definition.stages[stage] = threshold
      }
    }
  }

  private mutating func readEffects(_ node: YAMLTree) {
    for (stage, value) in stages(of: node, "`effects`") {
      for entry in entries(of: value, "`\(stage.rawValue)`") ?? [] {
        guard let trafficClass = TrafficClass(rawValue: entry.name) else {
          noteUnknown(
            entry.position, "class", entry.name, TrafficClass.allCases.map(\.rawValue))
          continue
        }
        if let effect: BudgetEffect = word(entry.value, "effect") {
          definition.effects[stage, default: [:]][trafficClass] = effect
        }
      }
    }
  }

  private mutating func stages(
    of node: YAMLTree, _ what: String
  ) -> [(stage: BudgetStage, value: YAMLTree)] {
    var stages: [(stage: BudgetStage, value: YAMLTree)] = []
    for entry in entries(of: node, what) ?? [] {
      if let stage = BudgetStage(rawValue: entry.name) {
        stages.append((stage, entry.value))
      } else {
        noteUnknown(entry.position, "stage", entry.name, BudgetStage.allCases.map(\.rawValue))
      }
    }
    return stages
  }

  mutating func readLoopGuard(_ node: YAMLTree) {
    guard
      let fields = fields(
        of: node, "`loop_guard`",
        allowed: ["session_requests_per_minute", "session_cost_usd_per_day"])
    else { return }
    definition.loopGuard.sessionRequestsPerMinute = fields["session_requests_per_minute"]
      .flatMap { integer($0, "`session_requests_per_minute`") }
    definition.loopGuard.sessionCostPerDay = fields["session_cost_usd_per_day"]
      .flatMap { money($0, "`session_cost_usd_per_day`") }
  }
}
