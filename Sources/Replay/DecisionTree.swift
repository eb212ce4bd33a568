package import PolicyEngine
package import Traffic
import Units

/// What a policy decides, asked of the engine once for each question that it can tell apart.
///
/// A question is a node (a profile and what was tried so far) and a gate (what is spent, as far as a
/// threshold of the policy lies between two values). Everything a replay does comes from answers of
/// ``Policy/decide(_:)``; this only remembers them. Each thread has its own.
final class DecisionTree {
  /// An answer, small.
  struct Answer {
    enum Next: Hashable {
      /// Among ``DecisionTree/routes``.
      case model(route: Int)
      case action(StepAction)
      case reject
    }

    var next: Next
    var step: Int

    /// nil for what is no call.
    var route: Int? {
      if case .model(let route) = next { route } else { nil }
    }
  }

  /// The limits of a profile's class.
  struct Limits {
    var trafficClass: TrafficClass
    var dailyNanoUSD: Int64
    var elapsedMilliseconds: Double
  }

  private struct Node {
    var profile: Int
    var attempts: [PastAttempt]
  }

  private struct Edge: Hashable {
    let node: Int32
    let step: Int16
    let route: Int16
    let work: LineWork
  }

  let policy: Policy
  /// Those of the trace first.
  private(set) var routes: [Route]
  private(set) var modelOfRoute: [Int]
  private(set) var models: [ModelID]
  /// Of each profile.
  let limits: [Limits]
  private let profiles: [Trace.Profile]
  /// Of the budget, all that the policy has, rising.
  let thresholds: [Ratio]
  let rejectsPrepaidExhausted: Bool
  /// By number; -1 for a route without one.
  private var groupOfRoute: [Int32] = []
  private var nodes: [Node] = []
  private var children: [Edge: Int32] = [:]
  private var answers = AnswerTable()

  /// With the models of the trace and others, numbered in their order.
  init(_ policy: Policy, _ trace: Trace, models: [ModelID]? = nil) {
    self.policy = policy
    routes = trace.routes
    modelOfRoute = trace.modelOfRoute
    self.models = models ?? trace.models
    profiles = trace.profiles
    let definition = policy.definition
    thresholds = Set(
      definition.stages.values
        + definition.classes.values.compactMap(\.stop.budgetUtilisation)
    ).sorted()
    rejectsPrepaidExhausted = definition.rejectsPrepaidExhausted
    limits = profiles.map { profile in
      let trafficClass =
        policy.classification(of: profile.attribution, given: profile.givenClass).trafficClass
      let stop = definition.classes[trafficClass]?.stop ?? StopLimits()
      return Limits(
        trafficClass: trafficClass, dailyNanoUSD: stop.dailyBudget?.nanoUSD ?? .max,
        elapsedMilliseconds: stop.elapsedMilliseconds.map(Double.init) ?? .infinity)
    }
    nodes = profiles.indices.map { Node(profile: $0, attempts: []) }
    for trafficClass in TrafficClass.allCases {
      for step in policy.steps(of: trafficClass) {
        if case .model(.named(let model), _) = step.work { enter(Route(model: model)) }
      }
    }
    var groups: [Name: Int32] = [:]
    groupOfRoute = routes.map { route in
      guard let group = route.group else { return -1 }
      let number = groups[group] ?? Int32(groups.count)
      groups[group] = number
      return number
    }
  }

  /// As `Route.isSame(as:)`, by numbers.
  func isSame(_ one: Int, _ other: Int) -> Bool {
    if one == other { return true }
    let groups = (groupOfRoute[one], groupOfRoute[other])
    if groups.0 >= 0, groups.1 >= 0 { return groups.0 == groups.1 }
    return modelOfRoute[one] == modelOfRoute[other]
  }

  /// The node of a profile before any attempt.
  func root(_ profile: Int32) -> Int32 { profile }

  func child(_ node: Int32, step: Int, route: Int, _ work: LineWork) -> Int32 {
    let edge = Edge(node: node, step: Int16(step), route: Int16(route), work: work)
    if let known = children[edge] { return known }
    let outcome: PastAttempt.Outcome
    if let action = work.action.flatMap(StepAction.init) {
      outcome = .acted(action)
    } else if let kind = work.failureKind {
      outcome = .failed(routes[route], kind, outputTokens: work == .usefulDrop ? .max : 0)
    } else {
      outcome = .succeeded(routes[route])
    }
    let parent = nodes[Int(node)]
    nodes.append(
      Node(
        profile: parent.profile,
        attempts: parent.attempts + [PastAttempt(step: step, outcome)]))
    children[edge] = Int32(nodes.count - 1)
    return Int32(nodes.count - 1)
  }

