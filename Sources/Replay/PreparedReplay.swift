package import PolicyEngine
import Pricing
import Synchronization
import Traffic
import Units

/// Recorded traffic with its evidence: policies are tried on it one after the other.
package struct PreparedReplay: Sendable {
  package let replay: Replay
  /// Of the models of the trace, then of others that the policies call.
  let prices: PriceBook
  let evidence: EvidenceShelf

  private var trace: Trace { replay.trace }

  /// What a policy would have done; it must be one of those that this was prepared for.
  package func run(
    _ policy: Policy, _ options: Replay.Options = Replay.Options()
  ) -> ReplayOutcome {
    let trial = Trial(self, policy, options)
    let (central, crossings) = trial.walk()
    func outcome(_ sums: WalkSums) -> ReplayOutcome {
      ReplayOutcome(sums, trace, trial.tree, trial.evidence, crossings)
    }
    var result = outcome(central)
    guard options.withIntervals, let evidence = trial.evidence, !central.modelledModels.isEmpty
    else { return result }
    let doubts = Doubts(central, evidence)
    let spends = doubts.spends.map { doubt in
      TenantMeasures(trial.walk(doubting: doubt, perTenant: true), trace)
    }
    result.widen(byTenants: (spends[0], spends[1]))
    result.widen(
      by: doubts.pairs.map { pair in
        (outcome(trial.walk(doubting: pair.high)), outcome(trial.walk(doubting: pair.low)))
      })
    return result
  }
}

/// The evidence of a trace, gathered when it is first asked for: a policy that changes nothing never
/// does.
final class EvidenceShelf: Sendable {
  private let make: @Sendable (_ usefulOutputTokens: Int64) -> Evidence
  private let known = Mutex<[Int64: Evidence]>([:])

  init(_ make: @escaping @Sendable (_ usefulOutputTokens: Int64) -> Evidence) { self.make = make }

  /// By the output from which a policy takes a dropped stream for useful; nil where nobody asked yet.
  func known(_ usefulOutputTokens: Int64) -> Evidence? {
    known.withLock { $0[usefulOutputTokens] }
  }

  func gathered(_ usefulOutputTokens: Int64) -> Evidence {
    known.withLock { known in
      if let own = known[usefulOutputTokens] { return own }
      let own = make(usefulOutputTokens)
      known[usefulOutputTokens] = own
      return own
    }
  }
}

/// One policy on its way through the traffic.
final class Trial {
  let tree: DecisionTree
  /// nil as long as only what is recorded was needed.
  private(set) var evidence: Evidence?
  private(set) var groups: FailureGroups?
  /// What the policy does to the load, as the last walk had it.
  private var load: ChangedLoad?
  private let prepared: PreparedReplay
  private let options: Replay.Options

  init(_ prepared: PreparedReplay, _ policy: Policy, _ options: Replay.Options) {
    self.prepared = prepared
    self.options = options
    tree = DecisionTree(policy, prepared.replay.trace, models: prepared.prices.models)
    evidence = prepared.evidence.known(policy.definition.usefulOutputTokens)
    groups = evidence.map { FailureGroups($0.failures, policy, knowsLimits: $0.limits != nil) }
  }

  /// Makes walks over nothing yet.
  func beginning(
    doubting doubt: Evidence.Doubt = .none, perTenant: Bool = false
  ) -> @Sendable () -> Walk {
    let (trace, prices, policy) = (prepared.replay.trace, prepared.prices, tree.policy)
    let (evidence, groups, dimension, load) = (
      evidence?.doubting(doubt), groups, options.dimension, load
    )
    return {
      Walk(
        trace, prices, evidence, policy, groups, load, dimension: dimension, perTenant: perTenant)
    }
  }

  /// Gathers the evidence where it was not needed so far.
  func gather() {
    guard evidence == nil else { return }
    let own = prepared.evidence.gathered(tree.policy.definition.usefulOutputTokens)
    evidence = own
    groups = FailureGroups(own.failures, tree.policy, knowsLimits: own.limits != nil)
  }

  /// Walks after the first that limits on calls ask for: each moves calls that the next one meets.
  private static let settlingWalks = 3

  /// By the best estimate. Evidence is gathered where the records alone do not do.
  func walk() -> (WalkSums, Crossings) {
    let crossings = Crossings(before: prepared.replay.recordedPolicy, after: tree.policy)
    var (sums, crossed) = walkUnsettled(crossings)
    guard let limits = evidence?.limits else { return (sums, crossed) }
    for _ in 0..<Self.settlingWalks where !sums.changedCalls.isEmpty {
      load = ChangedLoad(sums.changedCalls, limits)
      (sums, crossed) = walkUnsettled(crossings)
    }
    return (sums, crossed)
  }

  private func walkUnsettled(_ crossings: Crossings) -> (WalkSums, Crossings) {
    if let sums = walk(beginning(), crossings) { return sums }
    gather()
    guard let sums = walk(beginning(), crossings) else {
      preconditionFailure("a walk with evidence lacks evidence")
    }
    return sums
  }

  func walk(doubting doubt: Evidence.Doubt, perTenant: Bool = false) -> WalkSums {
    let begin = beginning(doubting: doubt, perTenant: perTenant)
    guard let sums = walk(begin, nil) else {
      preconditionFailure("a walk with evidence lacks evidence")
    }
    return sums.0
  }

  /// nil where evidence is needed that the walk does not have.
  private func walk(
    _ begin: @Sendable () -> Walk, _ crossings: Crossings?
  ) -> (WalkSums, Crossings)? {
    let replay = prepared.replay
    let stretches = replay.stretches
    let isStuck = Atomic(false)
    let parts = Parallel.map(stretches.count, threads: options.threads, worker: begin) {
      walk, place in
      var crossings = crossings
      for tenant in stretches[place] where !isStuck.load(ordering: .relaxed) {
        walk.tenant(replay.trace.ofTenant[tenant], crossings: &crossings)
        if walk.isStuck { isStuck.store(true, ordering: .relaxed) }
      }
      return (walk.takeSums(), crossings)
    }
    guard !isStuck.load(ordering: .relaxed) else { return nil }
    var sums = WalkSums(replay.trace, models: tree.models.count)
    var all = crossings ?? Crossings(before: nil, after: tree.policy)
    for (own, crossings) in parts {
      sums.add(own)
      if let crossings { all.add(crossings) }
    }
    return (sums, all)
  }
}
