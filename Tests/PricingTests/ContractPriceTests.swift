import Pricing
import TestSupport
import Testing
import Traffic
import Units

@Suite("Negotiated prices")
struct ContractPriceTests {
  private static let model = ModelID(provider: "openai", model: "gpt-5")

  private func contract(
    _ multiplier: String, model: Name? = nil, tenant: Name? = nil, from: String = "2026-01-01",
    to: String? = nil
  ) throws -> ContractPrice {
    ContractPrice(
      scope: .init(provider: "openai", model: model, tenant: tenant),
      from: try #require(UTCDay(from)), to: to.flatMap { UTCDay($0) },
      terms: .multiplier(try Multiplier(multiplier)))
  }

  /// The multiplier of the contract that holds.
  private func holding(
    _ contracts: [ContractPrice], tenant: Name = "acme", on day: String = "2026-10-01"
  ) throws -> String? {
    let day = try #require(UTCDay(day))
    let contract = ContractBook(contracts).contract(for: Self.model, tenant: tenant, on: day)
    guard case .multiplier(let multiplier)? = contract?.terms else { return nil }
    return multiplier.description
  }

  @Test("the tenant's goes before one for all, then the model's, then the later")
  func precedence() throws {
    let all = try contract("0.9")
    let later = try contract("0.89", from: "2026-09-01")
    let model = try contract("0.8", model: "gpt-5")
    let tenant = try contract("0.7", tenant: "acme")
    let both = try contract("0.6", model: "gpt-5", tenant: "acme")
    let order = [all, later, model, tenant, both]
    for count in 1...order.count {
      let some = Array(order[..<count])
      #expect(try holding(some.reversed()) == ["0.9", "0.89", "0.8", "0.7", "0.6"][count - 1])
      #expect(try holding(some) == ["0.9", "0.89", "0.8", "0.7", "0.6"][count - 1])
    }
    #expect(try holding([tenant, both], tenant: "birch") == nil)
    #expect(try holding([try contract("0.5", model: "gpt-4")]) == nil)
  }

  @Test(
    "it holds from its first day until the day before its end",
    arguments: [
      ("2026-03-31", nil), ("2026-04-01", "0.9"), ("2026-06-30", "0.9"), ("2026-07-01", nil),
    ] as [(String, String?)])
  func period(day: String, multiplier: String?) throws {
    let contracts = [try contract("0.9", from: "2026-04-01", to: "2026-07-01")]
    #expect(try holding(contracts, on: day) == multiplier)
  }

  @Test("list and contracted cost are kept apart, and the contracted one is paid")
  func kept() throws {
    let list = ModelPrice(base: try prices("2", "8"))
    let price = CallPrice(list: list, contracted: list.times(try Multiplier("0.95")))
    let usage = Usage(input: 1_000_000, output: 0)
    let cost = AttemptCost(of: link(model: 1, .success, usage: usage), at: price)
    #expect(cost.amount == (try usd("1.9")))
    #expect(cost.source == .catalog)
    #expect(cost.catalog == (try usd("1.9")))
    #expect(cost.list == (try usd("2")))
    let reported = AttemptCost(
      of: link(model: 1, .success, usage: usage, cost: try usd("3")), at: price)
    #expect(reported.amount == (try usd("3")))
    #expect(reported.catalog == (try usd("1.9")))
  }

  @Test("a fixed price needs no list, a factor does")
  func withoutList() throws {
    let fixed = ContractPrice(
      scope: .init(provider: "openai"), from: try #require(UTCDay("2026-01-01")),
      terms: .fixed(try prices("1", "2"), perRequest: .zero))
    #expect(fixed.price(list: nil) == ModelPrice(base: try prices("1", "2")))
    #expect(try contract("0.9").price(list: nil) == nil)
  }

  @Test(
    "a factor is exact to 10^-24 USD, half to even, in every band and tier",
    arguments: 0..<200 as Range<UInt64>)
  func exact(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let yocto = Int128(Int64.random(in: 0...999_999_999, using: &random)) * 1_000_000_007 + 1
    let billionths = Int64.random(in: 0...10_000_000_000, using: &random)
    let expected = (SlowNatural(yocto) * SlowNatural(billionths)).lowered(9, halfEven: true)
    let unit = UnitPrice(yoctoUSD: yocto)
    let price = ModelPrice(
      base: TokenPrices(input: unit, output: unit, special: [.reasoning: unit]), perRequest: unit,
      bands: [.init(aboveInputTokens: 1, prices: TokenPrices(input: unit, output: unit))],
      tiers: [.flex: PriceSchedule(base: TokenPrices(input: unit, output: unit))]
    ).times(Multiplier(billionths: billionths))
    let found = [
      price.base.input, price.base.price(of: .reasoning), price.perRequest,
      price.bands[0].prices.output, price.tiers[.flex]?.base.input,
    ]
    for one in found { #expect(one.map { String($0.yoctoUSD) } == expected.description) }
  }

  @Test(
    "a multiplier is a decimal from 0 to 10",
    arguments: [
      ("0.95", "0.95"), ("1e0", "1"), ("10", "10"), ("0", "0"), ("0.123456789", "0.123456789"),
    ])
  func reads(text: String, printed: String) throws {
    #expect(try Multiplier(text).description == printed)
  }

  @Test("and nothing else", arguments: ["-0.1", "10.000000001", "95%", "", "0.1234567891", "NaN"])
  func refuses(text: String) {
    #expect(throws: UnitError.self) { try Multiplier(text) }
  }
}
