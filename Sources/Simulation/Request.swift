import PolicyEngine
import Pricing
import Traffic
import Units

/// One request on its way through the policy's steps.
struct Request {
  /// A gateway tires: a request put off comes back this often, and is then left where it is.
  static let maximumResumptions = 3
  /// events.md: attempts are numbered 0 to 255.
  private static let maximumLines = 256

  let id: Name
  let arrival: Arrival
  let workflow: Workflow
  let attribution: Attribution
  let primary: Route
  let trafficClass: TrafficClass
  private let world: World
  private let draws: Draws
  private let health: ProviderHealth
  private let content: RequestContent

  init(id: Name, arrival: Arrival, world: World, draws: Draws, health: ProviderHealth) {
    self.id = id
    self.arrival = arrival
    self.world = world
    self.draws = draws
    self.health = health
    workflow = world.workflows[arrival.workflow]
    attribution = world.attribution(of: arrival)
    primary = Route(model: world.primaries[arrival.workflow])
    trafficClass =
      world.policy.classification(of: attribution, given: workflow.givenClass).trafficClass
    content = RequestContent(arrival, of: workflow, draws)
  }

  /// What was logged of a request, and what it cost, also where the log does not say.
  struct Walk {
    var lines: [Attempt] = []
    var cost = Money.zero
  }

  /// Asks the policy what comes next until the request is settled; `start` is the question before any
  /// attempt.
  func walk(_ start: Question, budget: BudgetSnapshot, load: inout LoadMeter) -> Walk {
    var question = start
    var walk = Walk()
    var time = arrival.startedAt
    var resumptions = 0
    var probe: ModelID?
    if let model = probed(question) {
      var line = line(0, at: time, budget)
      line.decisionReason = "probe"
      let past = call(Route(model: model), &line, [], nil, &walk.cost, &load)
      walk.lines.append(line)
      if case .succeeded = past { return walk }
      let latency = line.latencyMilliseconds ?? 0
      question.elapsedMilliseconds += latency
      time = time.advanced(byMilliseconds: latency)
      probe = model
    }
    while walk.lines.count < Self.maximumLines {
      var line = line(walk.lines.count, at: time, budget)
      let decision = answer(question)
      line.decisionReason = decision.reasonCode
      guard case .run(let step, let index, _, _) = decision else {
        line.action = .reject
        walk.lines.append(line)
        return walk
      }
      line.decisionStep = Int64(index)

      let past: PastAttempt.Outcome
      switch step.work {
      case .model:
        guard let route = step.route(primary: primary) else {
          preconditionFailure("request \(id): a step with a model has a route")
        }
        past = call(route, &line, question.attempts, probe, &walk.cost, &load)
      case .action(let action):
        line.action = Action(action)
        if action == .cachedResponse { line.latencyMilliseconds = 15 }
        past = .acted(action)
      }
      walk.lines.append(line)
      question.attempts.append(PastAttempt(step: index, past))
      let latency = line.latencyMilliseconds ?? 0
      question.elapsedMilliseconds += latency
      time = time.advanced(byMilliseconds: latency)

      switch past {
      case .succeeded: return walk
      case .failed: break
      case .acted(let action):
        guard action.suspends, resumptions < Self.maximumResumptions else { return walk }
        time = time.advanced(byMilliseconds: pauseMilliseconds(resumptions))
        resumptions += 1
      }
    }
    return walk
  }

  /// The engine refuses settled questions and unknown steps, and here are none.
  private func answer(_ question: Question) -> Decision {
    do {
      return try world.policy.decide(question)
    } catch {
      preconditionFailure("request \(id): \(error)")
    }
  }

  private func line(_ index: Int, at time: Timestamp, _ budget: BudgetSnapshot) -> Attempt {
    Attempt(
      eventID: Name("\(id)/\(index)"), requestID: id, position: Int64(index),
      index: Int64(index), startedAt: time, attribution: attribution, trafficClass: trafficClass,
      primary: primary, revenue: workflow.revenue, budget: budget)
  }

  /// Where the request is sent first by chance; nil for most, and where the policy calls no model.
  private func probed(_ question: Question) -> ModelID? {
    guard world.strain.probesPerTenThousand > 0 else { return nil }
    var random = draws.generator(.probe, UInt64(arrival.number))
    guard random.chance(world.strain.probesPerTenThousand, in: 10_000),
      case .run(let step, _, _, _) = answer(question), case .model = step.work
    else { return nil }
    return world.probed[random.below(world.probed.count)]
  }

  /// Calls a model, fills in the line and adds what the call cost. The policy does not know of a probe.
  private func call(
    _ route: Route, _ line: inout Attempt, _ earlier: [PastAttempt], _ probe: ModelID?,
    _ total: inout Money, _ load: inout LoadMeter
  ) -> PastAttempt.Outcome {
    guard let price = world.prices.price(of: route.model, on: arrival.startedAt.day)
    else { preconditionFailure("request \(id): a world prices all models of its policy") }
    let call = ModelCall(
      ModelCall.Question(
        arrival: arrival, content: content, model: route.model, price: price,
        hasCache: route.model == primary.model,
        earlierTries: earlier.count { $0.called(route.model) } + (probe == route.model ? 1 : 0),
        state: health.state(of: route.model, at: line.startedAt),
        isRefused: load.isRefused(
          route.model.provider, tenant: arrival.tenant, at: line.startedAt),
        failuresPerThousandTokens: world.strain.failuresPerThousandTokens), draws)

    // events.md: an attempt without tokens costs nothing, whatever its price.
    let cost = call.usage.isEmpty ? .zero : price.cost(of: call.usage)
    total += cost ?? .zero
    line.route = route
    line.outcome = call.failure == nil ? .success : .failure
    line.failure = call.failure
    line.latencyMilliseconds = call.latencyMilliseconds
    line.usage = call.usage
    line.reportedCost = workflow.reportsCost ? cost : nil
    guard let failure = call.failure else { return .succeeded(route) }
    return .failed(route, failure.kind, outputTokens: call.usage.output)
  }

  /// Until a request that was put off comes back.
  private func pauseMilliseconds(_ resumption: Int) -> Int64 {
    var random = draws.generator(
      .suspension, UInt64(arrival.number), UInt64(resumption))
    return Int64(random.within(600_000...4_200_000))
  }
}

extension PastAttempt {
  fileprivate func called(_ model: ModelID) -> Bool {
    switch outcome {
    case .succeeded(let route), .failed(let route, _, _): route.model == model
    case .acted: false
    }
  }
}
