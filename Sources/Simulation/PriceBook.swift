internal import Pricing
internal import Traffic
internal import Units

/// The prices of a policy's models, all of them known from a world's first day on.
struct PriceBook: Sendable {
  /// By model and day.
  let rows: [DatedPrice]
  private let histories: [ModelID: PriceHistory]

  /// - Throws: ``WorldError`` for models without a price on the first day, and for prices that a price
  ///   file could not say.
  init(_ prices: [DatedPrice], of models: [ModelID], on firstDay: UTCDay) throws(WorldError) {
    let known = Set(models)
    let rows = prices.filter { known.contains($0.model) }
      .sorted { ($0.model, $0.effectiveFrom) < ($1.model, $1.effectiveFrom) }
    let histories = Dictionary(grouping: rows, by: \.model)
      .mapValues { rows in PriceHistory(rows.map { ($0.effectiveFrom, $0.price) }) }

    let missing = models.filter { histories[$0]?.price(on: firstDay) == nil }
    guard missing.isEmpty else {
      throw WorldError(
        .data,
        "no price on \(firstDay) for \(missing.map(\.description).joined(separator: ", "))",
        "give a price file with all models of the policy")
    }
    for row in rows where row.price.bands.count > 1 {
      throw WorldError(
        .data,
        "\(row.model) has \(row.price.bands.count) price bands, and our price file has room for one",
        "give its price with one")
    }
    self.rows = rows
    self.histories = histories
  }

  /// On the day on which a request starts.
  func price(of model: ModelID, on day: UTCDay) -> ModelPrice? { histories[model]?.price(on: day) }
}
