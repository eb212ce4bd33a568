package import PolicyEngine
import Traffic
import Units

/// Questions on which two policies may disagree, and those on which they do.
///
/// Made from what the policies themselves name: their rules, tiers, models, thresholds and limits. The
/// same two policies give the same questions in the same order, from simple to involved.
package struct PolicySamples: Sendable {
  package struct Sample: Hashable, Sendable {
    package let question: Question
    package let before: Decision
    package let after: Decision
  }

  /// How many questions both policies were asked.
  package private(set) var asked = 0
  /// How many of them end differently.
  package private(set) var different = 0
  /// Of those that differ in the same way, the first.
  package private(set) var samples: [Sample] = []

  private struct Difference: Hashable {
    let before: Decision
    let after: Decision
  }

  private let old: Policy
  private let new: Policy
  private var known: Set<Difference> = []

  /// Enough for any policy that people write; one of a thousand rules is cut here.
  private static let mostAsked = 20_000
  private static let longestJourney = 8

  init(_ old: Policy, _ new: Policy) {
    self.old = old
    self.new = new
    guard old.definition != new.definition else { return }
    let source = SampleSource(old.definition, new.definition)
    for change in source.circumstances {
      for attribution in source.requests {
        for primary in source.primaries {
          guard asked < Self.mostAsked else { return }
          var question = Question(
            attribution: attribution.names, givenClass: attribution.givenClass,
            primary: Route(model: primary))
          change(&question)
          follow(question, source)
        }
      }
    }
  }

  /// Asks both on, as long as they agree and the steps fail.
  private mutating func follow(_ question: Question, _ source: SampleSource) {
    guard let decision = ask(question) else { return }
    guard case .run(let step, let index, _, _) = decision else { return }
    switch step.work {
    case .action(let action):
      guard action.suspends else { return }
      goOn(question, PastAttempt(step: index, .acted(action)), source)
    case .model:
      guard let route = step.route(primary: question.primary) else { return }
      for (kind, tokens) in source.failures {
        goOn(question, PastAttempt(step: index, .failed(route, kind, outputTokens: tokens)), source)
      }
    }
  }

  private mutating func goOn(
    _ question: Question, _ attempt: PastAttempt, _ source: SampleSource
  ) {
    var question = question
    question.attempts.append(attempt)
    // After the first failure every way but the first is tried once, or the ways would multiply.
    if question.attempts.count > 1, case .failed(_, let kind, let tokens) = attempt.outcome,
      let first = source.failures.first, first != (kind, tokens)
    {
      _ = ask(question)
    } else if question.attempts.count < Self.longestJourney {
      follow(question, source)
    }
  }

  /// The decision where both agree.
  private mutating func ask(_ question: Question) -> Decision? {
    guard asked < Self.mostAsked else { return nil }
    asked += 1
    let answers: (before: Decision, after: Decision)
    do {
      answers = (try old.decide(question), try new.decide(question))
    } catch {
      return nil
    }
    guard answers.before != answers.after else { return answers.before }
    different += 1
    if known.insert(Difference(before: answers.before, after: answers.after)).inserted {
      samples.append(Sample(question: question, before: answers.before, after: answers.after))
    }
    return nil
  }
}

/// What two policies name, as parts of questions.
private struct SampleSource {
  struct Request: Hashable {
    var names = Attribution()
    var givenClass: TrafficClass?
  }

  private(set) var requests: [Request] = [Request()]
  private(set) var primaries: [ModelID] = []
  /// One thing at a time, the first of them nothing.
  private(set) var circumstances: [@Sendable (inout Question) -> Void] = [{ _ in }]
  /// A provider's failure first.
  private(set) var failures: [(FailureKind, Int64)] = []

  /// No more of one part, so that a policy of a thousand rules does not run for ever.
  private static let most = 200

  init(_ old: PolicyDefinition, _ new: PolicyDefinition) {
    let both = [old, new]
    addRequests(both)
    addPrimaries(old, new)
    addFailures(old, new)
    addCircumstances(both)
  }

