package import GRDB
internal import QueryCatalog
package import Traffic

/// Checks every promise of a ledger against its own data, on one snapshot and in bounded memory.
package enum Verifier {
  /// All results in a fixed order; `contentHash` is the one by which lines were entered.
  /// - Throws: ``LedgerError`` if the file is damaged: then nothing can be said of the data in it.
  package static func verify(
    _ database: Database, path: String, contentHash: @escaping (Attempt) -> SIMD2<UInt64>
  ) throws -> [CheckResult] {
    // Large sorts go to files, not to memory.
    try database.execute(sql: "PRAGMA temp_store = FILE")
    return try checks(path: path, contentHash).map { check, run in
      var breaches = BreachList()
      do {
        try run(database, &breaches)
      } catch let error as DatabaseError where !error.isDamage {
        // A sum outside 64 bits, say: the promise cannot hold then.
        breaches.add(
          "the check itself", found: error.message ?? "\(error.resultCode)", expected: "an answer")
      } catch let error as LedgerError where error.kind == .data {
        breaches.add("the check itself", found: error.what, expected: "an answer")
      }
      return breaches.result(of: check)
    }
  }

  private typealias Run = (Database, inout BreachList) throws -> Void

  private static func checks(
    path: String, _ contentHash: @escaping (Attempt) -> SIMD2<UInt64>
  ) -> [(LedgerCheck, Run)] {
    var checks: [(LedgerCheck, Run)] = [
      (FileChecks.constraints, { try FileChecks.checkFile($0, path: path, &$1) }),
      (FileChecks.schema, FileChecks.checkSchema),
      (FileChecks.references, FileChecks.checkReferences),
      (WordCheck.check, WordCheck.run),
    ]
    for query in QueryCatalog.checks {
      checks.append(
        (
          LedgerCheck(query.name, query.promise),
          { try run(query.sql, $0, &$1) }
        ))
    }
    return checks + [
      (KeyCheck.check, KeyCheck.run),
      (ContentCheck.check, { try ContentCheck.run($0, hash: contentHash, &$1) }),
      (DerivationCheck.check, DerivationCheck.run),
      (FeeShareCheck.check, FeeShareCheck.run),
      (RollupCheck.check, RollupCheck.run),
      (ClosedMonthCheck.check, ClosedMonthCheck.run),
      (NameTwins.check, NameTwins.run),
    ]
  }

  /// The rows of a query of `queries/checks` are the breaches.
  private static func run(
    _ sql: String, _ database: Database, _ breaches: inout BreachList
  ) throws {
    let rows = try RawStatement(database, sql)
    while try rows.step() {
      breaches.add(rows.text(0), found: rows.text(1), expected: rows.text(2))
    }
  }
}

extension DatabaseError {
  /// Whether the file cannot be trusted, rather than what stands in it.
  fileprivate var isDamage: Bool {
    switch resultCode.primaryResultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_IOERR, .SQLITE_CANTOPEN,
      .SQLITE_FULL, .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_LOCKED:
      true
    default: false
    }
  }
}
