import Pricing
import Traffic
import Units

/// Everything that a log tells of attempts that were not made.
final class Evidence: Sendable {
  /// How far a replay departs from the best estimate, to see what a doubt is worth.
  struct Doubt: Hashable, Sendable {
    /// Standard errors by which a target's ratios are moved, by measure and model.
    /// Empty for none at all.
    var shifts: [Double] = []
    var failureFactor = 1.0
    var portability: Double?
    /// Of the calls that a policy adds to a minute or takes from it, how many count against limits.
    var loadFactor = 1.0
    /// Standard errors by which each tenant's spend is moved where budgets look at it.
    var spendErrors = 0.0

    static let none = Doubt()

    func shift(_ measure: TokenMeasure, _ model: Int) -> Double {
      shifts.isEmpty ? 0 : shifts[Self.place(measure, model)]
    }

    static func place(_ measure: TokenMeasure, _ model: Int) -> Int { model * 3 + measure.rawValue }
  }

  let health: Health
  /// nil where the log shows none.
  let limits: RateLimits?
  let failures: FailureEvidence
  let ratios: TokenRatios
  private let caches: CacheManners
  let rates: Rates
  let models: [ModelID]
  /// Declared by the operator for models that were never observed.
  let assumed: Set<Int>
  /// How much longer failed requests are than others of their kind, where failures hang on length: of
  /// those that nobody measured.
  private let lengthOfFailed: Double
  /// Mean latency of each model's successes, in milliseconds.
  private let latencies: [Double]
  let doubt: Doubt

  init(
    _ trace: Trace, _ book: PriceBook, usefulOutputTokens: Int64, assumed: Set<ModelID>
  ) {
    doubt = .none
    models = book.models
    self.assumed = Set(models.indices.filter { assumed.contains(book.models[$0]) })
    rates = Rates(book, trace)
    limits = RateLimits(trace, providerOf: book.providerOf)
    var health = Health(
      trace, clock: TimeBins(trace), providerOf: book.providerOf, providers: book.providers,
      knowsLimits: limits != nil)
    let sizes = SizeFailures(trace, health)
    health.allow(sizes)
    self.health = health
    failures = FailureEvidence(
      trace, health, sizes, usefulOutputTokens: usefulOutputTokens, rates: rates)
    ratios = TokenRatios(trace, models: book.models.count)
    lengthOfFailed = sizes.isActive ? Self.lengthOfFailed(trace, ratios) : 1
    caches = CacheManners(trace)
    latencies = Self.latencies(trace, book.models.count)
  }

  private init(_ other: Evidence, doubting doubt: Doubt) {
    self.doubt = doubt
    health = other.health
    limits = other.limits
    failures = other.failures
    ratios = other.ratios
    lengthOfFailed = other.lengthOfFailed
    caches = other.caches
    rates = other.rates
    models = other.models
    assumed = other.assumed
    latencies = other.latencies
  }

  /// The same evidence, taken to be off by a doubt.
  func doubting(_ doubt: Doubt) -> Evidence { Evidence(self, doubting: doubt) }

  private static func latencies(_ trace: Trace, _ models: Int) -> [Double] {
    var sums = Array(repeating: (0.0, 0.0), count: models)
    var all = (0.0, 0.0)
    trace.forEachLine { line in
      guard line.work.isSuccess, line.route >= 0 else { return }
      let model = trace.modelOfRoute[Int(line.route)]
      sums[model].0 += Double(line.latencyMilliseconds)
      sums[model].1 += 1
      all.0 += Double(line.latencyMilliseconds)
      all.1 += 1
    }
    let mean = all.1 > 0 ? all.0 / all.1 : 1_000
    return sums.map { ($0.0 + 5 * mean) / ($0.1 + 5) }
  }

  private static func lengthOfFailed(_ trace: Trace, _ ratios: TokenRatios) -> Double {
    var sums = (seen: 0.0, expected: 0.0)
    trace.forEachFirstLine { request, line, model in
      guard line.work.isProviderFailure, let input = trace.input(of: request) else { return }
      sums.seen += input
      sums.expected +=
        ratios.mean(.input, model, request.stratum).value
        * ratios.factors(request.stratum, request.tenant)[TokenMeasure.input.rawValue]
    }
    return sums.expected > 0 ? max(1, sums.seen / sums.expected) : 1
  }

