import CatalogFiles
import Pricing
import Testing
import Traffic
import Units

struct LiteLLMCatalogTests {
  /// Prices in USD per million tokens, as the entries of the excerpt give them per token.
  struct Expected: CustomTestStringConvertible {
    let model: String
    let key: String
    let base: [String?]
    var bands: [(above: Int64, prices: [String?])] = []
    var perRequest = "0"
    var testDescription: String { model }
  }

  static let expected = [
    Expected(
      model: "amazon_nova/nova-micro-v1", key: "amazon-nova/nova-micro-v1",
      base: ["0.035", nil, nil, "0.14"]),
    Expected(
      model: "bedrock/anthropic.claude-haiku-4-5-20251001-v1:0",
      key: "anthropic.claude-haiku-4-5-20251001-v1:0", base: ["1", "0.1", "1.25", "5"]),
    Expected(
      model: "azure/eu/gpt-5.1", key: "azure/eu/gpt-5.1", base: ["1.375", "0.1375", nil, "11"]),
    Expected(
      model: "anthropic/claude-haiku-4-5-20251001", key: "claude-haiku-4-5-20251001",
      base: ["1", "0.1", "1.25", "5"]),
    Expected(
      // `tiered_pricing`, a table of prices by the size of the input.
      model: "dashscope/qwen3-max", key: "dashscope/qwen3-max", base: ["1.2", nil, nil, "6"],
      bands: [(32_000, ["2.4", nil, nil, "12"]), (128_000, ["3", nil, nil, "15"])]),
    Expected(
      model: "openai/gpt-5-mini", key: "gpt-5-mini", base: ["0.25", "0.025", nil, "2"]),
    Expected(
      // Cached input has no price of its own in the band: it stays what it is below.
      model: "perplexity/openai/gpt-5.5", key: "perplexity/openai/gpt-5.5",
      base: ["5", "0.5", nil, "30"], bands: [(272_000, ["10", "0.5", nil, "45"])]),
    Expected(
      model: "perplexity/pplx-70b-online", key: "perplexity/pplx-70b-online",
      base: ["0", nil, nil, "2.8"], perRequest: "0.005"),
    Expected(
      model: "openai/text-embedding-3-small", key: "text-embedding-3-small",
      base: ["0.02", nil, nil, "0"]),
    Expected(
      model: "vertex_ai/gemini-2.5-flash-image", key: "vertex_ai/gemini-2.5-flash-image",
      base: ["0.3", nil, nil, "2.5"]),
    Expected(
      model: "vertex_ai/gemini-3-pro-preview", key: "vertex_ai/gemini-3-pro-preview",
      base: ["2", "0.2", nil, "12"], bands: [(200_000, ["4", "0.4", "0.25", "18"])]),
    Expected(
      // xAI bills the band from 200,000 tokens on.
      model: "xai/grok-4.3", key: "xai/grok-4.3", base: ["1.25", "0.2", nil, "2.5"],
      bands: [(199_999, ["2.5", "0.4", nil, "5"])]),
  ]

  @Test("an excerpt of the catalog gives these models", arguments: expected)
  func rows(_ expected: Expected) throws {
    let file = try excerpt()
    let row = try #require(file.rows.first { $0.model.description == expected.model })
    #expect(row.place == .key(expected.key))
    #expect(row.effectiveFrom == nil)
    #expect(texts(row.price.base) == expected.base)
    #expect(row.price.bands.map(\.aboveInputTokens) == expected.bands.map(\.above))
    #expect(row.price.bands.map { texts($0.prices) } == expected.bands.map(\.prices))
    #expect(row.price.perRequest.description == expected.perRequest)
  }

