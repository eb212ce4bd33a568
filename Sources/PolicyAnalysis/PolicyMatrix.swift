package import PolicyEngine
package import Traffic
package import Units

/// A policy as the matrix people know: a row a class, the classes left out of the file among them.
package struct PolicyMatrix: Sendable {
  package struct Row: Sendable {
    package let trafficClass: TrafficClass
    package let rules: ClassPolicy
    /// In the order of the stages.
    package let effects: [BudgetEffect]

    /// Step 0; `as asked` is the model that the request asks for.
    package var primary: String {
      guard let first = rules.steps.first else { return "" }
      guard case .model(.primary, _) = first.work else { return PolicyWords.text(first) }
      return (["as asked"] + PolicyWords.marks(of: first)).joined(separator: ", ")
    }

    /// The steps after the first, or what stands for them.
    package var fallbacks: String {
      let others = rules.steps.dropFirst()
      let retries =
        rules.retriesPerStep == 0 ? [] : ["each step up to \(rules.retriesPerStep + 1) times"]
      let steps = others.isEmpty ? "none" : PolicyWords.text(Array(others))
      return ([steps] + retries).joined(separator: "; ")
    }

    package var hardStop: String { PolicyWords.text(rules.stop) }
  }

  /// The stages that have a threshold.
  package let stages: [(stage: BudgetStage, from: Ratio)]
  package let rows: [Row]

  package init(_ policy: Policy) {
    let definition = policy.definition
    let stages = BudgetStage.allCases.compactMap { stage in
      definition.stages[stage].map { (stage: stage, from: $0) }
    }
    self.stages = stages
    rows = TrafficClass.allCases.map { trafficClass in
      Row(
        trafficClass: trafficClass, rules: definition.classes[trafficClass] ?? ClassPolicy(),
        effects: stages.map { definition.effects[$0.stage]?[trafficClass] ?? .none })
    }
  }
}
