package import GRDB
internal import PolicyEngine
internal import Pricing
internal import Traffic
internal import Units

/// Prices, contracts, tenants' terms and policies of a ledger as they stand at some moment. Whoever holds
/// the ledger's lock may keep them from one transaction to the next.
package struct Rates: Sendable {
  let prices: [ModelID: PriceHistory]
  let contracts: ContractBook
  let tenants: [Name: TenantHistory]
  /// By rising day; of two for one day the later applied comes last.
  let policies: [(from: UTCDay, policy: Policy)]

  package init(_ database: Database) throws {
    try self.init(database, prices: PriceTable.histories(database))
  }

  /// With `prices` in the place of the ledger's, to see what they would change.
  init(_ database: Database, prices: [ModelID: PriceHistory]) throws {
    self.prices = prices
    contracts = try ContractTable.book(database)
    tenants = try TenantTable.histories(database)
    policies = try PolicyTable.all(database)
  }
}
