package import GRDB
internal import QueryCatalog
package import Scale

/// Reads a ledger's sums in the additive long form (docs/scale.md).
package enum LongFormReader {
  /// - Throws: ``LedgerError`` if a sum leaves 64 bits.
  package static func sums(_ database: Database) throws -> LongSums {
    var sums = LongSums()
    for query in QueryCatalog.scale {
      let statement = try database.makeStatement(sql: query.sql)
      let measures = Array(statement.columnNames.dropFirst())
      let rows = try Row.fetchCursor(statement)
      while let row = try rows.next() {
        let dimensions: String = row[0]
        for (place, measure) in measures.enumerated() {
          let value: Int64 = row[place + 1]
          guard value != 0 else { continue }
          sums.add(
            Int128(value),
            to: LongRow.Place(report: query.name, dimensions: dimensions, measure: measure))
        }
      }
    }
    return sums
  }
}
