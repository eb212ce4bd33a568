internal import CSQLite
internal import GRDB
internal import GRDBSQLite

/// Shows SQLite a ``RowBuffer`` as a table, `c0` and so on, that is read from its first row to its last:
/// a value costs a third of what binding it to a parameter does.
///
/// SQLite holds on to its structures by their addresses, so ours begin with them and are allocated by
/// hand. A buffer does not change while a statement reads it.
enum RowModule {
  /// What SQLite knows as the table.
  private struct Table {
    var base = sqlite3_vtab()
    let buffer: Unmanaged<RowBuffer>
  }

  /// What SQLite knows as one reading of it.
  private struct Cursor {
    var base = sqlite3_vtab_cursor()
    var row = 0
    var count = 0
    var width = 0
    var cells: UnsafePointer<RowBuffer.Cell>?
    var bytes: UnsafePointer<UInt8>?
  }

  // SQLite reads it and nobody writes it.
  nonisolated(unsafe) private static let module: UnsafeMutablePointer<sqlite3_module> = {
    let module = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
    module.initialize(to: sqlite3_module())
    module.pointee.xConnect = { connection, buffer, _, _, table, _ in
      RowModule.connect(connection, buffer, table)
    }
    module.pointee.xBestIndex = { _, _ in SQLITE_OK }
    module.pointee.xDisconnect = { table in
      UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: Table.self).deallocate()
      return SQLITE_OK
    }
    module.pointee.xOpen = { _, cursor in
      let new = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
      new.initialize(to: Cursor())
      cursor?.pointee = UnsafeMutableRawPointer(new).assumingMemoryBound(
        to: sqlite3_vtab_cursor.self)
      return SQLITE_OK
    }
    module.pointee.xClose = { cursor in
      UnsafeMutableRawPointer(cursor)?.assumingMemoryBound(to: Cursor.self).deallocate()
      return SQLITE_OK
    }
    module.pointee.xFilter = { cursor, _, _, _, _ in RowModule.start(cursor) }
    module.pointee.xNext = { cursor in
      RowModule.cursor(cursor).pointee.row += 1
      return SQLITE_OK
    }
    module.pointee.xEof = { cursor in
      let cursor = RowModule.cursor(cursor)
      return cursor.pointee.row < cursor.pointee.count ? 0 : 1
    }
    module.pointee.xColumn = { cursor, context, column in
      RowModule.give(RowModule.cursor(cursor), context, column)
    }
    module.pointee.xRowid = { cursor, row in
      row?.pointee = Int64(RowModule.cursor(cursor).pointee.row)
      return SQLITE_OK
    }
    return module
  }()

  /// Makes a buffer readable under a name, in the place of another of that name.
  /// - Throws: `DatabaseError` if SQLite refuses.
  static func register(_ buffer: RowBuffer, as name: String, _ connection: OpaquePointer) throws {
    let code = sqlite3_create_module_v2(
      connection, name, module, Unmanaged.passRetained(buffer).toOpaque(),
      { buffer in
        guard let buffer else { return }
        Unmanaged<RowBuffer>.fromOpaque(buffer).release()
      })
    guard code == SQLITE_OK else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection))
      )
    }
  }

  /// Lets go of the buffer of a name.
  static func unregister(_ name: String, _ connection: OpaquePointer) {
    sqlite3_create_module_v2(connection, name, nil, nil, nil)
  }

  private static func connect(
    _ connection: OpaquePointer?, _ buffer: UnsafeMutableRawPointer?,
    _ table: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?
  ) -> Int32 {
    guard let pointer = buffer else { return SQLITE_MISUSE }
    let buffer = Unmanaged<RowBuffer>.fromOpaque(pointer)
    let columns = (0..<buffer.takeUnretainedValue().width).map { "c\($0)" }
    let code = sqlite3_declare_vtab(
      connection, "CREATE TABLE rows (\(columns.joined(separator: ", ")))")
    guard code == SQLITE_OK else { return code }
    let new = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    new.initialize(to: Table(buffer: buffer))
    table?.pointee = UnsafeMutableRawPointer(new).assumingMemoryBound(to: sqlite3_vtab.self)
    return SQLITE_OK
  }

  private static func cursor(
    _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?
  ) -> UnsafeMutablePointer<Cursor> {
    // SQLite gives back what ``Cursor`` it was given.
    UnsafeMutableRawPointer(cursor.unsafelyUnwrapped).assumingMemoryBound(to: Cursor.self)
  }

  private static func start(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
    let cursor = Self.cursor(cursor)
    let table = UnsafeMutableRawPointer(cursor.pointee.base.pVtab).assumingMemoryBound(
      to: Table.self)
    let buffer = table.pointee.buffer.takeUnretainedValue()
    cursor.pointee.row = 0
    cursor.pointee.count = buffer.count
    cursor.pointee.width = buffer.width
    // Nothing is added, so they stay where they are, until the statement is done.
    let places = buffer.places
    cursor.pointee.cells = places.cells
    cursor.pointee.bytes = places.bytes
    return SQLITE_OK
  }

  private static func give(
    _ cursor: UnsafeMutablePointer<Cursor>, _ context: OpaquePointer?, _ column: Int32
  ) -> Int32 {
    let at = cursor.pointee.row &* cursor.pointee.width &+ Int(column)
    guard let cell = cursor.pointee.cells?[at] else { return SQLITE_MISUSE }
    switch cell.kind {
    // A value that is not given is NULL.
    case .null: break
    case .integer: sqlite3_result_int64(context, cell.value)
    case .text:
      let start = cursor.pointee.bytes.map { UnsafeRawPointer($0 + Int(cell.value)) }
      // Static until the statement is done: SQLite takes it into its page before.
      sqlite3_result_text(
        context, start?.assumingMemoryBound(to: CChar.self) ?? empty, cell.count, nil)
    case .blob:
      let start = cursor.pointee.bytes.map { UnsafeRawPointer($0 + Int(cell.value)) }
      sqlite3_result_blob(context, start ?? UnsafeRawPointer(empty), cell.count, nil)
    }
    return SQLITE_OK
  }

  /// Where a text of no bytes starts: a null pointer would be NULL.
  // It is made once, and nobody writes it.
  nonisolated(unsafe) private static let empty: UnsafePointer<CChar> = {
    let empty = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    empty.initialize(to: 0)
    return UnsafePointer(empty)
  }()
}
