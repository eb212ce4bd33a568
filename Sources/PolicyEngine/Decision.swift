public import Traffic

/// What comes next for a request. Raw values are stable: they are stored and printed.
public enum Decision: Hashable, Sendable {
  /// Run `step`, at `index` (from 0) of the steps of the request's class.
  case run(Step, index: Int, reason: Reason, in: TrafficClass)
  /// Nothing more may run.
  case reject(Refusal, in: TrafficClass)

  public enum Reason: String, CaseIterable, Sendable {
    /// The first decision, step 0.
    case primary
    /// The first decision, a later step, since the budget took step 0.
    case budgetDowngrade = "budget_downgrade"
    /// The first decision, a later step, since another rule took step 0.
    case ineligibleSkipped = "ineligible_skipped"
    /// The same step again.
    case retry
    /// A later step after a failure.
    case fallback
    /// After the request was put off.
    case resume
  }

  public enum Refusal: String, CaseIterable, Sendable {
    case prepaidExhausted = "prepaid_exhausted"
    case loopGuard = "loop_guard"
    case budgetBlocked = "budget_blocked"
    case notRetryable = "not_retryable"
    /// Attempts were made, and no step remains.
    case hardStop = "hard_stop"
    case noEligibleStep = "no_eligible_step"
  }

  public var trafficClass: TrafficClass {
    switch self {
    case .run(_, _, _, let trafficClass), .reject(_, let trafficClass): trafficClass
    }
  }

  /// The reason code that is printed.
  public var reasonCode: String {
    switch self {
    case .run(_, _, let reason, _): reason.rawValue
    case .reject(let refusal, _): refusal.rawValue
    }
  }
}
