import Pricing
import Testing
import Traffic
import Units

struct TenantHistoryTests {
  @Test(
    "the terms in force are the latest that have begun, whole",
    arguments: [
      ("2025-12-31", nil), ("2026-01-01", "100"), ("2026-06-30", "100"), ("2026-07-01", nil),
      ("2027-01-01", nil),
    ] as [(String, String?)])
  func inForce(day: String, budget: String?) throws {
    let (january, july) = (UTCDay("2026-01-01"), UTCDay("2026-07-01"))
    let history = TenantHistory([
      TenantTerms(tenant: "acme", effectiveFrom: try #require(july), tier: "pro"),
      TenantTerms(
        tenant: "acme", effectiveFrom: try #require(january), monthlyBudget: try Money("100")),
    ])
    let terms = history.terms(on: try #require(UTCDay(day)))
    #expect(terms?.monthlyBudget == (try budget.map { text in try Money(text) }))
    #expect(terms?.effectiveFrom == (day < "2026" ? nil : day < "2026-07" ? january : july))
  }
}
