import PolicyEngine
import Traffic
import Units

/// Policies and questions made up from a seed, small enough that their corners are met often.
struct RandomCases {
  var random: SeededGenerator

  static let models = [
    "alpha/large", "alpha/small", "beta/large", "beta/mid", "gamma/mid", "gamma/small",
  ].compactMap { ModelID($0) }
  static let names: [Name] = ["chat", "chat_eu", "nightly_a", "a", "aa", "é", "e\u{301}"]
  static let patterns: [Wildcard] = ["chat", "chat*", "*_a", "*", "a*a", "*a*", "é", "nightly_*"]
  static let tiers: [Name] = ["pro", "free", "default"]
  static let fields: [AttributionField] = [.workflow, .feature, .environment]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[random.below(elements.count)]
  }

  /// nil in half of the cases.
  mutating func maybe<Value>(_ value: (inout RandomCases) -> Value) -> Value? {
    random.chance(1, in: 2) ? value(&self) : nil
  }

  mutating func definition() -> PolicyDefinition {
    var definition = PolicyDefinition()
    for model in Self.models { definition.models[model] = pick(Grade.allCases) }
    definition.defaultClass = pick(TrafficClass.allCases)
    definition.classify = (0..<random.below(3)).map { _ in
      ClassifyRule(match(), pick(TrafficClass.allCases))
    }
    definition.neverDowngrade = random.chance(1, in: 3) ? [match()] : []
    for tier in Self.tiers where random.chance(1, in: 2) {
      definition.tiers[tier] = random.chance(1, in: 2)
    }
    definition.otherTiersHavePremium = random.chance(1, in: 4)
    if random.chance(1, in: 3) {
      definition.retryable = Set(FailureKind.allCases.filter { _ in random.chance(2, in: 3) })
    }
    definition.usefulOutputTokens = Int64(random.below(4))
    for trafficClass in TrafficClass.allCases where random.chance(5, in: 6) {
      definition.classes[trafficClass] = classPolicy()
    }
    var threshold: Int64 = 0
    for stage in BudgetStage.allCases {
      threshold += Int64(1 + random.below(5)) * 100_000_000
      guard random.chance(3, in: 4) else { continue }
      definition.stages[stage] = Ratio(billionths: threshold)
      for trafficClass in TrafficClass.allCases where random.chance(2, in: 3) {
        definition.effects[stage, default: [:]][trafficClass] = pick(BudgetEffect.allCases)
      }
    }
    definition.rejectsPrepaidExhausted = random.chance(1, in: 2)
    definition.loopGuard = LoopGuard(
      sessionRequestsPerMinute: maybe { Int64(3 + $0.random.below(5)) },
      sessionCostPerDay: maybe { $0.money(from: 5) })
    return definition
  }

  private mutating func match() -> AttributionMatch {
    let fields = Self.fields.filter { _ in random.chance(1, in: 2) }
    return AttributionMatch(
      fields.map { field in
        AttributionMatch.Condition(
          field, (0..<(1 + random.below(2))).map { _ in pick(Self.patterns) })
      })
  }

  private mutating func classPolicy() -> ClassPolicy {
    ClassPolicy(
      qualityFloor: pick([.lowCost, .lowCost, .balanced, .frontier]),
      steps: (0..<(1 + random.below(5))).map { _ in step() },
      retriesPerStep: random.below(3),
      stop: StopLimits(
        providerFailures: maybe { 1 + $0.random.below(3) },
        elapsedMilliseconds: maybe { Int64($0.random.below(5)) * 1000 },
        budgetUtilisation: maybe { Ratio(billionths: Int64(5 + $0.random.below(6)) * 100_000_000) },
        dailyBudget: maybe { $0.money(from: 3) },
        retryBudget: maybe { $0.random.below(3) }))
  }

  private mutating func step() -> Step {
    let isPremium = random.chance(1, in: 5)
    if random.chance(1, in: 3) {
      return Step(.action(pick(StepAction.allCases)), isPremium: isPremium)
    }
    let choice: ModelChoice = random.chance(1, in: 3) ? .primary : .named(pick(Self.models))
    return Step(.model(choice, isLastResort: random.chance(1, in: 4)), isPremium: isPremium)
  }

  private mutating func money(from low: Int) -> Money {
    Money(nanoUSD: Int64(low + random.below(5)) * 1_000_000_000)
  }

  /// A question without attempts.
  mutating func question() -> Question {
    var attribution = Attribution()
    for field in Self.fields { attribution[field] = maybe { $0.pick(Self.names) } }
    attribution[.tier] = maybe { $0.pick(Self.tiers + ["unlisted"]) }
    var question = Question(
      attribution: attribution, givenClass: maybe { $0.pick(TrafficClass.allCases) },
      primary: Route(model: pick(Self.models + [ModelID(provider: "delta", model: "ungraded")])))
    question.budgetUtilisation = maybe {
      Ratio(billionths: Int64($0.random.below(13)) * 100_000_000)
    }
    question.isPrepaidExhausted = random.chance(1, in: 12)
    question.classSpendToday = money(from: 0)
    question.elapsedMilliseconds = Int64(random.below(5)) * 1000
    question.sessionRequestsLastMinute = Int64(random.below(5))
    question.sessionCostToday = money(from: 0)
    return question
  }

  /// Attempts as a gateway that follows no policy might have made them.
  mutating func attempts() -> [PastAttempt] {
    (0..<random.below(6)).map { _ in
      let step = random.chance(1, in: 15) ? nil : random.below(5)
      if random.chance(1, in: 4) {
        let action: StepAction = random.chance(5, in: 6) ? pick([.pause, .queue]) : .cachedResponse
        return PastAttempt(step: step, .acted(action))
      }
      let route = Route(model: pick(Self.models))
      if random.chance(1, in: 20) { return PastAttempt(step: step, .succeeded(route)) }
      return PastAttempt(step: step, failure(of: route))
    }
  }

  mutating func failure(of route: Route) -> PastAttempt.Outcome {
    let kind: FailureKind =
      random.chance(1, in: 10) ? pick(FailureKind.allCases) : pick([.timeout, .streamDropped])
    return .failed(route, kind, outputTokens: Int64(random.below(4)))
  }
}
