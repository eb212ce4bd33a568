import Pricing
import Traffic
import Units

extension Walk {

  /// A call that the log does not have.
  mutating func call(_ route: Int, _ answer: DecisionTree.Answer, _ start: Path) {
    let model = tree.modelOfRoute[route]
    let tokens = evidence.tokens(model, request, trace)
    let day = request.startedAt.day
    let cost = evidence.rates.cost(model, day, tokens)
    let provider = evidence.health.providerOf[model]
    let last = start.lastFailure.flatMap { $0.provider == provider ? $0 : nil }
    let failure = evidence.failure(
      model, request, trace, repeats: last?.repeats, input: tokens.input)
    let refused = refusal(start)

    var path = start
    path.isWhole = false
    path.isInStep = false
    path.lines += 1
    path.attempts += 1
    path.note(route: route)
    sums.noteModelled(
      model, path.weight, cost, evidence.health.clock.bin(request.startedAt),
      isStart: start.attempts == 0)
    if !evidence.rates.isPriced(model, day) { path.unpricedAttempts += 1 }

    succeed(route, model, tokens, cost, path, (1 - failure) * (1 - refused.chance))
    path.failedAttempts += 1
    refuse(refused, (1 - failure) * refused.chance, tokens, cost, answer, path, route)
    guard path.weight * failure > 1e-9 else { return }
    let inputCost = evidence.rates.cost(
      model, day, Tokens(input: tokens.input, cached: tokens.cached, write: 0, output: 0))
    for group in groups.groups {
      var failed = path
      failed.weight *= failure * group.share
      failed.cost.expected += group.charged * inputCost
      failed.input.expected += group.reportedInput * tokens.input
      failed.output.expected += group.output
      failed.elapsedMilliseconds += group.latency
      failed.lastFailure = (provider, group.work, group.repeats)
      failed.node = tree.child(path.node, step: answer.step, route: route, group.work)
      follow(failed)
    }
  }

  private mutating func succeed(
    _ route: Int, _ model: Int, _ tokens: Tokens, _ cost: Double, _ start: Path, _ chance: Double
  ) {
    var path = start
    path.weight *= chance
    guard path.weight > 1e-12 else { return }
    path.cost.expected += cost
    path.input.expected += tokens.input
    path.cachedInput.expected += tokens.cached
    path.output.expected += tokens.output
    path.elapsedMilliseconds += evidence.latency(model)
    let spread = 0.6 * cost
    path.costVariance += spread * spread
    settle(
      path,
      serving: Serving(route: route, cost: Spend(expected: cost), line: nil, tokens: tokens))
  }

  /// A request's own fault, which shows on most routes.
  private func refusal(_ path: Path) -> (chance: Double, work: LineWork) {
    var isServed = false
    for index in request.lines {
      let line = trace.lines[index]
      if line.work.isFailure, !line.work.isProviderFailure {
        return (evidence.portability, line.work)
      }
      if line.work.isSuccess { isServed = true }
    }
    let usual = LineWork.failure(.contentPolicy)
    return (isServed ? 0 : evidence.failures.refusal(request.stratum), usual)
  }

  private mutating func refuse(
    _ refused: (chance: Double, work: LineWork), _ chance: Double, _ tokens: Tokens,
    _ cost: Double, _ answer: DecisionTree.Answer, _ start: Path, _ route: Int
  ) {
    guard start.weight * chance > 1e-9 else { return }
    var path = start
    path.weight *= chance
    path.cost.expected += evidence.failures.chargedShare(refused.work) * cost
    path.input.expected += evidence.failures.reportedInput(refused.work) * tokens.input
    path.elapsedMilliseconds += evidence.failures.manners[Int(refused.work.code)].latency
    path.lastFailure = nil
    path.node = tree.child(path.node, step: answer.step, route: route, refused.work)
    follow(path)
  }
}
