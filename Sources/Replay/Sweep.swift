package import PolicyEngine
import Pricing
package import Units

/// A grid of policies that differ in some numbers, each tried on the same traffic.
package struct Sweep: Sendable {
  /// A knob and the values it takes, in billionths.
  package struct Axis: Hashable, Sendable {
    package let knob: PolicyKnob
    package let values: [Int64]

    package init(_ knob: PolicyKnob, _ values: [Int64]) {
      self.knob = knob
      self.values = values
    }
  }

  package struct Candidate: Sendable {
    /// A value for each axis.
    package let settings: [Int64]
    package let policy: Policy
  }

  /// What a candidate came to.
  package struct Result: Sendable {
    package let settings: [Int64]
    package let totals: ReplayedMeasures
    package let evidenceClass: Grounding.EvidenceClass
    /// No other candidate is as cheap, serves as much and downgrades as little, and better in one.
    package internal(set) var isOnFrontier = false

    package var costNanoUSD: Int64 { totals[MoneyMeasure.cost].nanoUSD }
  }

  package let axes: [Axis]
  package let candidates: [Candidate]
  /// Settings that make no valid policy, such as stages that do not rise.
  package let refused: [[Int64]]

  package static let mostCandidates = 10_000

  /// - Throws: ``UnitError`` for more than ``mostCandidates``.
  package init(_ base: Policy, _ axes: [Axis]) throws(UnitError) {
    let count = axes.reduce(1) { $0 * Double($1.values.count) }
    guard count <= Double(Self.mostCandidates) else {
      throw UnitError(
        what: "the sweep has \(Int(count)) candidates",
        remedy: "give at most \(Self.mostCandidates)")
    }
    var settings: [[Int64]] = [[]]
    for axis in axes { settings = settings.flatMap { each in axis.values.map { each + [$0] } } }
    var candidates: [Candidate] = []
    var refused: [[Int64]] = []
    for each in settings {
      var definition = base.definition
      for (axis, value) in zip(axes, each) { axis.knob.set(value, in: &definition) }
      do {
        candidates.append(Candidate(settings: each, policy: try Policy(definition)))
      } catch {
        refused.append(each)
      }
    }
    self.axes = axes
    self.candidates = candidates
    self.refused = refused
  }

  /// Tries every candidate, in the order of the grid. Intervals are left out: they are for the few that
  /// remain.
  package func run(on prepared: PreparedReplay) -> [Result] {
    var options = Replay.Options()
    options.withIntervals = false
    let results = candidates.map { candidate in
      let outcome = prepared.run(candidate.policy, options)
      return Result(
        settings: candidate.settings, totals: outcome.totals,
        evidenceClass: outcome.grounding.evidenceClass)
    }
    return Self.withFrontier(results)
  }

  static func withFrontier(_ results: [Result]) -> [Result] {
    results.map { result in
      var result = result
      result.isOnFrontier = !results.contains { $0.dominates(result) }
      return result
    }
  }
}

extension Sweep.Result {
  fileprivate func dominates(_ other: Sweep.Result) -> Bool {
    let own = (costNanoUSD, totals[CountMeasure.served], totals[CountMeasure.downgraded])
    let others = (
      other.costNanoUSD, other.totals[CountMeasure.served],
      other.totals[CountMeasure.downgraded]
    )
    return own.0 <= others.0 && own.1 >= others.1 && own.2 <= others.2 && own != others
  }
}