  func latency(_ model: Int) -> Double { latencies[model] }

  func isObserved(_ model: Int) -> Bool { health.isObserved(model) }

  /// How likely a call of a model that would take `input` tokens fails by the provider's doing.
  ///
  /// `repeats` is how often a call of the same provider fails after what it just failed by; nil where
  /// this request did not just meet a failure of it.
  func failure(
    _ model: Int, _ request: Trace.Request, _ trace: Trace, repeats: Double?, input: Double
  ) -> Double {
    let bin = health.clock.bin(request.startedAt)
    let own = health.own(trace, request, model, failuresOnly: true)
    var chance: Double
    if let repeats {
      chance = health.failure(
        model, bin, without: own, prior: repeats + failures.sizes.mean(model),
        priorTries: failures.repeatPrior)
      chance = failures.sizes.corrected(chance, model, input: input)
    } else {
      chance = health.failure(model, bin, without: own)
      chance = failures.sizes.corrected(chance, model, input: input)
      chance *= failures.excess(input: input, tenant: request.tenant)
    }
    return min(0.97, chance * doubt.failureFactor)
  }

  var portability: Double { doubt.portability ?? failures.portability }

  /// What a model's answer to this request would take.
  func tokens(_ model: Int, _ request: Trace.Request, _ trace: Trace) -> Tokens {
    var tokens = meanTokens(model, request)
    let primary = trace.modelOfRoute[trace.profiles[Int(request.profile)].primary]
    var carried = CacheManners.Shares(
      cached: tokens.input > 0 ? min(1, tokens.cached / tokens.input) : 0, written: 0)
    if let line = reference(request, trace) {
      let from = trace.modelOfRoute[Int(line.route)]
      let input = Double(line.input)
      tokens.input = input * scaled(.input, from, model, request)
      if line.work.isSuccess {
        tokens.output = Double(line.output) * scaled(.output, from, model, request)
        carried = CacheManners.Shares(
          cached: Double(line.cachedInput) / input, written: Double(line.cacheWrite) / input)
        if from == model {
          tokens.cached = Double(line.cachedInput)
          tokens.write = Double(line.cacheWrite)
          return tokens
        }
      }
    } else if lengthOfFailed > 1, trace.line(Int(request.firstLine)).work.isProviderFailure {
      tokens.input *= lengthOfFailed
    }
    let shares = caches.shares(
      model, request.stratum, isPrimary: model == primary, carried: carried)
    tokens.cached = shares.cached * tokens.input * cacheShift(model)
    tokens.write = min(shares.written * tokens.input, tokens.input - tokens.cached)
    return tokens
  }

  /// What is not read from a cache is paid in full: a doubt of the input is one of the cache too.
  private func cacheShift(_ model: Int) -> Double {
    1 + 0.1 * doubt.shift(.cached, model)
  }

  /// The recorded line that says most of a request's size.
  private func reference(_ request: Trace.Request, _ trace: Trace) -> Trace.Line? {
    var failed: Trace.Line?
    for index in request.lines {
      let line = trace.line(index)
      guard line.route >= 0, line.input > 0 else { continue }
      if line.work.isSuccess { return line }
      failed = line
    }
    return failed
  }

  private func meanTokens(_ model: Int, _ request: Trace.Request) -> Tokens {
    let factors = ratios.factors(request.stratum, request.tenant)
    func mean(_ measure: TokenMeasure) -> Double {
      let mean = ratios.mean(measure, model, request.stratum)
      return factors[measure.rawValue] * mean.value * shift(measure, model, mean.relativeError)
    }
    return Tokens(input: mean(.input), cached: mean(.cached), write: 0, output: mean(.output))
  }

  private func scaled(
    _ measure: TokenMeasure, _ from: Int, _ to: Int, _ request: Trace.Request
  ) -> Double {
    guard from != to else { return 1 }
    let ratio = ratios.ratio(measure, from: from, to: to, request.stratum)
    return ratio.value * shift(measure, to, ratio.relativeError)
  }

  private func shift(_ measure: TokenMeasure, _ model: Int, _ relativeError: Double) -> Double {
    max(0.05, 1 + doubt.shift(measure, model) * relativeError)
  }
}
