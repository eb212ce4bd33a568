import Pricing
package import Traffic
import Units

/// What a policy would have done with recorded traffic, and how sure that is.
package struct ReplayOutcome: Sendable {
  package struct Group: Sendable {
    package let key: [String?]
    /// What the end of the request adds to the key; nil where groups do not hang on it.
    package let leaf: Int32
    package let measures: ReplayedMeasures
    /// Standard errors in the order of ``MeasureRow``.
    package internal(set) var errors: [Double]
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

  init(
    _ sums: WalkSums, _ trace: Trace, _ tree: DecisionTree, _ evidence: Evidence,
    _ crossings: Crossings
  ) {
    let tallies = PlannedMeans(sums, trace).completed()
    var total = Tally()
    for tally in tallies { total.add(tally) }
    totals = ReplayedMeasures(total)
    errors = (0..<MeasureRow.width).map { sums.variance[$0].squareRoot() }
    groups = sums.slotKeys.enumerated().map { place, key in
      Group(
        key: trace.groups.isEmpty ? [] : trace.groups[Int(key.group)], leaf: key.leaf,
        measures: ReplayedMeasures(tallies[place]),
        errors: (0..<MeasureRow.width).map { sums.variances[place][$0].squareRoot() })
    }
    grounding = Grounding(sums, evidence)
    transitions = (0..<7).map { from in (0..<7).map { sums.transitions[from * 7 + $0] } }
    changedRequests = sums.changed
    greatestChanges = sums.changes.map { (trace.requests[$0.request].row, $0.costDifference) }
    self.crossings = crossings
    models = tree.models
  }

  /// Adds what each doubt is worth to the standard errors.
  mutating func widen(by pairs: [(high: ReplayOutcome, low: ReplayOutcome)]) {
    errors = Self.widened(errors, totals, pairs.map { ($0.high.totals, $0.low.totals) }, grounding)
    for place in groups.indices {
      groups[place].errors = Self.widened(
        groups[place].errors, groups[place].measures,
        pairs.compactMap { pair in
          guard place < pair.high.groups.count, place < pair.low.groups.count else { return nil }
          return (pair.high.groups[place].measures, pair.low.groups[place].measures)
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
        let half = (pair.high.row[place].value - pair.low.row[place].value) / 2
        variance += half * half
      }
      return variance.squareRoot()
    }
  }

  /// The interval of 95 %.
  package func interval(_ place: Int) -> (low: Double, high: Double) {
    let value = totals.row[place].value
    return (value - 1.96 * errors[place], value + 1.96 * errors[place])
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
  package let crossRouteTries: Double

  init(_ sums: WalkSums, _ evidence: Evidence) {
    groundedAttempts = sums.grounded.attempts
    groundedNanoUSD = sums.grounded.cost
    let parts = sums.modelled.keys.sorted().map { key in
      let part = sums.modelled[key] ?? WalkSums.Modelled()
      return (key, part)
    }
    modelledAttempts = parts.reduce(0) { $0 + $1.1.attempts }
    modelledNanoUSD = parts.reduce(0) { $0 + $1.1.cost }
    modelledByModel = parts.map { (evidence.models[$0.0], $0.1.attempts, $0.1.cost) }
    unobserved = parts.filter { !evidence.isObserved($0.0) }.map {
      (evidence.models[$0.0], $0.1.attempts, $0.1.cost)
    }
    servedAtLeast = sums.wholeServed
    servedAtMost = sums.requests - (sums.wholeRequests - sums.wholeServed)
    crossRouteTries = evidence.failures.carriedTries
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
    return attempts > 0.1 * (groundedAttempts + modelledAttempts)
  }
}
