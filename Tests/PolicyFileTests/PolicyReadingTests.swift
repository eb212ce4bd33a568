import Foundation
import PolicyEngine
import Testing
import Traffic
import Units

@testable import PolicyFile

@Suite("A policy file")
struct PolicyReadingTests {
  private func read(_ yaml: String) throws -> PolicyDefinition {
    try PolicyYAML.read(yaml).definition
  }

  @Test("says all that policy.md lets it say")
  func everything() throws {
    let file = DecisionCasesTests.folder.appending(path: "decision-policy.yaml")
    let read = try PolicyYAML.read([UInt8](Data(contentsOf: file))).definition

    func model(_ provider: Name, _ model: Name) -> ModelID {
      ModelID(provider: provider, model: model)
    }
    let opus = model("anthropic", "claude-opus-4")
    let mini = model("openai", "gpt-5-mini")
    let nano = model("openai", "gpt-5-nano")
    var expected = PolicyDefinition(
      models: [
        model("openai", "gpt-5"): .frontier, opus: .frontier, mini: .balanced, nano: .lowCost,
      ])
    expected.name = "production"
    expected.classify = [
      ClassifyRule(
        AttributionMatch([.init(.environment, ["staging", "test", "dev"])]), .experiment),
      ClassifyRule(
        AttributionMatch([.init(.workflow, ["support_chat", "checkout_assist"])]),
        .criticalUserFacing),
      ClassifyRule(AttributionMatch([.init(.feature, ["nightly_*"])]), .batch),
    ]
    expected.tiers = ["enterprise": true, "pro": true]
    expected.neverDowngrade = [
      AttributionMatch([.init(.workflow, ["contract_review", "medical_*"])])
    ]
    expected.classes = [
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
    expected.stages = [
      .watch: Ratio(billionths: 700_000_000), .constrained: Ratio(billionths: 800_000_000),
      .criticalOnly: Ratio(billionths: 950_000_000),
    ]
    expected.effects = [
      .constrained: [
        .nonCriticalUserFacing: .downgrade, .internalAutomation: .downgrade, .batch: .downgrade,
        .experiment: .downgrade,
      ],
      .criticalOnly: [
        .nonCriticalUserFacing: .unpaidOnly, .internalAutomation: .unpaidOnly, .batch: .block,
        .experiment: .block,
      ],
    ]
    expected.rejectsPrepaidExhausted = true
    expected.loopGuard = LoopGuard(
      sessionRequestsPerMinute: 120, sessionCostPerDay: Money(nanoUSD: 20_000_000_000))
    #expect(read == expected)
  }

  @Test("may leave out all but its version, models and classes")
  func least() throws {
    #expect(try read("{version: 1, models: {}, classes: {}}") == PolicyDefinition())
    let batch = try read("{version: 1, models: {}, classes: {batch: {}}}")
    #expect(batch.classes == [.batch: ClassPolicy()])
  }

  @Test("gives decimals exactly, quoted or not")
  func decimals() throws {
    let stop = try read(
      """
      version: 1
      models: {}
      classes:
        batch: {stop: {budget_utilisation: 1.00, daily_budget_usd: "0.000000001"}}
        experiment: {stop: {budget_utilisation: "0.1", daily_budget_usd: 1.25e-3}}
      """
    ).classes.mapValues(\.stop)
    #expect(stop[.batch]?.budgetUtilisation == .whole)
    #expect(stop[.batch]?.dailyBudget == Money(nanoUSD: 1))
    #expect(stop[.experiment]?.budgetUtilisation == Ratio(billionths: 100_000_000))
    #expect(stop[.experiment]?.dailyBudget == Money(nanoUSD: 1_250_000))
  }

  @Test("may use any way of YAML to write a name, and a star within one needs no quotes")
  func names() throws {
    let definition = try read(
      """
      version: 1  # *this* & that
      name: |-
        two
        lines
      models: {"openai/gpt-5": {grade: 'frontier'}, 1/2: {grade: balanced}}
      tiers: {1: {premium: True}, default: {}}
      classes: {}
      never_downgrade:
      - workflow: medical_*
        feature:
        - no
        - "true"
        - "*"
      - {}
      """)
    #expect(definition.name == "two\nlines")
    #expect(definition.models[ModelID(provider: "1", model: "2")] == .balanced)
    #expect(definition.tiers == ["1": true])
    #expect(!definition.otherTiersHavePremium)
    #expect(
      definition.neverDowngrade == [
        AttributionMatch([
          .init(.feature, ["no", "true", "*"]), .init(.workflow, ["medical_*"]),
        ]), AttributionMatch([]),
      ])
  }

  @Test("keeps keys apart by their bytes")
  func canonicalEquivalents() throws {
    let definition = try read(
      "{version: 1, models: {}, classes: {}, tiers: {é: {premium: true}, e\u{301}: {}}}")
    #expect(definition.tiers.count == 2)
  }

  @Test("comes as a preset", arguments: PolicyPreset.allCases)
  func presets(preset: PolicyPreset) throws {
    #expect(try read(preset.yaml).name == preset.rawValue)
    #expect(preset.yaml.hasSuffix("\n"))
  }

  @Test("is, as the preset five-class, the whole matrix of policy.md")
  func fiveClass() throws {
    let file = DecisionCasesTests.folder.appending(path: "decision-policy.yaml")
    var expected = try PolicyYAML.read([UInt8](Data(contentsOf: file))).definition
    expected.name = "five-class"
    #expect(try read(PolicyPreset.fiveClass.yaml) == expected)
  }
}
