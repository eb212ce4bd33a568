internal import CSQLite
package import Foundation

/// An SQLite file seen from outside the program, as anyone's SQL client sees it.
package struct SQLiteFile {
  package struct Failure: Error {
    package let message: String
  }

  private let path: String

  package init(_ url: URL) { path = url.path }

  /// The rows of a query, values as text.
  package func rows(_ sql: String) throws -> [[String?]] {
    try withStatement(sql) { statement in
      var rows: [[String?]] = []
      while true {
        switch sqlite3_step(statement) {
        case SQLITE_ROW:
          rows.append(
            (0..<sqlite3_column_count(statement)).map { column in
              guard let bytes = sqlite3_column_blob(statement, column) else {
                return sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : ""
              }
              let count = Int(sqlite3_column_bytes(statement, column))
              return String(
                decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
            })
        case SQLITE_DONE: return rows
        case let code: throw Failure(message: String(cString: sqlite3_errstr(code)))
        }
      }
    }
  }

  package func columns(of table: String) throws -> [String] {
    try rows("SELECT name FROM pragma_table_info('\(table)')").compactMap { $0[0] }
  }

  /// Runs statements that give no rows; makes the file if it is not there.
  package func execute(_ sql: String) throws {
    try withConnection { connection in
      guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
        throw Failure(message: String(cString: sqlite3_errmsg(connection)))
      }
    }
  }

  private func withStatement<R>(_ sql: String, _ body: (OpaquePointer?) throws -> R) throws -> R {
    try withConnection { connection in
      var statement: OpaquePointer?
      guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else {
        throw Failure(message: String(cString: sqlite3_errmsg(connection)))
      }
      defer { sqlite3_finalize(statement) }
      return try body(statement)
    }
  }

  private func withConnection<R>(_ body: (OpaquePointer?) throws -> R) throws -> R {
    var connection: OpaquePointer?
    let code = sqlite3_open(path, &connection)
    defer { sqlite3_close_v2(connection) }
    guard code == SQLITE_OK else { throw Failure(message: String(cString: sqlite3_errstr(code))) }
    return try body(connection)
  }
}
