import LedgerStore
import PolicyEngine
import Replay
import Reports
import Traffic
import Units

extension ReplayReader.Reading {
  /// - Throws: ``CommandFailure`` where there is nothing to replay.
  func checkNotEmpty() throws {
    guard replay.trace.hasRequests else {
      throw CommandFailure(
        CommandFailure.badData,
        "no request started in this period, so there is nothing to replay; `status` says which days "
          + "the ledger has")
    }
  }

  /// What a candidate would have done, with the requests that it changes most.
  func report(
    _ candidate: Policy, assuming assumed: Set<ModelID>, _ options: Replay.Options,
    names: ([Int64]) throws -> [Int64: Name]
  ) throws -> ReplayReport {
    let prepared = prepared(for: [candidate], assuming: assumed)
    let outcome = prepared.run(candidate, options)
    try Self.check(outcome.grounding, assumed)
    return ReplayReport(
      policy: candidate.definition.name ?? "unnamed", recorded: recorded, outcome: outcome,
      fidelity: fidelity, drift: drift,
      examples: try examples(outcome, candidate, prepared, names),
      tenants: replay.trace.tenants)
  }

  /// The evidence for candidates, and for the policy in force beside them.
  func prepared(for candidates: [Policy], assuming assumed: Set<ModelID>) -> PreparedReplay {
    replay.prepared(
      for: candidates + (replay.recordedPolicy.map { [$0] } ?? []), assuming: assumed)
  }

  private func examples(
    _ outcome: ReplayOutcome, _ candidate: Policy, _ prepared: PreparedReplay,
    _ names: ([Int64]) throws -> [Int64: Name]
  ) throws -> [ReplayReport.Example] {
    guard let recordedPolicy = replay.recordedPolicy else { return [] }
    let rows = outcome.greatestChanges.map(\.row)
    let texts = try names(rows)
    let before = prepared.walks(of: Set(rows), under: recordedPolicy)
    let after = prepared.walks(of: Set(rows), under: candidate)
    return outcome.greatestChanges.compactMap { change in
      guard let name = texts[change.row], let one = before[change.row],
        let other = after[change.row],
        let difference = RequestWalk.firstDifference(one, other)
      else { return nil }
      return ReplayReport.Example(
        request: name, recorded: difference.before, replayed: difference.after,
        costDifference: Money(nanoUSD: Int64(change.costDifference.rounded())))
    }
  }

  /// Refuses what rests on a model of which the log knows nothing.
  static func check(_ grounding: Grounding, _ assumed: Set<ModelID>) throws {
    guard grounding.evidenceClass == .d else { return }
    let missing = grounding.unobserved.map(\.model).filter { !assumed.contains($0) }
    guard let first = missing.first else { return }
    let names = missing.map(\.description).joined(separator: ",")
    throw CommandFailure(
      CommandFailure.badData,
      "\(first) was never called in this period, so nothing says how often it fails or how many tokens "
        + "it takes; give --assume \(names) to take its price and the other models' ways, or try the "
        + "policy on a small share of the traffic first")
  }
}
