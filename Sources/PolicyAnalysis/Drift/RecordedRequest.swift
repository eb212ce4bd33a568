package import PolicyEngine
package import Traffic
package import Units

/// A request as its gateway's log tells it, with what the gateway could know at each decision.
package struct RecordedRequest: Hashable, Sendable {
  package var id: Name
  /// Of the lowest attempt; the tier is the given one, else the tenants file's.
  package var attribution: Attribution
  package var givenClass: TrafficClass?
  package var primary: Route
  /// In the order of their positions; never empty.
  package var lines: [RecordedLine]
  /// What this tenant's requests of this class had cost that day when this one began.
  package var classSpendToday: Money
  /// Requests of the same session in the minute before this one.
  package var sessionRequestsLastMinute: Int64
  /// What the session's requests had cost that day when this one began.
  package var sessionCostToday: Money
  /// It began with a call made by chance, as its first line says: no policy decided it.
  package var isProbe: Bool

  package init(
    id: Name, attribution: Attribution, givenClass: TrafficClass? = nil, primary: Route,
    lines: [RecordedLine], classSpendToday: Money = .zero, sessionRequestsLastMinute: Int64 = 0,
    sessionCostToday: Money = .zero, isProbe: Bool = false
  ) {
    self.id = id
    self.attribution = attribution
    self.givenClass = givenClass
    self.primary = primary
    self.lines = lines
    self.classSpendToday = classSpendToday
    self.sessionRequestsLastMinute = sessionRequestsLastMinute
    self.sessionCostToday = sessionCostToday
    self.isProbe = isProbe
  }

  /// What a gateway would have asked with the first `count` lines behind it, whose steps are `steps`.
  func question(after count: Int, steps: [Int?]) -> Question {
    var question = Question(attribution: attribution, givenClass: givenClass, primary: primary)
    for (line, step) in zip(lines[..<count], steps) {
      question.attempts.append(PastAttempt(step: step, line.work.outcome))
      let (sum, overflow) = question.elapsedMilliseconds.addingReportingOverflow(
        line.latencyMilliseconds)
      question.elapsedMilliseconds = overflow ? .max : sum
    }
    // The next line says what was known when it was decided; after the last, that one still holds.
    let standing = lines[min(count, lines.count - 1)].standing
    question.budgetUtilisation = standing.budgetUtilisation
    question.isPrepaidExhausted = standing.isPrepaidExhausted
    question.classSpendToday = classSpendToday
    question.sessionRequestsLastMinute = sessionRequestsLastMinute
    question.sessionCostToday = sessionCostToday
    return question
  }
}

/// One line of a request's chain.
package struct RecordedLine: Hashable, Sendable {
  package enum Work: Hashable, Sendable {
    case succeeded(Route)
    case failed(Route, FailureKind, outputTokens: Int64 = 0)
    case acted(StepAction)

    var outcome: PastAttempt.Outcome {
      switch self {
      case .succeeded(let route): .succeeded(route)
      case .failed(let route, let kind, let tokens): .failed(route, kind, outputTokens: tokens)
      case .acted(let action): .acted(action)
      }
    }

    /// The model called; nil for an action.
    package var route: Route? {
      switch self {
      case .succeeded(let route), .failed(let route, _, _): route
      case .acted: nil
      }
    }
  }

  /// What was known of the tenant's month.
  package struct Standing: Hashable, Sendable {
    package var budgetUtilisation: Ratio?
    package var isPrepaidExhausted: Bool

    package init(budgetUtilisation: Ratio? = nil, isPrepaidExhausted: Bool = false) {
      self.budgetUtilisation = budgetUtilisation
      self.isPrepaidExhausted = isPrepaidExhausted
    }
  }

  package var work: Work
  /// The log's `decision.step`.
  package var step: Int?
  package var cost: Money
  package var latencyMilliseconds: Int64
  package var standing: Standing

  package init(
    _ work: Work, step: Int? = nil, cost: Money = .zero, latencyMilliseconds: Int64 = 0,
    standing: Standing = Standing()
  ) {
    self.work = work
    self.step = step
    self.cost = cost
    self.latencyMilliseconds = latencyMilliseconds
    self.standing = standing
  }

  /// Whether this is what the decision asks for: the same action, on the same route.
  func follows(_ decision: Decision, primary: Route) -> Bool {
    switch decision {
    case .reject:
      return work == .acted(.reject)
    case .run(let step, _, _, _):
      guard let route = step.route(primary: primary) else {
        if case .acted(let action) = work { return step.work == .action(action) }
        return false
      }
      return work.route?.isSame(as: route) ?? false
    }
  }
}
