import Pricing
import Testing
import Traffic
import Units

@Suite("Payments in advance, and budget months")
struct PrepaidTests {
  private func day(_ text: String) throws -> UTCDay { try #require(UTCDay(text)) }

  private func topUp(_ day: String, _ amount: String) throws -> TopUp {
    TopUp(tenant: "acme", day: try self.day(day), amount: try Money(amount))
  }

  @Test(
    "payments are added to the balance that the terms state, from their day on",
    arguments: [
      ("2026-01-31", nil, nil), ("2026-02-01", "2026-02-01", "100"),
      ("2026-02-09", "2026-02-01", "100"), ("2026-02-10", "2026-02-01", "150"),
      // New terms state what is left then; what was paid before is in it.
      ("2026-05-01", "2026-05-01", "20"), ("2026-05-02", "2026-05-01", "27.5"),
    ] as [(String, String?, String?)])
  func stated(at: String, from: String?, balance: String?) throws {
    let history = TenantHistory(
      [
        TenantTerms(
          tenant: "acme", effectiveFrom: try day("2026-02-01"), prepaidBalance: try Money("100")),
        TenantTerms(
          tenant: "acme", effectiveFrom: try day("2026-05-01"), prepaidBalance: try Money("20")),
      ], topUps: [try topUp("2026-05-02", "7.5"), try topUp("2026-02-10", "50")])
    let prepaid = history.prepaid(on: try day(at))
    #expect(prepaid?.from.description == from)
    #expect(prepaid?.balance == (try balance.map { text in try Money(text) }))
  }

  @Test("without a stated balance the first payment opens an account")
  func unstated() throws {
    let history = TenantHistory(
      [], topUps: [try topUp("2026-03-01", "5"), try topUp("2026-03-05", "6")])
    #expect(history.prepaid(on: try day("2026-02-28")) == nil)
    #expect(history.prepaid(on: try day("2026-03-04"))?.balance == (try Money("5")))
    #expect(history.prepaid(on: try day("2026-03-05"))?.balance == (try Money("11")))
    #expect(history.prepaid(on: try day("2026-03-05"))?.from == (try day("2026-03-01")))
    #expect(history.firstPrepaidDay == (try day("2026-03-01")))
  }

  @Test(
    "a billing month begins on its day, in a shorter month on the last",
    arguments: [
      (1, "2026-02", "2026-02-01"), (15, "2026-02", "2026-02-15"), (31, "2026-02", "2026-02-28"),
      (31, "2028-02", "2028-02-29"), (30, "2026-04", "2026-04-30"), (31, "2026-04", "2026-04-30"),
    ])
  func billing(first: Int, month: String, start: String) throws {
    let billing = BillingMonth(firstDay: first)
    #expect(billing.start(in: try #require(UTCMonth(month))) == (try day(start)))
  }
}
