import Traffic

/// How much likelier long requests fail than the shortest ones, whoever is asked: nothing where a log
/// does not show it clearly.
struct SizeFailures: Sendable {
  private var sizes: [Double] = []
  private var chances: [Double] = []
  /// Of each model's first tries, the share that failed for their size.
  private(set) var means: [Double]

  /// Sizes are told apart by doublings of the input from here.
  private static let smallest = 250.0
  private static let bins = 12
  /// Fewer requests than this are put together with longer ones.
  private static let leastTries = 200.0
  /// So far failures by size must be apart to be more than chance.
  private static let leastDeviation = 40.0

  private struct Bin {
    var tries = 0.0
    var failures = 0.0
    var expected = 0.0
    var variance = 0.0
    var input = 0.0

    mutating func add(_ other: Bin) {
      tries += other.tries
      failures += other.failures
      expected += other.expected
      variance += other.variance
      input += other.input
    }
  }

  init(_ trace: Trace, _ health: Health) {
    means = trace.models.map { _ in 0 }
    var bins = Array(repeating: Bin(), count: Self.bins)
    var failures = 0.0
    trace.forEachFirstLine { request, line, model in
      guard health.isTold(by: line.work) else { return }
      if !line.work.isSuccess { failures += 1 }
      guard let input = trace.input(of: request) else { return }
      let expected = health.failure(
        model, health.clock.bin(request.startedAt), without: health.own(trace, request, model))
      bins[Self.bin(input)].add(
        Bin(
          tries: 1, failures: line.work.isSuccess ? 0 : 1, expected: expected,
          variance: expected * (1 - expected), input: input))
    }
    // Requests that nobody served and no failure measured are as long as other failed ones.
    let measured = bins.reduce(0) { $0 + $1.failures }
    guard measured > 0 else { return }
    learn(Self.merged(bins), scale: failures / measured)
    guard isActive else { return }
    learnMeans(trace)
  }

  var isActive: Bool { !chances.isEmpty }

  private mutating func learn(_ bins: [Bin], scale: Double) {
    let tries = bins.reduce(0) { $0 + $1.tries }
    let rest = bins.map { scale * $0.failures - $0.expected }
    let mean = rest.reduce(0, +) / max(1, tries)
    let rising = Monotone.rising(zip(bins, rest).map { ($0.tries, $1) })
    var deviation = 0.0
    for (bin, chance) in zip(bins, rising) where bin.variance > 0 {
      let apart = bin.tries * (chance - mean)
      deviation += apart * apart / bin.variance
    }
    guard deviation > Self.leastDeviation, let least = rising.first else { return }
    let trust = 1 - Double(bins.count - 1) / deviation
    sizes = bins.map { $0.input / $0.tries }
    chances = rising.map { min(0.9, trust * ($0 - least)) }
  }

  private mutating func learnMeans(_ trace: Trace) {
    var sums = means.map { _ in (share: 0.0, tries: 0.0) }
    trace.forEachFirstTry { request, _, model in
      guard let input = trace.input(of: request) else { return }
      sums[model].share += chance(input)
      sums[model].tries += 1
    }
    means = sums.map { $0.tries > 0 ? $0.share / $0.tries : 0 }
  }

  private static func bin(_ input: Double) -> Int {
    var bound = smallest
    var place = 0
    while place < bins - 1, input >= bound {
      bound *= 2
      place += 1
    }
    return place
  }

  private static func merged(_ bins: [Bin]) -> [Bin] {
    var merged: [Bin] = []
    for bin in bins where bin.tries > 0 {
      if let last = merged.last, last.tries < leastTries {
        merged[merged.count - 1].add(bin)
      } else {
        merged.append(bin)
      }
    }
    if merged.count > 1, let last = merged.last, last.tries < leastTries {
      merged.removeLast()
      merged[merged.count - 1].add(last)
    }
    return merged
  }

  /// How likely a call of so much input fails for its size.
  func chance(_ input: Double) -> Double {
    guard isActive else { return 0 }
    return min(0.95, max(0, Monotone.value(at: input, sizes, chances, isExtended: true)))
  }

  func mean(_ model: Int) -> Double { model < means.count ? means[model] : 0 }

  /// A chance of failing, of which the model's usual sizes are a part, for a call of this size.
  func corrected(_ chance: Double, _ model: Int, input: Double) -> Double {
    guard isActive else { return chance }
    let own = self.chance(input)
    return max(0.001, chance - mean(model)) * (1 - own) + own
  }
}

/// Curves that never fall.
enum Monotone {
  /// Means that never fall, nearest to those seen: neighbours that fall are put together.
  static func rising(_ steps: [(weight: Double, sum: Double)]) -> [Double] {
    var blocks: [(weight: Double, sum: Double, count: Int)] = []
    for step in steps {
      var block = (weight: step.weight, sum: step.sum, count: 1)
      while let last = blocks.last, last.sum * block.weight >= block.sum * last.weight {
        block = (last.weight + block.weight, last.sum + block.sum, last.count + block.count)
        blocks.removeLast()
      }
      blocks.append(block)
    }
    return blocks.flatMap { Array(repeating: $0.sum / $0.weight, count: $0.count) }
  }

  /// Between two points evenly; beyond the last as it is there, or on as between the last two.
  static func value(
    at place: Double, _ places: [Double], _ values: [Double], isExtended: Bool = false
  ) -> Double {
    guard let last = values.last, let end = places.last, places.count > 1 else {
      return values.last ?? 0
    }
    guard isExtended || place < end else { return last }
    guard place > places[0] else { return values[0] }
    var (low, high) = (0, places.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if places[middle] <= place { low = middle } else { high = middle }
    }
    let part = (place - places[low]) / (places[high] - places[low])
    return values[low] + part * (values[high] - values[low])
  }
}

extension Trace {
  /// What a request gave its models to read, as a success counted it, else a failure; nil where no line
  /// tells.
  func input(of request: Request) -> Double? {
    var known: Double?
    for index in request.lines {
      let line = line(index)
      guard line.route >= 0, line.input > 0 else { continue }
      if line.work.isSuccess { return Double(line.input) }
      known = Double(line.input)
    }
    return known
  }

  /// Each request's first line, where it is a call.
  func forEachFirstLine(_ body: (Request, Line, _ model: Int) -> Void) {
    for place in indices {
      let request = request(place)
      let line = line(Int(request.firstLine))
      guard line.route >= 0 else { continue }
      body(request, line, modelOfRoute[Int(line.route)])
    }
  }
}
