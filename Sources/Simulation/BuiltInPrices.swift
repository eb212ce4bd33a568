package import Pricing
import Traffic
package import Units

/// Prices for who has no price file yet.
package enum BuiltInPrices {
  /// The providers' list prices of the presets' models (openai.com/api/pricing, anthropic.com/pricing;
  /// a cache write with five minutes to live), from a day on.
  package static func catalog(from day: UTCDay) -> [DatedPrice] {
    func row(
      _ provider: Name, _ model: Name, input: Int128, cached: Int128, write: Int128? = nil,
      output: Int128
    ) -> DatedPrice {
      DatedPrice(
        model: ModelID(provider: provider, model: model), effectiveFrom: day,
        price: ModelPrice(
          base: TokenPrices(
            input: .thousandths(input), cachedInput: .thousandths(cached),
            cacheWrite: write.map(UnitPrice.thousandths), output: .thousandths(output))))
    }
    return [
      row(
        "anthropic", "claude-opus-4", input: 15_000, cached: 1_500, write: 18_750, output: 75_000),
      row("openai", "gpt-5", input: 1_250, cached: 125, output: 10_000),
      row("openai", "gpt-5-mini", input: 250, cached: 25, output: 2_000),
      row("openai", "gpt-5-nano", input: 50, cached: 5, output: 400),
    ]
  }
}

extension UnitPrice {
  /// Of a dollar, for a million tokens.
  fileprivate static func thousandths(_ count: Int128) -> UnitPrice {
    UnitPrice(yoctoUSD: count * 1_000_000_000_000_000)
  }
}
