internal import GRDB

/// Writes what changed to the tables of sums.
enum RollupWriter {
  /// Thrown where a sum does not fit; the rows before it may be written then.
  static let tooLarge = LedgerError(
    .data, "the sums of a day are outside 64 bits",
    remedy: "mend the costs or tokens in the log")

  static func add(_ cells: CellTable, to shape: RollupShape, _ database: Database) throws {
    guard !cells.keys.isEmpty else { return }
    guard !cells.isOutOfRange else { throw tooLarge }
    let sums = shape.values.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")
    let write = BulkInsert(
      database, into: shape.table, shape.columns, onConflict: "ON CONFLICT DO UPDATE SET \(sums)",
      isBehind: false)
    let remove = try RawStatement(
      database,
      """
      DELETE FROM \(shape.table)
      WHERE \(shape.keys.map { "\($0) = ?" }.joined(separator: " AND ")) AND \(shape.values[0]) = 0
      """)
    // In the order of the table, so that neighbours share a page.
    let keys = cells.keys
    let order = order(keys, width: shape.keys.count)
    try within64Bits {
      for place in order {
        let row = cells.row(place)
        guard row.contains(where: { $0 != 0 }) else { continue }
        for lane in shape.keys.indices { write.add(keys[place][lane]) }
        for value in row { write.add(value) }
        try write.endRow()
      }
      try write.flush()
    }
    for place in order where cells.row(place).first.map({ $0 < 0 }) ?? false {
      for lane in shape.keys.indices { remove.add(keys[place][lane]) }
      try remove.run()
    }
  }

  /// Sums in SQL that leave 64 bits are no integers, which strict tables refuse.
  static func within64Bits(_ add: () throws -> Void) throws {
    do {
      try add()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      throw tooLarge
    }
  }

  private static func order(_ keys: [CellKey], width: Int) -> [Int] {
    keys.indices.sorted { left, right in
      for lane in 0..<width where keys[left][lane] != keys[right][lane] {
        return keys[left][lane] < keys[right][lane]
      }
      return false
    }
  }
}
