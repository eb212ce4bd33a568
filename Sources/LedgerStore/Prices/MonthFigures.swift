package import GRDB
package import Units

/// What prices decide of a month, to be held beside what they decided before. Amounts are nano-USD in 128
/// bits, since a month of days that fit may be outside 64.
package struct MonthFigures: Hashable, Sendable {
  package let requests: Int64
  package let unpricedAttempts: Int64
  package let cost: Int128
  package let plannedCost: Int128
  /// Revenue of served requests less all cost.
  package let actualMargin: Int128

  package static let none = MonthFigures(
    requests: 0, unpricedAttempts: 0, cost: 0, plannedCost: 0, actualMargin: 0)

  /// Of every month of the ledger.
  package static func all(_ database: Database) throws -> [UTCMonth: MonthFigures] {
    var months: [UTCMonth: MonthFigures] = [:]
    // Whole USD and what is left of them are added apart.
    let nanoPerUSD: Int64 = 1_000_000_000
    let sums = ["cost", "planned", "margin"].map {
      "sum(\($0) / \(nanoPerUSD)), sum(\($0) % \(nanoPerUSD))"
    }
    let rows = try RawStatement(
      database,
      """
      SELECT month, count(*), sum(unpriced_attempts), \(sums.joined(separator: ", "))
      FROM (
        SELECT month, unpriced_attempts, cost_nano_usd AS cost, planned_nano_usd AS planned,
          iif(status <= 3, all_revenue_nano_usd, 0) - cost_nano_usd AS margin
        FROM request_figure)
      GROUP BY month
      """)
    func amount(_ place: Int32) -> Int128 {
      Int128(rows.int(place)) * Int128(nanoPerUSD) + Int128(rows.int(place + 1))
    }
    while try rows.step() {
      months[UTCMonth(monthsSince0: Int(rows.int(0)))] = MonthFigures(
        requests: rows.int(1), unpricedAttempts: rows.int(2), cost: amount(3),
        plannedCost: amount(5), actualMargin: amount(7))
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
