package import GRDB
package import Units

/// What prices decide of a month, to be held beside what they decided before.
package struct MonthFigures: Hashable, Sendable {
  package let requests: Int64
  package let unpricedAttempts: Int64
  package let cost: Money
  package let plannedCost: Money
  /// Revenue of served requests less all cost.
  package let actualMargin: Money

  package static let none = MonthFigures(
    requests: 0, unpricedAttempts: 0, cost: .zero, plannedCost: .zero, actualMargin: .zero)

  /// Of every month of the ledger.
  package static func all(_ database: Database) throws -> [UTCMonth: MonthFigures] {
    var months: [UTCMonth: MonthFigures] = [:]
    let rows = try RawStatement(
      database,
      """
      SELECT month, count(*), sum(unpriced_attempts), sum(cost_nano_usd), sum(planned_nano_usd),
        sum(iif(status <= 3, all_revenue_nano_usd, 0) - cost_nano_usd)
      FROM request_figure GROUP BY month
      """)
    while try rows.step() {
      months[UTCMonth(monthsSince0: Int(rows.int(0)))] = MonthFigures(
        requests: rows.int(1), unpricedAttempts: rows.int(2), cost: Money(nanoUSD: rows.int(3)),
        plannedCost: Money(nanoUSD: rows.int(4)), actualMargin: Money(nanoUSD: rows.int(5)))
    }
    return months
  }
}

/// What pricing the ledger again did to its months, before and after.
///
/// Months that are closed are among them: what was closed stands in what the close kept, and the
/// difference of the two is what a correction has to say.
package struct Repricing: Hashable, Sendable {
  package struct Month: Hashable, Sendable {
    package let month: UTCMonth
    package let before: MonthFigures
    package let after: MonthFigures

    package var hasMoved: Bool { before != after }
  }

  /// By rising month, moved or not.
  package let months: [Month]

  init(before: [UTCMonth: MonthFigures], after: [UTCMonth: MonthFigures]) {
    months = Set(before.keys).union(after.keys).sorted().map {
      Month(month: $0, before: before[$0] ?? .none, after: after[$0] ?? .none)
    }
  }

  /// Runs `change` and derives every request again.
  static func of(_ database: Database, _ change: () throws -> Void) throws -> Repricing {
    let before = try MonthFigures.all(database)
    try change()
    try LedgerWriter(database).deriveAll()
    return Repricing(before: before, after: try MonthFigures.all(database))
  }
}
