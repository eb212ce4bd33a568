package import Units

/// The prices of one model over time.
package struct PriceHistory: Hashable, Sendable {
  package let rows: [(from: UTCDay, price: ModelPrice)]

  /// - Parameter rows: prices by the day from which they hold; of two for one day the last counts.
  package init(_ rows: [(from: UTCDay, price: ModelPrice)]) {
    self.rows = rows.sorted { $0.from < $1.from }
  }

  /// The price in force on `day`: the latest that has begun.
  package func price(on day: UTCDay) -> ModelPrice? { rows.last { $0.from <= day }?.price }

  /// The day from which the price in force on `day` holds.
  package func start(on day: UTCDay) -> UTCDay? { rows.last { $0.from <= day }?.from }

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
