import Pricing
import TestSupport
import Testing
import Traffic
import Units

@Suite("Model price")
struct ModelPriceTests {
  @Test(
    "each kind of token has its price, and input's where it has none of its own",
    arguments: [
      // 1,000 tokens: 600 plain, 300 cached, 100 written, at 2.00; 500 out at 8.00 a million.
      (nil, nil, "0.006000000"),
      // 600 x 2.00 + 300 x 0.20 + 100 x 2.00 + 500 x 8.00
      ("0.20", nil, "0.005460000"),
      // 600 x 2.00 + 300 x 2.00 + 100 x 2.50 + 500 x 8.00
      (nil, "2.50", "0.006050000"),
      ("0.20", "2.50", "0.005510000"), ("0", "0", "0.005200000"),
    ] as [(String?, String?, String)])
  func pricesEachKind(cached: String?, written: String?, cost: String) throws {
    let price = ModelPrice(base: try prices("2.00", "8.00", cached: cached, written: written))
    let usage = Usage(input: 1000, cachedInput: 300, cacheWrite: 100, output: 500, reasoning: 400)
    #expect(price.cost(of: usage)?.description == cost)
  }

  @Test("a price per request comes on top, once")
  func addsPerRequest() throws {
    let price = ModelPrice(
      base: try prices("2.00", "8.00"), perRequest: try UnitPrice("0.01", per: .one))
    #expect(price.cost(of: Usage(input: 1000, output: 500)) == (try usd("0.016")))
  }

  @Test(
    "above its threshold a band holds for the whole attempt, at the threshold not yet",
    arguments: [
      // At 1.00 / 10.00 a million; above 200,000 at 2.00 / 15.00, above 500,000 at 3.00 / 20.00.
      (199_999, "0.200999000"), (200_000, "0.201000000"), (200_001, "0.401502000"),
      (500_000, "1.001500000"), (500_001, "1.502003000"), (1_000_000, "3.002000000"),
    ] as [(Int64, String)])
  func appliesBands(input: Int64, cost: String) throws {
    let price = ModelPrice(
      base: try prices("1.00", "10.00"),
      bands: [
        .init(aboveInputTokens: 500_000, prices: try prices("3.00", "20.00")),
        .init(aboveInputTokens: 200_000, prices: try prices("2.00", "15.00")),
      ])
    #expect(price.cost(of: Usage(input: input, output: 100))?.description == cost)
  }

  @Test("cached input counts towards the threshold, and has the band's own price")
  func bandsCountAllInput() throws {
    let price = ModelPrice(
      base: try prices("1.00", "10.00", cached: "0.10"),
      bands: [.init(aboveInputTokens: 100, prices: try prices("2.00", "10.00", cached: "0.20"))])
    let usage = Usage(input: 101, cachedInput: 100, output: 0)
    // 1 x 2.00 + 100 x 0.20 a million.
    #expect(price.cost(of: usage) == (try usd("0.000022")))
    // A band without a cached price takes the band's input price, not the base's cached one.
    let bare = ModelPrice(
      base: price.base, bands: [.init(aboveInputTokens: 100, prices: try prices("2.00", "10.00"))])
    #expect(bare.cost(of: usage) == (try usd("0.000202")))
  }

  @Test(
    "is rounded once, half to even",
    arguments: [
      // Input and output at 0.0001 USD a million are 0.1 nano-USD a token.
      (5, 0, 0), (15, 0, 2), (25, 0, 2), (4, 4, 1), (3, 2, 0), (13, 2, 2), (26, 0, 3),
    ] as [(Int64, Int64, Int64)])
  func roundsOnce(input: Int64, output: Int64, nano: Int64) throws {
    let price = ModelPrice(base: try prices("0.0001", "0.0001"))
    #expect(price.cost(of: Usage(input: input, output: output))?.nanoUSD == nano)
  }

