package import GRDB

/// Changes what the quarantine says of a line that was tried again.
///
/// Every line of a file counts as one thing: when a line is admitted after all, its file counts it as
/// accepted (or duplicate) and no longer as rejected (or conflicting).
package final class QuarantineTable {
  /// A line as it waits.
  package struct Waiting: Hashable, Sendable {
    package let id: Int64
    package let file: Int64
    package let line: Int64
    /// The name of the log format of its file.
    package let format: String
    package let isConflict: Bool
    package let excerpt: [UInt8]
    /// Whether it was admitted already.
    package let isMended: Bool
  }

  private let find: RawStatement
  private let next: RawStatement
  private let mend: RawStatement
  private let restate: RawStatement
  private let database: Database

  private static let columns = """
    SELECT r.id, r.file_id, r.line, f.format, r.code = 'conflict', r.excerpt,
      r.mended_by IS NOT NULL
    FROM rejected_line r JOIN input_file f ON f.id = r.file_id
    """

  package init(_ database: Database) throws {
    self.database = database
    find = try RawStatement(database, "\(Self.columns) WHERE r.line_sha256 = ? ORDER BY r.id")
    next = try RawStatement(
      database, "\(Self.columns) WHERE r.id > ? AND r.mended_by IS NULL ORDER BY r.id LIMIT 1")
    mend = try RawStatement(database, "UPDATE rejected_line SET mended_by = ? WHERE id = ?")
    restate = try RawStatement(
      database, "UPDATE rejected_line SET code = ?, reason = ?, excerpt = ? WHERE id = ?")
  }

  /// The lines of these bytes, one for each place where they stood; none if they were never rejected.
  package func lines(sha256: [UInt8]) throws -> [Waiting] {
    find.add(sha256)
    var lines: [Waiting] = []
    while try find.step() { lines.append(Self.line(find)) }
    return lines
  }

  /// The first line that waits after the one of this number.
  package func line(after id: Int64) throws -> Waiting? {
    next.add(id)
    defer { next.reset() }
    return try next.step() ? Self.line(next) : nil
  }

  /// Takes a line out of the quarantine: it is the attempt of this request, or a duplicate of one.
  package func mend(_ line: Waiting, by request: Int64?, isDuplicate: Bool) throws {
    mend.add(request)
    mend.add(line.id)
    try mend.run()
    try count(line, as: isDuplicate ? "duplicates" : "accepted")
  }

  /// Leaves a line in the quarantine for another reason than before.
  package func restate(
    _ line: Waiting, code: String, reason: String, excerpt: [UInt8], isConflict: Bool
  ) throws {
    restate.add(code)
    restate.add(reason)
    restate.add(excerpt)
    restate.add(line.id)
    try restate.run()
    try count(line, as: isConflict ? "conflicts" : "rejected")
  }

  /// Moves a line of its file from one count to another.
  private func count(_ line: Waiting, as new: String) throws {
    let old = line.isConflict ? "conflicts" : "rejected"
    guard old != new else { return }
    try database.execute(
      sql: "UPDATE input_file SET \(old) = \(old) - 1, \(new) = \(new) + 1 WHERE id = ?",
      arguments: [line.file])
  }

  private static func line(_ row: RawStatement) -> Waiting {
    Waiting(
      id: row.int(0), file: row.int(1), line: row.int(2), format: row.text(3),
      isConflict: row.int(4) == 1, excerpt: row.blob(5), isMended: row.int(6) == 1)
  }
}
