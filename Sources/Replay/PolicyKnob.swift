package import PolicyEngine
package import Traffic
import Units

/// A number of a policy that a sweep may turn, by the path it has in the file.
package enum PolicyKnob: Hashable, Sendable {
  case stage(BudgetStage)
  case retries(TrafficClass)
  case stopProviderFailures(TrafficClass)
  case stopElapsedMilliseconds(TrafficClass)
  case stopBudgetUtilisation(TrafficClass)
  case stopDailyBudget(TrafficClass)
  case stopRetryBudget(TrafficClass)
  case sessionRequestsPerMinute
  case sessionCostPerDay
  case usefulOutputTokens

  /// `budget.stages.constrained`, `classes.batch.retries_per_step` and the like; nil for what is none.
  package init?(path: String) {
    guard let knob = Self.all.first(where: { $0.path == path }) else { return nil }
    self = knob
  }

  package static let all: [PolicyKnob] =
    BudgetStage.allCases.map(PolicyKnob.stage)
    + TrafficClass.allCases.flatMap { trafficClass in
      [
        .retries(trafficClass), .stopProviderFailures(trafficClass),
        .stopElapsedMilliseconds(trafficClass), .stopBudgetUtilisation(trafficClass),
        .stopDailyBudget(trafficClass), .stopRetryBudget(trafficClass),
      ]
    } + [.sessionRequestsPerMinute, .sessionCostPerDay, .usefulOutputTokens]

  package var path: String {
    func stop(_ trafficClass: TrafficClass, _ name: String) -> String {
      "classes.\(trafficClass.rawValue).stop.\(name)"
    }
    return switch self {
    case .stage(let stage): "budget.stages.\(stage.rawValue)"
    case .retries(let name): "classes.\(name.rawValue).retries_per_step"
    case .stopProviderFailures(let name): stop(name, "provider_failures")
    case .stopElapsedMilliseconds(let name): stop(name, "elapsed_ms")
    case .stopBudgetUtilisation(let name): stop(name, "budget_utilisation")
    case .stopDailyBudget(let name): stop(name, "daily_budget_usd")
    case .stopRetryBudget(let name): stop(name, "retry_budget")
    case .sessionRequestsPerMinute: "loop_guard.session_requests_per_minute"
    case .sessionCostPerDay: "loop_guard.session_cost_usd_per_day"
    case .usefulOutputTokens: "failures.useful_output_tokens"
    }
  }

  /// Whether its values are whole numbers.
  package var isWhole: Bool {
    switch self {
    case .retries, .stopProviderFailures, .stopElapsedMilliseconds, .stopRetryBudget,
      .sessionRequestsPerMinute, .usefulOutputTokens:
      true
    case .stage, .stopBudgetUtilisation, .stopDailyBudget, .sessionCostPerDay: false
    }
  }

  /// Sets the number, given in billionths.
  package func set(_ billionths: Int64, in definition: inout PolicyDefinition) {
    let whole = billionths / 1_000_000_000
    func turn(_ trafficClass: TrafficClass, _ change: (inout ClassPolicy) -> Void) {
      change(&definition.classes[trafficClass, default: ClassPolicy()])
    }
    switch self {
    case .stage(let stage): definition.stages[stage] = Ratio(billionths: billionths)
    case .retries(let name): turn(name) { $0.retriesPerStep = Int(whole) }
    case .stopProviderFailures(let name): turn(name) { $0.stop.providerFailures = Int(whole) }
    case .stopElapsedMilliseconds(let name): turn(name) { $0.stop.elapsedMilliseconds = whole }
    case .stopBudgetUtilisation(let name):
      turn(name) { $0.stop.budgetUtilisation = Ratio(billionths: billionths) }
    case .stopDailyBudget(let name):
      turn(name) { $0.stop.dailyBudget = Money(nanoUSD: billionths) }
    case .stopRetryBudget(let name): turn(name) { $0.stop.retryBudget = Int(whole) }
    case .sessionRequestsPerMinute: definition.loopGuard.sessionRequestsPerMinute = whole
    case .sessionCostPerDay:
      definition.loopGuard.sessionCostPerDay = Money(nanoUSD: billionths)
    case .usefulOutputTokens: definition.usefulOutputTokens = whole
    }
  }
}
