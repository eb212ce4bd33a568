internal import GRDB
package import Pricing
package import Units

extension Ledger {
  /// Whether what was asked for is done, or only tried.
  package enum Effect: Sendable { case lasting, trial }

  /// Enters prices and derives every request again with them, all in one transaction.
  package func enterPrices(
    _ entries: [DatedPrice], source: String
  ) throws -> PriceTable.Change {
    let catalog = PriceCatalog(entries: entries, source: source, isWhole: false)
    return try enterPrices([catalog], today: PriceTable.beginning, .lasting).entered
  }

  /// Enters catalogs one after the other and derives every request again, all in one transaction; a
  /// trial says what that would do and is undone.
  package func enterPrices(
    _ catalogs: [PriceCatalog], today: UTCDay, _ effect: Effect
  ) throws -> PriceImport {
    try attempt(effect) { try PriceImport.enter(catalogs, $0, today: today) }
  }

  /// Enters negotiated prices and derives every request again with them, all in one transaction.
  package func enterContracts(
    _ contracts: [ContractPrice], _ effect: Effect = .lasting
  ) throws -> Repricing {
    try attempt(effect) { database in
      try Repricing.of(database) { try ContractTable.enter(database, contracts) }
    }
  }

  /// Puts the catalogs that wait in force and derives every request again, all in one transaction. A
  /// trial is undone, and they wait on.
  package func reprice(
    _ waiting: [PriceCatalog], today: UTCDay, _ effect: Effect
  ) throws -> PriceImport {
    try attempt(effect) { database in
      let result = try PriceImport.enter(waiting, database, today: today)
      try WaitingCatalogs.clear(database)
      return result
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

  /// Enters payments in advance. No figure of a request depends on them.
  package func enterTopUps(_ topUps: [TopUp]) throws {
    try write { try TenantTable.enter($0, topUps) }
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

  private struct Undone<R: Sendable>: Error { let result: R }

  /// Runs `body` in one transaction, which a trial undoes.
  private func attempt<R: Sendable>(
    _ effect: Effect, _ body: (Database) throws -> R
  ) throws -> R {
    do {
      return try write { database in
        let result = try body(database)
        if effect == .trial { throw Undone(result: result) }
        return result
      }
    } catch let undone as Undone<R> {
      return undone.result
    }
  }
}
