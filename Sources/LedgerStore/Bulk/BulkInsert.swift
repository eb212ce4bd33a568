internal import CSQLite
internal import GRDB
internal import Synchronization
internal import Traffic

/// Enters new rows into a table, many by one statement. They wait in memory: whoever reads the table
/// calls ``flush()`` first.
final class BulkInsert: RowSink {
  /// Rows that wait, or that SQLite is taking in, and the statement that enters them.
  private final class Rows {
    let buffer: RowBuffer
    /// Made for the first rows: who only reads a table enters none. Nil again before the buffer goes.
    var statement: RawStatement?
    /// Whether the thread behind has them.
    let isGiven = Atomic(false)

    init(width: Int, count: Int) { buffer = RowBuffer(width: width, roomFor: count) }

    /// Of this buffer alone: others may enter rows into the same table.
    var name: String {
      "rows_\(String(UInt(bitPattern: ObjectIdentifier(buffer)), radix: 16))"
    }
  }

  private let database: Database
  private let table: String
  private let columns: [String]
  /// What is done about a row whose key the table has: a clause of SQL.
  private let conflict: String
  private let behind: WriteBehind?
  // Rows come from one caller at a time, so no access needs a check of its own.
  @exclusivity(unchecked) private var rows: Rows
  @exclusivity(unchecked) private var buffer: RowBuffer
  /// What was given to SQLite last, if that may still go on; takes rows when the others are full.
  private var given: Rows?

  /// Rows that wait, at most.
  private let mostRows: Int

  /// `mostRows` are enough that a statement's own cost is small, and so few that they stay in the
  /// processor's cache. Unless it `isBehind`, a row that the table does not take is an error at once,
  /// after which the connection may be used.
  init(
    _ database: Database, into table: String, _ columns: [String], onConflict conflict: String = "",
    mostRows: Int = 256, isBehind: Bool = true
  ) {
    self.mostRows = mostRows
    self.database = database
    self.table = table
    self.columns = columns
    self.conflict = conflict
    behind = isBehind ? WriteBehind.of(database) : nil
    rows = Rows(width: columns.count, count: mostRows)
    buffer = rows.buffer
  }

  deinit {
    behind?.wait()
    for rows in [rows, given].compactMap(\.self) where rows.statement != nil {
      rows.statement = nil
      if let connection = database.sqliteConnection {
        RowModule.unregister(rows.name, connection)
      }
    }
  }

  private func prepare(_ rows: Rows) throws -> RawStatement {
    if let made = rows.statement { return made }
    try behind?.settle()
    guard let connection = database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
    }
    try RowModule.register(rows.buffer, as: rows.name, connection)
    let values = columns.indices.map { "c\($0)" }.joined(separator: ", ")
    let made = try RawStatement(
      database,
      // Without the condition SQLite would take the conflict for one of a join.
      "INSERT INTO \(table) (\(columns.joined(separator: ", "))) SELECT \(values) FROM \(rows.name)"
        + (conflict.isEmpty ? "" : " WHERE true \(conflict)"))
    rows.statement = made
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
    if buffer.count >= mostRows { try flushBehind() }
  }

  /// Writes the rows that wait.
  /// - Throws: `DatabaseError` if the table does not take one; then it took none of them.
  func flush() throws {
    try behind?.settle()
    guard buffer.count > 0 else { return }
    defer { buffer.removeAll() }
    try prepare(rows).run()
  }

  /// Has the rows that wait written while others may be added; an error comes with the next use of the
  /// connection.
  func flushBehind() throws {
    guard let behind else { return try flush() }
    guard buffer.count > 0 else { return }
    let statement = try prepare(rows)
    if let given, given.isGiven.load(ordering: .acquiring) { try behind.settle() }
    let next = given ?? Rows(width: columns.count, count: mostRows)
    let done = rows
    given = done
    done.isGiven.store(true, ordering: .relaxed)
    rows = next
    buffer = next.buffer
    // The connection is the thread's until it is waited for, and so is this buffer: nothing is added to
    // it before.
    nonisolated(unsafe) let (full, write) = (done, statement)
    behind.begin {
      defer {
        full.buffer.removeAll()
        full.isGiven.store(false, ordering: .releasing)
      }
      try write.runBehind()
    }
  }
}
