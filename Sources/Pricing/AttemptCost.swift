package import Traffic
package import Units

/// How the cost of an attempt is known. Raw values are printed.
package enum CostSource: String, CaseIterable, Sendable {
  /// The log says it.
  case reported
  /// The price catalog gives it.
  case catalog
  /// Nobody knows: counted as 0, and counted.
  case unpriced
}

/// What one line cost (events.md, "Cost of an attempt").
package struct AttemptCost: Hashable, Sendable {
  package let amount: Money
  /// Nil for a step without a model that reports no cost.
  package let source: CostSource?
  /// The catalog's figure, also where the reported one counts, so that drift can be told.
  package let catalog: Money?

  package init(of link: Link, at price: ModelPrice?) {
    guard link.action == .model else {
      amount = link.reportedCost ?? .zero
      source = link.reportedCost == nil ? nil : .reported
      catalog = nil
      return
    }
    // An attempt without tokens cost nothing, whatever its price; a cost too large to write down is
    // as unknown as one without a price.
    catalog = link.usage.isEmpty ? .zero : price?.cost(of: link.usage)
    if let reported = link.reportedCost {
      amount = reported
      source = .reported
    } else {
      amount = catalog ?? .zero
      source = catalog == nil ? .unpriced : .catalog
    }
  }
}
