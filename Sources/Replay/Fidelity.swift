package import PolicyEngine
import Pricing
import Traffic
package import Units

/// How well the policies in force account for what was recorded: before any what-if, the policy that
/// made a log must replay to that log.
package struct Fidelity: Hashable, Sendable {
  /// Requests that started while a policy was in force.
  package private(set) var requests: Int64 = 0
  /// Every line of theirs is what the engine says, and no line is missing.
  package private(set) var reproduced: Int64 = 0
  /// Requests of days on which no policy was in force.
  package private(set) var withoutPolicy: Int64 = 0
  /// Requests that began with a call made by chance, which no policy accounts for.
  package private(set) var explored: Int64 = 0
  /// Requests that were decided otherwise, by the row of the ledger; the first ones.
  package private(set) var firstDrifted: [Int64] = []

  package var drifted: Int64 { requests - reproduced }

  package init() {}

  mutating func note(_ request: Trace.Request, isReproduced: Bool) {
    requests += 1
    if isReproduced {
      reproduced += 1
    } else if firstDrifted.count < 100 {
      firstDrifted.append(Int64(request.row))
    }
  }

  mutating func noteExplored() { explored += 1 }

  mutating func noteWithoutPolicy() { withoutPolicy += 1 }

  mutating func add(_ other: Fidelity) {
    requests += other.requests
    reproduced += other.reproduced
    withoutPolicy += other.withoutPolicy
    explored += other.explored
    firstDrifted = Array((firstDrifted + other.firstDrifted).prefix(100))
  }
}

extension Replay {
  /// Holds each recorded request to the policy in force on its day.
  package func fidelity(_ policies: [(from: UTCDay, policy: Policy)]) -> Fidelity {
    let trace = trace
    let stretches = stretches
    let parts = Parallel.map(stretches.count, worker: { FidelityCheck(trace, policies) }) {
      check, place in
      check.fidelity = Fidelity()
      for tenant in stretches[place] { check.tenant(trace.ofTenant[tenant]) }
      return check.fidelity
    }
    var sum = Fidelity()
    for part in parts { sum.add(part) }
    return sum
  }
}

/// Walks the recorded lines beside the engine.
private final class FidelityCheck {
  private let trace: Trace
  private let trees: [(from: UTCDay, tree: DecisionTree)]
  private var standings: [Standing]
  /// The policy in force on the day of the last request.
  private var current: (day: UTCDay, place: Int?, tree: DecisionTree?)?
  var fidelity = Fidelity()

  init(_ trace: Trace, _ policies: [(from: UTCDay, policy: Policy)]) {
    self.trace = trace
    trees = policies.map { (from: $0.from, tree: DecisionTree($0.policy, trace)) }
    standings = trees.map { Standing($0.tree) }
  }

  private func tree(_ day: UTCDay) -> (place: Int?, tree: DecisionTree?) {
    if let current, current.day == day { return (current.place, current.tree) }
    let place = trees.lastIndex { $0.from <= day }
    current = (day, place, place.map { trees[$0].tree })
    return (place, current?.tree)
  }

  func tenant(_ range: Range<Int>) {
    guard let first = range.first else { return }
    let trace = trace
    var book = TenantBook(
      trace, tenant: trace.tenant(of: first), trees.map(\.tree.policy).loopLimits)
    for index in range {
      let request = trace.request(index)
      book.advance(to: request.startedAt)
      let (place, tree) = tree(request.day)
      if !request.isContext, trace.isProbe(index) {
        fidelity.noteExplored()
      } else if let place, let tree, !request.isContext {
        standings[place].set(request, trace, book, tree)
        let isReproduced =
          followsOnlyCall(index, request, tree, standings[place])
          || isReproduced(request, tree, standings[place])
        fidelity.note(request, isReproduced: isReproduced)
      } else if !request.isContext {
        fidelity.noteWithoutPolicy()
      }
      let cost = request.cost.nanoUSD
      let trafficClass = tree?.limits[Int(request.profile)].trafficClass
      book.book(
        Spend(exact: cost), recorded: cost, trafficClass ?? .nonCriticalUserFacing,
        session: request.session, at: request.startedAt)
    }
  }

  /// The commonest request: its only call succeeded, and the policy asks for that very call.
  private func followsOnlyCall(
    _ index: Int, _ request: Trace.Request, _ tree: DecisionTree, _ standing: borrowing Standing
  ) -> Bool {
    let row = trace.rows[index]
    guard !row.hasSeveralLines, row.work.isSuccess, row.route >= 0 else { return false }
    let gate = standing.gate(0, elapsed: 0, tree.limits[Int(request.profile)])
    guard let route = tree.answer(tree.root(request.profile), gate).route else { return false }
    return tree.isSame(Int(row.route), route)
  }

  private func isReproduced(
    _ request: Trace.Request, _ tree: DecisionTree, _ standing: Standing
  ) -> Bool {
    var node = tree.root(request.profile)
    var elapsed = 0.0
    let limits = tree.limits[Int(request.profile)]
    let useful = tree.policy.definition.usefulOutputTokens
    for (place, index) in request.lines.enumerated() {
      let line = trace.line(index)
      let isLast = place + 1 == Int(request.lineCount)
      let answer = tree.answer(node, standing.gate(place, elapsed: elapsed, limits))
      guard tree.follows(line, answer) else { return false }
      elapsed += Double(line.latencyMilliseconds)
      if line.work.settles || answer.next == .reject { return isLast }
      let work = line.work(useful: useful)
      node = tree.child(node, step: answer.step, route: answer.route ?? -1, work)
    }
    guard let last = request.lines.last, trace.line(last).work.isFailure else { return true }
    let next = tree.answer(
      node, standing.gate(Int(request.lineCount), elapsed: elapsed, limits))
    return next.next == .reject
  }
}

extension [Policy] {
  /// The guards of the last policy that has any; sessions are rarely long enough to see two.
  fileprivate var loopLimits: TenantBook.LoopLimits {
    let guards = last { $0.loopLimits.isNone == false }
    return guards?.loopLimits ?? TenantBook.LoopLimits()
  }
}

extension Policy {
  var loopLimits: TenantBook.LoopLimits {
    TenantBook.LoopLimits(
      requestsPerMinute: definition.loopGuard.sessionRequestsPerMinute,
      costPerDay: definition.loopGuard.sessionCostPerDay?.nanoUSD)
  }
}
