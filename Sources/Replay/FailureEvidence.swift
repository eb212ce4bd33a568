import Traffic
import Units

/// What failures look like: their kinds, what they cost and take, how often the next try fails too, and
/// how often a request's own fault shows on another route.
struct FailureEvidence: Sendable {
  /// By the code of their work.
  private(set) var manners = Array(repeating: Manner(), count: 16)
  /// How often a provider failed in each way, by the code of the work.
  private(set) var countsOf: [[Double]]
  private var repeats = Array(repeating: Repeats(), count: 16)
  private var allRepeats = Repeats()
  /// Tries that the request's own last failure counts as, against others around it: what foretells
  /// the recorded next tries best.
  private(set) var repeatPrior = 32.0
  private var repeatCases: [(request: Int, model: Int, last: LineWork, failed: Bool)] = []
  /// Portable refusals and first tries of each stratum.
  private var refusals: [(refused: Double, tries: Double)]
  private var allRefusals = (refused: 0.0, tries: 0.0)
  /// Other routes tried after a portable refusal, and how many refused too.
  private(set) var carriedTries = 0.0
  private var carriedRefusals = 0.0
  /// Times a request was put off, and came back.
  private var suspensions = 0.0
  private var resumptions = 0.0
  /// Failures against what health alone foretold.
  private var bySize = Array(repeating: (seen: 0.0, expected: 0.0), count: 8)
  private var byTenant: [(seen: Double, expected: Double)]
  /// How much more failures come in bunches than by single chance: 1 or more.
  private(set) var dispersion = 1.0
  private var bunches: [Bunch: (rest: Double, variance: Double)] = [:]
  let usefulOutputTokens: Int64
  let sizes: SizeFailures

  private struct Bunch: Hashable {
    let provider: Int
    let bin: Int
  }

  init(
    _ trace: Trace, _ health: Health, _ sizes: SizeFailures, usefulOutputTokens: Int64,
    rates: Rates
  ) {
    self.sizes = sizes
    self.usefulOutputTokens = usefulOutputTokens
    refusals = trace.strata.map { _ in (0, 0) }
    byTenant = trace.tenants.map { _ in (0, 0) }
    let providers = (health.providerOf.max() ?? 0) + 1
    countsOf = Array(repeating: Array(repeating: 0, count: 16), count: providers)
    for index in trace.indices {
      let request = trace.request(index)
      learn(request, index, trace, health, rates)
    }
    tuneRepeats(trace, health)
    var rest = 0.0
    var variance = 0.0
    for key in bunches.keys.sorted(by: { ($0.provider, $0.bin) < ($1.provider, $1.bin) }) {
      guard let bunch = bunches[key] else { continue }
      rest += bunch.rest * bunch.rest
      variance += bunch.variance
    }
    dispersion = variance > 0 ? min(6, max(1, rest / variance)) : 1
    bunches = [:]
  }

  private mutating func tuneRepeats(_ trace: Trace, _ health: Health) {
    defer { repeatCases = [] }
    guard repeatCases.count >= 20 else { return }
    var best = Double.infinity
    for candidate in [2.0, 8, 32, 128, 1_000_000] {
      var error = 0.0
      for each in repeatCases.prefix(100_000) {
        let request = trace.request(each.request)
        let own = health.own(trace, request, each.model)
        let expected = health.failure(
          each.model, health.clock.bin(request.startedAt), without: own,
          prior: repeats(after: each.last) + sizes.mean(each.model), priorTries: candidate)
        let input = trace.input(of: request) ?? 0
        let miss = (each.failed ? 1 : 0) - sizes.corrected(expected, each.model, input: input)
        error += miss * miss
      }
      if error < best {
        best = error
        repeatPrior = candidate
      }
    }
  }

  private mutating func learn(
    _ request: Trace.Request, _ place: Int, _ trace: Trace, _ health: Health, _ rates: Rates
  ) {
    var previous: Trace.Line?
    var refusedOn: Int16?
    for index in request.lines {
      let line = trace.line(index)
      guard line.route >= 0 else {
        if line.work.action.map({ $0 == .queue || $0 == .pause }) ?? false {
          suspensions += 1
          if index + 1 < request.lines.upperBound { resumptions += 1 }
        }
        previous = nil
        continue
      }
      let model = trace.modelOfRoute[Int(line.route)]
      if let refused = refusedOn, refused != line.route {
        carriedTries += 1
        if line.work.isFailure, !line.work.isProviderFailure { carriedRefusals += 1 }
      }
      if line.work.isFailure {
        learn(line, model, request, rates)
        countsOf[health.providerOf[model]][Int(work(line).code)] += 1
        if !line.work.isProviderFailure { refusedOn = line.route }
      }
      if let previous, previous.work.isProviderFailure, health.isTold(by: previous.work) {
        learnRepeat(previous, line, place, trace, health)
      }
      if index == Int(request.firstLine) { learnFirst(line, model, request, trace, health) }
      previous = line
    }
  }

  private mutating func learn(
    _ line: Trace.Line, _ model: Int, _ request: Trace.Request, _ rates: Rates
  ) {
    let code = Int(work(line).code)
    manners[code].count += 1
    manners[code].latencySum += Double(line.latencyMilliseconds)
    manners[code].outputSum += Double(line.output)
    guard line.input > 0 else { return }
    manners[code].withInput += 1
    let tokens = Tokens(
      input: Double(line.input), cached: Double(line.cachedInput),
      write: Double(line.cacheWrite), output: Double(line.output))
    manners[code].charged += Double(line.cost.nanoUSD)
    manners[code].chargeable += rates.cost(model, request.day, tokens)
  }

