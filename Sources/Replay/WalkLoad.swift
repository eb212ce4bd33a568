import PolicyEngine
import Traffic
import Units

/// Limits on calls: what a policy adds to a minute or takes from it turns recorded refusals into
/// calls that are taken, and calls that were taken into refusals.
extension Walk {
  /// What is less likely than this is not told apart: where a third of all calls is refused, the ways of
  /// one request would be thousands.
  static let leastSplit = 1e-3

  private func call(_ model: Int, _ path: Path) -> RateLimits.Call {
    RateLimits.Call(
      tenant: request.tenant, model: model,
      milliseconds: request.startedAt.milliseconds + Int64(path.elapsedMilliseconds)
        + Int64(path.suspensions) * RateLimits.pauseMilliseconds)
  }

  /// How likely a call that the log does not have is refused for its rate; nil where no limits are known.
  func refusalForRate(_ model: Int, _ path: Path) -> Double? {
    evidence?.limits?.chance(call(model, path), load, evidence?.doubt.loadFactor ?? 1)
  }

  /// How likely a recorded call ends otherwise for what the policy does to the load: taken where it was
  /// refused for its rate, refused where it was not.
  func flip(of index: Int, _ path: Path) -> Double {
    guard let limits = evidence?.limits, let load else { return 0 }
    let line = trace.line(index)
    let model = trace.modelOfRoute[Int(line.route)]
    let before = limits.chance(recordedCall(index, model), nil)
    let after = limits.chance(call(model, path), load, evidence?.doubt.loadFactor ?? 1)
    if line.work == .failure(.rateLimited) {
      return after < before ? 1 - after / before : 0
    }
    return after > before ? (after - before) / (1 - before) : 0
  }

  private func recordedCall(_ index: Int, _ model: Int) -> RateLimits.Call {
    var milliseconds = request.startedAt.milliseconds
    for earlier in Int(request.firstLine)..<index {
      milliseconds += trace.line(earlier).lastedMilliseconds
    }
    return RateLimits.Call(tenant: request.tenant, model: model, milliseconds: milliseconds)
  }

  /// Splits off what becomes of a recorded call that ends otherwise.
  mutating func turn(
    _ index: Int, _ route: Int, _ answer: DecisionTree.Answer, _ path: inout Path
  ) {
    let chance = flip(of: index, path)
    guard chance * path.way.weight > Self.leastSplit else { return }
    if trace.line(index).work == .failure(.rateLimited) {
      var taken = path
      taken.way.weight *= chance
      call(route, answer, taken, isTaken: true)
    } else {
      refuseForRate(chance, route, answer, path)
    }
    path.way.weight *= 1 - chance
    path.way.isWhole = false
  }

  /// The way on which a call is refused for its rate.
  mutating func refuseForRate(
    _ chance: Double, _ route: Int, _ answer: DecisionTree.Answer, _ start: Path
  ) {
    guard let evidence, let group = groups?.rateLimited else { return }
    let model = tree.modelOfRoute[route]
    var path = start
    path.way.weight *= chance
    path.way.isWhole = false
    path.isInStep = false
    noteCall(path, model)
    path.lines += 1
    path.note(route: route)
    path.way.attempts += 1
    path.way.failedAttempts += 1
    if !evidence.rates.isPriced(model, request.day) { path.way.unpricedAttempts += 1 }
    sums.noteModelled(model, path.way.weight, 0, nil, isStart: start.way.attempts == 0)
    path.elapsedMilliseconds += group.latency
    path.lastFailure = (prices.providerOf[model], group.work, group.repeats)
    path.node = tree.child(path.node, step: answer.step, route: route, group.work)
    follow(path)
  }

  /// A call on one way of the request.
  mutating func noteCall(_ path: Path, _ model: Int) {
    guard notesLoad, evidence?.limits != nil else { return }
    let units = (path.way.weight * Double(CallTimes.unit)).rounded()
    calls.append(ChangedLoad.Change(call: call(model, path), units: Int64(units)))
  }

  /// Sums what the request's calls are beyond the recorded ones, unless they are the same.
  mutating func noteChangedCalls() {
    guard !calls.isEmpty, hasLeftLog || !moments.isEmpty else { return }
    for index in request.lines {
      let line = trace.line(index)
      guard line.route >= 0 else { continue }
      let model = trace.modelOfRoute[Int(line.route)]
      calls.append(
        ChangedLoad.Change(call: recordedCall(index, model), units: -CallTimes.unit))
    }
    sums.noteChanged(ChangedLoad.merged(calls))
  }
}
