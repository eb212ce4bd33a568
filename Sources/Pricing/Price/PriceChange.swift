package import Traffic
internal import Units

/// How an imported price stands to the one in force.
package struct PriceChange: Hashable, Sendable {
  /// Raw values are printed.
  package enum Kind: String, CaseIterable, Sendable {
    /// The model had no price.
    case new
    /// No rate is cheaper and one is dearer.
    case dearer
    case cheaper
    /// Some rates are dearer and some cheaper.
    case mixed
    /// The catalog named the model, and names it no more. Its last price stays in force.
    case gone
    case unchanged
  }

  package let model: ModelID
  package let kind: Kind
  /// In force on the day from which `after` holds.
  package let before: ModelPrice?
  package let after: ModelPrice?

  package init(model: ModelID, before: ModelPrice?, after: ModelPrice?) {
    self.model = model
    self.before = before
    self.after = after
    kind = Self.kind(before, after)
  }

  private static func kind(_ before: ModelPrice?, _ after: ModelPrice?) -> Kind {
    guard let before else { return .new }
    guard let after else { return .gone }
    guard before != after else { return .unchanged }
    let (old, new) = (before.allRates, after.allRates)
    var isDearer = false
    var isCheaper = false
    for place in Set(old.keys).union(new.keys) {
      // Where one of the two has no such band or tier, its price there is another's.
      let was = old[place] ?? before.price(place)
      let now = new[place] ?? after.price(place)
      if was < now { isDearer = true }
      if now < was { isCheaper = true }
    }
    if isDearer, !isCheaper { return .dearer }
    if isCheaper, !isDearer { return .cheaper }
    // Written otherwise, and the same to pay.
    return isDearer ? .mixed : .unchanged
  }
}

/// A place in a price: what for, in which tier, from which size of the input on.
private struct RatePlace: Hashable {
  let rate: Rate
  let tier: ServiceTier?
  /// Nil below every threshold.
  let above: Int64?
}

extension ModelPrice {
  /// What each token costs, in every tier and band that the price has.
  fileprivate var allRates: [RatePlace: UnitPrice] {
    var rates: [RatePlace: UnitPrice] = [
      RatePlace(rate: .perRequest, tier: nil, above: nil): perRequest
    ]
    for (tier, schedule) in [(nil, standard)] + tiers.map({ (Optional($0.key), $0.value) }) {
      for rate in Rate.allCases where rate != .perRequest {
        rates[RatePlace(rate: rate, tier: tier, above: nil)] = schedule.base.price(of: rate)
        for band in schedule.bands {
          rates[RatePlace(rate: rate, tier: tier, above: band.aboveInputTokens)] =
            band.prices.price(of: rate)
        }
      }
    }
    return rates
  }

  fileprivate func price(_ place: RatePlace) -> UnitPrice {
    guard place.rate != .perRequest else { return perRequest }
    let schedule = place.tier.flatMap { tiers[$0] } ?? standard
    let input = place.above.map { $0 == .max ? $0 : $0 + 1 } ?? 0
    return schedule.prices(forInput: input).price(of: place.rate)
  }
}
