package import PolicyEngine
package import Traffic
package import Units

/// Where a gateway first left the policy in force, for one request.
package struct Drift: Hashable, Sendable {
  /// What went wrong, from what costs most to what costs least. Raw values are printed.
  package enum Kind: String, CaseIterable, Sendable {
    /// Called a model again though the failure was the request's own.
    case retriedNonRetryable = "retried_non_retryable"
    /// Answered with less than the floor of the class, or than `never_downgrade` allows.
    case belowFloor = "below_floor"
    /// Took a premium step for a tier without premium.
    case premiumWithoutTier = "premium_without_tier"
    /// Went on after the hard stop of the class, the loop guard, or its own last word.
    case pastHardStop = "past_hard_stop"
    /// Paid as if the month's budget, or the prepaid balance, were not spent.
    case ignoredBudgetStage = "ignored_budget_stage"
    /// Gave up while the policy had a step left.
    case stoppedEarly = "stopped_early"
    /// Another allowed step, or a route that the policy does not name.
    case otherRoute = "other_route"
  }

  package let kind: Kind
  /// The line that the policy would not have written; the number of lines where one is missing.
  package let line: Int
  /// What the policy would have done instead; nil where the request was settled already.
  package let expected: Decision?
  /// What the request cost from that line on.
  package let burnt: Money
}

extension RecordedRequest {
  /// Holds the request to a policy, line by line; nil where every line is what the policy says.
  ///
  /// A log without the line of a refusal is no drift, nor is a request that was put off and, as far as
  /// the log goes, not resumed.
  package func drift(from policy: Policy) -> Drift? {
    var steps: [Int?] = []
    for index in lines.indices {
      let question = question(after: index, steps: steps)
      let evaluation: Evaluation
      do {
        evaluation = try policy.evaluate(question)
      } catch {
        // Settled. No step is missing: each line so far ran the step that was asked for.
        return Drift(kind: .pastHardStop, line: index, expected: nil, burnt: cost(from: index))
      }
      guard lines[index].follows(evaluation.decision, primary: primary) else {
        return Drift(
          kind: kind(of: lines[index], evaluation, policy), line: index,
          expected: evaluation.decision, burnt: cost(from: index))
      }
      steps.append(evaluation.decision.stepIndex)
    }
    return missingStep(steps, policy)
  }

  /// At the end: was there more to do?
  private func missingStep(_ steps: [Int?], _ policy: Policy) -> Drift? {
    guard case .failed = lines.last?.work else { return nil }
    let question = question(after: lines.count, steps: steps)
    let decision: Decision
    do {
      decision = try policy.decide(question)
    } catch {
      return nil
    }
    guard case .run = decision else { return nil }
    return Drift(kind: .stoppedEarly, line: lines.count, expected: decision, burnt: .zero)
  }

  /// What a line is that is not what was decided. The first rule of policy.md that it breaks names it.
  private func kind(
    of line: RecordedLine, _ evaluation: Evaluation, _ policy: Policy
  ) -> Drift.Kind {
    let calls = line.work.route != nil
    if line.work == .acted(.reject) { return .stoppedEarly }
    if case .reject(let refusal, _) = evaluation.decision {
      switch refusal {
      case .prepaidExhausted: return .ignoredBudgetStage
      case .loopGuard: return .pastHardStop
      case .notRetryable: return calls ? .retriedNonRetryable : .pastHardStop
      case .budgetBlocked where evaluation.effect == .block: return .ignoredBudgetStage
      case .budgetBlocked, .hardStop, .noEligibleStep: break
      }
    }
    let step = step(of: line, evaluation.classification.trafficClass, policy)
    if let step, let cause = evaluation.causes(of: step).first {
      return kind(cause, evaluation)
    }
    if step == nil, let route = line.work.route, let grade = policy.grade(of: route.model),
      grade < policy.qualityFloor(of: evaluation.classification.trafficClass)
    {
      return .belowFloor
    }
    switch evaluation.decision {
    case .reject(.budgetBlocked, _): return kind(.spendLimit, evaluation)
    case .reject: return .pastHardStop
    case .run(let wanted, _, _, _): return wanted.isPaid && !calls ? .stoppedEarly : .otherRoute
    }
  }

  private func kind(_ cause: RemovalCause, _ evaluation: Evaluation) -> Drift.Kind {
    switch cause {
    case .premiumTier: .premiumWithoutTier
    case .qualityFloor, .neverDowngrade: .belowFloor
    case .spendLimit:
      evaluation.spendLimits.contains(.unpaidOnly) ? .ignoredBudgetStage : .pastHardStop
    case .downgrade: .ignoredBudgetStage
    case .providerFailures, .elapsedTime, .retryBudget: .pastHardStop
    }
  }

  /// The step that a line ran: the recorded one if it does that, else the first that does; nil for a
  /// route or action that the class does not have.
  private func step(
    of line: RecordedLine, _ trafficClass: TrafficClass, _ policy: Policy
  ) -> Int? {
    let steps = policy.steps(of: trafficClass)
    func runs(_ index: Int) -> Bool {
      line.follows(
        .run(steps[index], index: index, reason: .primary, in: trafficClass), primary: primary)
    }
    if let step = line.step, steps.indices.contains(step), runs(step) { return step }
    return steps.indices.first(where: runs)
  }

  private func cost(from line: Int) -> Money {
    let sum = lines[line...].reduce(Int128(0)) { $0 + Int128($1.cost.nanoUSD) }
    return Money(nanoUSD: Int64(clamping: sum))
  }
}

extension Decision {
  /// nil for a refusal.
  package var stepIndex: Int? {
    switch self {
    case .run(_, let index, _, _): index
    case .reject: nil
    }
  }
}

extension Policy {
  package func qualityFloor(of trafficClass: TrafficClass) -> Grade {
    (definition.classes[trafficClass] ?? ClassPolicy()).qualityFloor
  }
}
