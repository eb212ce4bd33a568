package import Traffic

/// What tells a row of finance's figures from the others: its texts, compared by bytes.
///
/// Rows come in the order of their keys, so an export has one order whatever the ledger's is.
package struct FactKey: Hashable, Comparable, Sendable {
  package let fields: [Name]

  package init(_ fields: [Name]) { self.fields = fields }

  package static func < (left: FactKey, right: FactKey) -> Bool {
    left.fields.lexicographicallyPrecedes(right.fields)
  }

  /// No name has a control character, so one parts them.
  private static let separator: Character = "\u{1F}"

  /// As the ledger keeps it.
  package var text: String { fields.map(\.text).joined(separator: String(Self.separator)) }

  package init(text: String) {
    fields = text.split(separator: Self.separator, omittingEmptySubsequences: false).map {
      Name(String($0))
    }
  }
}

/// Exact figures by their keys, which can be added and taken away.
package struct Facts: Hashable, Sendable {
  /// Figures of one key, in an order that the kind of fact fixes; nothing is 0.
  package typealias Amounts = [Int128]

  package private(set) var rows: [FactKey: Amounts] = [:]

  package init() {}

  package var isEmpty: Bool { rows.isEmpty }

  /// In the order of their keys.
  package var sorted: [(key: FactKey, amounts: Amounts)] {
    rows.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Adds figures to those of a key; a key whose figures are all 0 is gone.
  package mutating func add(_ amounts: Amounts, to key: FactKey) {
    guard var sum = rows[key] else {
      if amounts.contains(where: { $0 != 0 }) { rows[key] = amounts }
      return
    }
    for index in sum.indices { sum[index] += amounts[index] }
    rows[key] = sum.contains { $0 != 0 } ? sum : nil
  }

  package mutating func add(_ other: Facts) {
    for (key, amounts) in other.rows { add(amounts, to: key) }
  }

  package mutating func subtract(_ other: Facts) {
    for (key, amounts) in other.rows { add(amounts.map { -$0 }, to: key) }
  }

  /// The sum of one figure over all keys.
  package func sum(_ index: Int) -> Int128 { rows.values.reduce(0) { $0 + $1[index] } }
}
