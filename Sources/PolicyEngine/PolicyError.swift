public import Traffic
public import Units

/// Why a definition is no policy: everything that is wrong with it, at once.
public struct PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Never empty.
  public let problems: [Problem]

  /// What the types of ``PolicyDefinition`` cannot rule out.
  public enum Problem: Hashable, Sendable {
    case noSteps(TrafficClass)
    case tooManySteps(TrafficClass, count: Int)
    case ungradedModel(ModelID, TrafficClass, step: Int)
    case stageDoesNotRise(BudgetStage, at: Ratio, above: BudgetStage, from: Ratio)
    /// `path` is the key in the file, such as `classes.batch.stop.retry_budget`.
    case negative(path: String, value: String)
  }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension PolicyError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSteps(let trafficClass):
      "`\(trafficClass.rawValue)` has no steps; give at least one, such as {model: primary}"
    case .tooManySteps(let trafficClass, let count):
      "`\(trafficClass.rawValue)` has \(count) steps; give at most \(ClassPolicy.maximumSteps)"
    case .ungradedModel(let model, let trafficClass, let step):
      "`\(model)`, step \(step) of `\(trafficClass.rawValue)`, has no grade; add it to `models`"
    case .stageDoesNotRise(let stage, let threshold, let lower, let lowerThreshold):
      """
      stage `\(stage.rawValue)` begins at \(threshold), not above `\(lower.rawValue)` at \
      \(lowerThreshold); let the stages rise
      """
    case .negative(let path, let value):
      "`\(path)` is \(value); give 0 or more"
    }
  }
}

extension PolicyDefinition {
  /// What policy.md refuses, in the order of its file; empty for a policy.
  public func problems() -> [PolicyError.Problem] {
    var problems: [PolicyError.Problem] = []
    func refuseNegative(_ path: String, _ value: (some SignedInteger)?) {
      if let value, value < 0 { problems.append(.negative(path: path, value: "\(value)")) }
    }
    func refuseNegative(_ path: String, _ value: Ratio?) {
      if let value, value < .zero { problems.append(.negative(path: path, value: "\(value)")) }
    }
    func refuseNegative(_ path: String, _ value: Money?) {
      if let value, value < .zero { problems.append(.negative(path: path, value: "\(value)")) }
    }

    refuseNegative("failures.useful_output_tokens", usefulOutputTokens)
    for trafficClass in TrafficClass.allCases {
      guard let rules = classes[trafficClass] else { continue }
      let path = "classes.\(trafficClass.rawValue)"
      if rules.steps.isEmpty { problems.append(.noSteps(trafficClass)) }
      if rules.steps.count > ClassPolicy.maximumSteps {
        problems.append(.tooManySteps(trafficClass, count: rules.steps.count))
      }
      for (index, step) in rules.steps.enumerated() {
        guard case .model(.named(let model), _) = step.work, models[model] == nil else { continue }
        problems.append(.ungradedModel(model, trafficClass, step: index))
      }
      refuseNegative("\(path).retries_per_step", rules.retriesPerStep)
      refuseNegative("\(path).stop.provider_failures", rules.stop.providerFailures)
      refuseNegative("\(path).stop.elapsed_ms", rules.stop.elapsedMilliseconds)
      refuseNegative("\(path).stop.budget_utilisation", rules.stop.budgetUtilisation)
      refuseNegative("\(path).stop.daily_budget_usd", rules.stop.dailyBudget)
      refuseNegative("\(path).stop.retry_budget", rules.stop.retryBudget)
    }

    var lower: (stage: BudgetStage, threshold: Ratio)?
    for stage in BudgetStage.allCases {
      guard let threshold = stages[stage] else { continue }
      refuseNegative("budget.stages.\(stage.rawValue)", threshold)
      if let lower, threshold <= lower.threshold {
        problems.append(
          .stageDoesNotRise(stage, at: threshold, above: lower.stage, from: lower.threshold))
      }
      lower = (stage, threshold)
    }
    refuseNegative("loop_guard.session_requests_per_minute", loopGuard.sessionRequestsPerMinute)
    refuseNegative("loop_guard.session_cost_usd_per_day", loopGuard.sessionCostPerDay)
    return problems
  }
}
