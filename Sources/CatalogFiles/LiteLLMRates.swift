internal import Pricing
internal import Traffic
internal import Units

/// The prices per token of an entry, put together as LiteLLM bills with them (its
/// `llm_cost_calc/utils.py`, read at 1.106.2).
struct LiteLLMRates {
  private var rates: [LiteLLMRateKey: UnitPrice] = [:]
  /// Subtracted from a threshold: xAI bills the higher band from the threshold on, all others above
  /// it (`_INCLUSIVE_THRESHOLD_PROVIDERS`).
  private let reach: Int64

  init(_ rates: [LiteLLMRateKey: UnitPrice], provider: String?) {
    self.rates = rates
    reach = provider == "xai" ? 1 : 0
    // A model that answers with images alone is paid by their tokens.
    let output = LiteLLMRateKey(.output)
    if self.rates[output] ?? .zero == .zero,
      let image = rates[LiteLLMRateKey(.imageOutput)], image > .zero
    {
      self.rates[output] = image
    }
  }

  subscript(rate: Rate) -> UnitPrice? { rates[LiteLLMRateKey(rate)] }

  /// The whole price; a `table` of `tiered_pricing` goes before single prices.
  func price(perRequest: UnitPrice, table: PriceSchedule?) -> ModelPrice {
    let standard = table ?? schedule(nil)
    var price = ModelPrice(base: standard.base, perRequest: perRequest, bands: standard.bands)
    let tiers = table == nil ? Set(rates.keys.compactMap(\.tier)) : []
    for tier in tiers { price.tiers[tier] = schedule(tier) }
    return price
  }

  private func schedule(_ tier: ServiceTier?) -> PriceSchedule {
    var inForce = base(tier)
    let thresholds = Set(
      rates.keys.filter { $0.tier == tier || ($0.tier == nil && tier != .batch) }
        .compactMap(\.aboveTokens))
    var bands: [PriceSchedule.Band] = []
    for threshold in thresholds.sorted() {
      // What a band leaves out costs what it costs below.
      for rate in Self.banded {
        if let price = price(rate, tier, above: threshold) { inForce[rate] = price }
      }
      bands.append(.init(aboveInputTokens: threshold - reach, prices: TokenPrices(inForce)))
    }
    return PriceSchedule(base: TokenPrices(base(tier)), bands: bands)
  }

  private static let banded: [Rate] = [
    .input, .output, .cachedInput, .cacheWrite, .cacheWriteOneHour,
  ]

  /// The prices of a tier below every threshold.
  private func base(_ tier: ServiceTier?) -> [Rate: UnitPrice] {
    var prices: [Rate: UnitPrice] = [:]
    for rate in Rate.allCases {
      guard let tier else {
        prices[rate] = self[rate]
        continue
      }
      if let own = rates[LiteLLMRateKey(rate, tier: tier)] {
        prices[rate] = own
      } else if standsIn(rate, for: tier) {
        prices[rate] = self[rate]
      }
    }
    return prices
  }

  /// Whether the standard price holds for a tier that has none of its own.
  private func standsIn(_ rate: Rate, for tier: ServiceTier) -> Bool {
    switch rate {
    case .input, .output, .cachedInput, .cacheWrite: true
    // A tier with a price of output bills reasoning at it.
    case .reasoning: tier != .batch && rates[LiteLLMRateKey(.output, tier: tier)] == nil
    // A batch knows input, output, cache reads and writes.
    case .cacheWriteOneHour, .audioInput, .imageInput, .audioOutput, .imageOutput: tier != .batch
    case .perRequest: false
    }
  }

  private func price(_ rate: Rate, _ tier: ServiceTier?, above threshold: Int64) -> UnitPrice? {
    let own = rates[LiteLLMRateKey(rate, tier: tier, above: threshold)]
    return tier == nil || tier == .batch ? own : own ?? rates[.init(rate, above: threshold)]
  }
}

extension TokenPrices {
  /// LiteLLM prices embeddings by their input alone.
  init(_ rates: [Rate: UnitPrice]) {
    self.init(
      input: rates[.input] ?? .zero, cachedInput: rates[.cachedInput],
      cacheWrite: rates[.cacheWrite], output: rates[.output] ?? .zero,
      special: rates.filter { !Self.plain.contains($0.key) })
  }

  private static let plain: Set<Rate> = [.input, .output, .cachedInput, .cacheWrite]
}
