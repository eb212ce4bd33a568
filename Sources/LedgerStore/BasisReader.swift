package import GRDB
package import Units

/// What the figures of a period rest on, and what they lack.
package struct ReportBasis: Hashable, Sendable {
  /// The policy in force at the period's end, as `name (hash)`; nil without one.
  package let policy: String?
  /// Models with a price in force at the period's end.
  package let pricedModels: Int64
  /// The latest day from which one of these prices holds, and where it came from.
  package let priceVersion: PriceVersion?
  /// Models that attempts of the period called and that nobody priced.
  package let unpricedModels: [String]
  package let ungradedRequests: Int64
  package let unplannedRequests: Int64
  /// Lines in the quarantine, of whatever day: a line that cannot be read has none.
  package let rejectedLines: Int64
  package let conflictingLines: Int64
  /// The hour, by its beginning, in which the latest request that the ledger holds started.
  package let lastHour: Timestamp?
  /// The file that was taken in last, without its folders; nil for none.
  package let lastFile: String?

  package struct PriceVersion: Hashable, Sendable {
    package let day: UTCDay
    package let source: String
  }
}

package enum BasisReader {
  package static func read(_ database: Database, _ days: DaySpan) throws -> ReportBasis {
    let first = Int64(days.first?.daysSince1970 ?? -1_000_000)
    let end = Int64(days.end?.daysSince1970 ?? 1_000_000)
    func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64 {
      try Int64.fetchOne(database, sql: sql, arguments: arguments) ?? 0
    }
    let policy = try Row.fetchOne(
      database,
      sql: """
        SELECT name, lower(substr(hex(sha256), 1, 12)) FROM policy WHERE from_day < ?
        ORDER BY from_day DESC, id DESC LIMIT 1
        """, arguments: [end])
    let price = try Row.fetchOne(
      database,
      sql: """
        SELECT effective_day, source FROM price WHERE effective_day < ?
        ORDER BY effective_day DESC, source LIMIT 1
        """, arguments: [end])
    return ReportBasis(
      policy: policy.map { "\($0[0] as String) (\($0[1] as String))" },
      pricedModels: try count(
        """
        SELECT count(*) FROM (SELECT DISTINCT provider, model FROM price WHERE effective_day < ?)
        """, [end]),
      priceVersion: price.map {
        ReportBasis.PriceVersion(day: UTCDay(daysSince1970: $0[0]), source: $0[1])
      },
      unpricedModels: try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT p.name || '/' || m.name AS name
          FROM daily_attempt h JOIN model m ON m.id = h.model_id
          JOIN provider p ON p.id = m.provider_id
          WHERE h.unpriced > 0 AND h.day >= ? AND h.day < ? ORDER BY name
          """, arguments: [first, end]),
      ungradedRequests: try count(
        "SELECT ifnull(sum(ungraded), 0) FROM daily_sum WHERE cut = 1 AND day >= ? AND day < ?",
        [first, end]),
      unplannedRequests: try count(
        "SELECT ifnull(sum(unplanned), 0) FROM stand_in_part WHERE cut = 1 AND day >= ? AND day < ?",
        [first, end]),
      rejectedLines: try count("SELECT count(*) FROM quarantine WHERE code <> 'conflict'"),
      conflictingLines: try count("SELECT count(*) FROM quarantine WHERE code = 'conflict'"),
      lastHour: try Int64.fetchOne(database, sql: "SELECT max(hour) FROM hourly_request").map {
        Timestamp(milliseconds: $0 * 3_600_000)
      },
      lastFile: try String.fetchOne(
        database, sql: "SELECT path FROM input_file ORDER BY id DESC LIMIT 1"
      ).map { path in path.split(separator: "/").last.map(String.init) ?? path })
  }
}
