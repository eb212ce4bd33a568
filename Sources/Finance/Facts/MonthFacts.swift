package import Units

/// A month of finance's figures of one kind: its own, and what corrects closed months before it.
package struct MonthFacts: Hashable, Sendable {
  package let month: UTCMonth
  package var own: Facts
  /// By the closed month that they correct.
  package var corrections: [UTCMonth: Facts]

  package init(month: UTCMonth, own: Facts, corrections: [UTCMonth: Facts] = [:]) {
    self.month = month
    self.own = own
    self.corrections = corrections.filter { !$0.value.isEmpty }
  }

  package struct Row: Hashable, Sendable {
    package let key: FactKey
    package let amounts: Facts.Amounts
    /// Nil for the month's own.
    package let corrects: UTCMonth?
  }

  /// Its own rows, then the corrections by month; each in the order of their keys.
  package var rows: [Row] {
    own.sorted.map { Row(key: $0.key, amounts: $0.amounts, corrects: nil) }
      + corrections.sorted { $0.key < $1.key }.flatMap { month, facts in
        facts.sorted.map { Row(key: $0.key, amounts: $0.amounts, corrects: month) }
      }
  }

  /// The sum of one figure over all rows.
  package func sum(_ index: Int) -> Int128 {
    corrections.values.reduce(own.sum(index)) { $0 + $1.sum(index) }
  }
}
