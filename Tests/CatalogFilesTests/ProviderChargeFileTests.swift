import CatalogFiles
import Finance
import Testing
import Traffic
import Units

@Suite("Files of what invoices state")
struct ProviderChargeFileTests {
  private func mistakes(_ text: String) -> [FileMistake] {
    do {
      _ = try ProviderChargeFile.read(Array(text.utf8), name: "c.csv")
      return []
    } catch {
      return error.mistakes
    }
  }

  @Test("a credit, a payment in advance and a tax, exactly")
  func rows() throws {
    let day = try #require(UTCDay("2026-10-31"))
    let text = """
      reference,day,provider,kind,amount_usd,tenant_id,description
      CR-7,2026-10-31,anthropic,credit,-1.25,acme,Outage
      PP-1,2026-10-31,openrouter,purchase,100,,
      TX-1,2026-10-31,anthropic,tax,0.000000001,,

      """
    let found = try ProviderChargeFile.read(Array(text.utf8), name: "c.csv")
    #expect(
      found == [
        ProviderCharge(
          reference: "CR-7", day: day, provider: "anthropic", kind: .credit,
          amount: Money(nanoUSD: -1_250_000_000), tenant: "acme", description: "Outage"),
        ProviderCharge(
          reference: "PP-1", day: day, provider: "openrouter", kind: .purchase,
          amount: Money(nanoUSD: 100_000_000_000)),
        ProviderCharge(
          reference: "TX-1", day: day, provider: "anthropic", kind: .tax,
          amount: Money(nanoUSD: 1)),
      ])
  }

  @Test(
    "a wrong sign, an unknown kind and a reference that stands twice are mistakes with their line")
  func refused() {
    let found = mistakes(
      """
      reference,day,provider,kind,amount_usd
      a,2026-10-31,openai,credit,1.25
      b,2026-10-31,openai,purchase,-5
      c,2026-10-31,openai,gift,5
      b,2026-10-31,openai,tax,5
      """)
    #expect(found.map(\.line) == [2, 3, 4, 5])
    #expect(found.first?.remedy == "write what the provider gives back as -12.50")
    #expect(found.last?.what == "b stands on line 3 already")
  }

  @Test("an invoice of each issuer, and one for all others")
  func invoices() throws {
    let text = "provider,invoice_id\nopenai,INV-1\n,INV-2\n"
    #expect(
      try InvoiceNumberFile.read(Array(text.utf8), name: "i.csv")
        == InvoiceNumbers(["openai": "INV-1"], others: "INV-2"))
    for twice in [",INV-3", "openai,INV-3"] {
      #expect(throws: FileMistakes.self) {
        try InvoiceNumberFile.read(Array((text + twice).utf8), name: "i.csv")
      }
    }
  }
}
