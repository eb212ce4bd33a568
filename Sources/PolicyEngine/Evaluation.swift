public import Traffic

/// A decision with everything that led to it; ``Policy/decide(_:)`` is its ``decision``.
///
/// The steps are judged even where a rule before number 7 already refused the request.
public struct Evaluation: Sendable {
  public let decision: Decision
  public let classification: Classification
  /// nil where the budget is normal.
  public let stage: BudgetStage?
  public let effect: BudgetEffect
  /// What applies of policy.md's 7.4.
  public let spendLimits: SpendLimits
  /// The grade that the request's primary counts as.
  public let primaryGrade: Grade
  /// False where the policy does not grade the primary, which then counts as `frontier`.
  public let isPrimaryGraded: Bool
  /// The index of the first `never_downgrade` rule that matches.
  public let neverDowngradeRule: Int?
  /// Distinct providers that failed since the request was last put off, counted only as far as
  /// `stop.provider_failures`; nil where the class has no such stop.
  public let failedProviders: Int?
  /// How often the request was paused.
  public let pauses: Int
  let removals: Removals

  /// One for every step of the class.
  public var steps: [StepVerdict] {
    (0..<removals.count).map { index in
      causes(of: index).first.map(StepVerdict.removed) ?? .mayRun
    }
  }

  /// Every rule that takes the step, in their order; the first is the one that did.
  public func causes(of step: Int) -> [RemovalCause] { removals.causes(of: step) }
}

/// Where a request's class comes from (policy.md, 4).
public struct Classification: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// The `classify` rule at this index, from 0.
    case rule(Int)
    /// The gateway gave it.
    case given
    case defaultClass
  }

  public let trafficClass: TrafficClass
  public let source: Source
}

/// Whether a step may run now.
public enum StepVerdict: Hashable, Sendable {
  case mayRun
  /// By the first rule that takes it; ``Evaluation/causes(of:)`` has the others.
  case removed(RemovalCause)
}

/// The rules of policy.md's number 7, by their numbers there.
public enum RemovalCause: Int, CaseIterable, Sendable {
  case premiumTier = 1
  case qualityFloor
  case neverDowngrade
  case spendLimit
  case downgrade
  case providerFailures
  case elapsedTime
  case retryBudget
}

/// The three causes of policy.md's 7.4.
public struct SpendLimits: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The stage's effect on the class is `unpaid_only`.
  public static let unpaidOnly = SpendLimits(rawValue: 1)
  /// `stop.budget_utilisation` is reached.
  public static let budgetUtilisation = SpendLimits(rawValue: 2)
  /// `stop.daily_budget_usd` is reached.
  public static let dailyBudget = SpendLimits(rawValue: 4)
}

/// The steps that remain, and what took the others.
struct Removals: Sendable {
  let count: Int
  private(set) var remaining: StepSet
  /// The steps that each rule takes, by its number less one, whether or not an earlier one took them.
  private var wanted = InlineArray<8, StepSet>(repeating: .none)

  init(_ table: StepTable) {
    count = table.count
    remaining = table.all
  }

  mutating func take(_ steps: StepSet, _ cause: RemovalCause) {
    wanted[cause.rawValue - 1] = steps
    remaining.subtract(steps)
  }

  /// Those that were still there for the rule to take.
  func steps(takenBy cause: RemovalCause) -> StepSet {
    var steps = wanted[cause.rawValue - 1]
    for earlier in 0..<cause.rawValue - 1 { steps.subtract(wanted[earlier]) }
    return steps
  }

  func causes(of index: Int) -> [RemovalCause] {
    RemovalCause.allCases.filter { wanted[$0.rawValue - 1].contains(index) }
  }
}
