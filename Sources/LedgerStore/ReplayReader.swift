package import GRDB
package import PolicyAnalysis
package import PolicyEngine
package import Pricing
package import Replay
internal import Traffic
package import Units

/// Reads recorded traffic out of the ledger, ready to be replayed.
package enum ReplayReader {
  package struct Reading: Sendable {
    package let replay: Replay
    /// What the traffic came to.
    package let recorded: Summary
    /// Whether the policies in force account for it.
    package let fidelity: Fidelity
    /// What the requests did that they do not account for; nil where there are none.
    package let drift: DriftTally?
  }

  /// The requests that started in the period; others of its months, and since a prepaid balance began,
  /// come with them for what they spent.
  /// They are grouped by `fields`; `status` and `served_by`, which are of their ends, are left to the
  /// replay. `candidates` are the policies that will be replayed.
  /// `second` is another connection to the same snapshot, to read half of it at the same time.
  package static func read(
    _ database: Database, beside second: Database? = nil, _ period: Period,
    by fields: [GroupField] = [], for candidates: [Policy]
  ) throws -> Reading {
    let policies = try PolicyTable.all(database)
    let tenants = try TenantTable.histories(database)
    let traffic = try ReplayTraffic(
      database, period, fields.filter { !$0.isOfEnd }, tenants, policies.map(\.policy) + candidates)
    let trace = try traffic.read(database, beside: second)
    let last = policies.last { policy in
      period.to.map { policy.from.start < $0 } ?? true
    }
    let replay = Replay(
      trace, prices: try PriceTable.histories(database), recordedPolicy: last?.policy)
    let fidelity = replay.fidelity(policies)
    return Reading(
      replay: replay, recorded: try SummaryReader.read(database, period, by: fields),
      fidelity: fidelity,
      drift: fidelity.drifted > 0 ? try RecordedRequestReader.drift(database, period) : nil)
  }
}

extension GroupField {
  /// Told by how a request ends, which is another thing under another policy.
  package var isOfEnd: Bool { self == .status || self == .servedBy }
}