  func answer(_ node: Int32, _ gate: Gate) -> Answer {
    let key = UInt64(UInt32(bitPattern: node)) << 8 | UInt64(gate.bits)
    if let known = answers.answer(key) { return known }
    let answer = ask(node, gate)
    answers.keep(answer, for: key)
    return answer
  }

  /// Whether a recorded line is what was decided: the same action, on the same route.
  func follows(_ line: Trace.Line, _ answer: Answer) -> Bool {
    switch answer.next {
    case .reject: line.work.action == .reject
    case .action(let action): line.work.action == Action(action)
    case .model(let route):
      line.route >= 0 && isSame(Int(line.route), route)
    }
  }

  /// What the engine says, with all that led to it.
  func evaluation(_ node: Int32, _ gate: Gate) -> Evaluation? {
    do {
      return try policy.evaluate(question(node, gate))
    } catch {
      return nil
    }
  }

  private func ask(_ node: Int32, _ gate: Gate) -> Answer {
    let decision: Decision
    do {
      decision = try policy.decide(question(node, gate))
    } catch {
      // A walk ends where a request is settled, and names the step of every attempt.
      preconditionFailure("replay asked a question without an answer: \(error)")
    }
    guard case .run(let step, let index, _, _) = decision else {
      return Answer(next: .reject, step: -1)
    }
    if case .action(let action) = step.work {
      return Answer(next: .action(action), step: index)
    }
    let primary = profiles[nodes[Int(node)].profile].primary
    if case .model(.primary, _) = step.work {
      return Answer(next: .model(route: primary), step: index)
    }
    let route = step.route(primary: routes[primary]).flatMap { routes.firstIndex(of: $0) }
    return Answer(
      next: .model(route: route ?? primary), step: index)
  }

  private func enter(_ route: Route) {
    guard !routes.contains(route) else { return }
    routes.append(route)
    if let model = models.firstIndex(of: route.model) {
      modelOfRoute.append(model)
    } else {
      models.append(route.model)
      modelOfRoute.append(models.count - 1)
    }
  }

  /// A question of the node's kind: its amounts are the thresholds themselves where they are reached.
  private func question(_ node: Int32, _ gate: Gate) -> Question {
    let node = nodes[Int(node)]
    let profile = profiles[node.profile]
    let limit = limits[node.profile]
    var question = Question(
      attribution: profile.attribution, givenClass: profile.givenClass,
      primary: routes[profile.primary])
    question.attempts = node.attempts
    question.budgetUtilisation = gate.rank == 0 ? nil : thresholds[Int(gate.rank) - 1]
    question.isPrepaidExhausted = gate.has(.prepaidExhausted)
    if gate.has(.dailyBudget) { question.classSpendToday = Money(nanoUSD: limit.dailyNanoUSD) }
    if gate.has(.elapsed), limit.elapsedMilliseconds < 9e18 {
      question.elapsedMilliseconds = Int64(limit.elapsedMilliseconds)
    }
    if gate.has(.loopGuard) {
      let guards = policy.definition.loopGuard
      question.sessionRequestsLastMinute = guards.sessionRequestsPerMinute ?? 0
      question.sessionCostToday = guards.sessionCostPerDay ?? .zero
    }
    return question
  }
}

/// What of a tenant's and a request's standing a policy can tell apart.
struct Gate: Hashable {
  enum Flag: UInt8 {
    case prepaidExhausted = 16
    case dailyBudget = 32
    case loopGuard = 64
    case elapsed = 128
  }

  private(set) var bits: UInt8

  /// - Parameter rank: how many thresholds of the budget are reached, at most 8 (three stages and a
  ///   stop of each of five classes).
  init(rank: UInt8) { bits = rank }

  var rank: UInt8 {
    get { bits & 15 }
    set { bits = bits & 0xF0 | newValue }
  }
  func has(_ flag: Flag) -> Bool { bits & flag.rawValue != 0 }

  mutating func set(_ flag: Flag, _ holds: Bool) {
    bits = holds ? bits | flag.rawValue : bits & ~flag.rawValue
  }
}

extension Policy {
  /// The fields of attribution that its rules look at, the tier among them.
  package var attributionFields: Set<AttributionField> {
    let matches = definition.classify.map(\.match) + definition.neverDowngrade
    return Set(matches.flatMap { $0.conditions.map(\.field) }).union([.tier])
  }
}
