/// Sums of ``LongRow``s. What order they are added in does not matter.
package struct LongSums: Sendable {
  /// A sum that 64 bits cannot hold. Parts of it may well: sums are kept in 128 bits till the end.
  package struct Overflow: Error, Hashable, Sendable {
    package let place: LongRow.Place

    package init(place: LongRow.Place) { self.place = place }
  }

  private var sums: [LongRow.Place: Int128] = [:]

  package init() {}

  package mutating func add(_ row: LongRow) { add(Int128(row.value), to: row.place) }

  package mutating func add(_ value: Int128, to place: LongRow.Place) {
    sums[place, default: 0] += value
  }

  /// The sums by place; those of nothing are left out.
  /// - Throws: ``Overflow`` for the first that leaves 64 bits.
  package func rows() throws(Overflow) -> [LongRow] {
    var rows: [LongRow] = []
    for (place, sum) in sums.sorted(by: { $0.key < $1.key }) where sum != 0 {
      guard let value = Int64(exactly: sum) else { throw Overflow(place: place) }
      rows.append(LongRow(place, value))
    }
    return rows
  }
}
