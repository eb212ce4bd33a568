import LedgerStore
import PolicyEngine
import Replay
import Reports
import Traffic

extension ReplayReader.Reading {
  /// - Throws: ``CommandFailure`` where there is nothing to replay.
  func checkNotEmpty() throws {
    guard replay.trace.requests.contains(where: { !$0.isContext }) else {
      throw CommandFailure(
        CommandFailure.badData,
        "no request started in this period, so there is nothing to replay; `status` says which days "
          + "the ledger has")
    }
  }

  func report(_ candidate: Policy, _ options: Replay.Options) throws -> ReplayReport {
    let outcome = replay.run(candidate, options)
    try Self.check(outcome.grounding, options)
    return ReplayReport(
      policy: candidate.definition.name ?? "unnamed", recorded: recorded, outcome: outcome,
      fidelity: fidelity, drift: drift, examples: [], tenants: replay.trace.tenants)
  }

  /// Refuses what rests on a model of which the log knows nothing.
  static func check(_ grounding: Grounding, _ options: Replay.Options) throws {
    guard grounding.evidenceClass == .d else { return }
    let missing = grounding.unobserved.map(\.model).filter { !options.assumed.contains($0) }
    guard let first = missing.first else { return }
    let names = missing.map(\.description).joined(separator: ",")
    throw CommandFailure(
      CommandFailure.badData,
      "\(first) was never called in this period, so nothing says how often it fails or how many tokens "
        + "it takes; give --assume \(names) to take its price and the other models' ways, or try the "
        + "policy on a small share of the traffic first")
  }
}
