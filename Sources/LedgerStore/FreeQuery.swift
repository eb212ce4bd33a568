internal import CSQLite
internal import Glibc

/// One statement of free SQL over a ledger, on a connection of its own that can do nothing but read:
/// SQLite opens the file read-only, and an authorizer refuses whatever is no question, so that
/// neither another file nor a setting can be reached.
package final class FreeQuery {
  package enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
  }

  /// Why a statement cannot be answered.
  package struct Mistake: Error, Hashable, Sendable {
    /// Whether the statement is at fault, and not a value that it met.
    package let isInStatement: Bool
    package let what: String
    /// Of the byte at which it goes wrong; nil where SQLite does not say.
    package let offset: Int?
  }

  private let path: String
  private let readOnly: ReadOnlyDisk?
  private let connection: OpaquePointer
  private let statement: OpaquePointer
  /// As SQL names them.
  package let columns: [String]
  /// On the monotonic clock, in nanoseconds, when it is stopped. SQLite looks at it now and then.
  private let deadline: UnsafeMutablePointer<Int64>
  private let seconds: Int64?

  /// That the time for an answer was over.
  package struct OutOfTime: Error, Hashable, Sendable {
    package let seconds: Int64
  }

  /// - Parameters:
  ///   - sql: one statement.
  ///   - path: the ledger, which was seen to be one.
  ///   - values: of its named parameters, without their colons; others are NULL.
  ///   - seconds: for the whole answer; nil: as long as it takes.
  /// - Throws: ``Mistake`` or ``LedgerError``.
  package init(
    _ sql: String, path: String, values: [String: Value] = [:], seconds: Int64? = nil
  ) throws {
    self.path = path
    self.seconds = seconds
    readOnly = try ReadOnlyDisk(reading: path)
    let connection = try Self.open(path, readOnly?.uri ?? path)
    self.connection = connection
    deadline = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
    deadline.initialize(to: seconds.map { Self.now + $0 * 1_000_000_000 } ?? .max)
    if seconds != nil {
      sqlite3_progress_handler(
        connection, 50_000,
        { pointer in
          let deadline = pointer?.assumingMemoryBound(to: Int64.self).pointee ?? .max
          return FreeQuery.now > deadline ? 1 : 0
        }, deadline)
    }
    do {
      statement = try Self.prepare(sql, connection, path: path)
    } catch {
      sqlite3_close_v2(connection)
      deadline.deallocate()
      throw error
    }
    let statement = statement
    Self.bind(values, to: statement)
    columns = (0..<sqlite3_column_count(statement)).map {
      sqlite3_column_name(statement, $0).map { String(cString: $0) } ?? ""
    }
  }

  deinit {
    sqlite3_finalize(statement)
    sqlite3_close_v2(connection)
    deadline.deallocate()
  }

  /// Of the monotonic clock, in nanoseconds.
  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// SQLite copies what it is given.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private static func bind(_ values: [String: Value], to statement: OpaquePointer) {
    for place in 0..<sqlite3_bind_parameter_count(statement) {
      guard let name = sqlite3_bind_parameter_name(statement, place + 1) else { continue }
      switch values[String(cString: name + 1)] {
      case .integer(let number): sqlite3_bind_int64(statement, place + 1, number)
      case .real(let number): sqlite3_bind_double(statement, place + 1, number)
      case .text(let text): sqlite3_bind_text(statement, place + 1, text, -1, transient)
      case .blob, .null, nil: sqlite3_bind_null(statement, place + 1)
      }
    }
  }

  /// The next row; nil after the last.
  package func next() throws -> [Value]? {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return (0..<Int32(columns.count)).map(value)
    case SQLITE_DONE:
      try readOnly?.check()
      return nil
    case SQLITE_INTERRUPT: throw OutOfTime(seconds: seconds ?? 0)
    case SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FULL, SQLITE_IOERR:
      throw LedgerError(
        sqlite: sqlite3_errcode(connection), message: Self.message(connection), path: path)
    default:
      throw Mistake(isInStatement: false, what: Self.message(connection), offset: nil)
    }
  }

  private func value(_ column: Int32) -> Value {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
      guard let bytes = sqlite3_column_text(statement, column) else { return .null }
      let count = Int(sqlite3_column_bytes(statement, column))
      return .text(
        String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
    case SQLITE_BLOB:
      let count = Int(sqlite3_column_bytes(statement, column))
      return .blob(
        [UInt8](
          UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, column), count: count)))
    default: return .null
    }
  }

  // MARK: opening

  private static func open(_ path: String, _ name: String) throws -> OpaquePointer {
    var connection: OpaquePointer?
    let code = sqlite3_open_v2(name, &connection, SQLITE_OPEN_READONLY, nil)
    guard code == SQLITE_OK, let connection else {
      let message = connection.map(message) ?? "no memory"
      sqlite3_close_v2(connection)
      throw LedgerError(sqlite: code, message: message, path: path)
    }
    sqlite3_busy_timeout(connection, 10_000)
    _ = sqlite_with_strict_quotes(connection)
    sqlite3_exec(connection, settings, nil, nil, nil)
    sqlite3_set_authorizer(
      connection,
      { _, action, first, second, _, _ in
        FreeQuery.verdict(on: action, first, second)
      }, nil)
    return connection
  }

  /// SQLite makes its table-valued functions by a CREATE TABLE of its own when they are first met,
  /// which the authorizer would refuse later.
  private static let settings = """
    PRAGMA cache_size = -65536;
    PRAGMA query_only = 1;
    SELECT 1 FROM json_each('[]'), json_tree('[]'), pragma_table_info(''), pragma_table_xinfo(''),
      pragma_table_list(''), pragma_index_list(''), pragma_index_info(''), pragma_index_xinfo(''),
      pragma_foreign_key_list(''), pragma_function_list
    """

  private static func verdict(
    on action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?
  ) -> Int32 {
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
    case SQLITE_FUNCTION:
      let name = second.map { String(cString: $0) } ?? ""
      return name.lowercased() == "load_extension" ? SQLITE_DENY : SQLITE_OK
    case SQLITE_PRAGMA:
      return questions.contains((first.map { String(cString: $0) } ?? "").lowercased())
        ? SQLITE_OK : SQLITE_DENY
    default: return SQLITE_DENY
    }
  }

  /// The pragmas that only tell something, whatever their argument.
  private static let questions: Set<String> = [
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
    "foreign_key_list", "foreign_key_check", "quick_check", "integrity_check", "database_list",
    "function_list", "collation_list", "compile_options",
  ]

  private static func prepare(
    _ sql: String, _ connection: OpaquePointer, path: String
  ) throws -> OpaquePointer {
    try sql.withCString { start in
      var statement: OpaquePointer?
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v2(connection, start, -1, &statement, &tail)
      guard code == SQLITE_OK else { throw mistake(code, connection, path: path) }
      guard let statement else {
        throw Mistake(isInStatement: true, what: "there is no statement", offset: nil)
      }
      // Comments and spaces may follow, another statement may not.
      var more: OpaquePointer?
      defer { sqlite3_finalize(more) }
      let isOne = sqlite3_prepare_v2(connection, tail, -1, &more, nil) == SQLITE_OK && more == nil
      guard sqlite3_stmt_readonly(statement) != 0 else {
        sqlite3_finalize(statement)
        throw Mistake(
          isInStatement: true, what: "it would change the ledger: only questions are answered",
          offset: nil)
      }
      guard isOne else {
        sqlite3_finalize(statement)
        throw Mistake(
          isInStatement: true, what: "there is more than one statement",
          offset: tail.map { $0 - start })
      }
      return statement
    }
  }

  private static func mistake(
    _ code: Int32, _ connection: OpaquePointer, path: String
  ) -> any Error {
    switch code & 0xFF {
    case SQLITE_AUTH:
      return Mistake(
        isInStatement: true, what: "\(message(connection)): only questions are answered",
        offset: nil)
    case SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_RANGE, SQLITE_READONLY, SQLITE_MISUSE:
      let offset = Int(sqlite3_error_offset(connection))
      return Mistake(
        isInStatement: true, what: message(connection), offset: offset < 0 ? nil : offset)
    default:
      return LedgerError(sqlite: code, message: message(connection), path: path)
    }
  }

  private static func message(_ connection: OpaquePointer) -> String {
    String(cString: sqlite3_errmsg(connection))
  }
}
