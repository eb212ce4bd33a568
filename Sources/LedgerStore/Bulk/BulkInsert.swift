internal import CSQLite
internal import GRDB
internal import Traffic

/// Enters new rows into a table, many by one statement. They wait in memory: whoever reads the table
/// calls ``flush()`` first.
final class BulkInsert: RowSink {
  private let buffer: RowBuffer
  private let database: Database
  private let table: String
  private let columns: [String]
  /// What is done about a row whose key the table has: a clause of SQL.
  private let conflict: String
  /// Made for the first rows: who only reads a table enters none. Nil again before the buffer goes.
  private var statement: RawStatement?

  /// Enough that a statement's own cost is small, and so few that they stay in the processor's cache.
  private static let mostRows = 256

  init(
    _ database: Database, into table: String, _ columns: [String], onConflict conflict: String = ""
  ) {
    self.database = database
    self.table = table
    self.columns = columns
    self.conflict = conflict
    buffer = RowBuffer(width: columns.count, roomFor: Self.mostRows)
  }

  deinit {
    guard statement != nil else { return }
    statement = nil
    if let connection = database.sqliteConnection { RowModule.unregister(name, connection) }
  }

  /// Of this buffer alone: others may enter rows into the same table.
  private var name: String {
    "rows_\(String(UInt(bitPattern: ObjectIdentifier(buffer)), radix: 16))"
  }

  private func prepare() throws -> RawStatement {
    guard let connection = database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
    }
    try RowModule.register(buffer, as: name, connection)
    let values = columns.indices.map { "c\($0)" }.joined(separator: ", ")
    let made = try RawStatement(
      database,
      // Without the condition SQLite would take the conflict for one of a join.
      "INSERT INTO \(table) (\(columns.joined(separator: ", "))) SELECT \(values) FROM \(name)"
        + (conflict.isEmpty ? "" : " WHERE true \(conflict)"))
    statement = made
    return made
  }

  // Each call gives the next value of the row.

  func add(_ value: Int64) { buffer.add(value) }

  func add(_ value: Int64?) {
    if let value { buffer.add(value) } else { buffer.addNull() }
  }

  func add(_ value: Bool) { buffer.add(value ? 1 : 0) }

  func add(optional id: Int64) {
    if id == 0 { buffer.addNull() } else { buffer.add(id) }
  }

  func skip(_ count: Int32) { for _ in 0..<count { buffer.addNull() } }

  func add(text: Span<UInt8>) { buffer.add(text: text) }

  func add(blob: Span<UInt8>) { buffer.add(blob: blob) }

  /// Ends the row.
  func endRow() throws {
    assert(buffer.cellCount.isMultiple(of: buffer.width))
    if buffer.count >= Self.mostRows { try flush() }
  }

  /// Writes the rows that wait.
  /// - Throws: `DatabaseError` if the table does not take one; then it took none of them.
  func flush() throws {
    guard buffer.count > 0 else { return }
    defer { buffer.removeAll() }
    try (statement ?? prepare()).run()
  }
}
