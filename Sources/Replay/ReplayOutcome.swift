import Pricing
package import Traffic
package import Units

/// What a policy would have done with recorded traffic, and how sure that is.
package struct ReplayOutcome: Sendable {
  package struct Group: Sendable {
    /// The values of the trace's group.
    package let key: [String?]
    /// nil where groups do not hang on it.
    package let status: RequestStatus?
    /// nil where no model served, or groups do not hang on it.
    package let servedBy: ModelID?
    package let measures: ReplayedMeasures
    /// Standard errors in the order of ``MeasureRow``.
    package internal(set) var errors: [Double]
    let slot: WalkSums.SlotKey
  }

  package let totals: ReplayedMeasures
  package private(set) var errors: [Double]
  package private(set) var groups: [Group]
  package let grounding: Grounding
  /// Expected requests by their recorded and their replayed status, 7 × 7.
  package let transitions: [[Double]]
  package let changedRequests: Int64
  /// Ledger rows of requests that changed most in cost.
  package let greatestChanges: [(row: Int64, costDifference: Double)]
  package let crossings: Crossings
  package let models: [ModelID]

  /// Of the recorded failures, about one in forty is met by another request instead once others' calls
  /// are not the same: as many vanish as appear. Of those that a limit on calls made it is more, the more
  /// there are of them. Measured on worlds with limits of load.
  private static func flipped(refusedForRate share: Double) -> Double {
    0.05 + min(0.5, 5 * max(0, share - 0.005))
  }

  init(
    _ sums: WalkSums, _ trace: Trace, _ tree: DecisionTree, _ evidence: Evidence?,
    _ crossings: Crossings
  ) {
    let tallies = PlannedMeans(sums, trace).completed()
    let order = sums.slotKeys.indices.sorted {
      (sums.slotKeys[$0].group, sums.slotKeys[$0].leaf)
        < (sums.slotKeys[$1].group, sums.slotKeys[$1].leaf)
    }
    let rounded = ReplayedMeasures.rounded(order.map { tallies[$0] })
    totals = rounded.total
    let dispersion = evidence?.failures.dispersion ?? 1
    // A policy that changes anything changes the load, and with it what else fails.
    let flips =
      sums.modelledModels.isEmpty
      ? 0 : Self.flipped(refusedForRate: evidence?.failures.refusedForRate ?? 0)
    errors = (0..<MeasureRow.width).map {
      (dispersion * sums.variance[$0] + flips * sums.flips[$0]).squareRoot()
    }
    groups = zip(order, rounded.groups).map { slot, measures in
      let key = sums.slotKeys[slot]
      let model = Int(key.leaf & 0xFFFF) - 1
      return Group(
        key: trace.groups[Int(key.group)], status: RequestStatus.allCases[Int(key.leaf >> 16)],
        servedBy: model < 0 ? nil : tree.models[model], measures: measures,
        errors: (0..<MeasureRow.width).map {
          (dispersion * sums.variances[slot][$0] + flips * sums.flipsOfSlots[slot][$0]).squareRoot()
        },
        slot: key)
    }
    grounding = Grounding(sums, tree.models, evidence)
    transitions = (0..<7).map { from in (0..<7).map { sums.transitions[from * 7 + $0] } }
    changedRequests = sums.changed
    greatestChanges = sums.changes.map { (trace.row($0.request), $0.costDifference) }
    self.crossings = crossings
    models = tree.models
  }

  /// Adds what doubts of each tenant's spend are worth: tenants err independently.
  mutating func widen(byTenants pair: (high: TenantMeasures, low: TenantMeasures)) {
    errors = Self.widened(errors, pair.high.ofAll, pair.low.ofAll)
    for place in groups.indices {
      let key = groups[place].slot
      groups[place].errors = Self.widened(
        groups[place].errors, pair.high.ofSlot(key), pair.low.ofSlot(key))
    }
  }

  private static func widened(
    _ errors: [Double], _ high: [Int32: ReplayedMeasures], _ low: [Int32: ReplayedMeasures]
  ) -> [Double] {
    var variances = errors.map { $0 * $0 }
    for tenant in Set(high.keys).union(low.keys).sorted() {
      let (one, other) = (high[tenant] ?? .zero, low[tenant] ?? .zero)
      for place in variances.indices {
        let half = (one.value(place) - other.value(place)) / 2
        variances[place] += half * half
      }
    }
    return variances.map { $0.squareRoot() }
  }

  /// Adds what each doubt is worth to the standard errors.
  mutating func widen(by pairs: [(high: ReplayOutcome, low: ReplayOutcome)]) {
    errors = Self.widened(errors, totals, pairs.map { ($0.high.totals, $0.low.totals) }, grounding)
    for place in groups.indices {
      let key = groups[place].identity
      groups[place].errors = Self.widened(
        groups[place].errors, groups[place].measures,
        pairs.map { pair in
          (
            pair.high.groups.first { $0.identity == key }?.measures ?? .zero,
            pair.low.groups.first { $0.identity == key }?.measures ?? .zero
          )
        }, grounding)
    }
  }

  private static func widened(
    _ noise: [Double], _ central: ReplayedMeasures,
    _ pairs: [(high: ReplayedMeasures, low: ReplayedMeasures)], _ grounding: Grounding
  ) -> [Double] {
    (0..<MeasureRow.width).map { place in
      var variance = noise[place] * noise[place]
      for pair in pairs {
        let half = (pair.high.value(place) - pair.low.value(place)) / 2
        variance += half * half
      }
      // Where anything is estimated, a request more or less is never out of the question.
      if variance > 0, MeasureRow.isOfRequests(place), place > 0 { variance += 0.5 }
      return variance.squareRoot()
    }
  }

  /// The interval of 95 %.
  package func interval(_ place: Int) -> (low: Double, high: Double) {
    let value = totals.value(place)
    return (value - 1.96 * errors[place], value + 1.96 * errors[place])
  }
}

