import Traffic
public import Units

extension Policy {
  /// What comes next for the request.
  /// - Throws: ``QuestionError`` for a question that has no answer.
  public func decide(_ question: Question) throws(QuestionError) -> Decision {
    try evaluate(question).decision
  }

  /// What comes next, and why. Comments number the rules as policy.md does.
  /// - Throws: ``QuestionError`` for a question that has no answer.
  public func evaluate(_ question: Question) throws(QuestionError) -> Evaluation {
    // 1. Settled questions have no answer.
    let situation = try Situation(question.attempts)

    // 4. The class. Refusals 2 and 3 come before it, but they, too, carry the class.
    let classification = classification(of: question.attribution, given: question.givenClass)
    let trafficClass = classification.trafficClass

    // 5. The effect of the budget's stage.
    let stage = stage(at: question.budgetUtilisation)
    let effect = effect(of: stage, on: trafficClass)

    let graded = grade(of: question.primary.model)
    let primaryGrade = graded ?? .frontier
    let table = table(trafficClass, primary: primaryGrade)
    let neverDowngradeRule = neverDowngrade.firstMatch(question.attribution)
    let spendLimits = spendLimits(question, effect, table.stop)
    let failedProviders = table.stop.providerFailures.map {
      question.attempts.failedProviders(upTo: $0)
    }
    let pauses = table.pauses.isEmpty ? 0 : question.attempts.pauses

    // 7. The steps that may run.
    var removals = Removals(table)
    // 7.1
    if !table.premium.isEmpty, !hasPremium(question.attribution[.tier]) {
      removals.take(table.premium, .premiumTier)
    }
    // 7.2
    removals.take(table.belowFloor, .qualityFloor)
    // 7.3
    if neverDowngradeRule != nil { removals.take(table.downgrades, .neverDowngrade) }
    // 7.4
    if !spendLimits.isEmpty { removals.take(table.paid, .spendLimit) }
    // 7.5. Where it would leave no paid step it takes none; where there were none it has none to take.
    if effect == .downgrade, neverDowngradeRule == nil {
      let kept = (removals.remaining & table.paid) - table.notLowerThanFirst
      if !kept.isEmpty { removals.take(table.notLowerThanFirst, .downgrade) }
    }
    // 7.6
    if let failedProviders, let limit = table.stop.providerFailures, failedProviders >= limit {
      removals.take(table.paid - table.lastResort, .providerFailures)
    }
    // 7.7
    if let limit = table.stop.elapsedMilliseconds, question.elapsedMilliseconds >= limit {
      removals.take(table.paid, .elapsedTime)
    }
    // 7.8
    if let limit = table.stop.retryBudget, pauses >= limit {
      removals.take(table.pauses, .retryBudget)
    }

    let decision: Decision
    if let refusal = refusal(of: question, situation, effect) {
      decision = .reject(refusal, in: trafficClass)
    } else {
      decision = try next(after: situation, trafficClass, table, removals, question.attempts)
    }
    return Evaluation(
      decision: decision, classification: classification, stage: stage, effect: effect,
      spendLimits: spendLimits, primaryGrade: primaryGrade, isPrimaryGraded: graded != nil,
      neverDowngradeRule: neverDowngradeRule, failedProviders: failedProviders, pauses: pauses,
      removals: removals)
  }

  /// The stage that a utilisation has reached: the highest, as thresholds rise.
  public func stage(at utilisation: Ratio?) -> BudgetStage? {
    guard let utilisation else { return nil }
    if let from = thresholds.criticalOnly, utilisation >= from { return .criticalOnly }
    if let from = thresholds.constrained, utilisation >= from { return .constrained }
    if let from = thresholds.watch, utilisation >= from { return .watch }
    return nil
  }

  /// 7.4. Without a limit on the month there is no utilisation that could reach a stop.
  private func spendLimits(
    _ question: Question, _ effect: BudgetEffect, _ stop: StopLimits
  ) -> SpendLimits {
    var limits: SpendLimits = []
    if effect == .unpaidOnly { limits.insert(.unpaidOnly) }
    if let limit = stop.budgetUtilisation, let utilisation = question.budgetUtilisation,
      utilisation >= limit
    {
      limits.insert(.budgetUtilisation)
    }
    if let limit = stop.dailyBudget, question.classSpendToday >= limit {
      limits.insert(.dailyBudget)
    }
    return limits
  }

  /// The refusals that need no look at the steps, the first that applies.
  private func refusal(
    of question: Question, _ situation: Situation, _ effect: BudgetEffect
  ) -> Decision.Refusal? {
    // 2.
    if question.isPrepaidExhausted, definition.rejectsPrepaidExhausted { return .prepaidExhausted }
    // 3. At or above.
    if let limit = definition.loopGuard.sessionRequestsPerMinute,
      question.sessionRequestsLastMinute >= limit
    {
      return .loopGuard
    }
    if let limit = definition.loopGuard.sessionCostPerDay, question.sessionCostToday >= limit {
      return .loopGuard
    }
    // 5.
    if effect == .block { return .budgetBlocked }
    // 6.
    if case .failed(let kind, let outputTokens) = situation,
      !isRetryable(kind, outputTokens: outputTokens)
    {
      return .notRetryable
    }
    return nil
  }

  /// 8 and 9: the step that comes next, or the refusal where none is left.
  private func next(
    after situation: Situation, _ trafficClass: TrafficClass, _ table: StepTable,
    _ removals: Removals, _ attempts: [PastAttempt]
  ) throws(QuestionError) -> Decision {
    func run(_ index: Int, _ reason: Decision.Reason) -> Decision {
      .run(step(index, of: trafficClass), index: index, reason: reason, in: trafficClass)
    }

    switch situation {
    case .start:
      guard let index = removals.remaining.first else {
        let isBudget = !removals.steps(takenBy: .spendLimit).isEmpty
        return .reject(isBudget ? .budgetBlocked : .noEligibleStep, in: trafficClass)
      }
      if index == 0 { return run(index, .primary) }
      let isBudget =
        removals.steps(takenBy: .spendLimit).contains(0)
        || removals.steps(takenBy: .downgrade).contains(0)
      return run(index, isBudget ? .budgetDowngrade : .ineligibleSkipped)

    case .suspended:
      guard let index = removals.remaining.first else {
        return .reject(.hardStop, in: trafficClass)
      }
      return run(index, .resume)

    case .failed:
      let last = try attempts.lastStep(of: trafficClass, count: table.count)
      if removals.remaining.contains(last), attempts.timesInARow(last) <= table.retriesPerStep {
        return run(last, .retry)
      }
      guard let index = removals.remaining.first(after: last) else {
        return .reject(.hardStop, in: trafficClass)
      }
      return run(index, .fallback)
    }
  }
}
