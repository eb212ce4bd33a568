package import Units

/// The terms of one tenant over time, and what it paid in advance.
package struct TenantHistory: Hashable, Sendable {
  private let rows: [TenantTerms]
  /// By rising day.
  private let topUps: [TopUp]

  package init(_ rows: [TenantTerms], topUps: [TopUp] = []) {
    self.rows = rows.sorted { $0.effectiveFrom < $1.effectiveFrom }
    self.topUps = topUps.sorted { $0.day < $1.day }
  }

  /// The terms in force on `day`: the latest that have begun.
  package func terms(on day: UTCDay) -> TenantTerms? { rows.last { $0.effectiveFrom <= day } }

  /// Whether its budget ever had months other than the calendar's.
  package var hasOwnMonths: Bool { rows.contains { $0.billing != .utc } }

  /// All limits of a month that it ever had.
  package var monthlyBudgets: [Money] { rows.compactMap(\.monthlyBudget) }

  package var hasFees: Bool { rows.contains { $0.monthlyFee != nil } }

  /// The fee of a month: of the terms in force on its first day, else of the first that begin in it.
  package func fee(of month: UTCMonth) -> Money? {
    let terms =
      terms(on: month.firstDay) ?? rows.first { $0.effectiveFrom < month.next.firstDay }
    return terms?.monthlyFee
  }

  /// What was paid in advance and holds on `day`, and the day from which spending counts against it.
  ///
  /// Terms that state a balance open an account with it, to which later payments are added. Under
  /// terms that state none the first payment since they began opens one.
  package func prepaid(on day: UTCDay) -> (from: UTCDay, balance: Money)? {
    let terms = terms(on: day)
    let since = terms?.effectiveFrom
    let payments = topUps.filter { $0.day <= day && $0.day >= since ?? $0.day }
    guard let from = terms?.prepaidBalance == nil ? payments.first?.day : since else { return nil }
    let paid = payments.reduce(Int128(terms?.prepaidBalance?.nanoUSD ?? 0)) {
      $0 + Int128($1.amount.nanoUSD)
    }
    return (from, Money(nanoUSD: Int64(clamping: paid)))
  }

  /// What was paid in advance, by day: balances that terms open an account with, and payments. A
  /// payment that no account holds is not among them.
  package var prepayments: [(day: UTCDay, amount: Money)] {
    let opened = rows.compactMap { row in
      row.prepaidBalance.map { (day: row.effectiveFrom, amount: $0) }
    }
    let paid = topUps.filter { prepaid(on: $0.day) != nil }.map { (day: $0.day, amount: $0.amount) }
    return opened + paid
  }

  /// The first day on which a balance paid in advance holds.
  package var firstPrepaidDay: UTCDay? {
    [rows.first { $0.prepaidBalance != nil }?.effectiveFrom, topUps.first?.day]
      .compactMap(\.self).min()
  }
}
