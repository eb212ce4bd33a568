import Pricing
import Testing
import Traffic
import Units

@Suite("A price beside the one in force")
struct PriceChangeTests {
  private static let model = ModelID(provider: "openai", model: "gpt-5")

  private func kind(_ before: ModelPrice?, _ after: ModelPrice?) -> PriceChange.Kind {
    PriceChange(model: Self.model, before: before, after: after).kind
  }

  private func price(
    _ input: String, _ output: String, cached: String? = nil,
    band: (Int64, String, String)? = nil
  ) throws -> ModelPrice {
    ModelPrice(
      base: try prices(input, output, cached: cached),
      bands: try band.map { [.init(aboveInputTokens: $0.0, prices: try prices($0.1, $0.2))] } ?? [])
  }

  @Test("is new, gone, dearer, cheaper, both at once, or none of it")
  func kinds() throws {
    let old = try price("2", "8", cached: "0.2")
    #expect(kind(nil, old) == .new)
    #expect(kind(old, nil) == .gone)
    #expect(kind(old, old) == .unchanged)
    #expect(kind(old, try price("2", "9", cached: "0.2")) == .dearer)
    #expect(kind(old, try price("1", "8", cached: "0.2")) == .cheaper)
    #expect(kind(old, try price("1", "9", cached: "0.2")) == .mixed)
    // Cached input loses its discount.
    #expect(kind(old, try price("2", "8")) == .dearer)
    #expect(kind(try price("2", "8"), try price("2", "8", cached: "2")) == .unchanged)
  }

  @Test("a band that comes or goes counts where it holds")
  func bands() throws {
    let flat = try price("2", "8")
    let banded = try price("2", "8", band: (200_000, "4", "8"))
    #expect(kind(flat, banded) == .dearer)
    #expect(kind(banded, flat) == .cheaper)
    #expect(kind(banded, try price("2", "8", band: (200_000, "3", "9"))) == .mixed)
  }
}
