internal import Foundation
package import GRDB

/// How the lines of one file fared.
package struct LineCounts: Hashable, Sendable {
  package var lines: Int64 = 0
  package var accepted: Int64 = 0
  package var duplicates: Int64 = 0
  package var conflicts: Int64 = 0
  package var rejected: Int64 = 0
  package var blank: Int64 = 0

  package init() {}

  /// events.md: no line is lost.
  package var areConserved: Bool {
    lines == accepted + duplicates + conflicts + rejected + blank
  }

  package static func + (left: LineCounts, right: LineCounts) -> LineCounts {
    var sum = left
    sum.lines += right.lines
    sum.accepted += right.accepted
    sum.duplicates += right.duplicates
    sum.conflicts += right.conflicts
    sum.rejected += right.rejected
    sum.blank += right.blank
    return sum
  }
}

/// A line that was not admitted, for the quarantine.
package struct RejectedLine: Hashable, Sendable {
  package let line: Int64
  package let byteOffset: Int64
  package let code: String
  package let reason: String
  package let sha256: [UInt8]
  /// At most 2,000 bytes.
  package let excerpt: [UInt8]

  package init(
    line: Int64, byteOffset: Int64, code: String, reason: String, sha256: [UInt8],
    excerpt: [UInt8]
  ) {
    self.line = line
    self.byteOffset = byteOffset
    self.code = code
    self.reason = reason
    self.sha256 = sha256
    self.excerpt = excerpt
  }
}

/// The files that were read, and what of them was not admitted.
package final class FileTable {
  private let database: Database
  private let reject: RawStatement

  package init(_ database: Database) throws {
    self.database = database
    reject = try RawStatement(
      database,
      """
      INSERT INTO rejected_line
        (file_id, line, byte_offset, code, reason, line_sha256, excerpt)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
  }

  /// The number under which the next file will be entered.
  package func nextID() throws -> Int64 {
    (try Int64.fetchOne(database, sql: "SELECT max(id) FROM input_file") ?? 0) + 1
  }

  /// The file that has this content, packed or not.
  package func file(contentSHA256: [UInt8]) throws -> Int64? {
    try Int64.fetchOne(
      database, sql: "SELECT id FROM input_file WHERE content_sha256 = ?",
      arguments: [contentSHA256.data])
  }

  /// The file that was seen in this packed form.
  package func file(rawSHA256: [UInt8]) throws -> Int64? {
    try Int64.fetchOne(
      database, sql: "SELECT file_id FROM file_copy WHERE raw_sha256 = ?",
      arguments: [rawSHA256.data])
  }

  package func hasFiles() throws -> Bool {
    try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT * FROM file_copy)") ?? false
  }

  package func enter(
    id: Int64, path: String, format: String, contentSHA256: [UInt8], bytes: Int64,
    counts: LineCounts, ignoredFields: [String: Int64]
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO input_file (id, content_sha256, path, format, bytes, lines, accepted,
          duplicates, conflicts, rejected, blank) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id, contentSHA256.data, path, format, bytes, counts.lines, counts.accepted,
        counts.duplicates, counts.conflicts, counts.rejected, counts.blank,
      ])
    try Self.enter(database, ignored: ignoredFields, of: id)
  }

  /// Notes the fields of a file that the ledger does not read, with as many lines as they had so far.
  static func enter(
    _ database: Database, ignored fields: [String: Int64], of file: Int64
  ) throws {
    for (name, lines) in fields.sorted(by: { $0.key < $1.key }) {
      try database.execute(
        sql: "INSERT OR REPLACE INTO ignored_field VALUES (?, ?, ?)",
        arguments: [file, name, lines])
    }
  }

  /// Forgets that a file was half taken in.
  package func finishStaging() throws { try Staging.finish(database) }

  /// Notes a packed form of a known file.
  package func enterCopy(rawSHA256: [UInt8], of file: Int64) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO file_copy VALUES (?, ?)", arguments: [rawSHA256.data, file])
  }

  package func reject(_ line: RejectedLine, file: Int64) throws {
    reject.add(file)
    reject.add(line.line)
    reject.add(line.byteOffset)
    reject.add(line.code)
    reject.add(line.reason)
    reject.add(line.sha256)
    reject.add(line.excerpt)
    try reject.run()
  }
}

extension [UInt8] {
  /// As GRDB binds a blob.
  fileprivate var data: Data { Data(self) }
}
