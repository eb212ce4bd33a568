package import PolicyAnalysis
package import Pricing
package import Replay
package import Traffic
package import Units

/// What `replay` prints: what was recorded, what another policy would have done, and how sure that is.
package struct ReplayReport: Sendable {
  /// A request that the policy changed, with what the log and the replay say of it.
  package struct Example: Hashable, Sendable {
    package let request: Name
    package let recorded: String
    package let replayed: String
    /// Replayed less recorded, as expected.
    package let costDifference: Money

    package init(request: Name, recorded: String, replayed: String, costDifference: Money) {
      self.request = request
      self.recorded = recorded
      self.replayed = replayed
      self.costDifference = costDifference
    }
  }

  /// A group as recorded and as replayed.
  struct Group: Sendable {
    let key: [String?]
    let recorded: Measures
    let replayed: ReplayedMeasures
    let errors: [Double]
  }

  package let policy: String
  package let recorded: Summary
  package let outcome: ReplayOutcome
  package let fidelity: Fidelity
  /// What the requests that were not reproduced did, by kinds; nil where all were.
  package let drift: DriftTally?
  package let examples: [Example]
  /// Of the trace, for budget crossings.
  package let tenants: [Name]
  let groups: [Group]

  package init(
    policy: String, recorded: Summary, outcome: ReplayOutcome, fidelity: Fidelity,
    drift: DriftTally?, examples: [Example], tenants: [Name]
  ) {
    self.policy = policy
    self.recorded = recorded
    self.outcome = outcome
    self.fidelity = fidelity
    self.drift = drift
    self.examples = examples
    self.tenants = tenants
    groups = recorded.fields.isEmpty ? [] : Self.joined(recorded, outcome)
  }

  /// Every group that either side has, in the order of their keys, none before any.
  private static func joined(_ recorded: Summary, _ outcome: ReplayOutcome) -> [Group] {
    var replayed: [[String?]: (ReplayedMeasures, [Double])] = [:]
    for group in outcome.groups {
      replayed[key(group, recorded.fields)] = (group.measures, group.errors)
    }
    let none = (ReplayedMeasures.zero, MeasureRow.zeros)
    var groups = recorded.groups.map { group in
      let other = replayed.removeValue(forKey: group.key) ?? none
      return Group(
        key: group.key, recorded: group.measures, replayed: other.0, errors: other.1)
    }
    for (key, other) in replayed where other.0 != .zero {
      groups.append(Group(key: key, recorded: .zero, replayed: other.0, errors: other.1))
    }
    return groups.sorted { Summary.precedes($0.key, $1.key) }
  }

  private static func key(_ group: ReplayOutcome.Group, _ fields: [GroupField]) -> [String?] {
    var own = group.key[...]
    return fields.map { field in
      switch field {
      case .status: group.status?.rawValue
      case .servedBy: group.servedBy?.description
      default: own.popFirst() ?? nil
      }
    }
  }

  package var title: String { "Replay of \(recorded.period.reading) under \(policy)" }

  /// The interval of 95 % of a measure, within what can be.
  func interval(
    _ place: Int, _ measures: ReplayedMeasures, _ errors: [Double], requests: Double
  ) -> (low: Double, high: Double) {
    let value = measures.value(place)
    let half = 1.96 * errors[place]
    var (low, high) = (value - half, value + half)
    if place < CountMeasure.allCases.count { low = max(0, low) }
    if MeasureRow.isOfRequests(place) { high = min(high, max(requests, value)) }
    if MeasureRow.isNeverNegative(place) { low = max(min(0, value), low) }
    return (low, high)
  }
}
