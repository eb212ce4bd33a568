import Pricing
import Traffic
import Units

extension Walk {
  /// A call that the log does not have; with `isTaken` one that no limit refuses.
  mutating func call(
    _ route: Int, _ answer: DecisionTree.Answer, _ given: Path, isTaken: Bool = false
  ) {
    guard let evidence, let groups else {
      isStuck = true
      return
    }
    let model = tree.modelOfRoute[route]
    var start = given
    if !isTaken, let chance = refusalForRate(model, start),
      chance * start.way.weight > Self.leastSplit
    {
      refuseForRate(chance, route, answer, start)
      start.way.weight *= 1 - chance
      guard start.way.weight > 1e-9 else { return }
    }
    let tokens = evidence.tokens(model, request, trace)
    let day = request.day
    let cost = evidence.rates.cost(model, day, tokens)
    let provider = prices.providerOf[model]
    let last = start.lastFailure.flatMap {
      $0.provider == provider && evidence.health.isTold(by: $0.work) ? $0 : nil
    }
    let failure = evidence.failure(
      model, request, trace,
      repeats: last.map { $0.repeats ?? evidence.failures.repeats(after: $0.work) },
      input: tokens.input)
    let refused = refusal(evidence)

    var path = start
    path.way.isWhole = false
    path.isInStep = false
    path.lines += 1
    path.way.attempts += 1
    path.note(route: route)
    noteCall(start, model)
    sums.noteModelled(
      model, path.way.weight, cost, notesLoad ? evidence.health.clock.bin(request.startedAt) : nil,
      isStart: start.way.attempts == 0)
    if !evidence.rates.isPriced(model, day) { path.way.unpricedAttempts += 1 }

    succeed(
      route, tokens, cost, path, (1 - failure) * (1 - refused.chance),
      latency: evidence.latency(model))
    path.way.failedAttempts += 1
    refuse(evidence, refused, (1 - failure) * refused.chance, tokens, cost, answer, path, route)
    guard path.way.weight * failure > 1e-9 else { return }
    let inputCost = evidence.rates.cost(
      model, day, Tokens(input: tokens.input, cached: tokens.cached, write: 0, output: 0))
    // Where a request has many ways.
    let isOne = evidence.limits != nil && path.way.weight * failure <= Self.leastSplit
    for group in groups.of(provider, isOne: isOne) {
      var failed = path
      failed.way.weight *= failure * group.share
      failed.way.cost.expected += group.charged * inputCost
      failed.way.input.expected += group.reportedInput * tokens.input
      failed.way.output.expected += group.output
      failed.elapsedMilliseconds += group.latency
      failed.lastFailure = (provider, group.work, group.repeats)
      failed.node = tree.child(path.node, step: answer.step, route: route, group.work)
      follow(failed)
    }
  }

  private mutating func succeed(
    _ route: Int, _ tokens: Tokens, _ cost: Double, _ start: Path, _ chance: Double,
    latency: Double
  ) {
    var path = start
    path.way.weight *= chance
    guard path.way.weight > 1e-12 else { return }
    path.way.cost.expected += cost
    path.way.input.expected += tokens.input
    path.way.cachedInput.expected += tokens.cached
    path.way.output.expected += tokens.output
    path.elapsedMilliseconds += latency
    let spread = 0.6 * cost
    path.way.costVariance += spread * spread
    settle(path, serving: Serving(route: route, cost: cost, tokens: tokens))
  }

  /// A request's own fault, which shows on most routes.
  private func refusal(_ evidence: Evidence) -> (chance: Double, work: LineWork) {
    var isServed = false
    for index in request.lines {
      let line = trace.line(index)
      if line.work.isFailure, !line.work.isProviderFailure {
        return (evidence.portability, line.work)
      }
      if line.work.isSuccess { isServed = true }
    }
    let usual = LineWork.failure(.contentPolicy)
    return (isServed ? 0 : evidence.failures.refusal(request.stratum), usual)
  }

  private mutating func refuse(
    _ evidence: Evidence, _ refused: (chance: Double, work: LineWork), _ chance: Double,
    _ tokens: Tokens,
    _ cost: Double, _ answer: DecisionTree.Answer, _ start: Path, _ route: Int
  ) {
    guard start.way.weight * chance > 1e-9 else { return }
    var path = start
    path.way.weight *= chance
    path.way.cost.expected += evidence.failures.chargedShare(refused.work) * cost
    path.way.input.expected += evidence.failures.reportedInput(refused.work) * tokens.input
    path.elapsedMilliseconds += evidence.failures.manners[Int(refused.work.code)].latency
    path.lastFailure = nil
    path.node = tree.child(path.node, step: answer.step, route: route, refused.work)
    follow(path)
  }
}
