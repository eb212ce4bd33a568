internal import GRDB

/// What changes of the tables of sums during a transaction, table by table.
final class RollupCells {
  private let tables = RollupShape.all.map { CellTable(width: $0.values.count) }

  /// As in ``RollupShape/all``.
  enum Place: Int {
    case sums, standIns, attempts, hours, fallbacks, downgrades, requests
  }

  subscript(place: Place) -> CellTable { tables[place.rawValue] }

  /// In the order of ``RollupShape/all``.
  var all: [CellTable] { tables }

  func add(_ place: Place, _ key: CellKey, _ row: NarrowRow, sign: Int64) {
    tables[place.rawValue].add(key, row.span, sign: sign)
  }

  /// Adds everything to the tables of a ledger, and forgets it.
  func flush(_ database: Database) throws {
    for (place, shape) in RollupShape.all.enumerated() {
      try RollupWriter.add(tables[place], to: shape, database)
      tables[place].removeAll()
    }
  }
}
