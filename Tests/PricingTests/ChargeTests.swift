import Pricing
import TestSupport
import Testing
import Traffic
import Units

@Suite("The bill of an attempt")
struct ChargeTests {
  private static func perMillion(_ text: String) throws -> UnitPrice {
    try UnitPrice(text, per: .million)
  }

  /// Prices of a whole schedule, so that every rate differs.
  private static func everyRate() throws -> TokenPrices {
    TokenPrices(
      input: try perMillion("1"), cachedInput: try perMillion("2"), cacheWrite: try perMillion("3"),
      output: try perMillion("4"),
      special: [
        .cacheWriteOneHour: try perMillion("5"), .reasoning: try perMillion("6"),
        .audioInput: try perMillion("7"), .imageInput: try perMillion("8"),
        .audioOutput: try perMillion("9"), .imageOutput: try perMillion("10"),
      ])
  }

  @Test("every token is paid once, at the price of what it is")
  func everyKind() throws {
    let usage = Usage(
      input: 1_000, cachedInput: 100, cacheWrite: 60, output: 500, reasoning: 200,
      detail: UsageDetail(
        cacheWriteOneHour: 20, audioInput: 30, imageInput: 40, audioOutput: 50, imageOutput: 60))
    let charges = try #require(ModelPrice(base: Self.everyRate()).charges(for: usage))
    let quantities = Dictionary(
      uniqueKeysWithValues: charges.map { ($0.rate, $0.quantity) })
    // 1,000 - 100 - 60 - 30 - 40 of text in, 500 - 200 - 50 - 60 of text out.
    #expect(
      quantities == [
        .input: 770, .cachedInput: 100, .cacheWrite: 40, .cacheWriteOneHour: 20, .audioInput: 30,
        .imageInput: 40, .output: 190, .reasoning: 200, .audioOutput: 50, .imageOutput: 60,
        .perRequest: 1,
      ])
    // 770 + 200 + 120 + 100 + 210 + 320 + 760 + 1200 + 450 + 600 millionths.
    #expect(ModelPrice(base: try Self.everyRate()).cost(of: usage) == (try usd("0.00473")))
  }

  @Test("a rate that is left out costs what its kind costs")
  func fallbacks() throws {
    let bare = TokenPrices(input: try Self.perMillion("1"), output: try Self.perMillion("4"))
    let written = TokenPrices(
      input: try Self.perMillion("1"), cacheWrite: try Self.perMillion("3"),
      output: try Self.perMillion("4"))
    for rate in [Rate.cachedInput, .cacheWrite, .cacheWriteOneHour, .audioInput, .imageInput] {
      #expect(bare.price(of: rate) == bare.input)
    }
    for rate in [Rate.reasoning, .audioOutput, .imageOutput] {
      #expect(bare.price(of: rate) == bare.output)
    }
    #expect(written.price(of: .cacheWriteOneHour) == written.cacheWrite)
  }

  @Test("what a log claims beyond the whole is not paid twice")
  func claims() throws {
    let price = ModelPrice(base: try Self.everyRate())
    let usage = Usage(
      input: 10, output: 10, reasoning: 9,
      detail: UsageDetail(audioInput: 8, imageInput: 8, audioOutput: 6))
    let charges = try #require(price.charges(for: usage))
    let paid = charges.filter { $0.rate != .perRequest }.map(\.quantity).reduce(0, +)
    #expect(paid == 20)
    #expect(charges.allSatisfy { $0.quantity >= 0 })
  }

  @Test("a tier has its own prices, else the standard ones; one that nobody knows has none")
  func tiers() throws {
    let price = ModelPrice(
      base: try prices("1", "2"), tiers: [.priority: PriceSchedule(base: try prices("10", "20"))])
    func cost(_ tier: ServiceTier?) -> Money? {
      price.cost(
        of: Usage(input: 1_000_000, output: 0, detail: UsageDetail(serviceTier: tier)))
    }
    #expect(cost(nil) == (try usd("1")))
    #expect(cost(.priority) == (try usd("10")))
    #expect(cost(.flex) == (try usd("1")))
    #expect(cost(.other) == nil)
  }

  @Test(
    "agrees with arithmetic of any precision to the last digit",
    arguments: 0..<300 as Range<UInt64>)
  func twin(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func number(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &random) }
    func unit() -> UnitPrice {
      // Up to 1 USD a token, often with all its 24 places.
      let scale = number(0...24)
      let value = (0..<scale).reduce(Int128(0)) { sum, _ in sum * 10 + Int128(number(0...9)) }
      return UnitPrice(yoctoUSD: value)
    }
    func tokens() -> TokenPrices {
      var prices = TokenPrices(input: unit(), output: unit())
      if Bool.random(using: &random) { prices.cachedInput = unit() }
      if Bool.random(using: &random) { prices.cacheWrite = unit() }
      for rate in Rate.allCases
      where ![.input, .output, .cachedInput, .cacheWrite, .perRequest].contains(rate)
        && number(0...2) == 0
      {
        prices.special[rate] = unit()
      }
      return prices
    }
    func schedule() -> PriceSchedule {
      PriceSchedule(
        base: tokens(),
        bands: (0..<number(0...2)).map { _ in
          .init(aboveInputTokens: number(0...400_000), prices: tokens())
        })
    }
    let standard = schedule()
    let price = ModelPrice(
      base: standard.base, perRequest: unit(), bands: standard.bands,
      tiers: [.batch: schedule(), .priority: schedule()])
    let cached = number(0...200_000)
    let written = number(0...100_000)
    let plain = number(0...200_000)
    let output = number(0...100_000)
    let usage = Usage(
      input: cached + written + plain, cachedInput: cached, cacheWrite: written, output: output,
      reasoning: number(0...output / 3),
      detail: UsageDetail(
        cacheWriteOneHour: number(0...written), audioInput: number(0...plain / 3),
        imageInput: number(0...plain / 3), audioOutput: number(0...output / 3),
        imageOutput: number(0...output / 3),
        serviceTier: [nil, .batch, .priority, .flex][Int(number(0...3))]))
    let exact = slowBill(usage, at: price)
    #expect(price.cost(of: usage).map { String($0.nanoUSD) } == exact.description)
  }

  /// The formula of events.md with the kinds of token apart, every digit kept until the one rounding.
  private func slowBill(_ usage: Usage, at price: ModelPrice) -> SlowNatural {
    var schedule = price.standard
    if let tier = usage.detail.serviceTier, let own = price.tiers[tier] { schedule = own }
    var chosen = schedule.base
    for band in schedule.bands where usage.input > band.aboveInputTokens { chosen = band.prices }
    let detail = usage.detail
    let text =
      usage.input - usage.cachedInput - usage.cacheWrite - detail.audioInput - detail.imageInput
    let answer = usage.output - usage.reasoning - detail.audioOutput - detail.imageOutput
    let write = chosen.cacheWrite ?? chosen.input
    let parts: [(UnitPrice, Int64)] = [
      (chosen.input, text), (chosen.special[.audioInput] ?? chosen.input, detail.audioInput),
      (chosen.special[.imageInput] ?? chosen.input, detail.imageInput),
      (chosen.cachedInput ?? chosen.input, usage.cachedInput),
      (write, usage.cacheWrite - detail.cacheWriteOneHour),
      (chosen.special[.cacheWriteOneHour] ?? write, detail.cacheWriteOneHour),
      (chosen.output, answer), (chosen.special[.reasoning] ?? chosen.output, usage.reasoning),
      (chosen.special[.audioOutput] ?? chosen.output, detail.audioOutput),
      (chosen.special[.imageOutput] ?? chosen.output, detail.imageOutput),
      (price.perRequest, 1),
    ]
    return parts.reduce(SlowNatural(0)) {
      $0 + SlowNatural($1.0.yoctoUSD) * SlowNatural($1.1)
    }.lowered(15, halfEven: true)
  }
}
