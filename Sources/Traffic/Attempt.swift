package import Units

/// What a step of a request did (events.md, `action`). Raw values are stored.
public enum Action: String, CaseIterable, Sendable {
  case model
  case cachedResponse = "cached_response"
  case defaultResponse = "default_response"
  case queue
  case pause
  case manualReview = "manual_review"
  case reject
}

package enum Outcome: String, CaseIterable, Sendable {
  case success, failure
}

/// Tokens of an attempt. Input counts cached and cache-written tokens; output counts reasoning.
package struct Usage: Hashable, Sendable {
  package var input: Int64 = 0
  package var cachedInput: Int64 = 0
  package var cacheWrite: Int64 = 0
  package var output: Int64 = 0
  package var reasoning: Int64 = 0
  /// What some prices ask beside these; most logs say nothing of it.
  package var detail = UsageDetail()

  package init() {}

  package init(
    input: Int64, cachedInput: Int64 = 0, cacheWrite: Int64 = 0, output: Int64,
    reasoning: Int64 = 0, detail: UsageDetail = UsageDetail()
  ) {
    self.input = input
    self.cachedInput = cachedInput
    self.cacheWrite = cacheWrite
    self.output = output
    self.reasoning = reasoning
    self.detail = detail
  }

  /// Whether no token is counted.
  package var isEmpty: Bool {
    input == 0 && cachedInput == 0 && cacheWrite == 0 && output == 0 && reasoning == 0
  }
}

package struct Failure: Hashable, Sendable {
  package var kind: FailureKind
  /// The log's own word where it is none of ours.
  package var word: String?
  package var httpStatus: Int64?
  package var message: String?

  package init(
    kind: FailureKind, word: String? = nil, httpStatus: Int64? = nil, message: String? = nil
  ) {
    self.kind = kind
    self.word = word
    self.httpStatus = httpStatus
    self.message = message
  }
}

/// What the gateway knew of the tenant's month when it decided.
package struct BudgetSnapshot: Hashable, Sendable {
  package var limit: Money?
  package var spent: Money?
  package var prepaidBalance: Money?

  package init(limit: Money? = nil, spent: Money? = nil, prepaidBalance: Money? = nil) {
    self.limit = limit
    self.spent = spent
    self.prepaidBalance = prepaidBalance
  }
}

/// One line of a gateway's log: a call of a model, or a step without one (events.md, "The line").
package struct Attempt: Hashable, Sendable {
  package var eventID: Name
  package var requestID: Name
  /// Where the attempt stands in its request: the log's index, or, where a log has none, the time at
  /// which the attempt ended, in microseconds. Ties are broken by the bytes of the event id.
  package var position: Int64
  /// The log's own index; nil where it has none and the order of positions gives it.
  package var index: Int64?
  package var startedAt: Timestamp
  package var attribution: Attribution
  package var trafficClass: TrafficClass?
  /// What the request asked for; nil where a log says it only by the route of the first attempt.
  package var primary: Route?
  package var action: Action
  /// Given exactly when `action` is `model`, like the outcome.
  package var route: Route?
  /// The model at whose price a log bills the route, where it names another than the route's own: a
  /// deployment of one's own naming runs a model of the catalog.
  package var pricedAs: ModelID?
  package var outcome: Outcome?
  package var failure: Failure?
  package var latencyMilliseconds: Int64?
  package var usage: Usage
  package var reportedCost: Money?
  package var revenue: Money?
  package var budget: BudgetSnapshot
  package var decisionStep: Int64?
  package var decisionReason: String?
  /// The log marks the attempt as a retry: it is on the route of the attempt before it, whatever
  /// deployment it reached.
  package var isRetry = false
  /// What the model that answered calls itself, where that is not the route's model; its price stands
  /// in where the route's model has none.
  package var answeredAs: ModelID?
  /// The log keeps a request's attribution in entries of its own, which fill in what this leaves out:
  /// it is no part of the attempt's own content.
  package var sharesContext = false

  package init(
    eventID: Name, requestID: Name, position: Int64, index: Int64?, startedAt: Timestamp,
    attribution: Attribution, trafficClass: TrafficClass? = nil, primary: Route?,
    action: Action = .model, route: Route? = nil, outcome: Outcome? = nil,
    failure: Failure? = nil, latencyMilliseconds: Int64? = nil, usage: Usage = Usage(),
    reportedCost: Money? = nil, revenue: Money? = nil, budget: BudgetSnapshot = BudgetSnapshot(),
    decisionStep: Int64? = nil, decisionReason: String? = nil
  ) {
    self.eventID = eventID
    self.requestID = requestID
    self.position = position
    self.index = index
    self.startedAt = startedAt
    self.attribution = attribution
    self.trafficClass = trafficClass
    self.primary = primary
    self.action = action
    self.route = route
    self.outcome = outcome
    self.failure = failure
    self.latencyMilliseconds = latencyMilliseconds
    self.usage = usage
    self.reportedCost = reportedCost
    self.revenue = revenue
    self.budget = budget
    self.decisionStep = decisionStep
    self.decisionReason = decisionReason
  }
}