  @Test("agrees with arithmetic that keeps every digit", arguments: 0..<1_000 as Range<UInt64>)
  func agreesWithTwin(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Prices with few digits make ties, with many digits none.
    func unit() -> UnitPrice {
      let fine = random.chance(1, in: 3)
      return UnitPrice(
        yoctoUSD: fine
          ? Int128(random.below(100_000_000_000_000_000))
          : Int128(random.below(1_000)) * 50_000_000_000_000)
    }
    func tokenPrices() -> TokenPrices {
      TokenPrices(
        input: unit(), cachedInput: random.chance(1, in: 2) ? unit() : nil,
        cacheWrite: random.chance(1, in: 2) ? unit() : nil, output: unit())
    }
    let price = ModelPrice(
      base: tokenPrices(), perRequest: random.chance(1, in: 3) ? unit() : .zero,
      bands: (0..<random.below(3)).map {
        .init(aboveInputTokens: Int64(500 * ($0 + 1)), prices: tokenPrices())
      })
    let input = random.below(2_000)
    let cached = random.below(input + 1)
    let usage = Usage(
      input: Int64(input), cachedInput: Int64(cached),
      cacheWrite: Int64(random.below(input - cached + 1)), output: Int64(random.below(2_000)))
    let cost = price.cost(of: usage)
    #expect(cost.map { String($0.nanoUSD) } == slowCost(usage, at: price).description)
  }

  @Test("a cost outside 64 bits of nano-USD is none")
  func leavesMoney() throws {
    let price = ModelPrice(base: try prices("1000000", "1000000"))
    #expect(price.cost(of: Usage(input: 9_223_372_036, output: 0)) == (try usd("9223372036")))
    #expect(price.cost(of: Usage(input: 9_223_372_037, output: 0)) == nil)
    #expect(price.cost(of: Usage(input: .max, output: .max)) == nil)
  }

  @Test("token counts that contradict each other trap nothing")
  func survivesContradictions() throws {
    let price = ModelPrice(base: try prices("1.00", "10.00"))
    #expect(price.cost(of: Usage(input: 0, cachedInput: .max, cacheWrite: .max, output: 0)) == nil)
    #expect(price.cost(of: Usage(input: 0, cachedInput: 10, output: 0)) == .zero)
  }

  @Test(
    "the base band's output price grades a model that no policy grades",
    arguments: [
      ("0", .lowCost), ("1.499999", .lowCost), ("1.50", .balanced), ("7.999999", .balanced),
      ("8.00", .frontier), ("75", .frontier),
    ] as [(String, Grade)])
  func grades(output: String, grade: Grade) throws {
    let price = ModelPrice(
      base: try prices("1", output),
      bands: [.init(aboveInputTokens: 1, prices: try prices("1", "100"))])
    #expect(price.grade == grade)
  }

  @Test(
    "in force on a day is the latest that has begun",
    arguments: [
      (-1, nil), (9, nil), (10, "1"), (19, "1"), (20, "3"), (29, "3"), (30, "4"), (99, "4"),
    ]
      as [(Int, String?)])
  func hasHistory(day: Int, input: String?) throws {
    let history = PriceHistory(
      try [(30, "4"), (10, "1"), (20, "2"), (20, "3")].map { day, input in
        (from: UTCDay(daysSince1970: day), price: ModelPrice(base: try prices(input, "1")))
      })
    #expect(history.price(on: UTCDay(daysSince1970: day))?.base.input.perMillion == input)
  }

  @Test("histories are equal when their rows are, in whatever order they came")
  func comparesHistories() throws {
    let (early, late) = (
      (from: UTCDay(daysSince1970: 1), price: ModelPrice(base: try prices("1", "1"))),
      (from: UTCDay(daysSince1970: 2), price: ModelPrice(base: try prices("2", "2")))
    )
    #expect(PriceHistory([early, late]) == PriceHistory([late, early]))
    #expect(Set([PriceHistory([early, late]), PriceHistory([late, early])]).count == 1)
    #expect(PriceHistory([early]) != PriceHistory([late]))
    #expect(PriceHistory([]).price(on: UTCDay(daysSince1970: 0)) == nil)
  }
}
