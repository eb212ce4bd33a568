internal import CSQLite
internal import GRDB
internal import Synchronization

/// Enters new rows, in the order of their numbers, into a table that has an INTEGER PRIMARY KEY first, as
/// records of our own making: SQLite copies them whole. They wait in memory: whoever reads the table
/// calls ``flush()`` first.
final class RecordInsert: RowSink {
  /// Rows that wait, or that SQLite is copying.
  private final class Rows {
    // Rows come from one caller at a time, so no access needs a check of its own.
    @exclusivity(unchecked) var image: RecordImage
    @exclusivity(unchecked) var entries: [RecordImage.IndexEntry] = []
    /// Whether the thread behind has them.
    let isGiven = Atomic(false)

    init(_ image: consuming RecordImage) { self.image = image }
  }

  private let database: Database
  private let table: String
  private let index: String?
  private let sql: String
  private let behind: WriteBehind?
  @exclusivity(unchecked) private var record = RecordBytes()
  @exclusivity(unchecked) private var row: Int64 = 0
  /// Made for the first row: many a run writes none.
  @exclusivity(unchecked) private var rows: Rows?
  /// What was given to SQLite last, if that may still go on; takes rows when the others are full.
  private var given: Rows?
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
    self.index = index
    behind = WriteBehind.of(database)
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
  }

  deinit {
    behind?.wait()
    guard isLent, let connection = database.sqliteConnection, let rows else { return }
    // The memory of the rows goes, and within a transaction a database cannot be detached: SQLite is
    // given one without rows, of its own memory.
    statement = nil
    let empty = rows.image.empty()
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
    if let rows, rows.entries.count >= RecordImage.mostIndexed { try flushBehind() }
    try endRow()
    rows?.entries.append(RecordImage.IndexEntry(value: value, row: row))
  }

  /// Ends the row.
  func endRow() throws {
    while true {
      if let rows {
        if rows.image.append(&record, row: row) { return }
        try flushBehind()
      } else {
        try behind?.settle()
        rows = Rows(try RecordImage(of: table, index: index, in: database))
      }
    }
  }

  /// Writes the rows that wait.
  /// - Throws: `DatabaseError` if they cannot be written; then none of them is.
  func flush() throws {
    try behind?.settle()
    assert(given?.image.isEmpty ?? true)
    guard let rows, !rows.image.isEmpty else { return }
    try lend(rows)
    // Of two tables of one form SQLite copies the records as they are.
    let statement = try self.statement ?? RawStatement(database, sql)
    self.statement = statement
    defer { Self.empty(rows) }
    try statement.run()
  }

  /// Has the rows that wait written while others may be added; an error comes with the next use of the
  /// connection.
  func flushBehind() throws {
    guard let behind, let statement else { return try flush() }
    guard let full = rows, !full.image.isEmpty else { return }
    if let given {
      if given.isGiven.load(ordering: .acquiring) { try behind.settle() }
      rows = given
    } else {
      try behind.settle()
      rows = Rows(try RecordImage(of: table, index: index, in: database))
    }
    given = full
    full.isGiven.store(true, ordering: .relaxed)
    // The connection is the thread's until it is waited for, and so are these rows: nothing is added to
    // them before.
    nonisolated(unsafe) let (insert, rows, write) = (self, full, statement)
    behind.begin {
      defer {
        Self.empty(rows)
        rows.isGiven.store(false, ordering: .releasing)
      }
      try insert.lend(rows)
      try write.runBehind()
    }
  }

  /// Shows SQLite the rows as a table of the schema.
  private func lend(_ rows: Rows) throws {
    guard let connection = database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
    }
    rows.entries.sort()
    let bytes = rows.image.finish(rows.entries)
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
  }

  private static func empty(_ rows: Rows) {
    rows.image.removeAll()
    rows.entries.removeAll(keepingCapacity: true)
  }
}
