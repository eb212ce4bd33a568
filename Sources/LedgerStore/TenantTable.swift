package import GRDB
internal import Pricing
package import Traffic
package import Units

/// The tenants' terms in the ledger.
package enum TenantTable {
  /// Enters terms; those for the same tenant and day as before take their place.
  static func enter(_ database: Database, _ terms: [TenantTerms]) throws {
    let insert = try RawStatement(
      database, "INSERT OR REPLACE INTO tenant_terms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for row in terms {
      insert.add(row.tenant.text)
      insert.add(Int64(row.effectiveFrom.daysSince1970))
      insert.add(row.tier?.text)
      insert.add(row.monthlyBudget?.nanoUSD)
      insert.add(row.prepaidBalance?.nanoUSD)
      insert.add(row.monthlyFee?.nanoUSD)
      insert.add(row.revenuePerRequest?.nanoUSD)
      insert.add(Int64(row.billing.firstDay))
      insert.add(row.billing.timeZone?.text)
      try insert.run()
    }
  }

  /// Enters payments in advance; one of the same tenant, day and reference as before takes its place.
  static func enter(_ database: Database, _ topUps: [TopUp]) throws {
    let insert = try RawStatement(database, "INSERT OR REPLACE INTO top_up VALUES (?, ?, ?, ?)")
    for row in topUps {
      insert.add(row.tenant.text)
      insert.add(Int64(row.day.daysSince1970))
      insert.add(row.reference?.text ?? "")
      insert.add(row.amount.nanoUSD)
      try insert.run()
    }
  }

  private static func topUps(_ database: Database) throws -> [Name: [TopUp]] {
    var rows: [Name: [TopUp]] = [:]
    let read = try RawStatement(
      database, "SELECT tenant, day, reference, amount_nano_usd FROM top_up")
    while try read.step() {
      let tenant = Name(read.text(0))
      let reference = read.text(2)
      rows[tenant, default: []].append(
        TopUp(
          tenant: tenant, day: UTCDay(daysSince1970: Int(read.int(1))),
          amount: Money(nanoUSD: read.int(3)),
          reference: reference.isEmpty ? nil : Name(reference)))
    }
    return rows
  }

  static func histories(_ database: Database) throws -> [Name: TenantHistory] {
    var rows: [Name: [TenantTerms]] = [:]
    let read = try RawStatement(
      database,
      """
      SELECT tenant, effective_day, tier, monthly_budget_nano_usd, prepaid_balance_nano_usd,
        monthly_fee_nano_usd, revenue_per_request_nano_usd, billing_day, time_zone
      FROM tenant_terms
      """)
    func money(_ column: Int32) -> Money? { read.optionalInt(column).map(Money.init(nanoUSD:)) }
    while try read.step() {
      let tenant = Name(read.text(0))
      rows[tenant, default: []].append(
        TenantTerms(
          tenant: tenant, effectiveFrom: UTCDay(daysSince1970: Int(read.int(1))),
          tier: read.optionalText(2).map { Name($0) }, monthlyBudget: money(3),
          prepaidBalance: money(4), monthlyFee: money(5), revenuePerRequest: money(6),
          billing: BillingMonth(
            firstDay: Int(read.int(7)), timeZone: read.optionalText(8).map { Name($0) })))
    }
    let topUps = try topUps(database)
    for tenant in topUps.keys where rows[tenant] == nil { rows[tenant] = [] }
    return Dictionary(
      uniqueKeysWithValues: rows.map {
        ($0.key, TenantHistory($0.value, topUps: topUps[$0.key] ?? []))
      })
  }

  /// The monthly budgets of the tenants file that hold on a day.
  package static func budgets(_ database: Database, on day: UTCDay) throws -> [Name: Money] {
    try histories(database).compactMapValues { $0.terms(on: day)?.monthlyBudget }
  }
}
