import Traffic
import Units

/// How likely a call fails by the provider's doing: what all tenants' first tries of the same model and
/// provider met around that time, shrunk towards the provider and its long run.
struct Health: Sendable {
  /// How wide to look, and how strongly to shrink; chosen for each provider by what predicts its
  /// recorded tries best when the request's own tries are left out.
  struct Tuning: Hashable, Sendable {
    /// In bins.
    var width: Int
    /// Tries that the long run counts as, against the provider's.
    var providerPrior: Double
    /// Tries that the provider counts as, against the model's.
    var modelPrior: Double

    static let candidates = [3, 6, 15, 40, 120].flatMap { width in
      [1.0, 3.0].flatMap { provider in
        [2.0, 8.0, 40.0].map { Tuning(width: width, providerPrior: provider, modelPrior: $0) }
      }
    }
  }

  /// A request's own tries of a model and of its provider that are not to count.
  struct Own {
    var tries = 0.0
    var failures = 0.0
    var providerTries = 0.0
    var providerFailures = 0.0
  }

  let clock: TimeBins
  private(set) var ofModel: [HealthTrack]
  private(set) var ofProvider: [HealthTrack]
  let providerOf: [Int]
  /// Refusals for the rate of calls are no news of a provider's health: limits are known apart.
  let knowsLimits: Bool
  private var base: [Double] = []
  private(set) var tuning: [Tuning]

  init(
    _ trace: Trace, clock: TimeBins, providerOf: [Int], providers: Int, knowsLimits: Bool = false
  ) {
    self.clock = clock
    self.knowsLimits = knowsLimits
    self.providerOf = providerOf
    ofModel = trace.models.map { _ in HealthTrack(bins: clock.count) }
    ofProvider = (0..<providers).map { _ in HealthTrack(bins: clock.count) }
    tuning = Array(
      repeating: Tuning(width: 15, providerPrior: 2, modelPrior: 8), count: providers)
    trace.forEachFirstTry { request, line, model in
      guard isTold(by: line.work) else { return }
      let bin = clock.bin(request.startedAt)
      ofModel[model].add(bin, failed: !line.work.isSuccess)
      ofProvider[providerOf[model]].add(bin, failed: !line.work.isSuccess)
    }
    for model in ofModel.indices { ofModel[model].close() }
    for provider in ofProvider.indices { ofProvider[provider].close() }
    base = ofModel.map(Self.base)
    tune(trace)
  }

  /// Has the long run hold the failures that come of requests' sizes, beyond the most that it may.
  mutating func allow(_ sizes: SizeFailures) {
    guard sizes.isActive else { return }
    base = ofModel.indices.map { model in
      let tries = Double(ofModel[model].totalTries)
      let own = Double(ofModel[model].totalFailures) - tries * sizes.mean(model)
      return sizes.mean(model) + min((max(0, own) + 1) / (tries + 100), 0.02)
    }
  }

  /// Whether a call's end says how well its provider does.
  func isTold(by work: LineWork) -> Bool {
    work.isSuccess || work.isProviderFailure && !(knowsLimits && work == .failure(.rateLimited))
  }

  /// The long run, of which outages are no part: at most 2 %.
  private static func base(_ track: HealthTrack) -> Double {
    min((Double(track.totalFailures) + 1) / (Double(track.totalTries) + 100), 0.02)
  }

  func calls(_ model: Int, _ bin: Int, bins: Int) -> Int64 {
    model < ofModel.count ? ofModel[model].calls(from: bin, bins: bins) : 0
  }

  /// The most calls of a model within some bins.
  func mostCalls(_ model: Int, bins: Int) -> Int64 {
    stride(from: 0, to: clock.count, by: bins).reduce(0) {
      max($0, calls(model, $1, bins: bins))
    }
  }

  func isObserved(_ model: Int) -> Bool {
    model < ofModel.count && ofModel[model].totalTries > 0
  }

