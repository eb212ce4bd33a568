public import Traffic
import Units

/// A policy that is valid, compiled when it is made so that a decision looks up and allocates nothing.
///
/// Pure: the same policy and question give the same answer on any day and any machine.
public struct Policy: Sendable {
  /// What it was made from, for printing and comparing.
  public let definition: PolicyDefinition

  let classifier: RuleMatcher
  let neverDowngrade: RuleMatcher
  /// By class and by the grade of the primary.
  private let tables: [StepTable]
  /// By class.
  private let steps: [[Step]]
  /// By class and by the rank of the stage.
  private let effects: [BudgetEffect]
  private let grades: NameTable<Grade>
  private let tiers: NameTable<Bool>
  private let retryable: FailureKinds
  let thresholds: Thresholds

  /// - Throws: ``PolicyError`` with all that is wrong.
  public init(_ definition: PolicyDefinition) throws(PolicyError) {
    let problems = definition.problems()
    guard problems.isEmpty else { throw PolicyError(problems: problems) }

    self.definition = definition
    classifier = RuleMatcher(definition.classify.map(\.match))
    neverDowngrade = RuleMatcher(definition.neverDowngrade)
    grades = NameTable(
      definition.models.map { ($0.key.provider, $0.key.model, $0.value) })
    tiers = NameTable(definition.tiers.map { ("", $0.key, $0.value) })
    retryable = FailureKinds(definition.retryable)
    thresholds = Thresholds(definition.stages)

    let classes = TrafficClass.allCases.map { definition.classes[$0] ?? ClassPolicy() }
    steps = classes.map(\.steps)
    tables = classes.flatMap { rules in
      Grade.allCases.map { StepTable(rules, primary: $0, models: definition.models) }
    }
    effects = TrafficClass.allCases.flatMap { trafficClass in
      [BudgetEffect.none]
        + BudgetStage.allCases.map { definition.effects[$0]?[trafficClass] ?? .none }
    }
  }

  /// The steps of a class, never empty.
  public func steps(of trafficClass: TrafficClass) -> [Step] { steps[trafficClass.index] }

  /// nil for a model that the policy does not grade.
  public func grade(of model: ModelID) -> Grade? {
    grades.value(model.provider, model.model)
  }

  func step(_ index: Int, of trafficClass: TrafficClass) -> Step {
    steps[trafficClass.index][index]
  }

  func table(_ trafficClass: TrafficClass, primary: Grade) -> StepTable {
    tables[trafficClass.index * Grade.allCases.count + primary.index]
  }

  func effect(of stage: BudgetStage?, on trafficClass: TrafficClass) -> BudgetEffect {
    effects[trafficClass.index * (BudgetStage.allCases.count + 1) + (stage?.rank ?? 0)]
  }

  /// Whether a tier may use premium steps; nil is a request without a tier.
  public func hasPremium(_ tier: Name?) -> Bool {
    guard let tier else { return definition.otherTiersHavePremium }
    return tiers.value("", tier) ?? definition.otherTiersHavePremium
  }

  /// A dropped stream that had already given useful output is not retryable, whatever the list says.
  public func isRetryable(_ kind: FailureKind, outputTokens: Int64) -> Bool {
    if kind == .streamDropped, outputTokens >= definition.usefulOutputTokens { return false }
    return retryable.contains(kind)
  }
}

/// The utilisation from which each stage holds.
struct Thresholds: Sendable {
  let watch: Ratio?
  let constrained: Ratio?
  let criticalOnly: Ratio?

  init(_ stages: [BudgetStage: Ratio]) {
    watch = stages[.watch]
    constrained = stages[.constrained]
    criticalOnly = stages[.criticalOnly]
  }
}

/// A set of failure kinds as bits.
private struct FailureKinds: Sendable {
  private var bits: UInt32 = 0

  init(_ kinds: Set<FailureKind>) {
    for kind in kinds { bits |= Self.bit(kind) }
  }

  func contains(_ kind: FailureKind) -> Bool { bits & Self.bit(kind) != 0 }

  private static func bit(_ kind: FailureKind) -> UInt32 {
    switch kind {
    case .timeout: 1 << 0
    case .rateLimited: 1 << 1
    case .serverError: 1 << 2
    case .network: 1 << 3
    case .overloaded: 1 << 4
    case .streamDropped: 1 << 5
    case .invalidAPIKey: 1 << 6
    case .malformedRequest: 1 << 7
    case .unsupportedToolSchema: 1 << 8
    case .contentPolicy: 1 << 9
    case .quotaExhausted: 1 << 10
    case .validationFailed: 1 << 11
    case .contextWindowExceeded: 1 << 12
    case .unknown: 1 << 13
    }
  }
}
