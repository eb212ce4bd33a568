import CatalogFiles
import Pricing
import Testing
import Traffic
import Units

@Suite("Files of negotiated prices and of payments")
struct ContractFileTests {
  private func contracts(_ text: String) throws -> [ContractPrice] {
    try ContractFile.read(Array(text.utf8), name: "c.csv")
  }

  @Test("a contract is a factor or fixed prices, for whom the row says")
  func rows() throws {
    let day = try #require(UTCDay("2026-10-01"))
    let found = try contracts(
      """
      provider,model,tenant_id,effective_from,effective_to,multiplier,input_usd_per_million,output_usd_per_million,per_request_usd
      openai,,,2026-10-01,,0.95,,,
      anthropic,claude,birch,2026-10-01,2026-10-02,,2,10,0.001
      """)
    #expect(
      found == [
        ContractPrice(
          scope: .init(provider: "openai"), from: day,
          terms: .multiplier(Multiplier(billionths: 950_000_000))),
        ContractPrice(
          scope: .init(provider: "anthropic", model: "claude", tenant: "birch"), from: day,
          to: day.advanced(by: 1),
          terms: .fixed(
            TokenPrices(
              input: try UnitPrice("2", per: .million), output: try UnitPrice("10", per: .million)),
            perRequest: try UnitPrice("0.001", per: .one))),
      ])
  }

  @Test("files are told apart by their columns")
  func recognised() {
    let header = Array("provider,effective_from,multiplier\n".utf8)
    #expect(ContractFile.recognises(header))
    #expect(!ContractFile.recognises(Array("provider,model,input_usd_per_million\n".utf8)))
    #expect(TopUpFile.recognises(Array("tenant_id,day,top_up_usd\n".utf8)))
    #expect(!TopUpFile.recognises(Array("tenant_id,prepaid_balance_usd\n".utf8)))
  }

  private static let header =
    "provider,effective_from,effective_to,multiplier,input_usd_per_million,output_usd_per_million\n"

  @Test(
    "a contract with a mistake is refused, and told by line",
    arguments: [
      (
        "openai,2026-10-01,,0.9,1,2",
        "c.csv:2: multiplier and input_usd_per_million are both given; give one of the two"
      ),
      (
        "openai,2026-10-01,,,,",
        "c.csv:2: neither a multiplier nor a fixed price is given; give one of the two"
      ),
      ("openai,2026-10-01,,,1,", "c.csv:2: output_usd_per_million is empty; fill it in"),
      (
        "openai,2026-10-01,,-1,,",
        "c.csv:2: multiplier: the multiplier -1 is negative; give 0 to 10"
      ),
      (
        "openai,2026-10-01,,95,,",
        "c.csv:2: multiplier: the multiplier 95 is above 10; 5 % off is 0.95"
      ),
      (
        "openai,2026-10-01,2026-10-01,1,,",
        "c.csv:2: effective_to 2026-10-01 is not after effective_from 2026-10-01; give the first day "
          + "on which it holds no more, or leave it out"
      ),
      (
        "openai,2026-10-01,,1,,\nopenai,2026-10-01,,2,,",
        "c.csv:3: line 2 has a contract for the same calls from 2026-10-01 already; keep one of the "
          + "two"
      ),
    ])
  func refused(rows: String, message: String) {
    #expect(refusal { _ = try contracts(Self.header + rows + "\n") } == message)
  }

  @Test("payments of one day are told apart by their reference")
  func payments() throws {
    let text = "tenant_id,day,top_up_usd,reference\nacme,2026-10-01,5,A\nacme,2026-10-01,6.5,B\n"
    let payments = try TopUpFile.read(Array(text.utf8), name: "t.csv")
    #expect(payments.map(\.amount.description) == ["5.000000000", "6.500000000"])
    #expect(
      refusal {
        _ = try TopUpFile.read(
          Array((text + "acme,2026-10-01,7,A\nacme,2026-10-02,-1,\n").utf8), name: "t.csv")
      } == """
        t.csv:4: acme has a payment of 2026-10-01 on line 2 already; give each a `reference` of its \
        own, or keep one of the two
        t.csv:5: top_up_usd: the amount -1 is negative; give 0 or more
        """)
  }

  @Test("a tenant's budget month has a day and a zone")
  func billing() throws {
    func read(_ cells: String) throws -> BillingMonth? {
      try TenantFile.read(
        Array("tenant_id,billing_day,time_zone\nacme,\(cells)\n".utf8), name: "t.csv"
      ).first?.billing
    }
    #expect(try read(",") == .utc)
    #expect(try read("15,Europe/Berlin") == BillingMonth(firstDay: 15, timeZone: "Europe/Berlin"))
    #expect(
      refusal { _ = try read("32,Mars/Olympus") } == """
        t.csv:2: billing_day: `32` is no day of a month; give 1 to 31
        t.csv:2: time_zone: `Mars/Olympus` is no time zone; give an IANA name such as Europe/Berlin
        """)
  }
}
