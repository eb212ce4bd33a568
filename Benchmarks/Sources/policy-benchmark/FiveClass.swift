import PolicyEngine
import Traffic
import Units

/// The whole matrix of policy.md, as the preset `five-class` has it.
enum FiveClass {
  static let gpt5 = ModelID(provider: "openai", model: "gpt-5")
  static let mini = ModelID(provider: "openai", model: "gpt-5-mini")
  static let nano = ModelID(provider: "openai", model: "gpt-5-nano")
  static let opus = ModelID(provider: "anthropic", model: "claude-opus-4")

  static func policy() throws -> Policy {
    var definition = PolicyDefinition(models: [
      gpt5: .frontier, opus: .frontier, mini: .balanced, nano: .lowCost,
    ])
    definition.classify = [
      rule(.environment, ["staging", "test", "dev"], .experiment),
      rule(.workflow, ["support_chat", "checkout_assist"], .criticalUserFacing),
      rule(.feature, ["nightly_*"], .batch),
    ]
    definition.tiers = ["enterprise": true, "pro": true]
    definition.neverDowngrade = [
      AttributionMatch([.init(.workflow, ["contract_review", "medical_*"])])
    ]
    definition.classes = [
      .criticalUserFacing: ClassPolicy(
        qualityFloor: .balanced,
        steps: [
          .primary, Step(.model(.named(opus)), isPremium: true),
          Step(.model(.named(mini), isLastResort: true), notice: "uncertain"),
        ], stop: StopLimits(providerFailures: 2, elapsedMilliseconds: 30_000)),
      .nonCriticalUserFacing: ClassPolicy(
        steps: [.primary, Step(.model(.named(mini))), Step(.action(.cachedResponse))],
        stop: StopLimits(budgetUtilisation: .whole)),
      .internalAutomation: ClassPolicy(
        steps: [.primary, Step(.model(.named(nano))), Step(.action(.queue))],
        stop: StopLimits(dailyBudget: Money(nanoUSD: 25_000_000_000))),
      .batch: ClassPolicy(
        steps: [.primary, Step(.action(.pause)), Step(.action(.manualReview))],
        stop: StopLimits(retryBudget: 2)),
      .experiment: ClassPolicy(),
    ]
    definition.stages = [
      .watch: Ratio(billionths: 700_000_000), .constrained: Ratio(billionths: 800_000_000),
      .criticalOnly: Ratio(billionths: 950_000_000),
    ]
    definition.effects = [
      .constrained: [
        .nonCriticalUserFacing: .downgrade, .internalAutomation: .downgrade, .batch: .downgrade,
        .experiment: .downgrade,
      ],
      .criticalOnly: [
        .nonCriticalUserFacing: .unpaidOnly, .internalAutomation: .unpaidOnly, .batch: .block,
        .experiment: .block,
      ],
    ]
    definition.rejectsPrepaidExhausted = true
    definition.loopGuard = LoopGuard(
      sessionRequestsPerMinute: 120, sessionCostPerDay: Money(nanoUSD: 20_000_000_000))
    return try Policy(definition)
  }

  private static func rule(
    _ field: AttributionField, _ patterns: [Wildcard], _ trafficClass: TrafficClass
  ) -> ClassifyRule {
    ClassifyRule(AttributionMatch([.init(field, patterns)]), trafficClass)
  }
}

/// A kind of question that gateways ask.
struct Scenario {
  let name: String
  let question: Question

  static let all: [Scenario] = [
    Scenario("first decision") { _ in },
    Scenario("first decision, budget downgrade") {
      $0.attribution[.workflow] = "summaries"
      $0.budgetUtilisation = Ratio(billionths: 830_000_000)
    },
    Scenario("fallback after one failure") {
      $0.attempts = [failure(0, FiveClass.gpt5)]
    },
    Scenario("hard stop after two failures") {
      $0.attempts = [failure(0, FiveClass.gpt5), failure(1, FiveClass.opus)]
    },
    Scenario("blocked by the budget") {
      $0.attribution[.environment] = "staging"
      $0.budgetUtilisation = Ratio(billionths: 960_000_000)
    },
    Scenario("default class, no rule matches") { $0.attribution[.workflow] = "title_generation" },
  ]

  init(_ name: String, _ change: (inout Question) -> Void) {
    self.name = name
    var question = Question(
      attribution: Attribution([
        .tenant: "t05-004", .tier: "pro", .user: "u146", .application: "helpdesk",
        .feature: "reply", .workflow: "support_chat", .environment: "production",
      ]), primary: Route(model: FiveClass.gpt5))
    question.budgetUtilisation = Ratio(billionths: 420_000_000)
    change(&question)
    self.question = question
  }

  private static func failure(_ step: Int, _ model: ModelID) -> PastAttempt {
    PastAttempt(step: step, .failed(Route(model: model), .rateLimited))
  }
}
