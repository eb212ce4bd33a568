import Pricing
import Traffic
import Units

/// The models that a replay may meet: their prices and providers, by number.
struct PriceBook: Sendable {
  let models: [ModelID]
  let histories: [PriceHistory?]
  let providerOf: [Int]
  let providers: Int

  init(_ models: [ModelID], _ prices: [ModelID: PriceHistory]) {
    var providers: [Name: Int] = [:]
    providerOf = models.map { model in
      if let known = providers[model.provider] { return known }
      providers[model.provider] = providers.count
      return providers.count - 1
    }
    self.providers = providers.count
    self.models = models
    histories = models.map { prices[$0] }
  }

  /// The exact price.
  func price(_ model: Int, _ day: UTCDay) -> ModelPrice? { histories[model]?.price(on: day) }
}
