internal import Pricing
package import Traffic
internal import Units

/// What a content hash is taken over, with texts by their keys (``TextKey``): of a line that is read, or
/// of an attempt that the ledger holds by numbers.
package struct AttemptContent {
  package var request: Int64 = 0
  package var position: Int64 = 0
  package var index: Int64?
  package var startedMilliseconds: Int64 = 0
  /// The attribution is no part of it.
  package var sharesContext = false
  /// By ``AttributionField/index``.
  package var attribution = InlineArray<10, Int64?>(repeating: nil)
  package var trafficClass: Int64?
  /// Of a route's names with zero bytes between them (``Route/joinedNames``).
  package var primary: Int64?
  package var action: Int64 = 0
  package var route: Int64?
  package var outcome: Int64?
  package var failureKind: Int64?
  package var failureWord: Int64?
  package var httpStatus: Int64?
  package var failureMessage: Int64?
  package var latencyMilliseconds: Int64?
  package var usage = Usage()
  package var reportedCostNanoUSD: Int64?
  package var revenueNanoUSD: Int64?
  package var budget = BudgetSnapshot()
  package var decisionStep: Int64?
  package var decisionReason: Int64?
  package var pricedAs: Int64?
  package var isRetry = false
  package var answeredAs: Int64?

  package init() {}

  package init(_ attempt: Attempt) {
    request = Self.key(attempt.requestID.text)
    position = attempt.position
    index = attempt.index
    startedMilliseconds = attempt.startedAt.milliseconds
    sharesContext = attempt.sharesContext
    for field in AttributionField.allCases {
      attribution[field.index] = attempt.attribution[field].map { Self.key($0.text) }
    }
    trafficClass = attempt.trafficClass.map { Self.key($0.rawValue) }
    primary = attempt.primary.map(Self.key)
    action = Self.key(attempt.action.rawValue)
    route = attempt.route.map(Self.key)
    outcome = attempt.outcome.map { Self.key($0.rawValue) }
    if let failure = attempt.failure {
      failureKind = Self.key(failure.kind.rawValue)
      failureWord = failure.word.map(Self.key)
      httpStatus = failure.httpStatus
      failureMessage = failure.message.map(Self.key)
    }
    latencyMilliseconds = attempt.latencyMilliseconds
    usage = attempt.usage
    reportedCostNanoUSD = attempt.reportedCost?.nanoUSD
    revenueNanoUSD = attempt.revenue?.nanoUSD
    budget = attempt.budget
    decisionStep = attempt.decisionStep
    decisionReason = attempt.decisionReason.map(Self.key)
    pricedAs = attempt.pricedAs.map { Self.key(Route(model: $0)) }
    isRetry = attempt.isRetry
    answeredAs = attempt.answeredAs.map { Self.key(Route(model: $0)) }
  }

  package static func key(_ text: String) -> Int64 {
    var text = text
    return text.withUTF8 { TextKey.of($0.span) }
  }

  package static func key(_ route: Route) -> Int64 { TextKey.of(route.joinedNames.span) }
}
