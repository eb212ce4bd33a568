import CatalogFiles
import PolicyEngine
import Pricing
import Simulation
import StrictJSON
import Testing
import Traffic
import Units

@testable import Ingest

@Suite("The text of simulated events")
struct EventTextTests {
  @Test("every event reads back as it was written", arguments: 0..<3 as Range<UInt64>)
  func readsBack(seed: UInt64) throws {
    for attempt in Simulator(try SampleWorlds.make(seed: seed, requests: 300)).joined() {
      #expect(try read(EventText.line(attempt)) == attempt)
    }
  }

  @Test("names are escaped, whatever they hold")
  func escapes() throws {
    var attempt = Attempt(
      eventID: "other", requestID: "r\"\\/", position: 3, index: 3,
      startedAt: Timestamp(milliseconds: 1_790_000_000_001), attribution: Attribution(),
      primary: Route(model: ModelID(provider: "p", model: "m/\u{7F}"), group: "g\"")
    )
    attempt.attribution[.tenant] = "e\u{301} \u{1F4B8}\u{2028}"
    attempt.action = .reject
    attempt.decisionReason = "a\nb\t\r\0\u{1F}\u{8}\"\\"
    attempt.reportedCost = Money(nanoUSD: 1)
    attempt.budget.prepaidBalance = Money(nanoUSD: 12_500_000_000)
    let line = EventText.line(attempt)
    #expect(!line.utf8.contains { $0 < 0x20 })
    var tape = JSONTape()
    try tape.parse(Array(line.utf8)[...])
    let reason = try #require(tape.value("decision", in: JSONTape.root))
    #expect(tape.text(try #require(tape.value("reason", in: reason))) == attempt.decisionReason)
    // Names of events have no control characters, so the rest is read without the one above.
    attempt.primary = Route(model: ModelID(provider: "p", model: "m"), group: "g\"")
    attempt.decisionReason = "\"\\\u{1F4B8}"
    #expect(try read(EventText.line(attempt)) == attempt)
  }

  @Test("an event is one compact line, its amounts exact decimals")
  func example() throws {
    var attribution = Attribution()
    attribution[.tenant] = "acme"
    let route = Route(model: ModelID(provider: "openai", model: "gpt-5"))
    let attempt = Attempt(
      eventID: "r/1", requestID: "r", position: 1, index: 1,
      startedAt: Timestamp(milliseconds: 1_790_000_000_001), attribution: attribution,
      trafficClass: .batch, primary: route, route: route, outcome: .failure,
      failure: Failure(kind: .timeout, httpStatus: 504), latencyMilliseconds: 20_000,
      usage: Usage(input: 12, output: 0), reportedCost: Money(nanoUSD: 15_000),
      revenue: Money(nanoUSD: 2_000_000_000),
      budget: BudgetSnapshot(limit: Money(nanoUSD: 2_350_000_000), spent: .zero),
      decisionStep: 0, decisionReason: "primary")
    #expect(
      EventText.line(attempt) == """
        {"request_id":"r","attempt":1,"ts":"2026-09-21T14:13:20.001Z","tenant_id":"acme",\
        "traffic_class":"batch","primary":{"provider":"openai","model":"gpt-5"},\
        "route":{"provider":"openai","model":"gpt-5"},"outcome":"failure",\
        "failure":{"kind":"timeout","http_status":504},"latency_ms":20000,\
        "usage":{"input_tokens":12},"cost_usd":"0.000015","revenue_usd":"2",\
        "budget":{"limit_usd":"2.35","spent_usd":"0"},"decision":{"step":0,"reason":"primary"}}
        """)
  }

  @Test("prices and tenants read back as the world has them")
  func catalogs() throws {
    let world = try SampleWorlds.make(tenants: 30)
    let prices = try PriceFile.read(
      Array(CatalogText.prices(world).utf8), name: "prices.csv", effectiveFrom: nil)
    #expect(
      prices.rows.map {
        DatedPrice(
          model: $0.model, effectiveFrom: $0.effectiveFrom ?? SampleWorlds.firstDay, price: $0.price
        )
      }
        == BuiltInPrices.catalog(from: SampleWorlds.firstDay))
    let tenants = try TenantFile.read(
      Array(CatalogText.tenants(world).utf8), name: "tenants.csv")
    #expect(tenants.map(\.tenant) == world.tenants.map(\.name))
    #expect(tenants.map(\.tier) == world.tenants.map(\.tier))
    #expect(tenants.map(\.monthlyBudget) == world.tenants.map(\.monthlyBudget))
  }

  @Test("a price file says bands, fees per request and odd names")
  func oddPrices() throws {
    let model = ModelID(provider: "a,b", model: "c \"d\"")
    let price = ModelPrice(
      base: TokenPrices(
        input: UnitPrice(yoctoUSD: 1), cachedInput: UnitPrice(yoctoUSD: 123_456_789),
        output: try UnitPrice("1000000", per: .million)),
      perRequest: try UnitPrice("0.01", per: .one),
      bands: [
        .init(
          aboveInputTokens: 200_000,
          prices: TokenPrices(
            input: try UnitPrice("2.5", per: .million), cacheWrite: .zero,
            output: try UnitPrice("15", per: .million)))
      ])
    let row = DatedPrice(model: model, effectiveFrom: SampleWorlds.firstDay, price: price)
    let world = try World(
      seed: 1, firstDay: SampleWorlds.firstDay, days: 1, requests: 1, tenants: 1,
      policy: try .init(.init(models: [model: .frontier])), prices: [row])
    let read = try PriceFile.read(
      Array(CatalogText.prices(world).utf8), name: "prices.csv", effectiveFrom: nil)
    #expect(read.rows.map(\.model) == [model])
    #expect(read.rows.map(\.price) == [price])
  }

  private func read(_ line: String) throws -> Attempt {
    var tape = JSONTape()
    try tape.parse(Array(line.utf8)[...])
    return try NativeFormat.attempt(from: tape)
  }
}
