import PolicyAnalysis
import PolicyEngine
import PolicyFile
import Testing
import Traffic
import Units

/// One change to the five-class preset, and the sentence that tells it.
struct ChangeCase: Sendable, CustomTestStringConvertible {
  let part: String
  let sentence: String
  let change: @Sendable (inout PolicyDefinition) throws -> Void

  var testDescription: String { part }

  init(
    _ part: String, _ sentence: String,
    _ change: @escaping @Sendable (inout PolicyDefinition) throws -> Void
  ) {
    self.part = part
    self.sentence = sentence
    self.change = change
  }
}

@Suite("The difference of two policies")
struct DifferenceTests {
  private static let mini = ModelID(provider: "openai", model: "gpt-5-mini")

  static let cases: [ChangeCase] = [
    ChangeCase(
      "default_class",
      """
      Requests that neither a rule nor the gateway classes are batch; it was \
      non_critical_user_facing.
      """
    ) { $0.defaultClass = .batch },
    ChangeCase(
      "classify[2]", "No rule classes requests as batch any more where feature is nightly_*."
    ) { $0.classify.removeLast() },
    ChangeCase(
      "classify[0]",
      "A rule classes requests as batch where tenant_id is acme; it is number 1 of 4."
    ) { definition in
      definition.classify.insert(
        ClassifyRule(AttributionMatch([.init(.tenant, ["acme"])]), .batch), at: 0)
    },
    ChangeCase(
      "classify", "The classify rules stand in another order, and the first that matches decides."
    ) { $0.classify.swapAt(0, 1) },
    ChangeCase("models.openai/gpt-5-mini", "openai/gpt-5-mini is graded low_cost; it was balanced.")
    {
      $0.models[mini] = .lowCost
    },
    ChangeCase("tiers.pro", "Tier pro may not use premium steps any more.") {
      $0.tiers["pro"] = nil
    },
    ChangeCase(
      "tiers.default",
      "Tiers that are not listed, and requests without one, may now use premium steps."
    ) { $0.otherTiersHavePremium = true },
    ChangeCase("failures.retryable", "A request is refused after timeout; it went on.") {
      $0.retryable.remove(.timeout)
    },
    ChangeCase(
      "failures.useful_output_tokens",
      "A dropped stream is not tried again from output tokens 5 on; it was 1."
    ) { $0.usefulOutputTokens = 5 },
    ChangeCase(
      "never_downgrade[0]",
      "Requests may be downgraded where workflow is contract_review or medical_*."
    ) { $0.neverDowngrade = [] },
    ChangeCase(
      "classes.batch.quality_floor", "The quality floor of batch is balanced; it was low_cost."
    ) {
      $0.classes[.batch]?.qualityFloor = .balanced
    },
    ChangeCase(
      "classes.batch.steps",
      """
      batch tries primary, then pause; it tried primary, then pause, then manual_review.
      """
    ) { $0.classes[.batch]?.steps.removeLast() },
    ChangeCase("classes.batch.retries_per_step", "The retries of a step of batch are 2; it was 0.")
    {
      $0.classes[.batch]?.retriesPerStep = 2
    },
    ChangeCase(
      "classes.batch.stop.retry_budget", "batch pauses a request without a bound; it was 2."
    ) { $0.classes[.batch]?.stop.retryBudget = nil },
    ChangeCase(
      "classes.experiment.stop.elapsed_ms",
      "experiment stops paying 1500 ms after the request began; nothing was said before."
    ) { $0.classes[.experiment]?.stop.elapsedMilliseconds = 1500 },
    ChangeCase(
      "budget.stages.watch", "The stage watch begins at 50 % of the month; it was 70 %."
    ) { $0.stages[.watch] = Ratio(billionths: 500_000_000) },
    ChangeCase(
      "budget.stages.constrained", "The stage constrained is gone with its effects; it was 80 %."
    ) { $0.stages[.constrained] = nil },
    ChangeCase(
      "budget.effects.constrained.batch",
      "The effect of constrained on batch is block; it was downgrade."
    ) { $0.effects[.constrained]?[.batch] = .block },
    ChangeCase(
      "budget.prepaid_exhausted",
      "A spent prepaid balance changes nothing any more; requests were rejected."
    ) { $0.rejectsPrepaidExhausted = false },
    ChangeCase(
      "loop_guard.session_requests_per_minute",
      "A session is refused from requests a minute of 60 on; it was 120."
    ) { $0.loopGuard.sessionRequestsPerMinute = 60 },
  ]

  @Test("is told in a sentence, and shown on questions that now end differently", arguments: cases)
  func told(example: ChangeCase) throws {
    let old = try Sample.fiveClass()
    var definition = old.definition
    try example.change(&definition)
    let difference = PolicyDifference(from: old, to: try Policy(definition))
    #expect(difference.changes.map(\.part) == [example.part])
    #expect(difference.changes.map(\.sentence) == [example.sentence])
    // `watch` has no effects in the preset, so its threshold changes nothing.
    #expect(difference.samples.samples.isEmpty == (example.part == "budget.stages.watch"))
  }

  @Test("of a policy and itself is nothing, and no question is asked")
  func same() throws {
    let policy = try Sample.fiveClass()
    let difference = PolicyDifference(from: policy, to: policy)
    #expect(difference.changes.isEmpty && difference.samples.asked == 0)
  }

  @Test("shows questions on which the engine does differ, each in a way of its own")
  func samplesDiffer() throws {
    let old = try Sample.fiveClass()
    let new = try PolicyYAML.read(PolicyPreset.twoTier.yaml)
    let samples = PolicyDifference(from: old, to: new).samples
    #expect(samples.different >= samples.samples.count && samples.samples.count > 10)
    for sample in samples.samples {
      #expect(try old.decide(sample.question) == sample.before)
      #expect(try new.decide(sample.question) == sample.after)
      #expect(sample.before != sample.after)
    }
    let ways = samples.samples.map { [$0.before, $0.after] }
    #expect(Set(ways).count == ways.count)
    #expect(PolicyDifference(from: old, to: new).samples.samples == samples.samples)
  }

  @Test("asks a bounded number of questions whatever the policies hold")
  func bounded() throws {
    var definition = try Sample.fiveClass().definition
    definition.classify = (0..<2_000).map { index in
      ClassifyRule(AttributionMatch([.init(.user, [Wildcard(Name("u\(index)"))])]), .batch)
    }
    let old = try Policy(definition)
    definition.defaultClass = .batch
    let difference = PolicyDifference(from: old, to: try Policy(definition))
    #expect(difference.samples.asked <= 20_000 && !difference.samples.samples.isEmpty)
  }
}