  private mutating func learnRepeat(
    _ previous: Trace.Line, _ line: Trace.Line, _ request: Int, _ trace: Trace, _ health: Health
  ) {
    let models = (
      trace.modelOfRoute[Int(previous.route)], trace.modelOfRoute[Int(line.route)]
    )
    guard health.providerOf[models.0] == health.providerOf[models.1],
      health.isTold(by: line.work)
    else { return }
    let failure = line.work.isSuccess ? 0.0 : 1.0
    let code = Int(work(previous).code)
    // What fails for its size fails so each time.
    let size = trace.input(of: trace.request(request)).map(sizes.chance) ?? 0
    repeats[code].tries += 1 - size
    repeats[code].failures += failure - size
    allRepeats.tries += 1 - size
    allRepeats.failures += failure - size
    repeatCases.append((request, models.1, work(previous), failure > 0))
  }

  private mutating func learnFirst(
    _ line: Trace.Line, _ model: Int, _ request: Trace.Request, _ trace: Trace, _ health: Health
  ) {
    let refused = line.work.isFailure && !line.work.isProviderFailure ? 1.0 : 0.0
    if !line.work.isProviderFailure {
      refusals[Int(request.stratum)].refused += refused
      refusals[Int(request.stratum)].tries += 1
      allRefusals.refused += refused
      allRefusals.tries += 1
    }
    guard refused == 0, health.isTold(by: line.work) else { return }
    var expected = health.failure(
      model, health.clock.bin(request.startedAt), without: health.own(trace, request, model))
    if let input = trace.input(of: request) {
      expected = sizes.corrected(expected, model, input: input)
    }
    let seen = line.work.isSuccess ? 0.0 : 1.0
    let bunch = Bunch(
      provider: health.providerOf[model], bin: health.clock.bin(request.startedAt) / 15)
    bunches[bunch, default: (0, 0)].rest += seen - expected
    bunches[bunch, default: (0, 0)].variance += expected * (1 - expected)
    byTenant[Int(request.tenant)].seen += seen
    byTenant[Int(request.tenant)].expected += expected
    guard line.input > 0, !sizes.isActive else { return }
    bySize[Self.size(Double(line.input))].seen += seen
    bySize[Self.size(Double(line.input))].expected += expected
  }

  private static func size(_ input: Double) -> Int {
    var bound = 500.0
    var place = 0
    while place < 7, input >= bound {
      bound *= 2
      place += 1
    }
    return place
  }

  /// The line's work, with a drop that gave useful output told apart.
  func work(_ line: Trace.Line) -> LineWork {
    line.work(useful: usefulOutputTokens)
  }

  /// Of first tries that no fault of the request's own ended, the share that was refused for its rate.
  var refusedForRate: Double {
    guard allRefusals.tries > 0 else { return 0 }
    return manners[Int(LineWork.failure(.rateLimited).code)].count / allRefusals.tries
  }

  /// Whether the log met limits on calls so often that failures hang on load, which a policy moves.
  var hangsOnLoad: Bool { refusedForRate > 0.02 }

  /// How likely a failure of the provider is followed by another one on it, for each kind.
  func repeats(after work: LineWork) -> Double {
    let all = (max(0, allRepeats.failures) + 4 * 0.35) / (allRepeats.tries + 4)
    let own = repeats[Int(work.code)]
    return (max(0, own.failures) + 6 * all) / (own.tries + 6)
  }

  /// How likely a request that was refused for its own fault is refused elsewhere too. The prior of 0.9
  /// is for logs without any fallback, which cannot tell (a fault is a fault for most models).
  var portability: Double { (9 + carriedRefusals) / (10 + carriedTries) }

  /// How likely a request of which nothing is known has a fault of its own.
  func refusal(_ stratum: Int32) -> Double {
    let all = (allRefusals.refused + 0.2) / (allRefusals.tries + 40)
    let own = refusals[Int(stratum)]
    return (own.refused + 200 * all) / (own.tries + 200)
  }

  /// How much likelier than health alone says a request of this size and tenant fails.
  func excess(input: Double, tenant: Int32) -> Double {
    let size = bySize[Self.size(input)]
    let own = byTenant[Int(tenant)]
    return (size.seen + 12) / (size.expected + 12) * ((own.seen + 15) / (own.expected + 15))
  }

  /// How likely a request that is put off comes back in the log.
  var resumption: Double { suspensions > 0 ? resumptions / (suspensions + 1) : 0 }

  /// Of the input's price, how much a failure of a kind is charged: the log's own, and where it has
  /// none, the input of a timeout and of a dropped stream, and nothing of the others.
  func chargedShare(_ work: LineWork) -> Double {
    let manner = manners[Int(work.code)]
    let usual: Double =
      switch work.failureKind {
      case .timeout, .streamDropped: 1
      default: 0
      }
    let trust = min(1, manner.count / 5)
    // Of those that report no input nothing is charged.
    let own =
      manner.chargeable > 0
      ? manner.charged / manner.chargeable * (manner.withInput / manner.count) : 0
    return trust * own + (1 - trust) * usual
  }

  /// How likely a failure of a kind reports its input, as the sums of tokens have it.
  func reportedInput(_ work: LineWork) -> Double {
    let manner = manners[Int(work.code)]
    return (manner.withInput + 0.5 * chargedShare(work)) / (manner.count + 0.5)
  }

  func output(_ work: LineWork) -> Double {
    let manner = manners[Int(work.code)]
    return manner.count > 0 ? manner.outputSum / manner.count : 0
  }
}
