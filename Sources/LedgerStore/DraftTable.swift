internal import GRDB

/// What of the requests is published, and the drafts: lines of published requests that a file brought
/// of which not all is taken in yet (schema 0001).
final class DraftTable {
  private let database: Database
  /// Requests up to this number are seen by reports.
  private(set) var lastPublished: Int64
  /// By the published request.
  private var drafts: [Int64: Int64] = [:]
  private var published: [Int64: Int64] = [:]

  init(_ database: Database) throws {
    self.database = database
    lastPublished = try Int64.fetchOne(database, sql: "SELECT last_request FROM publication") ?? 0
    let rows = try RawStatement(database, "SELECT id, continues FROM draft")
    while try rows.step() { note(rows.int(0), continuing: rows.int(1)) }
  }

  func draft(of request: Int64) -> Int64? { drafts[request] }

  func published(behind draft: Int64) -> Int64? { published[draft] }

  /// Published requests and their drafts, in the order of the first.
  var all: [(published: Int64, draft: Int64)] {
    drafts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func enter(_ draft: Int64, continuing request: Int64) throws {
    try WriteBehind.settle(database)
    try database.execute(sql: "INSERT INTO draft VALUES (?, ?)", arguments: [draft, request])
    note(draft, continuing: request)
  }

  /// Removes a draft and its request's row.
  func remove(_ draft: Int64) throws {
    try WriteBehind.settle(database)
    try database.execute(sql: "DELETE FROM draft WHERE id = ?", arguments: [draft])
    try database.execute(sql: "DELETE FROM stored_request WHERE id = ?", arguments: [draft])
    if let request = published.removeValue(forKey: draft) { drafts[request] = nil }
  }

  func publish(upTo last: Int64) throws {
    guard last != lastPublished else { return }
    try database.execute(sql: "UPDATE publication SET last_request = ?", arguments: [last])
    lastPublished = last
  }

  private func note(_ draft: Int64, continuing request: Int64) {
    drafts[request] = draft
    published[draft] = request
  }
}
