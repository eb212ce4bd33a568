import Dispatch
package import PolicyEngine
package import Pricing
package import Traffic
import Units

/// Recorded traffic, ready to be replayed under policies.
package struct Replay: Sendable {
  package let trace: Trace
  package let prices: [ModelID: PriceHistory]
  /// The policy in force when the traffic was recorded, for budget stages as they were; nil without one.
  package let recordedPolicy: Policy?

  package init(
    _ trace: Trace, prices: [ModelID: PriceHistory], recordedPolicy: Policy?
  ) {
    self.trace = trace
    self.prices = prices
    self.recordedPolicy = recordedPolicy
  }

  package struct Options: Sendable {
    /// Models that were never observed, and that the operator answers for.
    package var assumed: Set<ModelID> = []
    /// What groups hang on beside the requests' own fields.
    package var dimension: LeafDimension = []
    package var withIntervals = true

    package init() {}
  }

  package func run(_ policy: Policy, _ options: Options = Options()) -> ReplayOutcome {
    let tree = DecisionTree(policy, trace)
    let evidence = Evidence(
      trace, models: tree.models, prices: prices,
      usefulOutputTokens: policy.definition.usefulOutputTokens, assumed: options.assumed)
    let groups = FailureGroups(evidence.failures, policy)
    func walk(_ evidence: Evidence) -> (WalkSums, Crossings) {
      self.walk(evidence, tree, groups, options.dimension)
    }
    let (central, crossings) = walk(evidence)
    var outcome = ReplayOutcome(central, trace, tree, evidence, crossings)
    if options.withIntervals, !central.modelled.isEmpty {
      let doubts = Doubts(central, evidence)
      outcome.widen(
        by: doubts.pairs.map { pair in
          let (high, low) = (
            walk(evidence.doubting(pair.high)).0, walk(evidence.doubting(pair.low)).0
          )
          return (
            ReplayOutcome(high, trace, tree, evidence, crossings),
            ReplayOutcome(low, trace, tree, evidence, crossings)
          )
        })
    }
    return outcome
  }

  /// Tenants in stretches of about this many requests, which do not hang on the number of threads.
  private static let stretch = 8_192

  var stretches: [Range<Int>] {
    var stretches: [Range<Int>] = []
    var first = 0
    var count = 0
    for (tenant, range) in trace.ofTenant.enumerated() {
      count += range.count
      if count >= Self.stretch {
        stretches.append(first..<tenant + 1)
        first = tenant + 1
        count = 0
      }
    }
    if first < trace.ofTenant.count { stretches.append(first..<trace.ofTenant.count) }
    return stretches
  }

  private func walk(
    _ evidence: Evidence, _ tree: DecisionTree, _ groups: FailureGroups, _ leaf: LeafDimension
  ) -> (WalkSums, Crossings) {
    let stretches = stretches
    let empty = Crossings(before: recordedPolicy, after: tree.policy)
    let parts = Parallel.map(stretches.count) { place in
      var walk = Walk(trace, evidence, tree, groups, dimension: leaf)
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

/// Independent work on all cores; what comes back is in order, whoever made it.
enum Parallel {
  static func map<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) -> Value
  ) -> [Value] {
    guard count > 1 else { return count == 1 ? [body(0)] : [] }
    let values = Slots<Value>(count)
    DispatchQueue.concurrentPerform(iterations: count) { values.set($0, body($0)) }
    return values.all
  }

  /// `@unchecked`: each place is written by one iteration, and read once all have ended.
  private final class Slots<Value: Sendable>: @unchecked Sendable {
    private let places: UnsafeMutablePointer<Value?>
    private let count: Int

    init(_ count: Int) {
      self.count = count
      places = .allocate(capacity: count)
      places.initialize(repeating: nil, count: count)
    }

    deinit {
      places.deinitialize(count: count)
      places.deallocate()
    }

    func set(_ place: Int, _ value: Value) { places[place] = value }
    var all: [Value] { (0..<count).compactMap { places[$0] } }
  }
}
