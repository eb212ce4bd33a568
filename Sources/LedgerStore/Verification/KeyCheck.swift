internal import GRDB

/// The rows that are found by a hash of their text: each has its key, and no text has two rows.
enum KeyCheck {
  static let check = LedgerCheck(
    "keys", "every event and request is found by its id, once")

  private struct Keyed {
    let kind: KeyRuns.Kind
    let name: String
    /// Row numbers and texts.
    let rows: String
    /// How many rows there are.
    let count: String
    /// The texts of one row number.
    let texts: String
  }

  private static let all = [
    Keyed(
      kind: .request, name: "request", rows: "SELECT id, request_id FROM request",
      count: "SELECT count(*) FROM stored_request",
      texts: "SELECT request_id FROM request WHERE id = ?"),
    Keyed(
      kind: .event, name: "attempt", rows: "SELECT request_id, event_id FROM attempt",
      count: "SELECT count(*) FROM attempt",
      texts: "SELECT event_id FROM attempt WHERE request_id = ?"),
  ]

  /// Keys that are compared at once, which bounds the memory.
  private static let mostKeys = 4_000_000

  private struct Entry: Hashable, Comparable {
    let key: Int64
    let row: Int64

    static func < (left: Entry, right: Entry) -> Bool {
      (left.key, left.row) < (right.key, right.row)
    }
  }

  /// The keys of a kind that lead to what reports see.
  struct Kept: Sendable {
    var sketch = KeySketch()
    /// Two rows have one text.
    var hasTwins = false
  }

  /// Keys that are looked through at once for equal ones.
  private static let keysOfPart = 1 << 16

  static func kept(
    _ kind: KeyRuns.Kind, _ database: Database, seed: UInt64
  ) throws -> Kept {
    var kept = Kept()
    let runs = try KeyRuns(database, kind)
    let ofDrafts = kind == .event ? try Staging.keysOfDrafts(database) : []
    let last = try Staging.lastPublished(database)
    guard let keyed = all.first(where: { $0.kind == kind }) else { return kept }
    let texts = try RawStatement(database, keyed.texts)
    let parts = max(1, runs.count / keysOfPart)
    let bits = Int.bitWidth - 1 - parts.leadingZeroBitCount
    var entries: [Entry] = []
    for part in 0..<1 << bits {
      entries.removeAll(keepingCapacity: true)
      try runs.forEach(part: part, bits: bits) { key, row in
        guard row <= last else { return }
        guard ofDrafts.isEmpty || !ofDrafts.contains(KeyRuns.Place(key: key, row: row)) else {
          return
        }
        kept.sketch.add(key: key, row: row, seed: seed)
        entries.append(Entry(key: key, row: row))
      }
      entries.sort()
      if !kept.hasTwins { kept.hasTwins = try hasTwins(entries, texts) }
    }
    return kept
  }

  /// Whether two of some sorted entries have one text. Few have one key.
  private static func hasTwins(_ entries: [Entry], _ texts: RawStatement) throws -> Bool {
    var start = 0
    while start < entries.count {
      var end = start + 1
      while end < entries.count, entries[end].key == entries[start].key { end += 1 }
      if end - start > 1 {
        var seen: Set<[UInt8]> = []
        for row in Set(entries[start..<end].map(\.row)) {
          texts.add(row)
          var own: [[UInt8]] = []
          while try texts.step() {
            let text = texts.blob(0)
            if KeyRuns.rounded(TextKey.of(text.span)) == entries[start].key { own.append(text) }
          }
          for text in own where !seen.insert(text).inserted { return true }
        }
      }
      start = end
    }
    return false
  }

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    for keyed in all {
      let count = try Int.fetchOne(database, sql: keyed.count) ?? 0
      let runs = try KeyRuns(database, keyed.kind)
      let passes = 1 + max(count, runs.count) / mostKeys
      for pass in 0..<passes {
        try check(keyed, runs, database, &breaches) { key in
          Int(UInt64(bitPattern: key) >> 24) % passes == pass
        }
      }
    }
  }

  /// Checks the keys that `isAsked`.
  private static func check(
    _ keyed: Keyed, _ runs: KeyRuns, _ database: Database, _ breaches: inout BreachList,
    where isAsked: (Int64) -> Bool
  ) throws {
    let ofDrafts = keyed.kind == .event ? try Staging.keysOfDrafts(database) : []
    // Keys of what is staged lead to what no view shows yet.
    let last = try Staging.lastPublished(database)
    var kept: [Entry] = []
    try runs.forEach { key, row in
      guard isAsked(key), row <= last else { return }
      guard !ofDrafts.contains(KeyRuns.Place(key: key, row: row)) else { return }
      kept.append(Entry(key: key, row: row))
    }
    var wanted: [Entry] = []
    let rows = try RawStatement(database, keyed.rows)
    while try rows.step() {
      let key = KeyRuns.rounded(TextKey.of(Array(rows.text(1).utf8).span))
      if isAsked(key) { wanted.append(Entry(key: key, row: rows.int(0))) }
    }
    kept.sort()
    wanted.sort()
    let texts = try RawStatement(database, keyed.texts)
    func name(_ entry: Entry) throws -> [String] {
      var names: [String] = []
      texts.add(entry.row)
      while try texts.step() {
        let text = texts.text(0)
        if KeyRuns.rounded(TextKey.of(Array(text.utf8).span)) == entry.key { names.append(text) }
      }
      return names
    }
    if kept != wanted {
      for entry in Set(wanted).subtracting(kept).sorted() {
        let text = try name(entry).first ?? "?"
        breaches.add("\(keyed.name) \(text)", found: "no key", expected: "its key")
      }
      for entry in Set(kept).subtracting(wanted).sorted() {
        breaches.add(
          "\(keyed.name) number \(entry.row)", found: "a key of another text", expected: "none")
      }
      if kept.count != wanted.count {
        breaches.add(
          "keys of \(keyed.name)", found: "\(kept.count) keys", expected: "\(wanted.count)")
      }
    }
    // Equal keys may be of one text.
    var start = 0
    while start < wanted.count {
      var end = start + 1
      while end < wanted.count, wanted[end].key == wanted[start].key { end += 1 }
      if end - start > 1 {
        let names = try Set(wanted[start..<end]).sorted().flatMap(name)
        for (text, count) in Dictionary(names.map { (Array($0.utf8), 1) }, uniquingKeysWith: +)
        where count > 1 {
          breaches.add(
            "\(keyed.name) \(String(decoding: text, as: UTF8.self))", found: "\(count) rows",
            expected: "one")
        }
      }
      start = end
    }
  }
}
