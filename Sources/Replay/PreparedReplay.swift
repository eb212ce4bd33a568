package import PolicyEngine
import Pricing
import Traffic
import Units

/// Recorded traffic with its evidence: policies are tried on it one after the other.
package struct PreparedReplay: Sendable {
  package let replay: Replay
  /// Those of the trace, then others that the policies call.
  let models: [ModelID]
  /// By the output from which a policy takes a dropped stream for useful.
  let evidence: [Int64: Evidence]

  private var trace: Trace { replay.trace }

  /// What a policy would have done; it must be one of those that this was prepared for.
  package func run(
    _ policy: Policy, _ options: Replay.Options = Replay.Options()
  ) -> ReplayOutcome {
    let trial = Trial(self, policy, options.dimension)
    let (central, crossings) = trial.walk(trial.evidence)
    var outcome = ReplayOutcome(central, trace, trial.tree, trial.evidence, crossings)
    guard options.withIntervals, !central.modelled.isEmpty else { return outcome }
    let doubts = Doubts(central, trial.evidence)
    let spends = doubts.spends.map { doubt in
      TenantMeasures(trial.walk(trial.evidence.doubting(doubt), perTenant: true).0, trace)
    }
    outcome.widen(byTenants: (spends[0], spends[1]))
    func outcomeOf(_ doubt: Evidence.Doubt) -> ReplayOutcome {
      ReplayOutcome(
        trial.walk(trial.evidence.doubting(doubt)).0, trace, trial.tree, trial.evidence, crossings)
    }
    outcome.widen(by: doubts.pairs.map { (outcomeOf($0.high), outcomeOf($0.low)) })
    return outcome
  }
}

/// One policy on its way through the traffic.
struct Trial {
  let tree: DecisionTree
  let evidence: Evidence
  let groups: FailureGroups
  private let replay: Replay
  private let dimension: LeafDimension

  init(_ prepared: PreparedReplay, _ policy: Policy, _ dimension: LeafDimension) {
    replay = prepared.replay
    self.dimension = dimension
    tree = DecisionTree(policy, prepared.replay.trace, models: prepared.models)
    let tokens = policy.definition.usefulOutputTokens
    guard let evidence = prepared.evidence[tokens] else {
      preconditionFailure("this policy is none of those that the replay was prepared for")
    }
    self.evidence = evidence
    groups = FailureGroups(evidence.failures, policy)
  }

  func walk(_ evidence: Evidence, perTenant: Bool = false) -> (WalkSums, Crossings) {
    let trace = replay.trace
    let stretches = replay.stretches
    let empty = Crossings(before: replay.recordedPolicy, after: tree.policy)
    let parts = Parallel.map(stretches.count) { place in
      var walk = Walk(trace, evidence, tree, groups, dimension: dimension, perTenant: perTenant)
      var crossings = empty
      for tenant in stretches[place] {
        walk.tenant(trace.ofTenant[tenant], crossings: &crossings)
      }
      return (walk.sums, crossings)
    }
    var sums = WalkSums(cells: trace.planCells.count, months: trace.planMonths.count)
    var crossings = empty
    for part in parts {
      sums.add(part.0)
      crossings.add(part.1)
    }
    return (sums, crossings)
  }
}