  private mutating func addRequests(_ both: [PolicyDefinition]) {
    var requests = requests + TrafficClass.allCases.map { Request(givenClass: $0) }
    let examples = both.flatMap { definition in
      let matches = definition.classify.map(\.match) + definition.neverDowngrade
      return matches.prefix(Self.most).map(Self.examples)
    }
    requests += examples.joined().map { Request(names: $0) }
    // Requests that two rules match: there the order of the rules decides.
    let firsts = examples.compactMap(\.first)
    for (index, names) in firsts.prefix(12).enumerated() {
      for other in firsts[..<index] { requests.append(Request(names: other.filled(with: names))) }
    }
    let tiers = Set(both.flatMap(\.tiers.keys)).sorted()
    requests += requests.flatMap { request in
      tiers.map { tier in
        var request = request
        if request.names[.tier] == nil { request.names[.tier] = tier }
        return request
      }
    }
    var known: Set<Request> = []
    self.requests = Array(requests.filter { known.insert($0).inserted }.prefix(Self.most))
  }

  /// Names that a rule matches: one for each pattern of each field, the others at their first.
  private static func examples(of match: AttributionMatch) -> [Attribution] {
    var base = Attribution()
    for condition in match.conditions {
      guard let pattern = condition.patterns.first else { return [] }
      base[condition.field] = example(of: pattern)
    }
    return [base]
      + match.conditions.flatMap { condition in
        condition.patterns.dropFirst().map { pattern in
          var names = base
          names[condition.field] = example(of: pattern)
          return names
        }
      }
  }

  private static func example(of pattern: Wildcard) -> Name {
    var text = ""
    for scalar in pattern.pattern.text.unicodeScalars {
      if scalar == "*" { text += "example" } else { text.unicodeScalars.append(scalar) }
    }
    return Name(text)
  }

  /// The first model of each pair of grades, and one that neither grades.
  private mutating func addPrimaries(_ old: PolicyDefinition, _ new: PolicyDefinition) {
    var known: Set<[Grade?]> = []
    for model in Set(old.models.keys).union(new.models.keys).sorted()
    where known.insert([old.models[model], new.models[model]]).inserted {
      primaries.append(model)
    }
    // From the best to the least, as most requests ask for the best.
    primaries.sort { left, right in
      let grades = [left, right].map { old.models[$0] ?? new.models[$0] ?? .lowCost }
      return grades[0] == grades[1] ? left < right : grades[0] > grades[1]
    }
    primaries.append(ModelID(provider: "example", model: "ungraded"))
  }

  private mutating func addFailures(_ old: PolicyDefinition, _ new: PolicyDefinition) {
    let changed = old.retryable.symmetricDifference(new.retryable)
    let both = old.retryable.intersection(new.retryable)
    let usual = FailureKind.allCases.first { both.contains($0) && $0 != .streamDropped } ?? .timeout
    failures = [(usual, 0)]
    failures += FailureKind.allCases.filter { changed.contains($0) && $0 != usual }.map { ($0, 0) }
    if old.usefulOutputTokens != new.usefulOutputTokens {
      failures.append((.streamDropped, min(old.usefulOutputTokens, new.usefulOutputTokens)))
    }
  }

  private mutating func addCircumstances(_ both: [PolicyDefinition]) {
    let stops = both.flatMap { definition in
      TrafficClass.allCases.compactMap { definition.classes[$0]?.stop }
    }
    func each<Value: Hashable & Comparable & Sendable>(
      _ values: [Value?], _ change: @escaping @Sendable (inout Question, Value) -> Void
    ) {
      for value in Set(values.compactMap(\.self)).sorted() {
        circumstances.append { change(&$0, value) }
      }
    }
    each(both.flatMap { Array($0.stages.values) } + stops.map(\.budgetUtilisation)) {
      $0.budgetUtilisation = $1
    }
    each(stops.map(\.dailyBudget)) { $0.classSpendToday = $1 }
    each(stops.map(\.elapsedMilliseconds)) { $0.elapsedMilliseconds = $1 }
    circumstances.append { $0.isPrepaidExhausted = true }
    each(both.map(\.loopGuard.sessionRequestsPerMinute)) { $0.sessionRequestsLastMinute = $1 }
    each(both.map(\.loopGuard.sessionCostPerDay)) { $0.sessionCostToday = $1 }
  }
}

extension Attribution {
  /// With the names of `other` where it has none.
  fileprivate func filled(with other: Attribution) -> Attribution {
    var names = self
    for field in AttributionField.allCases where names[field] == nil { names[field] = other[field] }
    return names
  }
}