  @Test("and no others: the rest is skipped, and why is counted")
  func skipped() throws {
    let file = try excerpt()
    #expect(file.format == .litellm)
    #expect(file.rows.map { $0.model.description } == Self.expected.map(\.model))
    #expect(
      file.skipped == [
        .init(key: "azure_ai/cohere-rerank-v3-english", reason: .otherUnit),
        .init(key: "gemini-2.5-flash-image", reason: .sameModel),
        .init(key: "openai/sora-2", reason: .noTokenPrice),
        .init(key: "sample_spec", reason: .sample),
      ])
    #expect(
      file.skippedCounts.map(\.reason) == [.sample, .noTokenPrice, .otherUnit, .sameModel])
    #expect(file.skippedCounts.map(\.count) == [1, 1, 1, 1])
  }

  @Test("all rows take the given day")
  func givenDay() throws {
    let day = try #require(UTCDay("2026-11-01"))
    let file = try PriceFile.read(
      fixture("litellm_excerpt.json"), name: "c.json", effectiveFrom: day)
    #expect(file.rows.allSatisfy { $0.effectiveFrom == day })
  }

  @Test(
    "prices are the decimals that stand in the text",
    arguments: [
      ("4.0000000000000003e-07", "0.00000040000000000000003"), ("\"1.5e-07\"", "0.00000015"),
      ("0", "0"), ("1E-6", "0.000001"), ("null", "0"),
    ])
  func exact(text: String, price: String) throws {
    let row = try only("\"input_cost_per_token\": \(text), \"output_cost_per_token\": 1e-06")
    #expect(row.price.base.input.description == price)
  }

  @Test("bands rise, and each starts from the prices of the one below")
  func bands() throws {
    let row = try only(
      """
      "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
      "cache_creation_input_token_cost": 5e-06,
      "input_cost_per_token_above_512k_tokens": 3e-06,
      "output_cost_per_token_above_128k_tokens": 4e-06,
      "cache_read_input_token_cost_above_128k_tokens": 5e-07,
      "cache_creation_input_token_cost_above_1hr_above_128k_tokens": 7e-06,
      "input_cost_per_token_above_128k_tokens_batches": 9e-06,
      "input_cost_per_token_priority": 9e-06
      """)
    #expect(row.price.bands.map(\.aboveInputTokens) == [128_000, 512_000])
    #expect(
      row.price.bands.map { texts($0.prices) } == [
        ["1", "0.5", "5", "4"], ["3", "0.5", "5", "4"],
      ])
    #expect(row.price.bands[0].prices.special == [.cacheWriteOneHour: try perToken("7e-06")])
    // Of a batch only its own rates and bands count, of another tier what it leaves out is standard.
    let batch = try #require(row.price.tiers[.batch])
    #expect(texts(batch.base) == ["1", nil, "5", "2"])
    #expect(batch.bands.map(\.aboveInputTokens) == [128_000])
    #expect(batch.bands.map { texts($0.prices) } == [["9", nil, "5", "2"]])
    let priority = try #require(row.price.tiers[.priority])
    #expect(texts(priority.base) == ["9", nil, "5", "2"])
    #expect(
      priority.bands.map { texts($0.prices) } == [["9", "0.5", "5", "4"], ["3", "0.5", "5", "4"]])
  }

  @Test("special rates are read, and what LiteLLM puts in their place where they are left out")
  func specialRates() throws {
    let row = try only(
      """
      "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
      "cache_creation_input_token_cost_above_1hr": 3e-06,
      "output_cost_per_reasoning_token": 4e-06, "input_cost_per_audio_token": 5e-06,
      "output_cost_per_audio_token": 6e-06, "input_cost_per_image_token": 7e-06,
      "output_cost_per_image_token": 8e-06, "output_cost_per_token_flex": 1e-06,
      "input_cost_per_token_priority": 2e-06, "input_cost_per_audio_token_priority": 9e-06
      """)
    let special = try [
      (Rate.cacheWriteOneHour, "3e-06"), (.reasoning, "4e-06"), (.audioInput, "5e-06"),
      (.audioOutput, "6e-06"), (.imageInput, "7e-06"), (.imageOutput, "8e-06"),
    ].map { ($0, try perToken($1)) }
    #expect(row.price.base.special == Dictionary(uniqueKeysWithValues: special))
    // A tier with a price of output bills reasoning at it.
    #expect(row.price.tiers[.flex]?.base.special[.reasoning] == nil)
    #expect(row.price.tiers[.priority]?.base.special[.reasoning] == (try perToken("4e-06")))
    #expect(row.price.tiers[.priority]?.base.special[.audioInput] == (try perToken("9e-06")))
  }

  private func perToken(_ text: String) throws -> UnitPrice { try UnitPrice(text, per: .one) }

  @Test(
    "what is not paid by the token is no price of 0",
    arguments: [
      ("\"input_cost_per_token\": 5e-06, \"output_cost_per_image\": 4e-05", true),
      ("\"input_cost_per_token\": 5e-06, \"output_cost_per_audio_token\": 4e-05", true),
      ("\"input_cost_per_token\": 5e-06, \"output_cost_per_image_token\": 4e-05", false),
      ("\"input_cost_per_query\": 0.002, \"output_cost_per_token\": 0", true),
      ("\"input_cost_per_token\": 5e-06, \"output_cost_per_image_token\": 0.0e5", false),
      ("\"input_cost_per_token\": 1e-06, \"input_cost_per_image\": 2", false),
      ("\"input_cost_per_token\": 1e-06, \"output_cost_per_reasoning_token\": 2e-06", false),
      ("\"output_cost_per_token\": 1e-06, \"input_cost_per_token_batches\": 2e-06", false),
    ])
  func otherUnit(fields: String, isSkipped: Bool) throws {
    let file = try read("{\"m\": {\"litellm_provider\": \"p\", \(fields)}}")
    #expect(file.skipped.map(\.reason) == (isSkipped ? [.otherUnit] : []))
  }

  @Test(
    "of keys of one model the one that names its provider wins, else the first by bytes",
    arguments: [
      (["m": "p", "p/m": "p"], "p/m"), (["p/m": "p", "m": "p"], "p/m"),
      (["p/m": "p", "p-x/m": "p_x", "m": "p"], "p/m"), (["a-b/m": "a_b", "a_b/m": "a_b"], "a-b/m"),
    ] as [(KeyValuePairs<String, String>, String)])
  func sameModel(keys: KeyValuePairs<String, String>, winner: String) throws {
    let entries = keys.map {
      "\"\($0.key)\": {\"litellm_provider\": \"\($0.value)\", \"input_cost_per_token\": 1e-06}"
    }
    let file = try read("{\(entries.joined(separator: ","))}")
    let model = try #require(file.rows.first { $0.place == .key(winner) }).model
    #expect(file.rows.count { $0.model == model } == 1)
    #expect(file.skippedCounts.map(\.reason) == [.sameModel])
  }

  @Test("a price of nobody's is skipped")
  func noProvider() throws {
    let file = try read(
      """
      {"p/m": {"litellm_provider": "p", "input_cost_per_token": 1},
       "x": {"input_cost_per_token": 1}, "y": {}}
      """)
    #expect(file.rows.count == 1)
    #expect(file.skipped.map(\.reason) == [.noProvider, .noTokenPrice])
  }

  @Test(
    "a catalog with a mistake is refused, and the mistake told by line and key",
    arguments: [
      (
        "{\n\"m\": {\"litellm_provider\": \"p\",\n\"input_cost_per_token\": -1}}",
        "c.json:3: `m`: input_cost_per_token: the price -1 is negative; give 0 or more"
      ),
      (
        "{\"m\": {\"input_cost_per_token_above_200k_tokens\": 2}}",
        "c.json:1: `m`: input_cost_per_token_above_200k_tokens: the price 2 is above 1,000,000 USD "
          + "per million; check its unit"
      ),
      (
        "{\"m\": {\"output_cost_per_token\": \"free\"}}",
        "c.json:1: `m`: output_cost_per_token: `free` is no number; write a decimal such as 0.15"
      ),
      (
        "{\"m\": {\"output_cost_per_token\": {}}}",
        "c.json:1: `m`: output_cost_per_token is an object; write a decimal such as 1.5e-07"
      ),
      ("{\"m\": 1}", "c.json:1: `m`: the entry is a number; make it an object"),
      (
        "{\"m\": {\"litellm_provider\": 1}}",
        "c.json:1: `m`: litellm_provider is a number; make it a string"
      ),
      (
        "{\"p/\": {\"litellm_provider\": \"p\"}}",
        "c.json:1: `p/`: the name is empty; fill it in"
      ),
      (
        "{\"m\\u0007\": {\"litellm_provider\": \"p\"}}",
        "c.json:1: `m\\u{7}`: the name `m\\u{7}` has a control character; remove it"
      ),
      (
        "{\"m\": {},\n\"m\": {}}",
        "c.json:2: the file is not JSON: the key `m` stands twice in one object; mend it, or fetch "
          + "it again"
      ),
      (
        "\u{FEFF}{\"m\": {}\n,}",
        "c.json:2: the file is not JSON: `}` stands where a key in double quotes belongs; mend it, "
          + "or fetch it again"
      ),
      (
        " []",
        "c.json:1: an array is no price catalog; give LiteLLM's or models.dev's, an object with an "
          + "entry for each model, or a CSV"
      ),
      (
        "{\"openai\": {\"models\": {}}}",
        "c.json: no entry has a `litellm_provider`; give LiteLLM's or models.dev's price "
          + "catalog as it is published, or a CSV"
      ),
    ])
  func refused(text: String, message: String) {
    #expect(refusal { _ = try read(text) } == message)
  }

  @Test("all mistakes are told at once, also several of one entry")
  func allAtOnce() {
    let text = """
      {"a": {"litellm_provider": "p",
        "input_cost_per_token": -1,
        "output_cost_per_token": 2},
       "b": [],
       "c": {"litellm_provider": "p", "input_cost_per_token": 1},
       "d": {"cache_read_input_token_cost": true}}
      """
    #expect(
      refusal { _ = try read(text) }.split(separator: "\n").map { $0.prefix { $0 != ";" } } == [
        "c.json:2: `a`: input_cost_per_token: the price -1 is negative",
        "c.json:3: `a`: output_cost_per_token: the price 2 is above 1,000,000 USD per million",
        "c.json:4: `b`: the entry is an array",
        "c.json:6: `d`: cache_read_input_token_cost is a boolean",
      ])
  }

  private func excerpt() throws -> PriceFile {
    try PriceFile.read(fixture("litellm_excerpt.json"), name: "c.json", effectiveFrom: nil)
  }

  private func read(_ text: String) throws -> PriceFile {
    try PriceFile.read(Array(text.utf8), name: "c.json", effectiveFrom: nil)
  }

  private func only(_ fields: String) throws -> PriceFile.Row {
    let file = try read("{\"m\": {\"litellm_provider\": \"p\", \(fields)}}")
    return try #require(file.rows.first)
  }

  /// Input, cached input, cache write, output.
  private func texts(_ prices: TokenPrices) -> [String?] {
    [prices.input, prices.cachedInput, prices.cacheWrite, prices.output].map { $0?.perMillion }
  }
}
