internal import Finance
internal import GRDB
package import Units

/// A close that holds.
package struct Closing: Hashable, Sendable {
  package let id: Int64
  package let month: UTCMonth
  package let manifest: String
}

/// Figures as finance knows them: the charges, or the summary measures. Raw values are stored.
enum FactKind: String {
  case charges, margins
}

/// Closed months in the ledger.
enum ClosingTable {
  /// Closes that hold, by rising month.
  static func all(_ database: Database) throws -> [Closing] {
    try read(database, "WHERE reopened_ms IS NULL ORDER BY month")
  }

  /// Those that were undone too, in the order in which they were made.
  static func everMade(_ database: Database) throws -> [Closing] {
    try read(database, "ORDER BY id")
  }

  private static func read(_ database: Database, _ rest: String) throws -> [Closing] {
    try Row.fetchAll(database, sql: "SELECT id, month, manifest FROM closing \(rest)").map {
      Closing(id: $0[0], month: UTCMonth(monthsSince0: $0[1]), manifest: $0[2])
    }
  }

  static func enter(
    _ database: Database, _ files: MonthFiles, _ parts: [(MonthFiles.Kind, [MonthFiles.Part])],
    manifest: String, at time: Timestamp
  ) throws {
    try database.execute(
      sql: "INSERT INTO closing (month, closed_ms, manifest) VALUES (?, ?, ?)",
      arguments: [files.month.monthsSince0, time.milliseconds, manifest])
    let id = database.lastInsertedRowID
    let insert = try RawStatement(
      database, "INSERT INTO closed_file VALUES (?, ?, ?, ?, ?, ?)")
    for (kind, parts) in parts {
      for (index, part) in parts.enumerated() {
        insert.add(id)
        insert.add(kind.rawValue)
        insert.add(Int64(index + 1))
        insert.add(Int64(part.rows))
        insert.add(part.sha256)
        insert.add(Array(part.text.utf8))
        try insert.run()
      }
    }
    try enter(database, id, .charges, files.charges)
    try enter(database, id, .margins, files.margins)
  }

  private static func enter(
    _ database: Database, _ id: Int64, _ kind: FactKind, _ facts: MonthFacts
  ) throws {
    let insert = try RawStatement(
      database, "INSERT INTO closed_fact VALUES (?, ?, ?, ?, ?)")
    for row in facts.rows {
      insert.add(id)
      insert.add(kind.rawValue)
      insert.add(Int64((row.corrects ?? facts.month).monthsSince0))
      insert.add(row.key.text)
      insert.add(row.amounts.map(String.init).joined(separator: " "))
      try insert.run()
    }
  }

  /// What closes that hold say of each month: its own figures and their corrections, added up; with
  /// `closing` only what that one says.
  static func facts(
    _ database: Database, _ kind: FactKind, of closing: Closing? = nil
  ) throws -> [UTCMonth: Facts] {
    let which = closing == nil ? "c.reopened_ms IS NULL" : "c.id = ?"
    let read = try RawStatement(
      database,
      """
      SELECT f.month, f.key, f.amounts FROM closed_fact f JOIN closing c ON c.id = f.closing_id
      WHERE f.kind = ? AND \(which)
      """)
    read.add(kind.rawValue)
    if let closing { read.add(closing.id) }
    var months: [UTCMonth: Facts] = [:]
    while try read.step() {
      let amounts = read.text(2).split(separator: " ").compactMap { Int128($0) }
      months[UTCMonth(monthsSince0: Int(read.int(0))), default: Facts()]
        .add(amounts, to: FactKey(text: read.text(1)))
    }
    return months
  }

  /// The files of a close as they were kept.
  /// - Throws: ``LedgerError`` if they are no longer those of the close.
  static func parts(
    _ database: Database, _ closing: Closing, _ kind: MonthFiles.Kind
  ) throws -> [MonthFiles.Part] {
    let kept = try keptParts(database, closing, kind)
    // The manifest names them all, and stands in another row than they.
    let isWhole = kept.enumerated().allSatisfy { place, kept in
      kept.isIntact && closing.manifest.contains(MonthFiles.entry(kind, place + 1, kept.part))
    }
    guard isWhole, kept.count == MonthFiles.parts(of: kind, in: closing.manifest) else {
      throw LedgerError(
        .foreign, "the kept \(kind.rawValue) file of \(closing.month) is damaged",
        remedy: "restore the ledger from a backup; `verify` says what else is damaged")
    }
    return kept.map(\.part)
  }

  /// The parts of a file as they stand, and whether their bytes have their SHA-256.
  static func keptParts(
    _ database: Database, _ closing: Closing, _ kind: MonthFiles.Kind
  ) throws -> [(part: MonthFiles.Part, isIntact: Bool)] {
    let read = try RawStatement(
      database,
      """
      SELECT content, rows, sha256 FROM closed_file WHERE closing_id = ? AND name = ? ORDER BY part
      """)
    read.add(closing.id)
    read.add(kind.rawValue)
    var parts: [(part: MonthFiles.Part, isIntact: Bool)] = []
    while try read.step() {
      let content = read.blob(0)
      let part = MonthFiles.Part(
        text: String(decoding: content, as: UTF8.self), rows: Int(read.int(1)),
        sha256: read.text(2))
      parts.append((part, SHA256.hex(content) == part.sha256))
    }
    return parts
  }

  static func reopen(
    _ database: Database, _ closing: Closing, why: String, at time: Timestamp
  ) throws {
    try database.execute(
      sql: "UPDATE closing SET reopened_ms = ?, reopened_why = ? WHERE id = ?",
      arguments: [time.milliseconds, why, closing.id])
  }
}
