import Finance
import Pricing
import Testing
import Traffic
import Units

@Suite("A month's sheet and journal")
struct MonthSheetTests {
  private let month = UTCMonth("2026-09") ?? UTCMonth(monthsSince0: 0)

  private func margins(_ rows: Int) -> MonthFacts {
    var facts = Facts()
    let width = CountMeasure.allCases.count + MoneyMeasure.allCases.count
    for row in 0..<rows {
      facts.add(
        Array(repeating: Int128(3_333_333), count: width),
        to: FactKey(["2026-09-01", Name("t\(row)"), "@flow", "openai/gpt-5"]))
    }
    return MonthFacts(month: month, own: facts)
  }

  @Test("a sheet that is longer than a spreadsheet is cut, and every part has the header")
  func split() {
    let sheet = MonthSheet(margins(5))
    let parts = sheet.parts(mostRows: 3)
    #expect(parts.map(\.rows) == [2, 2, 1])
    let headers = Set(parts.map { $0.text.split(separator: "\r\n").first })
    #expect(headers.count == 1)
    #expect(parts.allSatisfy { $0.text.hasPrefix("\u{FEFF}Day (UTC),Tenant,") })
    #expect(sheet.parts().count == 1)
  }

  @Test("cents of all parts add up to the totals sheet")
  func cents() {
    // Five times 0.003333333 USD are 0.016666665, two cents.
    let sheet = MonthSheet(margins(5))
    let cost = 5 + CountMeasure.allCases.count
    let rows = sheet.parts()[0].text.split(separator: "\r\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.map { String($0[cost]) } == ["0.01", "0.01", "0.00", "0.00", "0.00"])
    #expect(rows.allSatisfy { $0[cost + 1] == "0.003333333" && $0[2] == "'@flow" })
    #expect(sheet.totals.contains("Cost,USD,0.02,0.016666665,0.016666665,0.000000000\r\n"))
  }

  @Test("a journal balances in cents and exactly, and its ids are the same again")
  func journal() {
    var facts = Facts()
    for (workflow, provider, nano) in [
      ("", "openai", 3_333_333), ("chat", "openai", 3_333_333), ("eval", "anthropic", 3_333_334),
    ] {
      let charge = ChargeFact(
        day: month.firstDay, tenant: "acme", workflow: Name(workflow), provider: Name(provider),
        category: .adjustment, meter: "reported", basis: .reported)
      let cost = Int128(nano) * 1_000_000_000_000_000
      facts.add(
        ChargeFact.Amounts(
          quantity: 0, calls: 1, list: cost, contracted: cost, billed: cost, effective: cost
        ).values, to: charge.key)
    }
    let journal = Journal(
      charges: MonthFacts(month: month, own: facts), margins: MonthFacts(month: month, own: Facts())
    )
    let accounts = Accounts([
      Accounts.Scope(kind: .costOfRevenue): "5000",
      Accounts.Scope(kind: .costOfRevenue, name: "eval"): "5100",
    ])
    let lines = journal.csv(accounts).text.split(separator: "\r\n").dropFirst()
    #expect(
      lines == [
        "fallback-ledger:2026-09:unattributed_cost,2026-09,unattributed_cost,unattributed cost,,0.00,,0.003333333,",
        "fallback-ledger:2026-09:cost_of_revenue:chat,2026-09,5000,cost of revenue,chat,0.00,,0.003333333,",
        "fallback-ledger:2026-09:cost_of_revenue:eval,2026-09,5100,cost of revenue,eval,0.01,,0.003333334,",
        "fallback-ledger:2026-09:accrued_payables:anthropic,2026-09,accrued_payables,accrued payables,anthropic,,0.00,,0.003333334",
        "fallback-ledger:2026-09:accrued_payables:openai,2026-09,accrued_payables,accrued payables,openai,,0.01,,0.006666666",
      ])
  }

  @Test("credits, taxes and what was paid in advance have lines of their own, and balance")
  func chargesBesideCalls() throws {
    var facts = Facts()
    func enter(_ charge: ChargeFact, effective: Int128, billed: Int128) {
      let nano: Int128 = 1_000_000_000_000_000
      facts.add(
        ChargeFact.Amounts(
          quantity: 1, calls: 0, list: 0, contracted: 0, billed: billed * nano,
          effective: effective * nano
        ).values, to: charge.key)
    }
    func stated(_ category: ChargeFact.Category) -> ChargeFact {
      ChargeFact(
        day: month.firstDay, tenant: "", provider: "openrouter", category: category, meter: "r",
        basis: .invoiced)
    }
    enter(stated(.purchase), effective: 0, billed: 50_000_000)
    enter(stated(.credit), effective: -10_000_000, billed: -10_000_000)
    enter(stated(.tax), effective: 20_000_000, billed: 20_000_000)
    enter(
      ChargeFact(
        day: month.firstDay, tenant: "acme", workflow: "chat", provider: "openrouter",
        category: .adjustment, meter: "reported", basis: .reported, prepaid: .atProvider),
      effective: 30_000_000, billed: 0)
    // A tenant's payment is no cost of the gateway's.
    enter(
      ChargeFact(
        day: month.firstDay, tenant: "acme", provider: "gateway", category: .purchase,
        meter: "credits", basis: .paid), effective: 0, billed: 70_000_000)
    let journal = Journal(
      charges: MonthFacts(month: month, own: facts), margins: MonthFacts(month: month, own: Facts())
    )
    let lines = journal.csv(Accounts()).text.split(separator: "\r\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)[3...].joined(separator: ",")
    }
    #expect(
      lines == [
        "cost of revenue,chat,0.03,,0.030000000,",
        "provider credits,openrouter,,0.01,,0.010000000",
        "taxes,openrouter,0.02,,0.020000000,",
        "provider prepayments,openrouter,0.05,,0.050000000,",
        "prepaid usage,openrouter,,0.03,,0.030000000",
        "accrued payables,openrouter,,0.06,,0.060000000",
      ])
  }
}
