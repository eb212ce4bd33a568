import Traffic
import Units

/// A request as it reaches the gateway, whatever becomes of it.
struct Arrival: Sendable {
  /// The order in which it was drawn, by which its other draws are known.
  let number: Int
  let startedAt: Timestamp
  /// Places in the world's lists.
  let tenant: Int
  let workflow: Int
  /// From 0.
  let user: Int?
  let conversation: Int
  /// From 0; only the first turn of a conversation meets a cold cache.
  let turn: Int
}

extension World {
  /// All requests, by their start, then in the order in which they were drawn.
  func arrivals(_ draws: Draws) -> [Arrival] {
    let workflowWeights = workflows.map(\.weight)
    let tenantWeights = tenants.map(\.weight)
    let dayWeights = workflows.map { workflow in
      (0..<days).map { workflow.rhythm.weight(of: firstDay.advanced(by: $0)) }
    }
    var arrivals: [Arrival] = []
    arrivals.reserveCapacity(requests)
    var conversation = 0
    while arrivals.count < requests {
      var random = draws.generator(.conversation, UInt64(conversation))
      let place = random.weighted(workflowWeights)
      let workflow = workflows[place]
      let tenant = random.weighted(tenantWeights)
      let users = tenants[tenant].users
      // The lesser of two: some people ask more than others.
      let user = min(random.below(users), random.below(users))
      let day = firstDay.advanced(by: random.weighted(dayWeights[place]))
      let hour = random.weighted(workflow.rhythm.hours)
      var time = day.start.advanced(
        byMilliseconds: Int64(hour * 3_600_000 + random.below(3_600_000)))

      for turn in 0..<random.within(workflow.turns) {
        guard arrivals.count < requests, time < end else { break }
        arrivals.append(
          Arrival(
            number: arrivals.count, startedAt: time, tenant: tenant, workflow: place,
            user: workflow.hasUser ? user : nil, conversation: conversation, turn: turn))
        time = time.advanced(byMilliseconds: Int64(random.within(12_000...160_000)))
      }
      conversation += 1
    }
    return arrivals.sorted { ($0.startedAt, $0.number) < ($1.startedAt, $1.number) }
  }

  func attribution(of arrival: Arrival) -> Attribution {
    let workflow = workflows[arrival.workflow]
    let tenant = tenants[arrival.tenant]
    var names = Attribution()
    names[.tenant] = tenant.name
    names[.tier] = tenant.tier
    names[.user] = arrival.user.map { Name("u\(arrival.tenant + 1)-\($0 + 1)") }
    names[.application] = workflow.application
    names[.feature] = workflow.feature
    names[.workflow] = workflow.name
    names[.assistant] = workflow.assistant
    names[.environment] = workflow.environment
    if workflow.turns.upperBound > 1 {
      names[.thread] = Name("th-\(arrival.conversation)")
      names[.session] = Name("s-\(arrival.conversation)")
    }
    return names
  }
}

extension Timestamp {
  func advanced(byMilliseconds milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: self.milliseconds + milliseconds)
  }
}
