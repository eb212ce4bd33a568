import PolicyEngine
import Testing
import Traffic
import Units

private func model(_ text: String) -> ModelID {
  let parts = text.split(separator: "/", maxSplits: 1)
  return ModelID(provider: Name(String(parts[0])), model: Name(String(parts[1])))
}

private let large = model("alpha/large")
private let other = model("beta/large")
private let middle = model("beta/mid")
private let small = model("gamma/small")

/// Where policy.md must be read closely. The class of every request is `batch`.
@Suite("A decision at a corner")
struct CornerTests {
  private func policy(
    _ rules: ClassPolicy, _ change: (inout PolicyDefinition) -> Void = { _ in }
  ) throws -> Policy {
    var definition = PolicyDefinition(
      models: [large: .frontier, other: .frontier, middle: .balanced, small: .lowCost],
      classes: [.batch: rules])
    definition.defaultClass = .batch
    definition.stages = [.constrained: Ratio(billionths: 800_000_000)]
    change(&definition)
    return try Policy(definition)
  }

  private func question(
    _ primary: ModelID = large, _ attempts: [PastAttempt] = [],
    utilisation: Int64? = nil, workflow: Name? = nil
  ) -> Question {
    var question = Question(
      attribution: Attribution(workflow.map { [.workflow: $0] } ?? [:]),
      primary: Route(model: primary))
    question.attempts = attempts
    question.budgetUtilisation = utilisation.map { Ratio(billionths: $0 * 10_000_000) }
    return question
  }

  private func failed(
    _ step: Int?, _ model: ModelID = large, _ kind: FailureKind = .timeout, tokens: Int64 = 0
  ) -> PastAttempt {
    PastAttempt(step: step, .failed(Route(model: model), kind, outputTokens: tokens))
  }

  private func acted(_ step: Int?, _ action: StepAction) -> PastAttempt {
    PastAttempt(step: step, .acted(action))
  }

  /// The step's index and the reason, or the refusal.
  private func answer(_ policy: Policy, _ question: Question) throws -> String {
    switch try policy.decide(question) {
    case .run(_, let index, let reason, .batch): "\(index) \(reason.rawValue)"
    case .reject(let refusal, .batch): refusal.rawValue
    case .run, .reject: "another class"
    }
  }

  private static func named(_ model: ModelID, isLastResort: Bool = false) -> Step {
    Step(.model(.named(model), isLastResort: isLastResort))
  }

  @Test("counts tries in a row, and a pause or another step begins a new row")
  func retries() throws {
    let policy = try policy(
      ClassPolicy(steps: [.primary, Self.named(other), Step(.action(.pause))], retriesPerStep: 1))
    #expect(try answer(policy, question(large, [failed(0)])) == "0 retry")
    #expect(try answer(policy, question(large, [failed(0), failed(0)])) == "1 fallback")
    #expect(try answer(policy, question(large, [failed(0), failed(1), failed(0)])) == "0 retry")
    let resumed = [failed(0), failed(0), acted(2, .pause), failed(0)]
    #expect(try answer(policy, question(large, resumed)) == "0 retry")
    #expect(try answer(policy, question(large, [failed(nil), failed(0)])) == "0 retry")
  }

  @Test("resumes from the first step, and pauses no more than the retry budget")
  func pauses() throws {
    let rules = ClassPolicy(
      steps: [.primary, Step(.action(.pause)), Step(.action(.queue))],
      stop: StopLimits(retryBudget: 1))
    let policy = try policy(rules)
    let once = [failed(0), acted(1, .pause)]
    #expect(try answer(policy, question(large, [failed(0)])) == "1 fallback")
    #expect(try answer(policy, question(large, once)) == "0 resume")
    #expect(try answer(policy, question(large, once + [failed(0)])) == "2 fallback")
    // A queueing is no pause.
    #expect(try answer(policy, question(large, [acted(2, .queue), failed(0)])) == "1 fallback")
    // An action needs no step.
    #expect(try answer(policy, question(large, [acted(nil, .queue)])) == "0 resume")
  }

  @Test("counts providers by name, since the last pause or queueing, by provider failures alone")
  func providerFailures() throws {
    let rules = ClassPolicy(
      steps: [.primary, Self.named(other), Self.named(small, isLastResort: true)],
      stop: StopLimits(providerFailures: 2))
    let policy = try policy(rules) { $0.retryable.insert(.unknown) }
    #expect(try answer(policy, question(large, [failed(0)])) == "1 fallback")
    #expect(try answer(policy, question(large, [failed(0), failed(0)])) == "1 fallback")
    #expect(try answer(policy, question(large, [failed(0, other), failed(0)])) == "2 fallback")
    let resumed = [failed(0, other), acted(nil, .queue), failed(0)]
    #expect(try answer(policy, question(large, resumed)) == "1 fallback")
    let unknown = [failed(0, other, .unknown), failed(0)]
    #expect(try answer(policy, question(large, unknown)) == "1 fallback")
  }