  /// The chance of a failure in a bin; `prior` is what to expect without any evidence, the long run
  /// where it is nil.
  func failure(
    _ model: Int, _ bin: Int, without own: Own = Own(), prior: Double? = nil,
    priorTries: Double? = nil, tuning given: Tuning? = nil
  ) -> Double {
    let provider = providerOf[model]
    let tuning = given ?? tuning[provider]
    let around = ofProvider[provider].sums(around: bin, width: tuning.width)
    let base = prior ?? (model < base.count ? base[model] : 0.02)
    let weight = priorTries ?? tuning.providerPrior
    let ofProviderNow =
      (max(0, around.failures - own.providerFailures) + weight * base)
      / (max(0, around.tries - own.providerTries) + weight)
    // A prior of the request's own is about this very call: it is not diluted by the model's others.
    guard model < ofModel.count else { return ofProviderNow }
    let modelPrior = max(tuning.modelPrior, priorTries ?? 0)
    let near = ofModel[model].sums(around: bin, width: tuning.width)
    return (max(0, near.failures - own.failures) + modelPrior * ofProviderNow)
      / (max(0, near.tries - own.tries) + modelPrior)
  }

  private mutating func tune(_ trace: Trace) {
    var scores = tuning.map { _ in Array(repeating: 0.0, count: Tuning.candidates.count) }
    let stride = max(1, trace.indices.count / 100_000)
    var count = 0
    trace.forEachFirstTry { request, line, model in
      guard isTold(by: line.work) else { return }
      count += 1
      guard count % stride == 0 else { return }
      let bin = clock.bin(request.startedAt)
      let own = own(trace, request, model)
      for (place, candidate) in Tuning.candidates.enumerated() {
        let expected = failure(model, bin, without: own, tuning: candidate)
        let error = (line.work.isSuccess ? 0 : 1) - expected
        // The weight of a logarithmic score near the long run, without a logarithm: what matters is
        // as much the many quiet minutes as the few loud ones.
        scores[providerOf[model]][place] += error * error / (expected + 0.02)
      }
    }
    for provider in tuning.indices {
      let best = scores[provider].indices.min { scores[provider][$0] < scores[provider][$1] }
      if let best { tuning[provider] = Tuning.candidates[best] }
    }
  }

  /// All first tries of a request on a model and on its provider.
  func own(
    _ trace: Trace, _ request: Trace.Request, _ model: Int, failuresOnly: Bool = false
  ) -> Own {
    var own = Own()
    for index in request.lines {
      let line = trace.line(index)
      guard line.route >= 0, isTold(by: line.work), !(line.work.isSuccess && failuresOnly)
      else { continue }
      let other = trace.modelOfRoute[Int(line.route)]
      guard providerOf[other] == providerOf[model], trace.isFirstTry(index, in: request) else {
        continue
      }
      let failure = line.work.isSuccess ? 0.0 : 1.0
      own.providerTries += 1
      own.providerFailures += failure
      if other == model {
        own.tries += 1
        own.failures += failure
      }
    }
    return own
  }
}

/// Time in bins: a minute each, or more where a trace is long.
struct TimeBins: Hashable, Sendable {
  let startMilliseconds: Int64
  let binMilliseconds: Int64
  let count: Int

  init(_ trace: Trace) {
    let rows = trace.rows
    let starts = rows.indices.lazy.map { rows[$0].startedMilliseconds }
    startMilliseconds = starts.min() ?? 0
    let span = (starts.max() ?? 0) - startMilliseconds
    binMilliseconds = max(60_000, span / 100_000)
    count = Int(span / binMilliseconds) + 1
  }

  func start(of bin: Int) -> Timestamp {
    Timestamp(milliseconds: startMilliseconds + Int64(bin) * binMilliseconds)
  }

  func bin(_ time: Timestamp) -> Int {
    min(max(0, Int((time.milliseconds - startMilliseconds) / binMilliseconds)), count - 1)
  }
}

extension Trace {
  /// Whether no earlier line of the request called the same model.
  func isFirstTry(_ index: Int, in request: Request) -> Bool {
    let model = modelOfRoute[Int(line(index).route)]
    for earlier in Int(request.firstLine)..<index {
      let route = line(earlier).route
      if route >= 0, modelOfRoute[Int(route)] == model { return false }
    }
    return true
  }

  /// Every line, in the order of requests.
  func forEachLine(_ body: (Line) -> Void) {
    for place in indices {
      if rows[place].hasSeveralLines {
        for index in request(place).lines { body(line(index)) }
      } else {
        body(rows[place].line)
      }
    }
  }

  /// Each request's first call of each model.
  func forEachFirstTry(_ body: (Request, Line, _ model: Int) -> Void) {
    for place in indices {
      let request = request(place)
      for index in request.lines {
        let line = line(index)
        guard line.route >= 0, isFirstTry(index, in: request) else { continue }
        body(request, line, modelOfRoute[Int(line.route)])
      }
    }
  }
}
