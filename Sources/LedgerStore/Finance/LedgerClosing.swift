package import Finance
internal import GRDB
package import Units

extension Ledger {
  /// Freezes a month: its files and figures are kept, and nothing changes them any more.
  /// - Returns: the manifest.
  package func freeze(
    _ month: UTCMonth, _ handover: Handover, at time: Timestamp
  ) throws -> String {
    try write { database in
      try Self.checkTurn(month, database)
      let files = try MonthBook.files(database, month)
      try Self.checkBeginning(files, database)
      try MonthBook.check(handover, of: files)
      let parts = MonthFiles.Kind.allCases.map { ($0, files.parts($0, handover)) }
      let manifest = files.manifest(parts.map { (kind: $0.0, parts: $0.1) })
      try ClosingTable.enter(database, files, parts, manifest: manifest, at: time)
      return manifest
    }
  }

  /// Undoes the last close; the trace of it stays.
  package func reopen(_ month: UTCMonth, why: String, at time: Timestamp) throws {
    try write { database in
      let closings = try ClosingTable.all(database)
      guard let closing = closings.first(where: { $0.month == month }) else {
        throw LedgerError(.data, "\(month) is not closed", remedy: "name a closed month")
      }
      guard let last = closings.last, last == closing else {
        throw LedgerError(
          .data, "\(month) has closed months after it, which correct it",
          remedy: "reopen \(closings.last?.month.description ?? "") first")
      }
      try ClosingTable.reopen(database, closing, why: why, at: time)
    }
  }

  /// The first close begins the row of closed months: a month before all that the ledger knows would ask
  /// for every month after it.
  private static func checkBeginning(_ files: MonthFiles, _ database: Database) throws {
    guard files.charges.rows.isEmpty, files.margins.rows.isEmpty,
      try ClosingTable.all(database).isEmpty
    else { return }
    let first = try firstMonth(database)
    throw LedgerError(
      .data, "the ledger has nothing of \(files.month)",
      remedy: "begin with \(first?.description ?? "the first month that has requests")")
  }

  private static func firstMonth(_ database: Database) throws -> UTCMonth? {
    try Int64.fetchOne(database, sql: "SELECT min(day) FROM request").map {
      UTCDay(daysSince1970: Int($0)).month
    }
  }

  /// Months are closed one after the other, so that there is one month to which corrections go.
  private static func checkTurn(_ month: UTCMonth, _ database: Database) throws {
    let closings = try ClosingTable.all(database)
    guard !closings.contains(where: { $0.month == month }) else {
      throw LedgerError(
        .data, "\(month) is closed already",
        remedy: "export it as it is, or reopen it with --reopen --why REASON")
    }
    if let last = closings.last?.month {
      guard month == last.next else {
        throw LedgerError(
          .data, "\(month) is not the month after the last closed one, \(last)",
          remedy: "close \(last.next) next")
      }
      return
    }
    guard let first = try firstMonth(database) else {
      throw LedgerError(.data, "the ledger has no requests", remedy: "ingest some first")
    }
    guard month <= first else {
      throw LedgerError(
        .data, "\(first) is open and before \(month)", remedy: "close \(first) first")
    }
  }
}
