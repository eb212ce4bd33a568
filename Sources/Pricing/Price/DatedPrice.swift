package import Traffic
package import Units

/// What a model costs from a day on.
package struct DatedPrice: Hashable, Sendable {
  package let model: ModelID
  package let effectiveFrom: UTCDay
  package let price: ModelPrice

  package init(model: ModelID, effectiveFrom: UTCDay, price: ModelPrice) {
    self.model = model
    self.effectiveFrom = effectiveFrom
    self.price = price
  }
}
