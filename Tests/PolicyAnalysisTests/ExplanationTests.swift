import PolicyAnalysis
import PolicyEngine
import Testing
import Traffic
import Units

@Suite("An explanation")
struct ExplanationTests {
  private static func ask(_ change: (inout Question) -> Void = { _ in }) -> Question {
    var question = Question(attribution: Attribution(), primary: Sample.gpt5)
    change(&question)
    return question
  }

  private static func failed(
    _ step: Int, _ route: Route = Sample.gpt5, _ kind: FailureKind = .timeout
  ) -> PastAttempt { PastAttempt(step: step, .failed(route, kind)) }

  @Test("decides as the engine does", arguments: 0..<200 as Range<UInt64>)
  func sameDecision(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let policy = try Sample.fiveClass()
    let question = Self.ask { question in
      question.givenClass = TrafficClass.allCases[random.below(5)]
      question.budgetUtilisation = Ratio(billionths: Int64(random.below(11)) * 100_000_000)
      question.attributionTier = ["pro", "free"][random.below(2)]
      if random.chance(1, in: 2) { question.attempts = [Self.failed(0)] }
    }
    let explanation = try Explanation(question, under: policy)
    let decision = try policy.decide(question)
    #expect(explanation.evaluation.decision == decision)
    #expect(explanation.path.first == decision)
    #expect(explanation.steps.count == policy.steps(of: decision.trafficClass).count)
    #expect(
      explanation.steps.filter { $0.standing == .chosen }.map(\.index)
        == [decision.stepIndex].compactMap(\.self))
    // Every consequence is what the engine says once it has happened.
    for consequence in explanation.next {
      for case .failure(let kind, let tokens) in consequence.outcomes {
        guard case .run(let step, let index, _, _) = decision else { continue }
        var later = question
        later.attempts.append(
          PastAttempt(
            step: index,
            .failed(try #require(step.route(primary: Sample.gpt5)), kind, outputTokens: tokens)))
        #expect(try policy.decide(later) == consequence.decision)
      }
    }
  }

  @Test("tells every rule that takes a step, in the order of policy.md")
  func causes() throws {
    let policy = try Sample.policy(
      """
      {quality_floor: balanced, steps: [{model: primary}, {model: openai/gpt-5-nano, premium: true},
            {action: pause}], stop: {provider_failures: 1, elapsed_ms: 1, retry_budget: 1}}
      never_downgrade: [{workflow: w}]
      """)
    let explanation = try Explanation(
      Self.ask { question in
        question.attribution[.workflow] = "w"
        question.elapsedMilliseconds = 1
        question.attempts = [PastAttempt(step: 2, .acted(.pause)), Self.failed(0)]
      }, under: policy)
    #expect(
      explanation.steps.map(\.causes) == [
        [.providerFailures, .elapsedTime],
        [.premiumTier, .qualityFloor, .neverDowngrade, .providerFailures, .elapsedTime],
        [.retryBudget],
      ])
    #expect(explanation.steps.allSatisfy { $0.standing == .removed })
    #expect(
      explanation.evaluation.steps == [
        .removed(.providerFailures), .removed(.premiumTier), .removed(.retryBudget),
      ])
    #expect(explanation.neverDowngradeSentence == "rule 1: workflow is w")
    #expect(
      explanation.stopSentences == ["1 of 1 failed providers", "1 ms of 1 ms", "1 of 1 pauses"])
  }

  @Test("tells the steps that are behind from those that may run")
  func standings() throws {
    let policy = try Sample.policy(
      """
      {steps: [{model: primary}, {model: openai/gpt-5-mini}, {model: openai/gpt-5-nano},
            {action: queue}]}
      """)
    func standings(_ attempts: [PastAttempt]) throws -> [Explanation.Standing] {
      try Explanation(Self.ask { $0.attempts = attempts }, under: policy).steps.map(\.standing)
    }
    #expect(try standings([]) == [.chosen, .open, .open, .open])
    let two = [Self.failed(0), Self.failed(1, Sample.mini)]
    #expect(try standings(two) == [.passed, .triedEnough, .chosen, .open])
    #expect(
      try standings(two + [PastAttempt(step: 3, .acted(.queue))]) == [.chosen, .open, .open, .open])
    #expect(
      try standings([Self.failed(0, Sample.gpt5, .contentPolicy)])
        == [.refused, .refused, .refused, .refused])
  }

  @Test("groups what would come next by its answer")
  func consequences() throws {
    let policy = try Sample.policy("{steps: [{model: primary}, {action: pause}]}")
    let start = try Explanation(Self.ask(), under: policy)
    #expect(
      start.next.map(\.cause) == [
        "timeout, rate_limited, server_error, network, overloaded or stream_dropped",
        """
        stream_dropped after 1 output token, invalid_api_key, malformed_request, \
        unsupported_tool_schema, content_policy, quota_exhausted, validation_failed, \
        context_window_exceeded or unknown
        """,
      ])
    #expect(start.path.map(\.reasonCode) == ["primary", "fallback"])
    let paused = try Explanation(Self.ask { $0.attempts = [Self.failed(0)] }, under: policy)
    #expect(paused.next.map(\.cause) == ["the pause is over"])
    #expect(paused.next.first?.decision.reasonCode == "resume")
    let refused = try Explanation(
      Self.ask { $0.attempts = [Self.failed(0, Sample.gpt5, .unknown)] }, under: policy)
    #expect(refused.next.isEmpty)
    #expect(refused.reason == "unknown is not retryable: another call would fail as well")
  }

  @Test("of a settled request there is none")
  func settled() throws {
    let policy = try Sample.fiveClass()
    #expect(throws: QuestionError.alreadySettled) {
      try Explanation(
        Self.ask { $0.attempts = [PastAttempt(step: 0, .succeeded(Sample.gpt5))] }, under: policy)
    }
  }
}

extension Question {
  fileprivate var attributionTier: Name? {
    get { attribution[.tier] }
    set { attribution[.tier] = newValue }
  }
}
