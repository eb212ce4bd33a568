import CatalogFiles
import Pricing
import Testing
import Traffic
import Units

@Suite("models.dev's catalog")
struct ModelsDevCatalogTests {
  /// Written by hand in the shape in which models.dev publishes it (`https://models.dev/api.json`).
  private static let text = """
    {
      "openai": {
        "id": "openai", "name": "OpenAI", "env": ["OPENAI_API_KEY"], "npm": "@ai-sdk/openai",
        "models": {
          "gpt-5.4": {
            "id": "gpt-5.4", "name": "GPT-5.4", "limit": {"context": 1050000, "output": 128000},
            "cost": {
              "input": 2.5, "output": 15, "cache_read": 0.25,
              "tiers": [
                {"input": 5, "output": 22.5, "cache_read": 0.5,
                 "tier": {"type": "context", "size": 272000}}
              ],
              "context_over_200k": {"input": 9, "output": 9}
            }
          },
          "free-preview": {"id": "free-preview", "cost": {"input": 0, "output": 0}},
          "unknown-price": {"id": "unknown-price"}
        }
      },
      "google": {
        "models": {
          "gemini-2.5-pro": {
            "cost": {
              "input": 1.25, "output": 10, "cache_read": 0.31, "reasoning": 12, "input_audio": 3,
              "context_over_200k": {"input": 2.5, "output": 15}
            }
          }
        }
      },
      "xai": {
        "models": {
          "grok-4": {"cost": {"input": 3, "output": 15, "context_over_200k": {"input": 6, "output": 30}}}
        }
      }
    }
    """

  private func read(_ text: String) throws -> PriceFile {
    try PriceFile.read(Array(text.utf8), name: "api.json", effectiveFrom: nil)
  }

  private func price(_ model: String) throws -> ModelPrice {
    try #require(try read(Self.text).rows.first { $0.model.description == model }).price
  }

  private func perMillion(_ text: String) throws -> UnitPrice { try UnitPrice(text, per: .million) }

  @Test("gives a price for every model that has one, per million tokens")
  func rows() throws {
    let file = try read(Self.text)
    #expect(file.format == .modelsDev)
    #expect(
      file.rows.map(\.model.description) == [
        "google/gemini-2.5-pro", "openai/free-preview", "openai/gpt-5.4", "xai/grok-4",
      ])
    #expect(file.skipped == [.init(key: "openai/unknown-price", reason: .noTokenPrice)])
    #expect(try price("openai/gpt-5.4").base.input == perMillion("2.5"))
  }

  @Test("its tiers are bands, which go before the older field")
  func tiers() throws {
    let bands = try price("openai/gpt-5.4").bands
    #expect(bands.map(\.aboveInputTokens) == [272_000])
    #expect(
      bands[0].prices
        == TokenPrices(
          input: try perMillion("5"), cachedInput: try perMillion("0.5"),
          output: try perMillion("22.5")))
  }

  @Test("context_over_200k is a band that keeps what it leaves out; xAI's begins at its size")
  func over200k() throws {
    let price = try price("google/gemini-2.5-pro")
    #expect(
      price.base.special == [.reasoning: try perMillion("12"), .audioInput: try perMillion("3")])
    #expect(price.bands.map(\.aboveInputTokens) == [200_000])
    #expect(price.bands[0].prices.cachedInput == (try perMillion("0.31")))
    #expect(price.bands[0].prices.input == (try perMillion("2.5")))
    #expect(try self.price("xai/grok-4").bands.map(\.aboveInputTokens) == [199_999])
  }

  @Test(
    "a price that cannot be is refused with its line",
    arguments: [
      (
        "{\"p\": {\"models\": {\"m\": {\"cost\": {\"input\": 1,\n\"output\": -1}}}}}",
        "api.json:2: `p/m`: output: the price -1 is negative; give 0 or more"
      ),
      (
        "{\"p\": {\"models\": {\"m\": {\"cost\": {\"input\": 2000000, \"output\": 1}}}}}",
        "api.json:1: `p/m`: input: the price 2000000 is above 1,000,000 USD per million; check its "
          + "unit"
      ),
      (
        "{\"p\": {\"models\": {\"m\": {\"cost\": {\"input\": 1, \"output\": 1, \"tiers\": [{}]}}}}}",
        "api.json:1: `p/m`: a price of `tiers` says no size of the input that is known here; give it "
          + "`tier` with `type` `context` and a `size` in tokens"
      ),
    ])
  func refused(text: String, message: String) {
    #expect(refusal { _ = try read(text) } == message)
  }
}
