package import Traffic
package import Units

/// How the cost of an attempt is known. Raw values are printed.
package enum CostSource: String, CaseIterable, Sendable {
  /// The log says it.
  case reported
  /// The price catalog gives it, or a contract in its place.
  case catalog
  /// Nobody knows: counted as 0, and counted.
  case unpriced
}

/// The prices of a call: the catalog's, and what was agreed in its place.
package struct CallPrice: Hashable, Sendable {
  /// The catalog's; nil for a model without a price.
  package var list: ModelPrice?
  /// What is paid where a contract holds; nil where none does.
  package var contracted: ModelPrice?

  package init(list: ModelPrice?, contracted: ModelPrice? = nil) {
    self.list = list
    self.contracted = contracted
  }

  /// What is paid.
  package var paid: ModelPrice? { contracted ?? list }
}

/// What one line cost (events.md, "Cost of an attempt").
package struct AttemptCost: Hashable, Sendable {
  package let amount: Money
  /// Nil for a step without a model that reports no cost.
  package let source: CostSource?
  /// By catalog and contract, also where the reported figure counts, so that drift can be told.
  package let catalog: Money?
  /// By the catalog alone, where a contract holds; nil where none does, or nobody knows.
  package let list: Money?

  /// Of a line whose model has no price.
  package init(unpriced link: Link) {
    catalog = link.action == .model && link.usage.isEmpty ? .zero : nil
    list = nil
    amount = link.reportedCost ?? .zero
    source =
      if link.reportedCost != nil {
        .reported
      } else if link.action == .model {
        catalog == nil ? .unpriced : .catalog
      } else {
        nil
      }
  }

  package init(of link: Link, at price: CallPrice) {
    guard link.action == .model else {
      amount = link.reportedCost ?? .zero
      source = link.reportedCost == nil ? nil : .reported
      catalog = nil
      list = nil
      return
    }
    // An attempt without tokens cost nothing, whatever its price; a cost too large to write down is
    // as unknown as one without a price.
    catalog = link.usage.isEmpty ? .zero : price.paid?.cost(of: link.usage)
    list =
      price.contracted == nil || link.usage.isEmpty ? nil : price.list?.cost(of: link.usage)
    if let reported = link.reportedCost {
      amount = reported
      source = .reported
    } else {
      amount = catalog ?? .zero
      source = catalog == nil ? .unpriced : .catalog
    }
  }
}
