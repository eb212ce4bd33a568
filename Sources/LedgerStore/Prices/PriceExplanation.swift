package import GRDB
package import Pricing
package import Traffic
package import Units

/// Which price holds for a model on a day, and why no other does.
package struct PriceExplanation: Hashable, Sendable {
  /// How the name that was asked for came to mean the model. Raw values are printed.
  package enum Match: String, Sendable {
    /// It says provider and model.
    case exact = "provider/model"
    /// Only one provider has a model of that name.
    case onlyProvider = "the only provider's model of that name"
  }

  package let model: ModelID
  package let match: Match
  package let day: UTCDay
  /// All of the model's prices, by rising day.
  package let rows: [PriceTable.Stored]
  /// The contract that holds for the tenant asked for, or for all.
  package let contract: ContractPrice?
  package let tenant: Name?

  /// The latest that has begun.
  package var inForce: PriceTable.Stored? { rows.last { $0.effectiveFrom <= day } }

  /// What is paid: by the contract, else the list price.
  package var paid: ModelPrice? {
    contract.map { $0.price(list: inForce?.price) } ?? inForce?.price
  }
}

package enum PriceExplanationReader {
  /// - Throws: ``LedgerError`` for a name that means no model with a price, or several.
  package static func read(
    _ database: Database, name: String, on day: UTCDay, tenant: Name?
  ) throws -> PriceExplanation {
    let prices = try PriceTable.dated(database)
    let contracts = try ContractTable.all(database)
    let known = Set(prices.keys).union(
      contracts.compactMap { contract in
        contract.scope.model.map { ModelID(provider: contract.scope.provider, model: $0) }
      })
    let (model, match) = try model(name, in: known)
    return PriceExplanation(
      model: model, match: match, day: day, rows: prices[model] ?? [],
      contract: ContractBook(contracts).contract(for: model, tenant: tenant ?? "", on: day),
      tenant: tenant)
  }

  /// A name means the model of its provider, else the one model that has all of it for its name.
  private static func model(
    _ name: String, in known: Set<ModelID>
  ) throws(LedgerError) -> (ModelID, PriceExplanation.Match) {
    if let exact = ModelID(name), known.contains(exact) { return (exact, .exact) }
    let bare = known.filter { $0.model == Name(name) }.sorted()
    if bare.count == 1, let only = bare.first { return (only, .onlyProvider) }
    guard bare.isEmpty else {
      throw LedgerError(
        .data, "`\(name)` is a model of \(bare.count) providers",
        remedy: "say which: \(bare.prefix(8).map(\.description).joined(separator: ", "))")
    }
    throw LedgerError(
      .data, "the catalog has no price of `\(name)`",
      remedy: "import one with `prices import`, or name it as provider/model")
  }
}
