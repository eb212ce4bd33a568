import Pricing
import Traffic
import Units

/// Tokens of an attempt that was not made, as expected.
struct Tokens: Hashable, Sendable {
  var input = 0.0
  var cached = 0.0
  var write = 0.0
  var output = 0.0

  static func * (tokens: Tokens, factor: Double) -> Tokens {
    Tokens(
      input: tokens.input * factor, cached: tokens.cached * factor, write: tokens.write * factor,
      output: tokens.output * factor)
  }
}

/// What models cost, by number.
struct Rates: Sendable {
  /// Prices in nano-USD per token, for estimates; what is recorded stays exact.
  private struct Estimate: Sendable {
    struct Band: Sendable {
      var above: Double
      var input: Double
      var cached: Double
      var write: Double
      var output: Double
    }

    let from: UTCDay
    let perRequest: Double
    /// By rising threshold; the first is the base.
    let bands: [Band]

    init(_ price: ModelPrice, from: UTCDay) {
      self.from = from
      perRequest = Self.nano(price.perRequest)
      let bases = [(above: -1.0, prices: price.base)]
      bands = (bases + price.bands.map { (Double($0.aboveInputTokens), $0.prices) }).map {
        Band(
          above: $0.above, input: Self.nano($0.prices.input),
          cached: Self.nano($0.prices.cachedInput ?? $0.prices.input),
          write: Self.nano($0.prices.cacheWrite ?? $0.prices.input),
          output: Self.nano($0.prices.output))
      }
    }

    private static func nano(_ price: UnitPrice) -> Double { Double(price.yoctoUSD) / 1e15 }

    func cost(_ tokens: Tokens) -> Double {
      var band = bands[0]
      for other in bands.dropFirst() where tokens.input > other.above { band = other }
      let plain = max(0, tokens.input - tokens.cached - tokens.write)
      return perRequest + plain * band.input + tokens.cached * band.cached
        + tokens.write * band.write + tokens.output * band.output
    }
  }

  private var estimates: [[Estimate]]
  /// What a model's log charges for each of the catalog's dollars; 1 where it does not differ.
  private var charged: [Double]
  /// Nano-USD per token of a model without a price, as its log charges.
  private var unlisted: [Double]

  init(_ book: PriceBook, _ trace: Trace) {
    estimates = book.histories.map { history in
      (history?.rows ?? []).map { Estimate($0.price, from: $0.from) }
    }
    charged = book.models.map { _ in 1 }
    unlisted = book.models.map { _ in 0 }
    learnCharges(trace)
  }

  /// Logs may report costs that are not the catalog's.
  private mutating func learnCharges(_ trace: Trace) {
    var sums = charged.map { _ in (reported: 0.0, listed: 0.0, tokens: 0.0) }
    for place in trace.indices {
      let request = trace.request(place)
      for index in request.lines {
        let line = trace.line(index)
        guard line.work.isSuccess, line.route >= 0 else { continue }
        let model = trace.modelOfRoute[Int(line.route)]
        let tokens = line.tokens
        sums[model].reported += Double(line.cost.nanoUSD)
        sums[model].listed += cost(model, request.day, tokens)
        sums[model].tokens += tokens.input + 4 * tokens.output
      }
    }
    for model in sums.indices {
      let sum = sums[model]
      if sum.listed > 0, sum.reported > 0 {
        let ratio = sum.reported / sum.listed
        // Roundings are no discount.
        if abs(ratio - 1) > 1e-4 { charged[model] = ratio }
      } else if sum.tokens > 0 {
        unlisted[model] = sum.reported / sum.tokens
      }
    }
  }

  /// What tokens would cost, in nano-USD.
  func cost(_ model: Int, _ day: UTCDay, _ tokens: Tokens) -> Double {
    guard let estimate = estimates[model].last(where: { $0.from <= day }) else {
      return unlisted[model] * (tokens.input + 4 * tokens.output)
    }
    return estimate.cost(tokens) * charged[model]
  }

  /// As ``cost(_:_:_:)`` by the catalog alone; nil where it has no price.
  func listed(_ model: Int, _ day: UTCDay, _ tokens: Tokens) -> Double? {
    estimates[model].last { $0.from <= day }?.cost(tokens)
  }

  func isPriced(_ model: Int, _ day: UTCDay) -> Bool {
    estimates[model].contains { $0.from <= day }
  }
}

extension Trace.Line {
  var tokens: Tokens {
    Tokens(
      input: Double(input), cached: Double(cachedInput), write: Double(cacheWrite),
      output: Double(output))
  }

  var usage: Usage {
    Usage(
      input: Int64(input), cachedInput: Int64(cachedInput), cacheWrite: Int64(cacheWrite),
      output: Int64(output))
  }
}