extension ReplayOutcome.Group {
  fileprivate struct Identity: Hashable {
    let key: [String?]
    let status: RequestStatus?
    let servedBy: ModelID?
  }

  fileprivate var identity: Identity {
    Identity(key: key, status: status, servedBy: servedBy)
  }
}

/// How much of a replay rests on recorded outcomes.
package struct Grounding: Sendable {
  package enum EvidenceClass: String, Sendable {
    case a = "A"
    case b = "B"
    case c = "C"
    case d = "D"
  }

  /// Calls, as expected, that the log has, and those it does not have.
  package let groundedAttempts: Double
  package let modelledAttempts: Double
  package let groundedNanoUSD: Double
  package let modelledNanoUSD: Double
  /// Of each model, the calls that the log does not have.
  package let modelledByModel: [(model: ModelID, attempts: Double, nanoUSD: Double)]
  package let unobserved: [(model: ModelID, attempts: Double, nanoUSD: Double)]
  /// Served whatever a call that was not made would have done, and the most that may have been.
  package let servedAtLeast: Int64
  package let servedAtMost: Int64
  /// Other routes tried after a request was refused for its own fault.
  package let crossRouteTries: Double
  /// Of first tries, the share that was refused for its rate, where that makes failures hang on load.
  package let refusedForRate: Double?
  /// Whether the log shows which limits refused them, so that they are followed.
  package let knowsLimits: Bool
  /// Models that would get more calls within five minutes than ever were seen.
  package let overloads: [Overload]
  /// Of calls to models that were never observed, those that begin a request.
  package let unobservedStarts: Double
  private let requests: Double

  package struct Overload: Sendable {
    package let model: ModelID
    package let at: Timestamp
    package let calls: Double
    package let most: Int64
  }

  /// The evidence is nil where every call is recorded.
  init(_ sums: WalkSums, _ models: [ModelID], _ evidence: Evidence?) {
    groundedAttempts = sums.grounded.attempts
    groundedNanoUSD = sums.grounded.cost
    let parts = sums.modelledModels.map { ($0, sums.modelled[$0]) }
    modelledAttempts = parts.reduce(0) { $0 + $1.1.attempts }
    modelledNanoUSD = parts.reduce(0) { $0 + $1.1.cost }
    modelledByModel = parts.map { (models[$0.0], $0.1.attempts, $0.1.cost) }
    let strange = parts.filter { evidence?.isObserved($0.0) == false }
    unobserved = strange.map { (models[$0.0], $0.1.attempts, $0.1.cost) }
    unobservedStarts = strange.reduce(0) { $0 + $1.1.starts }
    servedAtLeast = sums.wholeServed
    servedAtMost = sums.requests - (sums.wholeRequests - sums.wholeServed)
    crossRouteTries = evidence?.failures.carriedTries ?? 0
    refusedForRate = evidence.flatMap {
      $0.limits != nil || $0.failures.hangsOnLoad ? $0.failures.refusedForRate : nil
    }
    knowsLimits = evidence?.limits != nil
    requests = Double(sums.requests)
    overloads = evidence.map { Self.overloads(sums, $0) } ?? []
  }

  private static func overloads(_ sums: WalkSums, _ evidence: Evidence) -> [Overload] {
    var worst: [Int32: (bin: Int32, calls: Double)] = [:]
    for key in sums.load.keys.sorted(by: { ($0.model, $0.bin) < ($1.model, $1.bin) }) {
      let recorded = evidence.health.calls(Int(key.model), Int(key.bin) * 5, bins: 5)
      let calls = Double(recorded) + (sums.load[key] ?? 0)
      if calls > worst[key.model]?.calls ?? 0 { worst[key.model] = (key.bin, calls) }
    }
    return worst.keys.sorted().compactMap { model in
      guard let load = worst[model] else { return nil }
      let most = evidence.health.mostCalls(Int(model), bins: 5)
      guard most > 0, load.calls > 1.5 * Double(most), load.calls > Double(most) + 5 else {
        return nil
      }
      let at = evidence.health.clock.start(of: Int(load.bin) * 5)
      return Overload(model: evidence.models[Int(model)], at: at, calls: load.calls, most: most)
    }
  }

  /// Of calls.
  package var share: Double {
    let all = groundedAttempts + modelledAttempts
    return all > 0 ? groundedAttempts / all : 1
  }

  package var costShare: Double {
    let all = groundedNanoUSD + modelledNanoUSD
    return all > 0 ? groundedNanoUSD / all : 1
  }

  package var evidenceClass: EvidenceClass {
    if !unobserved.isEmpty, isUnobservedLarge { return .d }
    return costShare >= 0.95 ? .a : costShare >= 0.6 ? .b : .c
  }

  private var isUnobservedLarge: Bool {
    let attempts = unobserved.reduce(0) { $0 + $1.attempts }
    return unobservedStarts > 0.01 * requests
      || attempts > 0.1 * (groundedAttempts + modelledAttempts)
  }
}
