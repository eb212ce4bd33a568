public import Traffic
public import Units

/// What the engine is asked: a request, what became of it so far, and what is spent.
///
/// Everything but the request may be left out, and then means none.
public struct Question: Hashable, Sendable {
  /// The tenant's tier is its field ``AttributionField/tier``.
  public var attribution: Attribution
  /// The class that the gateway gave.
  public var givenClass: TrafficClass?
  /// What the request asked for.
  public var primary: Route
  /// In the order in which they were made.
  public var attempts: [PastAttempt] = []
  /// Of the tenant's month: spent ÷ limit. nil is no limit, always normal, and reaches no stop.
  public var budgetUtilisation: Ratio?
  public var isPrepaidExhausted = false
  /// What this tenant's requests of this class cost today.
  public var classSpendToday = Money.zero
  /// Since the request began.
  public var elapsedMilliseconds: Int64 = 0
  public var sessionRequestsLastMinute: Int64 = 0
  public var sessionCostToday = Money.zero

  public init(attribution: Attribution, givenClass: TrafficClass? = nil, primary: Route) {
    self.attribution = attribution
    self.givenClass = givenClass
    self.primary = primary
  }
}

/// One attempt that was made for the request.
public struct PastAttempt: Hashable, Sendable {
  public enum Outcome: Hashable, Sendable {
    case succeeded(Route)
    case failed(Route, FailureKind, outputTokens: Int64 = 0)
    /// A step without a model has no outcome of its own.
    case acted(StepAction)
  }

  /// Its index in the steps of the class, from 0; nil where it was not recorded. Only that of a last,
  /// failed attempt and of its like right before it is ever looked at.
  public var step: Int?
  public var outcome: Outcome

  public init(step: Int?, _ outcome: Outcome) {
    self.step = step
    self.outcome = outcome
  }
}

/// A question that has no answer.
public enum QuestionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The last attempt succeeded, or was an action other than `pause` or `queue` (policy.md, 1).
  case alreadySettled
  /// The last attempt failed, and what follows it depends on its step, which is not given.
  case stepMissing(attempt: Int)
  /// The last attempt failed at a step that its class does not have.
  case stepOutOfRange(attempt: Int, step: Int, class: TrafficClass, count: Int)

  /// The stable code that is printed.
  public var code: String {
    switch self {
    case .alreadySettled: "already_settled"
    case .stepMissing, .stepOutOfRange: "malformed"
    }
  }

  public var description: String {
    switch self {
    case .alreadySettled:
      "the last attempt settled the request; ask only after a failure, a pause or a queueing"
    case .stepMissing(let attempt):
      "attempt \(attempt) failed and names no step; give the index of its step, from 0"
    case .stepOutOfRange(let attempt, let step, let trafficClass, let count):
      """
      attempt \(attempt) is of step \(step), but `\(trafficClass.rawValue)` has the steps 0 to \
      \(count - 1); give one of these
      """
    }
  }
}
