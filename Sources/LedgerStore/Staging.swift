internal import Foundation
package import GRDB

/// How far a large file has been taken in by transactions of which reports see nothing yet.
package struct StagedFile: Hashable, Sendable {
  /// Its number to be in `input_file`.
  package let file: Int64
  package let path: String
  /// The name of its log format.
  package let format: String
  package let counts: LineCounts
  package let newRequests: Int
  /// How much of it, unpacked, has been read, and the SHA-256 of that.
  package let prefixBytes: Int64
  package let prefixSHA256: [UInt8]
  /// Lines by the names of fields that the ledger does not read.
  package let ignoredFields: [String: Int64]

  package init(
    file: Int64, path: String, format: String, counts: LineCounts, newRequests: Int,
    prefixBytes: Int64, prefixSHA256: [UInt8], ignoredFields: [String: Int64]
  ) {
    self.file = file
    self.path = path
    self.format = format
    self.counts = counts
    self.newRequests = newRequests
    self.prefixBytes = prefixBytes
    self.prefixSHA256 = prefixSHA256
    self.ignoredFields = ignoredFields
  }
}

/// The file that is half taken in, if there is one (schema 0001, `staged_file`).
package enum Staging {
  package static func file(_ database: Database) throws -> StagedFile? {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM staged_file") else { return nil }
    var counts = LineCounts()
    counts.lines = row["lines"]
    counts.accepted = row["accepted"]
    counts.duplicates = row["duplicates"]
    counts.conflicts = row["conflicts"]
    counts.rejected = row["rejected"]
    counts.blank = row["blank"]
    let file: Int64 = row["file_id"]
    let ignored = try Row.fetchAll(
      database, sql: "SELECT name, lines FROM ignored_field WHERE file_id = ?", arguments: [file])
    return StagedFile(
      file: file, path: row["path"], format: row["format"], counts: counts,
      newRequests: row["new_requests"], prefixBytes: row["prefix_bytes"],
      prefixSHA256: [UInt8](row["prefix_sha256"] as Data),
      ignoredFields: Dictionary(ignored.map { ($0[0], $0[1]) }) { first, _ in first })
  }

  package static func save(_ database: Database, _ staged: StagedFile) throws {
    let counts = staged.counts
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO staged_file (id, file_id, path, format, lines, accepted, duplicates,
          conflicts, rejected, blank, new_requests, prefix_bytes, prefix_sha256)
        VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        staged.file, staged.path, staged.format, counts.lines, counts.accepted, counts.duplicates,
        counts.conflicts, counts.rejected, counts.blank, staged.newRequests, staged.prefixBytes,
        Data(staged.prefixSHA256),
      ])
    try FileTable.enter(database, ignored: staged.ignoredFields, of: staged.file)
  }

  /// Forgets that the file was staged: it is published.
  package static func finish(_ database: Database) throws {
    try database.execute(sql: "DELETE FROM staged_file")
  }

  /// Takes back all that was staged, as if the file had never been read; its names stay.
  package static func discard(_ database: Database) throws {
    let last = try lastPublished(database)
    if let staged = try file(database) {
      try removeKeys(database, after: last)
      try database.execute(
        sql: """
          DELETE FROM rejected_line WHERE file_id = ?;
          DELETE FROM ignored_field WHERE file_id = ?
          """, arguments: [staged.file, staged.file])
    }
    try database.execute(
      sql: """
        DELETE FROM attempt_context WHERE request_id > ?;
        DELETE FROM stored_attempt WHERE request_id > ?;
        DELETE FROM draft;
        DELETE FROM stored_request WHERE id > ?;
        DELETE FROM staged_file
        """, arguments: [last, last, last])
  }

  /// Removes the keys of the requests after a number, and of their events; those of drafts stand under
  /// the published request.
  private static func removeKeys(_ database: Database, after last: Int64) throws {
    let ofDrafts = try keysOfDrafts(database)
    try KeyRuns(database, .request).remove { $0.row > last }
    try KeyRuns(database, .event).remove { $0.row > last || ofDrafts.contains($0) }
  }

  /// The keys of the events of drafts.
  static func keysOfDrafts(_ database: Database) throws -> Set<KeyRuns.Place> {
    var keys: Set<KeyRuns.Place> = []
    let rows = try Row.fetchAll(database, sql: "SELECT id, continues FROM draft")
    guard !rows.isEmpty else { return keys }
    let dimensions = try Dimensions(database)
    let requests = try RequestTable(database)
    for row in rows {
      for line in try requests.stored(row[0], dimensions)?.lines ?? [] {
        let key = KeyRuns.rounded(TextKey.of(line.line.event.span))
        keys.insert(KeyRuns.Place(key: key, row: row[1]))
      }
    }
    return keys
  }

  /// The number of the last request that reports see.
  static func lastPublished(_ database: Database) throws -> Int64 {
    try Int64.fetchOne(database, sql: "SELECT last_request FROM publication") ?? 0
  }
}
