internal import GRDB
internal import QueryCatalog

/// Brings a ledger to the schema of this program, and refuses what it does not know.
enum Schema {
  static var newest: Int32 { QueryCatalog.migrations.last?.number ?? 0 }

  /// Runs the migrations that the ledger lacks, in one transaction; `keep` is called before, with its
  /// version, unless it is empty.
  /// - Returns: the version that it had.
  @discardableResult
  static func migrate(
    _ database: Database, path: String, keep: (Int32) throws -> Void = { _ in }
  ) throws -> Int32 {
    let version = try identify(database, path: path)
    let missing = QueryCatalog.migrations.filter { $0.number > version }
    guard !missing.isEmpty else { return version }
    if version > 0 { try keep(version) }
    try database.inTransaction(.immediate) {
      for migration in missing {
        try database.execute(sql: migration.sql)
        if migration.fillsRollups { try Rollups.rebuild(database) }
      }
      try database.execute(
        sql: """
          PRAGMA application_id = \(Ledger.applicationID);
          PRAGMA user_version = \(newest)
          """)
      return .commit
    }
    return version
  }

  /// - Throws: ``LedgerError`` unless the ledger has the schema of this program.
  static func check(_ database: Database, path: String) throws {
    let version = try identify(database, path: path)
    guard version > 0 else {
      throw LedgerError(
        .foreign, "\(path) is empty", remedy: "fill it with `fallback-ledger ingest`")
    }
    guard version == newest else {
      throw LedgerError(
        .foreign, "\(path) is of version \(version), this program needs \(newest)",
        remedy: "run `fallback-ledger ingest` on it once to bring it up to date")
    }
  }

  /// The ledger's schema version, 0 for an empty file.
  static func identify(_ database: Database, path: String) throws -> Int32 {
    let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
    guard application == Ledger.applicationID || (application == 0 && tables == 0) else {
      throw LedgerError(
        .foreign, "\(path) is an SQLite file of another program",
        remedy: "name a ledger, or a new file, with --ledger")
    }
    guard version <= newest else {
      throw LedgerError(
        .foreign, "\(path) is of version \(version), newer than this program's \(newest)",
        remedy: "use the newer program")
    }
    return version
  }
}
