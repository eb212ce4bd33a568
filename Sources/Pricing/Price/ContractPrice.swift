package import Traffic
package import Units

/// A price agreed with a provider in place of its list price.
package struct ContractPrice: Hashable, Sendable {
  package enum Terms: Hashable, Sendable {
    /// The list price times a factor, all of its bands and tiers.
    case multiplier(Multiplier)
    /// Whatever the list says.
    case fixed(TokenPrices, perRequest: UnitPrice)
  }

  /// Whom it is for. What is left out is any.
  package struct Scope: Hashable, Sendable {
    package var provider: Name
    package var model: Name?
    package var tenant: Name?

    package init(provider: Name, model: Name? = nil, tenant: Name? = nil) {
      self.provider = provider
      self.model = model
      self.tenant = tenant
    }

    /// A scope that names the tenant goes before one that does not, then one that names the model.
    fileprivate var rank: Int { (tenant == nil ? 0 : 2) + (model == nil ? 0 : 1) }

    fileprivate func covers(_ id: ModelID, of tenant: Name) -> Bool {
      provider == id.provider && (model.map { $0 == id.model } ?? true)
        && (self.tenant.map { $0 == tenant } ?? true)
    }
  }

  package var scope: Scope
  package var from: UTCDay
  /// The first day on which it holds no more; nil for no end.
  package var to: UTCDay?
  package var terms: Terms

  package init(scope: Scope, from: UTCDay, to: UTCDay? = nil, terms: Terms) {
    self.scope = scope
    self.from = from
    self.to = to
    self.terms = terms
  }

  /// The price to pay; nil for a factor on a list price that nobody knows.
  package func price(list: ModelPrice?) -> ModelPrice? {
    switch terms {
    case .multiplier(let multiplier): list?.times(multiplier)
    case .fixed(let prices, let perRequest): ModelPrice(base: prices, perRequest: perRequest)
    }
  }
}

/// All negotiated prices of a ledger.
package struct ContractBook: Sendable {
  private let byProvider: [Name: [ContractPrice]]

  package init(_ contracts: [ContractPrice]) {
    byProvider = Dictionary(grouping: contracts) { $0.scope.provider }
  }

  package var isEmpty: Bool { byProvider.isEmpty }

  /// The contract that holds: of those that cover the call on that day, the one for the tenant goes
  /// before one for all, then the one for the model, then the one that began last. They do not stack.
  package func contract(for model: ModelID, tenant: Name, on day: UTCDay) -> ContractPrice? {
    byProvider[model.provider]?
      .filter { contract in
        contract.scope.covers(model, of: tenant) && contract.from <= day
          && (contract.to.map { day < $0 } ?? true)
      }
      .max { ($0.scope.rank, $0.from) < ($1.scope.rank, $1.from) }
  }
}
