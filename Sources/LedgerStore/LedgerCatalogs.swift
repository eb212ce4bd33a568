package import Pricing
package import Units

extension Ledger {
  /// Enters prices and derives every request again with them, all in one transaction.
  package func enterPrices(
    _ entries: [PriceEntry], source: String
  ) throws -> PriceTable.Change {
    try write { database in
      let change = try PriceTable.enter(database, entries, source: source)
      if change.new + change.changed > 0 { try LedgerWriter(database).deriveAll() }
      return change
    }
  }

  /// Enters tenants' terms and derives every request again with them, all in one transaction.
  package func enterTenants(_ terms: [TenantTerms]) throws {
    try write { database in
      try TenantTable.enter(database, terms)
      try FeeShares.clear(database)
      try LedgerWriter(database).deriveAll()
    }
  }

  /// Puts a policy in force from a day on, and derives the requests since then again; tells the day.
  ///
  /// Without a day it holds from the beginning if the ledger has no policy yet, else from `today`.
  package func applyPolicy(
    yaml: String, name: String, sha256: [UInt8], from day: UTCDay?, today: UTCDay
  ) throws -> UTCDay {
    try write { database in
      let day =
        try day ?? (PolicyTable.isEmpty(database) ? PolicyTable.beginning : today)
      try PolicyTable.enter(database, yaml: yaml, name: name, sha256: sha256, from: day)
      try LedgerWriter(database).deriveAll(from: day)
      return day
    }
  }

  /// Whether the ledger has prices from this source already.
  package func hasPrices(from source: String) throws -> Bool {
    try read { try PriceTable.hasPrices($0, source: source) }
  }
}
