import CatalogFiles
import Pricing
import Testing
import Traffic
import Units

struct TenantFileTests {
  @Test("every column is read, and an empty cell is not given")
  func columns() throws {
    let beginning = try #require(UTCDay("2000-01-01"))
    let terms = try TenantFile.read(fixture("tenants.csv"), name: "tenants.csv")
    #expect(
      terms == [
        TenantTerms(
          tenant: "acme", effectiveFrom: try #require(UTCDay("2026-01-01")), tier: "enterprise",
          monthlyBudget: try Money("1500"), monthlyFee: try Money("499")),
        TenantTerms(
          tenant: "acme", effectiveFrom: try #require(UTCDay("2026-07-01")), tier: "enterprise",
          monthlyBudget: try Money("2000"), monthlyFee: try Money("499")),
        TenantTerms(
          tenant: "birch", effectiveFrom: beginning, tier: "pro", monthlyBudget: try Money("250"),
          prepaidBalance: try Money("100.5"), revenuePerRequest: try Money("0.002")),
        TenantTerms(tenant: "cedar", effectiveFrom: beginning),
      ])
  }

  @Test("only the tenant is needed")
  func onlyTenants() throws {
    let terms = try TenantFile.read(Array("tenant_id\nacme\n".utf8), name: "t.csv")
    #expect(terms.map(\.effectiveFrom) == [UTCDay("2000-01-01")])
  }

  @Test(
    "35: a file with a mistake is refused, and the mistake told by line",
    arguments: [
      (
        "tenant_id,tier,effective_from,monthly_budget\n",
        "t.csv:1: `monthly_budget` is no column of a tenants file; write `monthly_budget_usd`"
      ),
      (
        "tenant,tier\n",
        """
        t.csv:1: `tenant` is no column of a tenants file; write `tenant_id`
        t.csv:1: the column `tenant_id` is missing; add it
        """
      ),
      ("tenant_id,tier\n,pro\n", "t.csv:2: tenant_id is empty; fill it in"),
      (
        "tenant_id,effective_from\nacme,2026-13-01\n",
        "t.csv:2: effective_from: `2026-13-01` is no day; write it as 2026-01-31"
      ),
      (
        "tenant_id,monthly_fee_usd\nacme,-0.01\n",
        "t.csv:2: monthly_fee_usd: the amount -0.01 is negative; give 0 or more"
      ),
      (
        "tenant_id,monthly_budget_usd\nacme,\"1,000\"\n",
        "t.csv:2: monthly_budget_usd: `1,000` is no number; write a decimal such as 12.50"
      ),
      (
        "tenant_id,prepaid_balance_usd\nacme,9223372036.9\n",
        "t.csv:2: prepaid_balance_usd: the amount 9223372036.9 is outside 64 bits of nano-USD; "
          + "check its unit"
      ),
      (
        "tenant_id,tier\nacme,\"a\nb\"\n",
        "t.csv:2: tier: the name `a\\u{a}b` has a control character; remove it"
      ),
      (
        "tenant_id,effective_from\nacme,2026-01-01\nacme,\nacme,2000-01-01\nacme,2026-01-01\n",
        """
        t.csv:4: acme has terms from 2000-01-01 on line 3 already; keep one of the two
        t.csv:5: acme has terms from 2026-01-01 on line 2 already; keep one of the two
        """
      ),
      (
        "tenant_id,effective_from\nacme,soon\nacme,later\n",
        """
        t.csv:2: effective_from: `soon` is no day; write it as 2026-01-31
        t.csv:3: effective_from: `later` is no day; write it as 2026-01-31
        """
      ),
    ])
  func refused(text: String, message: String) {
    #expect(refusal { _ = try TenantFile.read(Array(text.utf8), name: "t.csv") } == message)
  }
}
