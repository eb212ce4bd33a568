import PolicyEngine
import Testing
import Traffic
import Units

@Suite("A policy")
struct PolicyTests {
  static let model = ModelID(provider: "openai", model: "gpt-5")

  @Test("without rules runs the primary of every class once", arguments: TrafficClass.allCases)
  func defaults(trafficClass: TrafficClass) throws {
    let policy = try Policy(PolicyDefinition())
    var question = Question(
      attribution: Attribution(), givenClass: trafficClass, primary: Route(model: Self.model))
    #expect(
      try policy.decide(question) == .run(.primary, index: 0, reason: .primary, in: trafficClass))
    question.isPrepaidExhausted = true
    question.attempts = [PastAttempt(step: 0, .failed(Route(model: Self.model), .timeout))]
    #expect(try policy.decide(question) == .reject(.hardStop, in: trafficClass))
  }

  @Test("is refused for everything that is wrong with it")
  func refused() {
    var definition = PolicyDefinition()
    definition.usefulOutputTokens = -1
    definition.classes = [
      .batch: ClassPolicy(steps: [], stop: StopLimits(dailyBudget: Money(nanoUSD: -1))),
      .experiment: ClassPolicy(steps: [.primary, Step(.model(.named(Self.model)))]),
      .internalAutomation: ClassPolicy(steps: [Step](repeating: .primary, count: 65)),
    ]
    definition.stages = [.watch: .whole, .criticalOnly: .whole]
    #expect(
      definition.problems() == [
        .negative(path: "failures.useful_output_tokens", value: "-1"),
        .tooManySteps(.internalAutomation, count: 65),
        .noSteps(.batch),
        .negative(path: "classes.batch.stop.daily_budget_usd", value: "-0.000000001"),
        .ungradedModel(Self.model, .experiment, step: 1),
        .stageDoesNotRise(.criticalOnly, at: .whole, above: .watch, from: .whole),
      ])
    #expect(throws: PolicyError.self) { try Policy(definition) }
  }

  @Test("classes by the first rule that matches, then by the gateway, then by default")
  func classification() throws {
    var definition = PolicyDefinition()
    definition.classify = [
      ClassifyRule(
        AttributionMatch([.init(.workflow, ["chat", "talk*"]), .init(.environment, ["prod"])]),
        .criticalUserFacing),
      ClassifyRule(AttributionMatch([.init(.workflow, ["*"])]), .batch),
    ]
    let policy = try Policy(definition)
    func classed(
      _ names: [AttributionField: Name], _ given: TrafficClass? = nil
    ) -> Classification { policy.classification(of: Attribution(names), given: given) }

    let both = classed([.workflow: "talks", .environment: "prod"], .experiment)
    #expect(both.trafficClass == .criticalUserFacing)
    #expect(both.source == .rule(0))
    #expect(classed([.workflow: "chat"]).source == .rule(1))
    #expect(classed([.environment: "prod"], .experiment).source == .given)
    #expect(classed([.workflow: ""]).source == .defaultClass)
    #expect(classed([:]).trafficClass == .nonCriticalUserFacing)

    let chat = Attribution([.workflow: "chat"])
    #expect(policy.reportedClass(of: chat, given: .experiment) == .experiment)
    #expect(policy.reportedClass(of: chat, given: nil) == .batch)
  }

  @Test("grades the models that it names, by their bytes")
  func grades() throws {
    var definition = PolicyDefinition()
    for (index, grade) in Grade.allCases.enumerated() {
      for length in 1...9 {
        let name = String(repeating: "m", count: length) + "\(index)"
        definition.models[ModelID(provider: "p", model: Name(name))] = grade
        definition.models[ModelID(provider: Name("p\(index)"), model: Name(name))] = grade
      }
    }
    definition.models[ModelID(provider: "p", model: "é")] = .balanced
    let policy = try Policy(definition)
    for (model, grade) in definition.models { #expect(policy.grade(of: model) == grade) }
    #expect(policy.grade(of: ModelID(provider: "p", model: "e\u{301}")) == nil)
    #expect(policy.grade(of: ModelID(provider: "", model: "")) == nil)
  }

  @Test("gives premium to the tiers that have it")
  func tiers() throws {
    var definition = PolicyDefinition()
    definition.tiers = ["pro": true, "free": false]
    let strict = try Policy(definition)
    #expect(strict.hasPremium("pro") && !strict.hasPremium("other") && !strict.hasPremium(nil))
    definition.otherTiersHavePremium = true
    let open = try Policy(definition)
    #expect(!open.hasPremium("free") && open.hasPremium("other") && open.hasPremium(nil))
  }
}

@Suite("A wildcard")
struct WildcardTests {
  @Test(
    "matches any run of bytes by a star, and else itself",
    arguments: [
      ("", "", true), ("", "a", false), ("*", "", true), ("*", "anything", true),
      ("a*", "a", true), ("a*", "ba", false), ("*a", "ba", true), ("a*c", "abc", true),
      ("a*c", "abcb", false), ("a*b*c", "a-b-b-c", true), ("*ab*ab", "abab", true),
      ("*ab*ab", "aab", false), ("**", "x", true), ("a", "A", false), ("a?", "ab", false),
      ("é", "e\u{301}", false), ("*\u{301}", "e\u{301}", true), ("a*", "a*", true),
      ("*aaab", "aaaaaaaaaaaaaaaaab", true),
    ] as [(Wildcard, Name, Bool)])
  func matching(pattern: Wildcard, name: Name, isMatch: Bool) throws {
    #expect(pattern.matches(name) == isMatch)
    var definition = PolicyDefinition()
    definition.neverDowngrade = [AttributionMatch([.init(.workflow, [pattern])])]
    let question = Question(
      attribution: Attribution([.workflow: name]), primary: Route(model: PolicyTests.model))
    // An empty name is a field left out, which matches nothing.
    let isRule = isMatch && !name.text.isEmpty
    #expect(try Policy(definition).evaluate(question).neverDowngradeRule == (isRule ? 0 : nil))
  }
}
