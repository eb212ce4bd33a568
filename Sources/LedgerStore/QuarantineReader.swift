package import GRDB

/// Reads the lines that were not admitted.
package enum QuarantineReader {
  package struct Line: Hashable, Sendable {
    package let file: String
    package let line: Int64
    package let byteOffset: Int64
    package let code: String
    package let reason: String
    package let excerpt: [UInt8]
  }

  /// By file, then line.
  package static func lines(_ database: Database) throws -> [Line] {
    let read = try RawStatement(
      database,
      """
      SELECT f.path, r.line, r.byte_offset, r.code, r.reason, r.excerpt
      FROM rejected_line r JOIN input_file f ON f.id = r.file_id
      ORDER BY f.path, r.line, r.id
      """)
    var lines: [Line] = []
    while try read.step() {
      lines.append(
        Line(
          file: read.text(0), line: read.int(1), byteOffset: read.int(2), code: read.text(3),
          reason: read.text(4), excerpt: read.blob(5)))
    }
    return lines
  }
}
