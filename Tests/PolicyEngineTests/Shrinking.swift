import PolicyEngine
import Testing
import Traffic
import Units

/// A policy and a question; prints as what is left of them once they are shrunk.
struct PolicyCase: CustomStringConvertible {
  var definition: PolicyDefinition
  var question: Question

  /// The smallest case on this one's way down of which `fails` still holds, one part left out at a time.
  func shrunk(while fails: (PolicyCase) -> Bool) -> PolicyCase {
    var smallest = self
    while let smaller = smallest.smaller.first(where: fails) { smallest = smaller }
    return smallest
  }

  /// Every case with one part less.
  private var smaller: [PolicyCase] {
    var cases: [PolicyCase] = []
    func without(_ isThere: Bool = true, _ change: (inout PolicyCase) -> Void) {
      guard isThere else { return }
      var copy = self
      change(&copy)
      cases.append(copy)
    }
    for index in question.attempts.indices { without { $0.question.attempts.remove(at: index) } }
    for index in definition.classify.indices {
      without { $0.definition.classify.remove(at: index) }
    }
    without(!definition.neverDowngrade.isEmpty) { $0.definition.neverDowngrade = [] }
    for trafficClass in TrafficClass.allCases {
      guard let rules = definition.classes[trafficClass] else { continue }
      without { $0.definition.classes[trafficClass] = nil }
      for index in rules.steps.indices where rules.steps.count > 1 {
        without { $0.definition.classes[trafficClass]?.steps.remove(at: index) }
      }
      without(rules.stop != StopLimits()) {
        $0.definition.classes[trafficClass]?.stop = StopLimits()
      }
      without(rules.retriesPerStep > 0) { $0.definition.classes[trafficClass]?.retriesPerStep = 0 }
      without(rules.qualityFloor != .lowCost) {
        $0.definition.classes[trafficClass]?.qualityFloor = .lowCost
      }
    }
    for stage in definition.stages.keys.sorted() {
      without { $0.definition.stages[stage] = nil }
    }
    for stage in definition.effects.keys.sorted() {
      without { $0.definition.effects[stage] = nil }
    }
    without(definition.loopGuard != LoopGuard()) { $0.definition.loopGuard = LoopGuard() }
    for field in AttributionField.allCases where question.attribution[field] != nil {
      without { $0.question.attribution[field] = nil }
    }
    without(question.givenClass != nil) { $0.question.givenClass = nil }
    without(question.budgetUtilisation != nil) { $0.question.budgetUtilisation = nil }
    without(question.isPrepaidExhausted) { $0.question.isPrepaidExhausted = false }
    without(question.classSpendToday > .zero) { $0.question.classSpendToday = .zero }
    without(question.elapsedMilliseconds > 0) { $0.question.elapsedMilliseconds = 0 }
    without(question.sessionRequestsLastMinute > 0) { $0.question.sessionRequestsLastMinute = 0 }
    without(question.sessionCostToday > .zero) { $0.question.sessionCostToday = .zero }
    return cases
  }

  var description: String { "\(definition)\n\(question)" }
}

@Suite("A failing case")
struct ShrinkingTests {
  @Test("is shrunk to the parts that matter", arguments: 0..<20 as Range<UInt64>)
  func shrinks(seed: UInt64) {
    var cases = RandomCases(seed: seed)
    var start = PolicyCase(definition: cases.definition(), question: cases.question())
    start.question.attempts = cases.attempts() + [PastAttempt(step: 1, .acted(.queue))]
    start.question.isPrepaidExhausted = true
    start.definition.classes[.batch] = ClassPolicy(steps: [.primary, Step(.action(.queue))])

    let shrunk = start.shrunk { smaller in
      smaller.question.isPrepaidExhausted
        && smaller.definition.classes[.batch]?.steps.contains(Step(.action(.queue))) == true
        && !smaller.question.attempts.isEmpty
    }
    #expect(shrunk.question.attempts.count == 1)
    #expect(shrunk.definition.classes == [.batch: ClassPolicy(steps: [Step(.action(.queue))])])
    #expect(shrunk.definition.classify.isEmpty && shrunk.definition.effects.isEmpty)
    #expect(shrunk.question.attribution == Attribution())
  }
}
