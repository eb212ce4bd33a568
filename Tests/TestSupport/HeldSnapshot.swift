internal import CSQLite
package import Foundation

/// A reader that began to read an SQLite file and does not end, as a notebook that was left open.
package final class HeldSnapshot {
  private let connection: OpaquePointer?

  /// Begins to read; `sql` is a question that has an answer.
  package init(_ url: URL, asking sql: String) throws {
    var connection: OpaquePointer?
    let code = sqlite3_open_v2(url.path, &connection, SQLITE_OPEN_READONLY, nil)
    self.connection = connection
    guard code == SQLITE_OK, sqlite3_exec(connection, "BEGIN", nil, nil, nil) == SQLITE_OK else {
      throw SQLiteFile.Failure(message: String(cString: sqlite3_errmsg(connection)))
    }
    _ = try value(sql)
  }

  /// The first column of the first row.
  package func value(_ sql: String) throws -> String? {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else {
      throw SQLiteFile.Failure(message: String(cString: sqlite3_errmsg(connection)))
    }
    defer { sqlite3_finalize(statement) }
    guard sqlite3_step(statement) == SQLITE_ROW else { return nil }
    return sqlite3_column_text(statement, 0).map { String(cString: $0) }
  }

  package func end() { sqlite3_close_v2(connection) }
}
