internal import GRDB

/// The rows that are found by a hash of their text: each has its key, and no text has two rows.
enum KeyCheck {
  static let check = LedgerCheck(
    "keys", "every event, request, user, thread and session is found by its text, once")

  private static let tables = [
    (table: "attempt", text: "event_id", keys: "event_key"),
    (table: "request", text: "request_id", keys: "request_key"),
    (table: "user", text: "name", keys: "user_key"),
    (table: "thread", text: "name", keys: "thread_key"),
    (table: "session", text: "name", keys: "session_key"),
  ]

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    for (table, text, keys) in tables {
      let rows = try RawStatement(database, "SELECT id, \(text) FROM \(table) ORDER BY id")
      let find = try RawStatement(
        database, "SELECT EXISTS (SELECT * FROM \(keys) WHERE key = ? AND id = ?)")
      var count: Int64 = 0
      while try rows.step() {
        let name = rows.text(1)
        find.add(TextKey.of(Array(name.utf8).span))
        find.add(rows.int(0))
        let isThere = try find.step() && find.int(0) == 1
        find.reset()
        if !isThere { breaches.add("\(table) \(name)", found: "no key", expected: "its key") }
        count += 1
      }
      let keyCount = try Int64.fetchOne(database, sql: "SELECT count(*) FROM \(keys)") ?? 0
      if keyCount != count {
        breaches.add("table \(keys)", found: "\(keyCount) keys", expected: "\(count)")
      }
      let twins = try RawStatement(
        database,
        """
        SELECT a.\(text) FROM \(keys) k JOIN \(keys) l ON l.key = k.key AND l.id > k.id
        JOIN \(table) a ON a.id = k.id JOIN \(table) b ON b.id = l.id
        WHERE a.\(text) = b.\(text) ORDER BY k.id
        """)
      while try twins.step() {
        breaches.add("\(table) \(twins.text(0))", found: "two rows", expected: "one")
      }
    }
  }
}
