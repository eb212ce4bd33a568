public import Traffic
public import Units

/// What a policy says, part by part, as its file does; ``Policy`` checks and compiles it.
///
/// The defaults are those of policy.md for what a file leaves out.
public struct PolicyDefinition: Hashable, Sendable {
  public var name: String?
  public var defaultClass = TrafficClass.nonCriticalUserFacing
  /// The first rule that matches gives the class.
  public var classify: [ClassifyRule] = []
  public var models: [ModelID: Grade] = [:]
  /// The tiers listed, and whether they may use premium steps.
  public var tiers: [Name: Bool] = [:]
  /// For a tier that is not listed, and for a request without one.
  public var otherTiersHavePremium = false
  /// Left out, the kinds that are the provider's doing.
  public var retryable = Set(FailureKind.allCases.filter(\.isProviderFailure))
  /// A dropped stream that had given this many output tokens is not retryable.
  public var usefulOutputTokens: Int64 = 1
  public var neverDowngrade: [AttributionMatch] = []
  /// A class left out has the one step ``Step/primary``.
  public var classes: [TrafficClass: ClassPolicy] = [:]
  /// The utilisation from which each stage holds; a stage left out never does.
  public var stages: [BudgetStage: Ratio] = [:]
  /// Left out: ``BudgetEffect/none``. Of a stage without a threshold: said in vain, yet no mistake,
  /// as policy.md lets any part be left out.
  public var effects: [BudgetStage: [TrafficClass: BudgetEffect]] = [:]
  public var rejectsPrepaidExhausted = false
  public var loopGuard = LoopGuard()

  public init(models: [ModelID: Grade] = [:], classes: [TrafficClass: ClassPolicy] = [:]) {
    self.models = models
    self.classes = classes
  }
}

/// Fields that must all match. Without a condition it matches every request.
public struct AttributionMatch: Hashable, Sendable {
  public struct Condition: Hashable, Sendable {
    public var field: AttributionField
    /// Any of these; none of them matches nothing.
    public var patterns: [Wildcard]

    public init(_ field: AttributionField, _ patterns: [Wildcard]) {
      self.field = field
      self.patterns = patterns
    }
  }

  public var conditions: [Condition]

  public init(_ conditions: [Condition]) { self.conditions = conditions }
}

public struct ClassifyRule: Hashable, Sendable {
  public var match: AttributionMatch
  public var trafficClass: TrafficClass

  public init(_ match: AttributionMatch, _ trafficClass: TrafficClass) {
    self.match = match
    self.trafficClass = trafficClass
  }
}

/// What one traffic class may do, and when it must stop.
public struct ClassPolicy: Hashable, Sendable {
  public var qualityFloor: Grade
  /// In the order in which they are tried; 1 to ``maximumSteps``.
  public var steps: [Step]
  /// How often a step may be tried again right after it failed.
  public var retriesPerStep: Int
  public var stop: StopLimits

  /// The engine keeps sets of steps in 64 bits.
  public static let maximumSteps = 64

  public init(
    qualityFloor: Grade = .lowCost, steps: [Step] = [.primary], retriesPerStep: Int = 0,
    stop: StopLimits = StopLimits()
  ) {
    self.qualityFloor = qualityFloor
    self.steps = steps
    self.retriesPerStep = retriesPerStep
    self.stop = stop
  }
}

/// The hard stop of a class. A limit is reached at its value; one left out never is.
public struct StopLimits: Hashable, Sendable {
  /// Distinct providers that failed since the request was last put off (policy.md, 7.6).
  public var providerFailures: Int?
  /// Since the request began (7.7).
  public var elapsedMilliseconds: Int64?
  /// Of the tenant's month (7.4).
  public var budgetUtilisation: Ratio?
  /// What the tenant's requests of this class cost today (7.4).
  public var dailyBudget: Money?
  /// How often a request may be paused (7.8); being queued is not counted.
  public var retryBudget: Int?

  public init(
    providerFailures: Int? = nil, elapsedMilliseconds: Int64? = nil,
    budgetUtilisation: Ratio? = nil, dailyBudget: Money? = nil, retryBudget: Int? = nil
  ) {
    self.providerFailures = providerFailures
    self.elapsedMilliseconds = elapsedMilliseconds
    self.budgetUtilisation = budgetUtilisation
    self.dailyBudget = dailyBudget
    self.retryBudget = retryBudget
  }
}

/// What a session may do before its requests are refused. A limit is reached at its value.
public struct LoopGuard: Hashable, Sendable {
  public var sessionRequestsPerMinute: Int64?
  public var sessionCostPerDay: Money?

  public init(sessionRequestsPerMinute: Int64? = nil, sessionCostPerDay: Money? = nil) {
    self.sessionRequestsPerMinute = sessionRequestsPerMinute
    self.sessionCostPerDay = sessionCostPerDay
  }
}