  @Test("downgrades below step 0, which may itself be taken by an earlier number")
  func downgrade() throws {
    func downgrading(_ steps: [Step], floor: Grade = .lowCost) throws -> Policy {
      try policy(ClassPolicy(qualityFloor: floor, steps: steps)) {
        $0.effects = [.constrained: [.batch: .downgrade]]
        $0.neverDowngrade = [AttributionMatch([.init(.workflow, ["contract"])])]
      }
    }
    let usual = try downgrading([.primary, Self.named(other), Self.named(middle)])
    #expect(try answer(usual, question(utilisation: 79)) == "0 primary")
    #expect(try answer(usual, question(utilisation: 80)) == "2 budget_downgrade")
    // All stay where none would be left; an answer without a model is no paid step.
    let alone = try downgrading([.primary, Self.named(other), Step(.action(.cachedResponse))])
    #expect(try answer(alone, question(utilisation: 80)) == "0 primary")
    // Step 0 has no model: nothing is of no lower grade.
    let unpaid = try downgrading([Step(.action(.queue), isPremium: true), Self.named(large)])
    #expect(try answer(unpaid, question(utilisation: 80)) == "1 ineligible_skipped")
    // never_downgrade switches the effect off, and takes cheaper models and stock answers itself.
    #expect(try answer(usual, question(utilisation: 80, workflow: "contract")) == "0 primary")
    let stock = [failed(0), failed(1, other)]
    #expect(
      try answer(usual, question(large, stock, utilisation: 80, workflow: "contract"))
        == "hard_stop")
    // An ungraded primary counts as frontier.
    let ungraded = model("delta/new")
    #expect(try answer(usual, question(ungraded, utilisation: 80)) == "2 budget_downgrade")
    // The floor took step 0 first, so the budget did not, yet its grade still is the measure.
    let floored = try downgrading(
      [Self.named(small), Self.named(middle), Step(.action(.queue))], floor: .balanced)
    #expect(try answer(floored, question(utilisation: 80)) == "1 ineligible_skipped")
  }

  @Test("holds a primary to the floor by its own grade")
  func floor() throws {
    let policy = try policy(
      ClassPolicy(
        qualityFloor: .balanced,
        steps: [.primary, Self.named(middle), Self.named(small, isLastResort: true)]))
    #expect(try answer(policy, question(small)) == "1 ineligible_skipped")
    #expect(try answer(policy, question(small, [failed(1, middle)])) == "2 fallback")
    #expect(try answer(policy, question(model("delta/new"))) == "0 primary")
  }

  @Test("says budget_blocked at the start alone, where a spend limit took a step")
  func refusals() throws {
    let rules = ClassPolicy(steps: [.primary], stop: StopLimits(budgetUtilisation: .whole))
    let limited = try policy(rules)
    #expect(try answer(limited, question(utilisation: 100)) == "budget_blocked")
    #expect(try answer(limited, question(large, [failed(0)], utilisation: 100)) == "hard_stop")
    #expect(try answer(limited, question()) == "0 primary")
    let premium = try policy(
      ClassPolicy(
        steps: [Step(.model(.primary), isPremium: true)],
        stop: StopLimits(budgetUtilisation: .whole)))
    #expect(try answer(premium, question(utilisation: 100)) == "no_eligible_step")
  }

  @Test("does not retry a stream that dropped after useful output")
  func streams() throws {
    let policy = try policy(ClassPolicy(steps: [.primary, Self.named(middle)])) {
      $0.usefulOutputTokens = 3
    }
    let short = failed(0, large, .streamDropped, tokens: 2)
    let useful = failed(0, large, .streamDropped, tokens: 3)
    #expect(try answer(policy, question(large, [short])) == "1 fallback")
    #expect(try answer(policy, question(large, [useful])) == "not_retryable")
    #expect(
      try answer(policy, question(large, [failed(0, large, .timeout, tokens: 9)])) == "1 fallback")
  }

  @Test("gives a primary its own route, and a named model one without a group")
  func routes() {
    let primary = Route(model: large, group: "pool")
    #expect(Step.primary.route(primary: primary) == primary)
    #expect(Self.named(large).route(primary: primary) == Route(model: large))
    #expect(Step(.action(.queue)).route(primary: primary) == nil)
  }

  @Test(
    "is refused to a question that is settled",
    arguments: StepAction.allCases.filter { $0 != .pause && $0 != .queue })
  func settled(action: StepAction) throws {
    let policy = try policy(ClassPolicy())
    #expect(throws: QuestionError.alreadySettled) {
      try policy.decide(question(large, [failed(0), acted(0, action)]))
    }
    let served = PastAttempt(step: nil, .succeeded(Route(model: large)))
    #expect(throws: QuestionError.alreadySettled) {
      try policy.decide(question(large, [failed(0), served]))
    }
  }

  @Test("is refused to a failure whose step is not known, unless no step matters")
  func malformed() throws {
    let policy = try policy(ClassPolicy(steps: [.primary, Self.named(middle)]))
    #expect(throws: QuestionError.stepMissing(attempt: 1)) {
      try policy.decide(question(large, [failed(9), failed(nil)]))
    }
    for step in [-1, 2, .max] {
      #expect(
        throws: QuestionError.stepOutOfRange(attempt: 0, step: step, class: .batch, count: 2)
      ) { try policy.decide(question(large, [failed(step)])) }
    }
    #expect(
      try answer(policy, question(large, [failed(nil, large, .unknown)])) == "not_retryable")
  }

  @Test("sees sixty-four steps")
  func manySteps() throws {
    let steps = [Step](repeating: .primary, count: 64)
    let policy = try policy(ClassPolicy(steps: steps))
    #expect(try answer(policy, question(large, [failed(62)])) == "63 fallback")
    #expect(try answer(policy, question(large, [failed(63)])) == "hard_stop")
  }
}
