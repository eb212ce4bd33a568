package import Traffic
package import Units

/// Prices of a model's tokens by the size of the input.
package struct PriceSchedule: Hashable, Sendable {
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
  /// By rising threshold.
  package var bands: [Band]

  package init(base: TokenPrices, bands: [Band] = []) {
    self.base = base
    self.bands = bands.sorted { $0.aboveInputTokens < $1.aboveInputTokens }
  }

  /// The prices of an attempt with so much input.
  package func prices(forInput tokens: Int64) -> TokenPrices {
    bands.last { tokens > $0.aboveInputTokens }?.prices ?? base
  }

  func times(_ multiplier: Multiplier) -> PriceSchedule {
    PriceSchedule(
      base: base.times(multiplier),
      bands: bands.map {
        Band(aboveInputTokens: $0.aboveInputTokens, prices: $0.prices.times(multiplier))
      })
  }
}

/// What a model costs from a day on (events.md, "Cost of an attempt").
package struct ModelPrice: Hashable, Sendable {
  package typealias Band = PriceSchedule.Band

  package var standard: PriceSchedule
  package var perRequest: UnitPrice
  /// The tiers of service that cost something else; any other known tier costs the standard prices.
  package var tiers: [ServiceTier: PriceSchedule]

  package var base: TokenPrices { standard.base }
  /// By rising threshold.
  package var bands: [Band] { standard.bands }

  package init(
    base: TokenPrices, perRequest: UnitPrice = .zero, bands: [Band] = [],
    tiers: [ServiceTier: PriceSchedule] = [:]
  ) {
    standard = PriceSchedule(base: base, bands: bands)
    self.perRequest = perRequest
    self.tiers = tiers
  }

  /// The prices that hold for `usage`; nil for a tier of service that nobody prices.
  package func prices(for usage: Usage) -> TokenPrices? {
    guard let tier = usage.detail.serviceTier else {
      return standard.prices(forInput: usage.input)
    }
    guard tier != .other else { return nil }
    return (tiers[tier] ?? standard).prices(forInput: usage.input)
  }

  /// The bill of `usage`; nil where its tier has no price, or its counts leave 64 bits.
  package func charges(for usage: Usage) -> [Charge]? {
    guard let charges = prices(for: usage)?.charges(for: usage) else { return nil }
    return charges + [Charge(rate: .perRequest, quantity: 1, price: perRequest)]
  }

  /// The exact cost of `usage`, rounded once, half to even; nil where it has no bill, or outside 64
  /// bits of nano-USD.
  package func cost(of usage: Usage) -> Money? {
    guard let charges = charges(for: usage) else { return nil }
    var sum: Int128 = 0
    for charge in charges {
      guard charge.quantity != 0 else { continue }
      guard let product = charge.price.times(charge.quantity) else { return nil }
      let (next, overflow) = sum.addingReportingOverflow(product)
      guard !overflow else { return nil }
      sum = next
    }
    return Money(roundingYoctoUSD: sum)
  }

  /// Every price times `multiplier`.
  package func times(_ multiplier: Multiplier) -> ModelPrice {
    var price = self
    price.standard = standard.times(multiplier)
    price.perRequest = perRequest.times(multiplier)
    price.tiers = tiers.mapValues { $0.times(multiplier) }
    return price
  }

  /// events.md: what the output price says of a model that no policy grades.
  package var grade: Grade {
    // 8.00 and 1.50 USD per million tokens, in 10^-24 USD per token.
    if base.output.yoctoUSD >= 8_000_000_000_000_000_000 { return .frontier }
    if base.output.yoctoUSD >= 1_500_000_000_000_000_000 { return .balanced }
    return .lowCost
  }
}
