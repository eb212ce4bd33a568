internal import Pricing
internal import Traffic
internal import Units

/// What a call is billed, and by which price book; at nothing, and by `none`, where nobody prices it.
struct CallBill {
  /// A line of the bill with its price by the list.
  struct Line {
    let charge: Charge
    let list: UnitPrice
  }

  let version: String
  let lines: [Line]

  /// `route` and `base` are numbers of models: of the one that was called, and of the one whose price
  /// stands in where it has none.
  init(
    _ rates: RateBook, of route: Int64, pricedAs base: Int64?, tenant: Int64, on day: UTCDay,
    _ usage: Usage
  ) throws {
    try rates.learn(tenant: tenant)
    try rates.learn(route)
    var model = route
    var price = rates.callPrice(of: route, tenant: tenant, on: day)
    if price.paid == nil, let base {
      try rates.learn(base)
      model = base
      price = rates.callPrice(of: base, tenant: tenant, on: day)
    }
    guard !usage.isEmpty, let paid = price.paid, paid.cost(of: usage) != nil,
      let bill = paid.charges(for: usage)
    else {
      let free = ModelPrice(base: TokenPrices(input: .zero, output: .zero))
      version = "none"
      lines = (usage.isEmpty ? [] : free.charges(for: usage) ?? []).map {
        Line(charge: $0, list: .zero)
      }
      return
    }
    let list = price.list?.prices(for: usage)
    version = rates.priceVersion(of: model, tenant: tenant, on: day) + Self.part(of: paid, usage)
    lines = bill.map { charge in
      Line(
        charge: charge,
        list: charge.rate == .perRequest
          ? price.list?.perRequest ?? charge.price : list?.price(of: charge.rate) ?? charge.price)
    }
  }

  /// Which part of a price holds for a call, where it has several.
  private static func part(of price: ModelPrice, _ usage: Usage) -> String {
    let tier = usage.detail.serviceTier.flatMap { price.tiers[$0] == nil ? nil : $0 }
    let schedule = tier.flatMap { price.tiers[$0] } ?? price.standard
    let band = schedule.bands.last { usage.input > $0.aboveInputTokens }
    return (tier.map { "+\($0.rawValue)" } ?? "")
      + (band.map { "+above-\($0.aboveInputTokens)" } ?? "")
  }
}
