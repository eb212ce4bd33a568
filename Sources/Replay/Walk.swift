import PolicyEngine
import Pricing
import Traffic
import Units

/// Walks requests under a policy: a call that the log has takes its recorded outcome; one that it does
/// not have may go several ways, each with its probability. No draw is made, no request is dropped.
struct Walk {
  let trace: Trace
  let evidence: Evidence
  var tree: DecisionTree
  var sums: WalkSums
  let groups: FailureGroups
  let dimension: LeafDimension
  /// Requests whose steps are noted, and what was.
  var watched: Set<Int> = []
  private(set) var watches: [Int: Watch] = [:]
  private var watch: Watch?
  private let grades: [Grade?]

  // Of the request under way.
  private var request = Trace.Request.placeholder
  private var requestCost = Spend()
  private var slot = 0
  private var standing = Standing()
  private var moments = Moments()
  private var costVariance = 0.0
  private var hasLeftLog = false
  /// Whether sums are kept apart by tenant, and which one it is; -1 for all.
  private let perTenant: Bool
  private var tenantNumber: Int32 = -1
  private var fees: FeeShare?

  init(
    _ trace: Trace, _ evidence: Evidence, _ tree: DecisionTree, _ groups: FailureGroups,
    dimension: LeafDimension, perTenant: Bool = false
  ) {
    self.perTenant = perTenant
    self.trace = trace
    self.evidence = evidence
    self.tree = tree
    self.groups = groups
    self.dimension = dimension
    grades = tree.models.map { tree.policy.grade(of: $0) }
    sums = WalkSums(cells: trace.planCells.count, months: trace.planMonths.count)
  }

  /// Replays the requests of one tenant, in their order.
  mutating func tenant(_ range: Range<Int>, crossings: inout Crossings) {
    guard let first = range.first else { return }
    let history = trace.histories[Int(trace.requests[first].tenant)]
    fees = history.flatMap { $0.hasFees ? FeeShare($0) : nil }
    defer { fees?.finish(&sums) }
    tenantNumber = perTenant ? trace.requests[first].tenant : -1
    var book = TenantBook(
      history, tree.policy.loopLimits, spendErrors: evidence.doubt.spendErrors)
    for index in range {
      request = trace.requests[index]
      book.advance(to: request.startedAt)
      requestCost = Spend()
      costVariance = 0
      let limits = tree.limits[Int(request.profile)]
      if request.isContext {
        context(index)
      } else {
        standing.set(index, trace, book, tree)
        crossings.note(request, book, standing.gates[0].rank)
        replay(index)
      }
      book.book(
        requestCost, recorded: trace.cost(of: request), limits.trafficClass,
        session: request.session,
        at: request.startedAt, variance: costVariance)
    }
  }

  private mutating func replay(_ index: Int) {
    slot = dimension.isEmpty ? sums.slot(group: request.group, leaf: 0, tenant: tenantNumber) : -1
    moments = Moments()
    hasLeftLog = false
    watch = watched.contains(index) ? Watch() : nil
    follow(Path(node: tree.root(request.profile)))
    if let watch { watches[index] = watch }
    if !moments.isEmpty {
      costVariance = evidence.failures.dispersion * moments.variance(18)
      sums.add(moments, request, slot)
    }
    sums.noteRequest(
      index, recorded: trace.cost(of: request), cost: requestCost, isWhole: moments.isEmpty,
      isInStep: !hasLeftLog)
  }

  /// A request outside the period: booked as recorded, and seen by means of planned cost alone.
  private mutating func context(_ index: Int) {
    requestCost.exact = trace.cost(of: request)
    let primary = trace.profiles[Int(request.profile)].primary
    guard let at = request.lines.first(where: { trace.lines[$0].work.isSuccess }) else { return }
    let line = trace.lines[at]
    if isSame(Int(line.route), primary) {
      sums.addContext(request, line.cost.nanoUSD)
    } else if let planned = request.planned {
      sums.addContext(request, planned.nanoUSD)
    } else {
      let price = evidence.rates.price(trace.modelOfRoute[primary], request.startedAt.day)
      sums.addContext(request, price?.cost(of: line.usage)?.nanoUSD)
    }
    fees?.add(request, slot: -1, weight: 1, isWhole: true)
  }

