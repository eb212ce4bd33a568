package import PolicyEngine
import Pricing
package import Traffic
package import Units

/// One request under a policy: what was asked of the engine, what it said, and how it may have ended.
package struct RequestWalk: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    /// Of 1: how likely the request came here.
    package let weight: Double
    /// The line that is decided, from 0.
    package let line: Int
    package let decision: Decision
    /// Whether the log has what was decided; nil for what calls no model.
    package let isRecorded: Bool?
    /// The stage of the tenant's month.
    package let stage: BudgetStage?

    /// Why, by the engine.
    package var reason: String { decision.reasonCode }
  }

  package struct End: Hashable, Sendable {
    package let weight: Double
    package let status: RequestStatus
    /// nil where no model served.
    package let servedBy: ModelID?
    package let cost: Money
  }

  package let primary: Route
  package let steps: [Step]
  package let ends: [End]
}

extension PreparedReplay {
  /// Requests by their rows, walked as their tenants' months have it.
  package func walks(of rows: Set<Int64>, under policy: Policy) -> [Int64: RequestWalk] {
    let trace = replay.trace
    var walks: [Int64: RequestWalk] = [:]
    guard !rows.isEmpty else { return [:] }
    let watched = Set(trace.indices.filter { rows.contains(trace.row($0)) })
    guard !watched.isEmpty else { return [:] }
    let trial = Trial(self, policy, Replay.Options())
    for range in trace.ofTenant where range.contains(where: watched.contains) {
      var crossings: Crossings?
      var walk = trial.beginning()()
      walk.watched = watched
      walk.tenant(range, crossings: &crossings)
      if walk.isStuck {
        trial.gather()
        walk = trial.beginning()()
        walk.watched = watched
        walk.tenant(range, crossings: &crossings)
      }
      for (index, watch) in walk.watches {
        walks[trace.row(index)] = RequestWalk(
          watch, trace.request(index), walk.tree, trace)
      }
    }
    return walks
  }
}

extension RequestWalk {
  init(_ watch: Watch, _ request: Trace.Request, _ tree: DecisionTree, _ trace: Trace) {
    primary = trace.routes[trace.profiles[Int(request.profile)].primary]
    steps = watch.entries.compactMap { entry in
      guard let evaluation = tree.evaluation(entry.node, entry.gate) else { return nil }
      return Step(
        weight: entry.weight, line: entry.line, decision: evaluation.decision,
        isRecorded: entry.isRecorded, stage: evaluation.stage)
    }
    ends = watch.leaves.map { leaf in
      End(
        weight: leaf.way.weight, status: leaf.status,
        servedBy: leaf.serving.map { tree.models[tree.modelOfRoute[$0.route]] },
        cost: leaf.way.cost.money)
    }
  }
}
