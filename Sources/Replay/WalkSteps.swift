import PolicyEngine
import Pricing
import Traffic
import Units

extension Walk {
  /// Goes on until the request is settled; where the log ends the way forks.
  mutating func follow(_ start: Path) {
    var path = start
    while true {
      let gate = standing.gate(
        path.lines, elapsed: path.elapsedMilliseconds, tree.limits[Int(request.profile)])
      let answer = tree.answer(path.node, gate)
      if watch != nil {
        let isRecorded = answer.route.map { recorded($0, path) != nil }
        watch?.note(path, gate, isRecorded: isRecorded)
      }
      switch answer.next {
      case .reject:
        let line = Int(request.firstLine) + path.lines
        if path.isInStep, path.lines < Int(request.lineCount),
          trace.line(line).work.action == .reject
        {
          path.take(trace.line(line))
        } else if path.isInStep, path.lines == Int(request.lineCount), path.way.isWhole,
          path.lines > 0
        {
          // A log without the line of a refusal.
          return settle(path, serving: nil, asRecorded: true)
        }
        path.wasRejected = true
        return settle(path, serving: nil)

      case .action(let action):
        guard act(action, answer, &path) else { return }

      case .model(let route):
        guard !path.isFull else { return settle(path, serving: nil) }
        guard let line = recorded(route, path) else { return call(route, answer, path) }
        if line != Int(request.firstLine) + path.lines { path.isInStep = false }
        turn(line, route, answer, &path)
        if take(line, route, answer, &path) { return }
      }
    }
  }

  /// A request that was sent somewhere by chance: no policy decided it, so it stays as it went.
  mutating func keep() {
    var path = Path(node: tree.root(request.profile))
    for index in request.lines {
      let line = trace.line(index)
      path.take(line)
      switch line.work.action {
      case .cachedResponse?, .defaultResponse?: path.answered = path.answered ?? line.work.action
      case .queue?, .pause?, .manualReview?: path.wasPutOff = true
      case .reject?: path.wasRejected = true
      case .model?, nil:
        sums.noteRecorded(path.way.weight, line)
        if line.work.isSuccess { return settle(path, serving: Serving(line)) }
        path.way.failedAttempts += 1
        if line.work.isProviderFailure { path.way.providerFailures += 1 }
      }
    }
    settle(path, serving: nil)
  }

  /// Takes a step without a model; false where the request is settled by it.
  private mutating func act(
    _ action: StepAction, _ answer: DecisionTree.Answer, _ path: inout Path
  ) -> Bool {
    let at = Int(request.firstLine) + path.lines
    let isRecorded =
      path.isInStep && path.lines < Int(request.lineCount)
      && trace.line(at).work.action == Action(action)
    if isRecorded {
      path.take(trace.line(at))
    } else {
      path.isInStep = false
      path.lines += 1
    }
    path.node = tree.child(
      path.node, step: answer.step, route: -1, .action(Action(action)))
    switch action {
    case .cachedResponse, .defaultResponse:
      path.answered = path.answered ?? Action(action)
    case .reject:
      path.wasRejected = true
    case .manualReview:
      path.wasPutOff = true
    case .queue, .pause:
      path.wasPutOff = true
      path.lastFailure = nil
      return resume(isRecorded, &path)
    }
    settle(path, serving: nil)
    return false
  }

  /// Whether a request that was put off comes back; where the log does not say, it does as often as others.
  private mutating func resume(_ isRecorded: Bool, _ path: inout Path) -> Bool {
    path.suspensions += 1
    if isRecorded {
      if path.lines < Int(request.lineCount) { return true }
      settle(path, serving: nil)
      return false
    }
    guard let evidence else {
      isStuck = true
      return false
    }
    let chance = path.suspensions > 3 ? 0 : evidence.failures.resumption
    var left = path
    left.way.isWhole = false
    if chance > 0 {
      left.way.weight *= 1 - chance
      settle(left, serving: nil)
      path.way.weight *= chance
      path.way.isWhole = false
      return true
    }
    settle(path, serving: nil)
    return false
  }

  /// The recorded line of a call: the next one while the log is followed in step, else the try of the
  /// same route with the same number.
  private func recorded(_ route: Int, _ path: Path) -> Int? {
    let next = Int(request.firstLine) + path.lines
    if path.isInStep, path.lines < Int(request.lineCount) {
      let line = trace.line(next)
      if line.route >= 0, tree.isSame(Int(line.route), route) { return next }
    }
    var left = path.tries { tree.isSame($0, route) }
    for index in request.lines {
      let line = trace.line(index)
      guard line.route >= 0, tree.isSame(Int(line.route), route) else { continue }
      if left == 0 { return index }
      left -= 1
    }
    return nil
  }

  /// Takes a recorded call; true where it settles the request.
  private mutating func take(
    _ index: Int, _ route: Int, _ answer: DecisionTree.Answer, _ path: inout Path
  ) -> Bool {
    let line = trace.line(index)
    noteCall(path, tree.modelOfRoute[route])
    path.take(line)
    path.note(route: route)
    sums.noteRecorded(path.way.weight, line)
    if line.work.isSuccess {
      settle(path, serving: Serving(line))
      return true
    }
    path.way.failedAttempts += 1
    let work = line.work(useful: usefulOutputTokens)
    if work.isProviderFailure { path.way.providerFailures += 1 }
    path.lastFailure =
      work.isProviderFailure ? (prices.providerOf[tree.modelOfRoute[route]], work, nil) : nil
    path.node = tree.child(path.node, step: answer.step, route: route, work)
    return false
  }
}
