package import Finance
internal import GRDB
internal import Traffic
internal import Units

/// What providers' invoices state beside calls.
enum ProviderChargeTable {
  /// Enters charges; one of the same reference as before takes its place.
  static func enter(_ database: Database, _ charges: [ProviderCharge]) throws {
    let insert = try RawStatement(
      database, "INSERT OR REPLACE INTO provider_charge VALUES (?, ?, ?, ?, ?, ?, ?)")
    for charge in charges {
      insert.add(charge.reference.text)
      insert.add(Int64(charge.day.daysSince1970))
      insert.add(charge.provider.text)
      insert.add(charge.kind.rawValue)
      insert.add(charge.amount.nanoUSD)
      insert.add(charge.tenant?.text)
      insert.add(charge.description?.text)
      try insert.run()
    }
  }

  /// By reference.
  static func all(_ database: Database) throws -> [ProviderCharge] {
    let read = try RawStatement(
      database,
      """
      SELECT reference, day, provider, kind, amount_nano_usd, tenant, description
      FROM provider_charge ORDER BY reference
      """)
    var charges: [ProviderCharge] = []
    while try read.step() {
      guard let kind = ProviderCharge.Kind(rawValue: read.text(3)) else { continue }
      charges.append(
        ProviderCharge(
          reference: Name(read.text(0)), day: UTCDay(daysSince1970: Int(read.int(1))),
          provider: Name(read.text(2)), kind: kind, amount: Money(nanoUSD: read.int(4)),
          tenant: read.optionalText(5).map { Name($0) },
          description: read.optionalText(6).map { Name($0) }))
    }
    return charges
  }
}

extension Ledger {
  /// Enters what providers charge beside calls. No figure of a request depends on it.
  package func enterCharges(_ charges: [ProviderCharge]) throws {
    try write { try ProviderChargeTable.enter($0, charges) }
  }
}
