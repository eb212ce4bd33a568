internal import GRDB

/// Writes what changed to the tables of sums.
enum RollupWriter {
  private static let tooLarge = LedgerError(
    .data, "the sums of a day or month are outside 64 bits",
    remedy: "mend the costs or tokens in the log")

  static func add(_ cells: CellTable, to shape: RollupShape, _ database: Database) throws {
    guard !cells.keys.isEmpty else { return }
    guard !cells.isOutOfRange else { throw tooLarge }
    let marks = shape.columns.map { _ in "?" }.joined(separator: ", ")
    let sums = shape.values.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")
    let write = try RawStatement(
      database,
      """
      INSERT INTO \(shape.table) (\(shape.columns.joined(separator: ", "))) VALUES (\(marks))
      ON CONFLICT DO UPDATE SET \(sums)
      """)
    let remove = try RawStatement(
      database,
      """
      DELETE FROM \(shape.table)
      WHERE \(shape.keys.map { "\($0) = ?" }.joined(separator: " AND ")) AND \(shape.values[0]) = 0
      """)
    // In the order of the table, so that neighbours share a page.
    for place in order(cells, shape) {
      let row = cells.row(place)
      guard row.contains(where: { $0 != 0 }) else { continue }
      let key = (0..<shape.keys.count).map { cells.keys[place][$0] }
      for value in key { write.add(value) }
      for value in row { write.add(value) }
      try within64Bits { try write.run() }
      guard let count = row.first, count < 0 else { continue }
      for value in key { remove.add(value) }
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

  private static func order(_ cells: CellTable, _ shape: RollupShape) -> [Int] {
    let count = shape.keys.count
    return cells.keys.indices.sorted { left, right in
      let (left, right) = (cells.keys[left], cells.keys[right])
      for lane in 0..<count where left[lane] != right[lane] { return left[lane] < right[lane] }
      return false
    }
  }
}
