import PolicyEngine
import Testing
import Traffic
import Units

/// What holds of every policy. A failure names its seed; one of the twin's is shrunk to what matters.
@Suite("Any policy")
struct PolicyPropertyTests {
  static let seeds = 0..<150 as Range<UInt64>

  @Test("is decided as its slow twin decides it", arguments: seeds)
  func agreesWithTwin(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    let definition = cases.definition()
    let policy = try Policy(definition)
    for _ in 0..<100 {
      var question = cases.question()
      if cases.random.chance(3, in: 4) { question.attempts = cases.attempts() }
      let example = PolicyCase(definition: definition, question: question)
      guard isDisagreement(example, policy) else { continue }
      let shrunk = example.shrunk { smaller in
        guard let policy = try? Policy(smaller.definition) else { return false }
        return isDisagreement(smaller, policy)
      }
      Issue.record("engine and twin disagree on\n\(shrunk)")
      return
    }
  }

  private func isDisagreement(_ example: PolicyCase, _ policy: Policy) -> Bool {
    let twin = PolicyTwin(definition: example.definition)
    let decided = Result { () throws(QuestionError) in try policy.decide(example.question) }
    let expected = Result { () throws(QuestionError) in try twin.decide(example.question) }
    return decided != expected
  }

  @Test("never pays once a prepaid balance is exhausted", arguments: seeds)
  func prepaidIsNeverOverdrawn(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    var definition = cases.definition()
    definition.rejectsPrepaidExhausted = true
    let policy = try Policy(definition)
    for _ in 0..<50 {
      var question = cases.question()
      question.isPrepaidExhausted = true
      let walk = try cases.walk(policy, question)
      #expect(walk.attempts.isEmpty)
      #expect(walk.end == .reject(.prepaidExhausted, in: walk.end.trafficClass))
    }
  }

  @Test("never falls below its floor but for a last resort", arguments: seeds)
  func floorHolds(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    let definition = cases.definition()
    let policy = try Policy(definition)
    for _ in 0..<50 {
      let question = cases.question()
      let walk = try cases.walk(policy, question)
      for case .run(let step, _, _, let trafficClass) in walk.decisions where !step.isLastResort {
        guard let route = step.route(primary: question.primary) else { continue }
        let grade = policy.grade(of: route.model) ?? .frontier
        #expect(grade >= definition.classes[trafficClass]?.qualityFloor ?? .lowCost)
      }
    }
  }

  @Test("never runs a step more often in a row than its retries allow", arguments: seeds)
  func retriesAreBounded(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    let definition = cases.definition()
    let policy = try Policy(definition)
    for _ in 0..<50 {
      let walk = try cases.walk(policy, cases.question())
      var row = 0
      var last: Int?
      for case .run(let step, let index, _, let trafficClass) in walk.decisions {
        guard step.isPaid else {
          last = nil
          continue
        }
        row = index == last ? row + 1 : 1
        last = index
        #expect(row <= 1 + (definition.classes[trafficClass]?.retriesPerStep ?? 0))
      }
    }
  }

  @Test("ends every request within a bound that it tells", arguments: seeds)
  func requestsEnd(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    let policy = try Policy(cases.definition())
    for _ in 0..<50 {
      let question = cases.question()
      let walk = try cases.walk(policy, question)
      let trafficClass = walk.end.trafficClass
      if let bound = policy.maximumAttempts(in: trafficClass) {
        #expect(walk.isEnded)
        #expect(walk.attempts.count <= bound)
      }
      let runs = walk.attempts.split { attempt in
        if case .acted = attempt.outcome { return true }
        return false
      }
      let longest = runs.map(\.count).max() ?? 0
      #expect(longest <= policy.maximumAttemptsInARow(in: trafficClass))
    }
  }

  @Test("with rising effects never pays for more as the budget fills", arguments: seeds)
  func monotoneInBudget(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    var definition = cases.definition()
    for trafficClass in TrafficClass.allCases {
      var strictest = BudgetEffect.none
      for stage in BudgetStage.allCases {
        strictest = max(strictest, definition.effects[stage]?[trafficClass] ?? .none)
        definition.effects[stage, default: [:]][trafficClass] = strictest
      }
    }
    let policy = try Policy(definition)
    for _ in 0..<50 {
      var question = cases.question()
      question.attempts = cases.attempts()
      var highest = Grade.frontier
      var mayPay = true
      for tenth in 0..<13 as Range<Int64> {
        question.budgetUtilisation = Ratio(billionths: tenth * 100_000_000)
        guard let grades = try paidGrades(policy, question) else { break }
        guard let best = grades.max() else {
          mayPay = false
          continue
        }
        #expect(mayPay)
        #expect(tenth == 0 || best <= highest)
        highest = best
      }
    }
  }

  @Test("explains each decision by the same steps", arguments: seeds)
  func evaluationAgrees(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    let definition = cases.definition()
    let policy = try Policy(definition)
    let twin = PolicyTwin(definition: definition)
    for _ in 0..<50 {
      var question = cases.question()
      question.attempts = cases.attempts()
      let result = Result { () throws(QuestionError) in try policy.evaluate(question) }
      guard case .success(let evaluation) = result else { continue }
      #expect(evaluation.decision == (try policy.decide(question)))
      let rules = definition.classes[evaluation.classification.trafficClass] ?? ClassPolicy()
      let expected = twin.remaining(rules, question, evaluation.effect)
      let verdicts = evaluation.steps
      #expect(verdicts.indices.filter { verdicts[$0] == .mayRun } == expected.remaining)
      #expect(
        verdicts.indices.filter { verdicts[$0] == .removed(.spendLimit) } == expected.spend)
      #expect(
        verdicts.indices.filter { verdicts[$0] == .removed(.downgrade) } == expected.downgraded)
      if case .run(_, let index, _, _) = evaluation.decision { #expect(verdicts[index] == .mayRun) }
    }
  }

  /// The grades of the paid steps that may run; none where the budget blocks the class, nil where the
  /// question has no answer.
  private func paidGrades(_ policy: Policy, _ question: Question) throws -> [Grade]? {
    let evaluation: Evaluation
    do {
      evaluation = try policy.evaluate(question)
    } catch {
      return nil
    }
    if evaluation.effect == .block { return [] }
    let steps = policy.steps(of: evaluation.classification.trafficClass)
    return zip(steps, evaluation.steps).compactMap { step, verdict in
      guard verdict == .mayRun, let route = step.route(primary: question.primary) else {
        return nil
      }
      return policy.grade(of: route.model) ?? .frontier
    }
  }
}

/// A request that failed wherever it could, decided until it ended or seemed not to.
struct Walk {
  var attempts: [PastAttempt] = []
  var decisions: [Decision] = []
  var end: Decision
  var isEnded = true
}

extension RandomCases {
  mutating func walk(_ policy: Policy, _ start: Question) throws(QuestionError) -> Walk {
    var question = start
    var decision = try policy.decide(question)
    var decisions = [decision]
    while case .run(let step, let index, _, _) = decision, question.attempts.count < 300 {
      if let route = step.route(primary: question.primary) {
        question.attempts.append(PastAttempt(step: index, failure(of: route)))
      } else if case .action(let action) = step.work {
        question.attempts.append(PastAttempt(step: index, .acted(action)))
        guard action.suspends else {
          return Walk(attempts: question.attempts, decisions: decisions, end: decision)
        }
      }
      decision = try policy.decide(question)
      decisions.append(decision)
    }
    var isEnded = false
    if case .reject = decision { isEnded = true }
    return Walk(
      attempts: question.attempts, decisions: decisions, end: decision, isEnded: isEnded)
  }
}
