internal import GRDB

/// What SQLite itself can tell of the file: pages, constraints, references, schema.
enum FileChecks {
  static let constraints = LedgerCheck(
    "constraints", "every value is of its column's type and within its constraints")
  static let schema = LedgerCheck(
    "schema", "tables, indexes and views are as the migrations make them")
  static let references = LedgerCheck("references", "every number of a row names a row")

  /// - Throws: ``LedgerError`` if pages are damaged or an index does not fit its table.
  static func checkFile(
    _ database: Database, path: String, _ breaches: inout BreachList
  ) throws {
    // Beside the pages it looks into every index: an index that lacks a row hides it from reports.
    for message in try String.fetchAll(database, sql: "PRAGMA integrity_check") {
      if message == "ok" { continue }
      guard isAboutValues(message) else {
        throw LedgerError(
          .foreign, "\(path) is damaged (\(message))", remedy: "restore the ledger from a copy")
      }
      breaches.add("a row", found: message, expected: "a value that the schema allows")
    }
    for (table, sql) in try tables(database) {
      try check(terms(ofChecksIn: sql), on: table, database, &breaches)
    }
  }

  /// SQLite leaves CHECKs out on a read-only connection, so their terms are asked for here.
  private static func check(
    _ terms: [String], on table: String, _ database: Database, _ breaches: inout BreachList
  ) throws {
    func count(_ term: String) throws -> Int64 {
      try Int64.fetchOne(
        database, sql: "SELECT count(*) FROM \"\(table)\" WHERE NOT (\(term))") ?? 0
    }
    // One walk over the table as a rule; one for each term only to tell which it is.
    guard !terms.isEmpty, try count(terms.joined(separator: " AND ")) > 0 else { return }
    for term in terms {
      let rows = try count(term)
      if rows > 0 {
        breaches.add("table \(table)", found: "\(rows) rows without it", expected: term)
      }
    }
  }

  /// The terms of a table's CHECKs, in their brackets.
  private static func terms(ofChecksIn sql: String) -> [String] {
    var terms: [String] = []
    var rest = sql[...]
    while let start = rest.firstRange(of: "CHECK (") {
      let open = rest.index(before: start.upperBound)
      var depth = 0
      var end = open
      while end < rest.endIndex {
        if rest[end] == "(" { depth += 1 }
        if rest[end] == ")" { depth -= 1 }
        end = rest.index(after: end)
        if depth == 0 { break }
      }
      terms.append(String(rest[open..<end]))
      rest = rest[end...]
    }
    return terms
  }

  private static func tables(_ database: Database) throws -> [(name: String, sql: String)] {
    try Row.fetchAll(
      database,
      sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL"
    ).map { ($0[0], $0[1]) }
  }

  /// SQLite's words for a sound page with a row that a constraint forbids.
  private static func isAboutValues(_ message: String) -> Bool {
    let starts = ["CHECK constraint failed in ", "NULL value in ", "non-"]
    return starts.contains { message.hasPrefix($0) } && !message.hasPrefix("non-unique entry")
  }

  /// Compares with a ledger made for it in memory.
  static func checkSchema(_ database: Database, _ breaches: inout BreachList) throws {
    let fresh = try DatabaseQueue()
    let expected = try fresh.inDatabase { model in
      try Schema.migrate(model, path: "memory")
      return try parts(model)
    }
    let found = try parts(database)
    for (name, sql) in expected.sorted(by: { $0.key < $1.key }) where found[name] != sql {
      breaches.add(
        name, found: found[name] == nil ? "nothing" : "another definition",
        expected: "what the migrations make")
    }
    for name in found.keys.sorted() where expected[name] == nil {
      breaches.add(name, found: "more than the migrations make", expected: "nothing")
    }
  }

  /// The definitions of tables, indexes, views and triggers by kind and name; SQLite's own left out.
  private static func parts(_ database: Database) throws -> [String: String] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT type || ' ' || name, sql FROM sqlite_schema
        WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        """)
    return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
  }

  /// Tables whose numbers a walk over the requests sees.
  private static let walked: Set = ["stored_request", "stored_attempt"]

  /// Whether the numbers of all other tables name rows.
  static func areReferencesSound(_ database: Database) throws -> Bool {
    for (table, _) in try tables(database) where !walked.contains(table) {
      let rows = try RawStatement(database, "PRAGMA foreign_key_check(\"\(table)\")")
      if try rows.step() { return false }
    }
    return true
  }

  static func checkReferences(_ database: Database, _ breaches: inout BreachList) throws {
    let rows = try RawStatement(
      database, #"SELECT "table", rowid, parent FROM pragma_foreign_key_check"#)
    // A file that is half taken in gets its row when it is whole.
    let hasStaged = try Staging.file(database) != nil
    while try rows.step() {
      if hasStaged, rows.text(2) == "input_file" { continue }
      breaches.add(
        "\(rows.text(0)) number \(rows.int(1))", found: "names a row that is not there",
        expected: "a row of \(rows.text(2))")
    }
  }
}
