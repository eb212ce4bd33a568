package import GRDB

/// Reads the lines that wait in the quarantine.
package enum QuarantineReader {
  package struct Line: Hashable, Sendable {
    package let file: String
    package let line: Int64
    package let byteOffset: Int64
    package let code: String
    package let reason: String
    /// Of all its bytes: the line's identity in the quarantine.
    package let sha256: [UInt8]
    package let excerpt: [UInt8]
  }

  /// By file, then line.
  package static func forEach(_ database: Database, _ body: (Line) throws -> Void) throws {
    let read = try RawStatement(
      database,
      """
      SELECT file, line, byte_offset, code, reason, line_sha256, excerpt FROM quarantine
      ORDER BY file, line, id
      """)
    while try read.step() {
      try body(
        Line(
          file: read.text(0), line: read.int(1), byteOffset: read.int(2), code: read.text(3),
          reason: read.text(4), sha256: read.blob(5), excerpt: read.blob(6)))
    }
  }

  package static func lines(_ database: Database) throws -> [Line] {
    var lines: [Line] = []
    try forEach(database) { lines.append($0) }
    return lines
  }
}