  /// Goes on until the request is settled; where the log ends the way forks.
  private mutating func follow(_ start: Path) {
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
          trace.lines[line].work.action == .reject
        {
          path.take(trace.lines[line])
        } else if path.isInStep, path.lines == Int(request.lineCount), path.isWhole,
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
        if take(line, route, answer, &path) { return }
      }
    }
  }

  /// Takes a step without a model; false where the request is settled by it.
  private mutating func act(
    _ action: StepAction, _ answer: DecisionTree.Answer, _ path: inout Path
  ) -> Bool {
    let at = Int(request.firstLine) + path.lines
    let isRecorded =
      path.isInStep && path.lines < Int(request.lineCount)
      && trace.lines[at].work.action == Action(action)
    if isRecorded {
      path.take(trace.lines[at])
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
    let chance = path.suspensions > 3 ? 0 : evidence.failures.resumption
    var left = path
    left.isWhole = false
    if chance > 0 {
      left.weight *= 1 - chance
      settle(left, serving: nil)
      path.weight *= chance
      path.isWhole = false
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
      let line = trace.lines[next]
      if line.route >= 0, isSame(Int(line.route), route) { return next }
    }
    var left = path.tries { isSame($0, route) }
    for index in request.lines {
      let line = trace.lines[index]
      guard line.route >= 0, isSame(Int(line.route), route) else { continue }
      if left == 0 { return index }
      left -= 1
    }
    return nil
  }

  private func isSame(_ one: Int, _ other: Int) -> Bool {
    one == other || tree.routes[one].isSame(as: tree.routes[other])
  }

  /// Takes a recorded call; true where it settles the request.
  private mutating func take(
    _ index: Int, _ route: Int, _ answer: DecisionTree.Answer, _ path: inout Path
  ) -> Bool {
    let line = trace.lines[index]
    path.take(line)
    path.note(route: route)
    sums.grounded.attempts += path.weight
    sums.grounded.cost += path.weight * Double(line.cost.nanoUSD)
    if line.work.isSuccess {
      settle(
        path,
        serving: Serving(
          route: Int(line.route), cost: Spend(exact: line.cost.nanoUSD), line: line,
          tokens: line.tokens))
      return true
    }
    path.failedAttempts += 1
    let work = evidence.failures.work(line)
    path.lastFailure =
      work.isProviderFailure
      ? (
        evidence.health.providerOf[tree.modelOfRoute[route]], work,
        evidence.failures.repeats(after: work)
      ) : nil
    path.node = tree.child(path.node, step: answer.step, route: route, work)
    return false
  }

  /// A call that the log does not have.
  private mutating func call(_ route: Int, _ answer: DecisionTree.Answer, _ start: Path) {
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

  /// The end of a way.
  private mutating func settle(_ path: Path, serving: Serving?, asRecorded: Bool = false) {
    if path.isWhole {
      requestCost.exact &+= path.cost.exact
    } else {
      requestCost.expected += path.weight * path.cost.value
    }
    let primary = trace.profiles[Int(request.profile)].primary
    var status: RequestStatus
    if let serving {
      status = isSame(serving.route, primary) ? .servedPrimary : .servedFallback
    } else if path.answered == .cachedResponse {
      status = .servedCached
    } else if path.answered == .defaultResponse {
      status = .servedDefault
    } else if path.wasPutOff {
      status = .deferred
    } else {
      status = asRecorded ? .failed : path.wasRejected ? .rejected : .failed
    }
    if !path.isInStep || path.lines != Int(request.lineCount) { hasLeftLog = true }
    var leaf = Leaf(path: path, status: status, serving: serving)
    leaf.primaryModel = trace.modelOfRoute[primary]
    judge(&leaf)
    let slot =
      dimension.isEmpty
      ? slot
      : sums.slot(
        group: request.group,
        leaf: dimension.key(status, serving.map { tree.modelOfRoute[$0.route] }),
        tenant: tenantNumber)
    sums.add(leaf, request, slot, &moments)
    if fees != nil, status.isServed {
      fees?.add(request, slot: slot, weight: path.weight, isWhole: path.isWhole)
    }
    watch?.note(leaf)
  }

  /// Grades and planned cost of a way's end.
  private func judge(_ leaf: inout Leaf) {
    let day = request.startedAt.day
    switch leaf.status {
    case .servedPrimary:
      leaf.planned = leaf.serving?.cost
    case .servedFallback:
      guard let serving = leaf.serving else { return }
      if serving.line != nil, let planned = request.planned {
        leaf.planned = Spend(exact: planned.nanoUSD)
      } else if let price = evidence.rates.price(leaf.primaryModel, day) {
        if let line = serving.line {
          leaf.planned = price.cost(of: line.usage).map { Spend(exact: $0.nanoUSD) }
        } else {
          leaf.planned = evidence.rates.listed(leaf.primaryModel, day, serving.tokens).map {
            Spend(expected: $0)
          }
        }
      }
      let served = grade(tree.modelOfRoute[serving.route], day)
      let asked = grade(leaf.primaryModel, day)
      if let served, let asked {
        leaf.isDowngraded = served < asked
      } else {
        leaf.isUngraded = true
      }
    case .servedCached, .servedDefault:
      leaf.isDowngraded = true
    case .deferred, .rejected, .failed:
      break
    }
  }

  private func grade(_ model: Int, _ day: UTCDay) -> Grade? {
    (model < grades.count ? grades[model] : tree.policy.grade(of: tree.models[model]))
      ?? evidence.rates.price(model, day)?.grade
  }
}

/// By what of its end, and not of the request, a report is grouped.
package struct LeafDimension: OptionSet, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let status = LeafDimension(rawValue: 1)
  package static let servedBy = LeafDimension(rawValue: 2)

  /// A number for the end of a way: the status above, the model that served below, from 1.
  func key(_ status: RequestStatus, _ model: Int?) -> Int32 {
    (contains(.status) ? Int32(status.place) << 16 : 0)
      | (contains(.servedBy) ? Int32((model ?? -1) + 1) : 0)
  }
}

/// The end of one way of a request.
struct Leaf {
  let path: Path
  let status: RequestStatus
  let serving: Serving?
  var primaryModel = 0
  /// nil where a mean of others must stand in.
  var planned: Spend?
  var isDowngraded = false
  var isUngraded = false

  init(path: Path, status: RequestStatus, serving: Serving?) {
    self.path = path
    self.status = status
    self.serving = serving
  }
}
