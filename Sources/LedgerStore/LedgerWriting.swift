package import GRDB

extension Ledger {
  /// Runs `body` in one transaction, which is undone if it throws.
  package func write<R: Sendable>(_ body: (Database) throws -> R) throws -> R {
    do {
      let result = try database.write(body)
      try checkPlace()
      return result
    } catch let error as DatabaseError {
      throw Self.ledgerError(error, path: path)
    }
  }

  /// Runs `body` in a transaction that it may end and begin again by ``Parts/next()``; what comes after
  /// the last end is undone if it throws.
  package func writeInParts<R: Sendable>(_ body: (Database, Parts) throws -> R) throws -> R {
    do {
      let checkpointer = Checkpointer(path: path, identity: identity)
      let result = try database.writeWithoutTransaction { database in
        // What a part has committed is brought over meanwhile, and the rest at the end.
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        defer { try? database.execute(sql: Self.usualCheckpoints) }
        try database.beginTransaction(.immediate)
        do {
          defer { checkpointer.end() }
          let result = try WriteBehind.with(database) { behind in
            let parts = Parts(database: database, behind: behind, checkpointer: checkpointer)
            let result = try body(database, parts)
            try behind.settle()
            return result
          }
          checkpointer.end()
          try database.execute(sql: Self.usualCheckpoints)
          try database.commit()
          return result
        } catch {
          if database.isInsideTransaction { try database.rollback() }
          throw error
        }
      }
      try checkPlace()
      return result
    } catch let error as DatabaseError {
      throw Self.ledgerError(error, path: path)
    }
  }

  /// As SQLite has it.
  private static let usualCheckpoints = "PRAGMA wal_autocheckpoint = 1000"

  /// A ledger that was renamed meanwhile has not what was written: that stands beside the old name.
  private func checkPlace() throws(LedgerError) {
    guard let identity, FileIdentity(path) != identity else { return }
    throw LedgerError(
      .write,
      "\(path) was renamed or replaced while it was written, and what was written stands in \(path)-wal",
      remedy: "give the ledger its name back and run the same command again")
  }

  /// The parts of a long write.
  package struct Parts {
    fileprivate let database: Database
    fileprivate let behind: WriteBehind
    fileprivate let checkpointer: Checkpointer

    /// Makes safe what was written so far.
    package func next() throws {
      try behind.settle()
      try database.commit()
      checkpointer.begin()
      try database.beginTransaction(.immediate)
    }
  }
}
