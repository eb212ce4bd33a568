package import PolicyEngine
import Pricing
import Traffic
package import Units

/// Looks for the cheapest policy that serves enough and downgrades little.
///
/// Starts from a policy and makes, again and again, the one change that saves most within the bounds:
/// a stage of the budget, retries, a daily budget, a step dropped or moved. It ends where no change
/// helps; that is no proof that nothing better exists.
package struct Suggestion: Sendable {
  package struct Bounds: Hashable, Sendable {
    /// Of all requests.
    package var leastServed: Ratio
    package var mostDowngraded: Ratio

    package init(leastServed: Ratio, mostDowngraded: Ratio) {
      self.leastServed = leastServed
      self.mostDowngraded = mostDowngraded
    }

    func admit(_ totals: ReplayedMeasures) -> Bool {
      let requests = totals[CountMeasure.requests]
      let whole: Int128 = 1_000_000_000
      return totals[CountMeasure.served] * whole >= requests * Int128(leastServed.billionths)
        && totals[CountMeasure.downgraded] * whole
          <= requests * Int128(mostDowngraded.billionths)
    }
  }

  package let policy: Policy
  package let outcome: ReplayOutcome
  /// Of the policy that it started from.
  package let start: ReplayOutcome
  /// How many policies were tried.
  package let tried: Int
  package let meetsBounds: Bool

  /// Rounds of looking; each tries every single change.
  private static let mostRounds = 6

  package init(from base: Policy, on prepared: PreparedReplay, within bounds: Bounds) {
    var quick = Replay.Options()
    quick.withIntervals = false
    var best = base
    var bestOutcome = prepared.run(base, quick)
    var meets = bounds.admit(bestOutcome.totals)
    var tried = 1
    for _ in 0..<Self.mostRounds {
      var better: (policy: Policy, outcome: ReplayOutcome)?
      for candidate in PolicyMoves.neighbours(of: best) {
        let outcome = prepared.run(candidate, quick)
        tried += 1
        guard outcome.grounding.evidenceClass != .d, bounds.admit(outcome.totals) else { continue }
        let cost = (better?.outcome ?? bestOutcome).totals[MoneyMeasure.cost]
        if outcome.totals[MoneyMeasure.cost] < cost || !meets && better == nil {
          better = (candidate, outcome)
        }
      }
      guard let better else { break }
      best = better.policy
      bestOutcome = better.outcome
      meets = true
    }
    policy = best
    outcome = prepared.run(best)
    start = prepared.run(base)
    self.tried = tried
    meetsBounds = meets
  }
}

/// Policies that differ from one in a single thing.
enum PolicyMoves {
  static func neighbours(of policy: Policy) -> [Policy] {
    definitions(policy.definition).filter { $0 != policy.definition }.compactMap { definition in
      do {
        return try Policy(definition)
      } catch {
        return nil
      }
    }
  }

  private static func definitions(_ base: PolicyDefinition) -> [PolicyDefinition] {
    var all: [PolicyDefinition] = []
    func add(_ change: (inout PolicyDefinition) -> Void) {
      var definition = base
      change(&definition)
      all.append(definition)
    }
    for stage in BudgetStage.allCases {
      guard let value = base.stages[stage]?.billionths else { continue }
      for step: Int64 in [-100_000_000, -50_000_000, 50_000_000, 100_000_000] where value + step > 0
      {
        add { $0.stages[stage] = Ratio(billionths: value + step) }
      }
    }
    for name in TrafficClass.allCases {
      guard let rules = base.classes[name] else { continue }
      for retries in 0...2 { add { $0.classes[name]?.retriesPerStep = retries } }
      guard rules.steps.count > 1 else { continue }
      for place in rules.steps.indices {
        add { $0.classes[name]?.steps.remove(at: place) }
        if place > 0 { add { $0.classes[name]?.steps.swapAt(place, place - 1) } }
      }
    }
    return all
  }
}
