import Pricing
import Testing
import TestSupport
import Traffic
import Units

/// Shorthand for the figures of these tests.
func usd(_ text: String) throws -> Money { try Money(text) }

/// Prices in USD per million tokens.
func prices(
  _ input: String, _ output: String, cached: String? = nil, written: String? = nil
) throws -> TokenPrices {
  TokenPrices(
    input: try UnitPrice(input, per: .million),
    cachedInput: try cached.map { try UnitPrice($0, per: .million) },
    cacheWrite: try written.map { try UnitPrice($0, per: .million) },
    output: try UnitPrice(output, per: .million))
}

/// A line that calls the model of that number, or a step without a model.
func link(
  _ action: Action = .model, model: Int64? = nil, _ outcome: Outcome? = nil, usage: Usage = Usage(),
  cost: Money? = nil, primary: Int64 = 1, at time: Timestamp = Timestamp(milliseconds: 0)
) -> Link {
  var context = Context()
  context.primary = RouteKey(model: primary, group: nil)
  return Link(
    startedAt: time, context: context, action: action,
    route: model.map { RouteKey(model: $0, group: nil) }, outcome: outcome, usage: usage,
    reportedCost: cost)
}

/// The exact cost by the formula of events.md, every digit kept until the one rounding.
func slowCost(_ usage: Usage, at price: ModelPrice) -> SlowNatural {
  var chosen = price.base
  for band in price.bands where usage.input > band.aboveInputTokens { chosen = band.prices }
  let parts: [(UnitPrice, Int64)] = [
    (chosen.input, usage.input - usage.cachedInput - usage.cacheWrite),
    (chosen.cachedInput ?? chosen.input, usage.cachedInput),
    (chosen.cacheWrite ?? chosen.input, usage.cacheWrite), (chosen.output, usage.output),
    (price.perRequest, 1),
  ]
  return parts.reduce(SlowNatural(0)) {
    $0 + SlowNatural($1.0.yoctoUSD) * SlowNatural($1.1)
  }.lowered(15, halfEven: true)
}

extension AttemptCost {
  /// At a list price, without a contract.
  init(of link: Link, at list: ModelPrice?) { self.init(of: link, at: CallPrice(list: list)) }
}
