package import GRDB
package import Units

/// What the figures of a period rest on, and what they lack.
package struct ReportBasis: Hashable, Sendable {
  /// The policy in force at the period's end, as `name (hash)`; nil without one.
  package let policy: String?
  /// Models with a price in force.
  package let pricedModels: Int64
  /// Models that attempts of the period called and that nobody priced.
  package let unpricedModels: [String]
  package let ungradedRequests: Int64
  package let unplannedRequests: Int64
  /// Lines in the quarantine, of whatever day: a line that cannot be read has none.
  package let rejectedLines: Int64
  package let conflictingLines: Int64
  /// The latest event that the ledger holds.
  package let lastEvent: Timestamp?
}

package enum BasisReader {
  package static func read(_ database: Database, _ day: UTCDay) throws -> ReportBasis {
    let number = Int64(day.daysSince1970)
    func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64 {
      try Int64.fetchOne(database, sql: sql, arguments: arguments) ?? 0
    }
    let policy = try Row.fetchOne(
      database,
      sql: """
        SELECT name, lower(substr(hex(sha256), 1, 12)) FROM policy WHERE from_day <= ?
        ORDER BY from_day DESC, id DESC LIMIT 1
        """, arguments: [number])
    return ReportBasis(
      policy: policy.map { "\($0[0] as String) (\($0[1] as String))" },
      pricedModels: try count(
        """
        SELECT count(*) FROM (SELECT DISTINCT provider, model FROM price WHERE effective_day <= ?)
        """, [number]),
      unpricedModels: try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT p.name || '/' || m.name AS name
          FROM request q JOIN attempt a ON a.request_id = q.id AND a.cost_source = 2
          JOIN route r ON r.id = a.route_id JOIN model m ON m.id = r.model_id
          JOIN provider p ON p.id = m.provider_id WHERE q.started_ms >= ? AND q.started_ms < ?
          ORDER BY name
          """,
        arguments: [day.start.milliseconds, day.advanced(by: 1).start.milliseconds]),
      ungradedRequests: try count(
        "SELECT count(*) FROM request WHERE is_ungraded AND started_ms >= ? AND started_ms < ?",
        [day.start.milliseconds, day.advanced(by: 1).start.milliseconds]),
      unplannedRequests: try count(
        "SELECT count(*) FROM request_figure WHERE is_unplanned AND started_ms >= ? AND started_ms < ?",
        [day.start.milliseconds, day.advanced(by: 1).start.milliseconds]),
      rejectedLines: try count("SELECT count(*) FROM quarantine WHERE code <> 'conflict'"),
      conflictingLines: try count("SELECT count(*) FROM quarantine WHERE code = 'conflict'"),
      lastEvent: try Int64.fetchOne(database, sql: "SELECT max(started_ms) FROM attempt").map {
        Timestamp(milliseconds: $0)
      })
  }
}
