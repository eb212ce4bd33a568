import PolicyEngine
import Traffic
import Units

/// The page of policy.md read aloud: plain arrays and filters, slow and obvious, sharing nothing with
/// the engine but the types of question and answer.
struct PolicyTwin {
  let definition: PolicyDefinition

  func decide(_ question: Question) throws(QuestionError) -> Decision {
    // 1.
    if let last = question.attempts.last {
      switch last.outcome {
      case .succeeded: throw .alreadySettled
      case .acted(let action) where action != .pause && action != .queue: throw .alreadySettled
      case .acted, .failed: break
      }
    }
    // 4.
    let rule = definition.classify.first { matches($0.match, question) }
    let trafficClass = rule?.trafficClass ?? question.givenClass ?? definition.defaultClass
    // 2.
    if question.isPrepaidExhausted && definition.rejectsPrepaidExhausted {
      return .reject(.prepaidExhausted, in: trafficClass)
    }
    // 3.
    if let limit = definition.loopGuard.sessionRequestsPerMinute,
      question.sessionRequestsLastMinute >= limit
    {
      return .reject(.loopGuard, in: trafficClass)
    }
    if let limit = definition.loopGuard.sessionCostPerDay, question.sessionCostToday >= limit {
      return .reject(.loopGuard, in: trafficClass)
    }
    // 5.
    let reached = definition.stages.filter {
      (question.budgetUtilisation ?? Ratio(billionths: -1)) >= $0.value
    }
    let stage = reached.max { $0.value < $1.value }?.key
    let effect = stage.flatMap { definition.effects[$0]?[trafficClass] } ?? .none
    if effect == .block { return .reject(.budgetBlocked, in: trafficClass) }
    // 6.
    if case .failed(_, let kind, let tokens) = question.attempts.last?.outcome {
      let wasUseful = kind == .streamDropped && tokens >= definition.usefulOutputTokens
      if !definition.retryable.contains(kind) || wasUseful {
        return .reject(.notRetryable, in: trafficClass)
      }
    }
    // 7, 8, 9.
    let rules = definition.classes[trafficClass] ?? ClassPolicy()
    let (remaining, spend, downgraded) = remaining(rules, question, effect)
    func run(_ index: Int, _ reason: Decision.Reason) -> Decision {
      .run(rules.steps[index], index: index, reason: reason, in: trafficClass)
    }
    switch question.attempts.last?.outcome {
    case nil:
      guard let index = remaining.first else {
        return .reject(spend.isEmpty ? .noEligibleStep : .budgetBlocked, in: trafficClass)
      }
      if index == 0 { return run(0, .primary) }
      return run(index, (spend + downgraded).contains(0) ? .budgetDowngrade : .ineligibleSkipped)
    case .acted:
      guard let index = remaining.first else { return .reject(.hardStop, in: trafficClass) }
      return run(index, .resume)
    case .failed, .succeeded:
      let number = question.attempts.count - 1
      guard let last = question.attempts[number].step else { throw .stepMissing(attempt: number) }
      guard rules.steps.indices.contains(last) else {
        throw .stepOutOfRange(
          attempt: number, step: last, class: trafficClass, count: rules.steps.count)
      }
      let row = question.attempts.reversed().prefix { attempt in
        if case .acted = attempt.outcome { return false }
        return attempt.step == last
      }
      if remaining.contains(last), row.count < 1 + rules.retriesPerStep { return run(last, .retry) }
      guard let index = remaining.first(where: { $0 > last }) else {
        return .reject(.hardStop, in: trafficClass)
      }
      return run(index, .fallback)
    }
  }

  /// The steps that may run, and those that numbers 4 and 5 took.
  func remaining(
    _ rules: ClassPolicy, _ question: Question, _ effect: BudgetEffect
  ) -> (remaining: [Int], spend: [Int], downgraded: [Int]) {
    let primary = definition.models[question.primary.model] ?? .frontier
    func grade(_ index: Int) -> Grade? {
      switch rules.steps[index].work {
      case .model(.primary, _): primary
      case .model(.named(let model), _): definition.models[model]
      case .action: nil
      }
    }
    func isPaid(_ index: Int) -> Bool { grade(index) != nil }
    func isLastResort(_ index: Int) -> Bool { rules.steps[index].isLastResort }
    let keepsGrade = definition.neverDowngrade.contains { matches($0, question) }
    var steps = Array(rules.steps.indices)
    // 7.1
    let tier = question.attribution[.tier]
    let hasPremium = tier.flatMap { definition.tiers[$0] } ?? definition.otherTiersHavePremium
    if !hasPremium { steps.removeAll { rules.steps[$0].isPremium } }
    // 7.2
    steps.removeAll { index in
      grade(index).map { $0 < rules.qualityFloor && !isLastResort(index) } ?? false
    }
    // 7.3
    if keepsGrade {
      steps.removeAll { grade($0).map { $0 < primary } ?? false }
      steps.removeAll {
        [.action(.cachedResponse), .action(.defaultResponse)].contains(rules.steps[$0].work)
      }
    }
    // 7.4
    var spend: [Int] = []
    let overUtilisation = rules.stop.budgetUtilisation.map { limit in
      question.budgetUtilisation.map { $0 >= limit } ?? false
    }
    let overDay = rules.stop.dailyBudget.map { question.classSpendToday >= $0 }
    if effect == .unpaidOnly || overUtilisation ?? false || overDay ?? false {
      spend = steps.filter(isPaid)
      steps.removeAll(where: isPaid)
    }
    // 7.5
    var downgraded: [Int] = []
    if effect == .downgrade, !keepsGrade, let first = grade(0) {
      let taken = steps.filter { grade($0).map { $0 >= first } ?? false }
      let left = steps.filter { !taken.contains($0) }
      if left.contains(where: isPaid) || !steps.contains(where: isPaid) {
        (steps, downgraded) = (left, taken)
      }
    }
    // 7.6
    if let limit = rules.stop.providerFailures {
      let since = question.attempts.reversed().prefix { attempt in
        attempt.outcome != .acted(.pause) && attempt.outcome != .acted(.queue)
      }
      let providers = since.compactMap { attempt -> Name? in
        guard case .failed(let route, let kind, _) = attempt.outcome else { return nil }
        return kind.isProviderFailure ? route.model.provider : nil
      }
      if Set(providers).count >= limit { steps.removeAll { isPaid($0) && !isLastResort($0) } }
    }
    // 7.7
    if let limit = rules.stop.elapsedMilliseconds, question.elapsedMilliseconds >= limit {
      steps.removeAll(where: isPaid)
    }
    // 7.8
    if let limit = rules.stop.retryBudget,
      question.attempts.count(where: { $0.outcome == .acted(.pause) }) >= limit
    {
      steps.removeAll { rules.steps[$0].work == .action(.pause) }
    }
    return (steps, spend, downgraded)
  }

  private func matches(_ match: AttributionMatch, _ question: Question) -> Bool {
    match.conditions.allSatisfy { condition in
      guard let name = question.attribution[condition.field] else { return false }
      return condition.patterns.contains {
        matches(Array($0.pattern.text.utf8)[...], Array(name.text.utf8)[...])
      }
    }
  }

  private func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == UInt8(ascii: "*") {
      return (0...text.count).contains { matches(pattern.dropFirst(), text.dropFirst($0)) }
    }
    return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
  }
}
