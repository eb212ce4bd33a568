package import Traffic
package import Units

/// What a tenant agreed to from a day on (cli.md, the tenants file).
package struct TenantTerms: Hashable, Sendable {
  package var tenant: Name
  package var effectiveFrom: UTCDay
  package var tier: Name?
  package var monthlyBudget: Money?
  package var prepaidBalance: Money?
  /// Revenue of the month, shared over the requests served in it.
  package var monthlyFee: Money?
  /// Stands in where events carry no revenue.
  package var revenuePerRequest: Money?

  package init(
    tenant: Name, effectiveFrom: UTCDay, tier: Name? = nil, monthlyBudget: Money? = nil,
    prepaidBalance: Money? = nil, monthlyFee: Money? = nil, revenuePerRequest: Money? = nil
  ) {
    self.tenant = tenant
    self.effectiveFrom = effectiveFrom
    self.tier = tier
    self.monthlyBudget = monthlyBudget
    self.prepaidBalance = prepaidBalance
    self.monthlyFee = monthlyFee
    self.revenuePerRequest = revenuePerRequest
  }
}

/// The terms of one tenant over time.
package struct TenantHistory: Hashable, Sendable {
  private let rows: [TenantTerms]

  package init(_ rows: [TenantTerms]) {
    self.rows = rows.sorted { $0.effectiveFrom < $1.effectiveFrom }
  }

  /// The terms in force on `day`: the latest that have begun.
  package func terms(on day: UTCDay) -> TenantTerms? { rows.last { $0.effectiveFrom <= day } }

  package var hasFees: Bool { rows.contains { $0.monthlyFee != nil } }

  /// The fee of a month: of the terms in force on its first day, else of the first that begin in it.
  package func fee(of month: UTCMonth) -> Money? {
    let terms =
      terms(on: month.firstDay) ?? rows.first { $0.effectiveFrom < month.next.firstDay }
    return terms?.monthlyFee
  }

  /// The balance paid in advance that holds on `day`, and the day from which it does.
  package func prepaid(on day: UTCDay) -> (from: UTCDay, balance: Money)? {
    guard let terms = terms(on: day), let balance = terms.prepaidBalance else { return nil }
    return (terms.effectiveFrom, balance)
  }

  /// The first day on which a balance paid in advance holds.
  package var firstPrepaidDay: UTCDay? {
    rows.first { $0.prepaidBalance != nil }?.effectiveFrom
  }
}
