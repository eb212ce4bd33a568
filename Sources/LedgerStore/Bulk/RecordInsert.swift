internal import CSQLite
internal import GRDB

/// Enters new rows, in the order of their numbers, into a table that has an INTEGER PRIMARY KEY first, as
/// records of our own making: SQLite copies them whole. They wait in memory: whoever reads the table
/// calls ``flush()`` first.
final class RecordInsert: RowSink {
  private let database: Database
  private let table: String
  private let sql: String
  // Rows come from one caller at a time, so no access needs a check of its own.
  @exclusivity(unchecked) private var record = RecordBytes()
  @exclusivity(unchecked) private var image: RecordImage
  @exclusivity(unchecked) private var row: Int64 = 0
  @exclusivity(unchecked) private var entries: [RecordImage.IndexEntry] = []
  /// Made for the first rows, when SQLite sees them.
  private var statement: RawStatement?
  /// Whether SQLite may look at the memory of the image.
  private var isLent = false

  /// The name under which SQLite sees the rows that wait, of whichever table.
  private static let schema = "waiting_rows"

  /// - Parameters:
  ///   - database: the ledger, within an access.
  ///   - table: whose first column is its number.
  ///   - columns: all of the table, in its order, but for generated ones.
  ///   - index: the table's only index of the program's own, on a number.
  /// - Throws: ``LedgerError`` if the table is not as it is written, `DatabaseError` if there is none.
  init(
    _ database: Database, into table: String, _ columns: [String], index: String? = nil
  ) throws {
    self.database = database
    self.table = table
    let stored = try String.fetchAll(
      database, sql: "SELECT name FROM pragma_table_info(?) ORDER BY cid", arguments: [table])
    // A damaged schema, as the migrations make no other.
    guard stored == columns else {
      throw LedgerError(
        .foreign, "the table \(table) has other columns than this program writes",
        remedy: "restore the ledger from a copy")
    }
    // An owner may add indexes and triggers: SQLite then enters row by row, from named columns.
    let added = try Int.fetchOne(
      database,
      sql: """
        SELECT count(*) FROM main.sqlite_schema
        WHERE tbl_name = ? AND type <> 'table' AND name IS NOT ?
        """, arguments: [table, index])
    let names = columns.joined(separator: ", ")
    sql =
      added == 0
      ? "INSERT INTO main.\(table) SELECT * FROM \(Self.schema).\(table)"
      : "INSERT INTO main.\(table) (\(names)) SELECT \(names) FROM \(Self.schema).\(table)"
    image = try RecordImage(of: table, index: index, in: database)
  }

  deinit {
    guard isLent, let connection = database.sqliteConnection else { return }
    // The memory of the rows goes, and within a transaction a database cannot be detached: SQLite is
    // given one without rows, of its own memory.
    statement = nil
    let empty = image.empty()
    sqlite3_deserialize(
      connection, Self.schema, empty?.assumingMemoryBound(to: UInt8.self).baseAddress,
      Int64(empty?.count ?? 0), Int64(empty?.count ?? 0),
      UInt32(SQLITE_DESERIALIZE_FREEONCLOSE))
  }

  // Each call gives the next value of the row.

  /// Begins a row by its number, which is above those of all rows of the table.
  @inline(__always)
  func begin(row: Int64) {
    self.row = row
    // A record has NULL in the place of the number.
    record.addNull()
  }

  @inline(__always)
  func add(_ value: Int64) { record.add(value) }

  @inline(__always)
  func add(_ value: Int64?) {
    if let value { record.add(value) } else { record.addNull() }
  }

  @inline(__always)
  func add(_ value: Bool) { record.add(value ? 1 : 0) }

  @inline(__always)
  func add(optional id: Int64) {
    if id == 0 { record.addNull() } else { record.add(id) }
  }

  func skip(_ count: Int32) { for _ in 0..<count { record.addNull() } }

  func add(text: Span<UInt8>) { record.add(text: text) }

  func add(blob: Span<UInt8>) { record.add(blob: blob) }

  /// Ends the row, which the table's index has under a number.
  func endRow(indexed value: Int64) throws {
    if entries.count >= RecordImage.mostIndexed { try flush() }
    try endRow()
    entries.append(RecordImage.IndexEntry(value: value, row: row))
  }

  /// Ends the row.
  func endRow() throws {
    while !image.append(&record, row: row) { try flush() }
  }

  /// Writes the rows that wait.
  /// - Throws: `DatabaseError` if they cannot be written; then none of them is.
  func flush() throws {
    guard !image.isEmpty else { return }
    guard let connection = database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
    }
    entries.sort()
    let bytes = image.finish(entries)
    defer {
      image.removeAll()
      entries.removeAll(keepingCapacity: true)
    }
    if sqlite3_db_readonly(connection, Self.schema) < 0 {
      try database.execute(sql: "ATTACH ':memory:' AS \(Self.schema)")
    }
    isLent = true
    let code = sqlite3_deserialize(
      connection, Self.schema, bytes.assumingMemoryBound(to: UInt8.self).baseAddress,
      Int64(bytes.count), Int64(bytes.count), 0)
    guard code == SQLITE_OK else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection))
      )
    }
    // Of two tables of one form SQLite copies the records as they are.
    let statement = try self.statement ?? RawStatement(database, sql)
    self.statement = statement
    try statement.run()
  }
}
