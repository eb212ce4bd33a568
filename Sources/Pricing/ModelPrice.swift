package import Traffic
package import Units

/// Prices of a model's tokens in USD per token.
package struct TokenPrices: Hashable, Sendable {
  package var input: UnitPrice
  /// Left out: the input price.
  package var cachedInput: UnitPrice?
  /// Left out: the input price.
  package var cacheWrite: UnitPrice?
  package var output: UnitPrice

  package init(
    input: UnitPrice, cachedInput: UnitPrice? = nil, cacheWrite: UnitPrice? = nil,
    output: UnitPrice
  ) {
    self.input = input
    self.cachedInput = cachedInput
    self.cacheWrite = cacheWrite
    self.output = output
  }
}

/// What a model costs from a day on (events.md, "Cost of an attempt").
package struct ModelPrice: Hashable, Sendable {
  /// Prices that hold for a whole attempt with more input tokens than the threshold.
  package struct Band: Hashable, Sendable {
    package var aboveInputTokens: Int64
    package var prices: TokenPrices

    package init(aboveInputTokens: Int64, prices: TokenPrices) {
      self.aboveInputTokens = aboveInputTokens
      self.prices = prices
    }
  }

  package var base: TokenPrices
  package var perRequest: UnitPrice
  /// By rising threshold.
  package var bands: [Band]

  package init(base: TokenPrices, perRequest: UnitPrice = .zero, bands: [Band] = []) {
    self.base = base
    self.perRequest = perRequest
    self.bands = bands.sorted { $0.aboveInputTokens < $1.aboveInputTokens }
  }

  /// The exact cost of `usage`, rounded once, half to even; nil outside 64 bits of nano-USD, or of
  /// tokens.
  package func cost(of usage: Usage) -> Money? {
    // A log may claim more cached tokens than input: that is no reason to trap.
    let uncached = Int128(usage.input) - Int128(usage.cachedInput) - Int128(usage.cacheWrite)
    guard let uncached = Int64(exactly: uncached) else { return nil }
    let prices = bands.last { usage.input > $0.aboveInputTokens }?.prices ?? base
    let parts: [(UnitPrice, Int64)] = [
      (prices.input, uncached),
      (prices.cachedInput ?? prices.input, usage.cachedInput),
      (prices.cacheWrite ?? prices.input, usage.cacheWrite),
      (prices.output, usage.output),
      (perRequest, 1),
    ]
    var sum: Int128 = 0
    for (price, count) in parts {
      guard let product = price.times(count) else { return nil }
      let (next, overflow) = sum.addingReportingOverflow(product)
      guard !overflow else { return nil }
      sum = next
    }
    return Money(roundingYoctoUSD: sum)
  }

  /// events.md: what the output price says of a model that no policy grades.
  package var grade: Grade {
    // 8.00 and 1.50 USD per million tokens, in 10^-24 USD per token.
    if base.output.yoctoUSD >= 8_000_000_000_000_000_000 { return .frontier }
    if base.output.yoctoUSD >= 1_500_000_000_000_000_000 { return .balanced }
    return .lowCost
  }
}

/// The prices of one model over time.
package struct PriceHistory: Hashable, Sendable {
  package let rows: [(from: UTCDay, price: ModelPrice)]

  /// - Parameter rows: prices by the day from which they hold; of two for one day the last counts.
  package init(_ rows: [(from: UTCDay, price: ModelPrice)]) {
    self.rows = rows.sorted { $0.from < $1.from }
  }

  /// The price in force on `day`: the latest that has begun.
  package func price(on day: UTCDay) -> ModelPrice? { rows.last { $0.from <= day }?.price }

  /// The price that begins on `day` itself.
  package func price(from day: UTCDay) -> ModelPrice? { rows.last { $0.from == day }?.price }

  package static func == (left: PriceHistory, right: PriceHistory) -> Bool {
    left.rows.elementsEqual(right.rows, by: ==)
  }

  package func hash(into hasher: inout Hasher) {
    for row in rows {
      hasher.combine(row.from)
      hasher.combine(row.price)
    }
  }
}
