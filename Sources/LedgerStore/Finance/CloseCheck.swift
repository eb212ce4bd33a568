package import GRDB
package import Units

/// What a month's figures lack, to be seen before it is closed.
package struct CloseCheck: Hashable, Sendable {
  package struct Finding: Hashable, Sendable {
    package let name: String
    package let count: Int64
    package let meaning: String
  }

  package let findings: [Finding]

  package var isClean: Bool { findings.allSatisfy { $0.count == 0 } }

  package static func read(_ database: Database, _ month: UTCMonth) throws -> CloseCheck {
    func count(_ sql: String) throws -> Int64 {
      try Int64.fetchOne(
        database, sql: sql,
        arguments: [
          month.firstDay.start.milliseconds, month.next.firstDay.start.milliseconds,
        ]) ?? 0
    }
    let within = "started_ms >= ? AND started_ms < ?"
    return CloseCheck(findings: [
      Finding(
        name: "unpriced",
        count: try count("SELECT sum(unpriced_attempts) FROM request WHERE \(within)"),
        meaning: "model calls whose cost nobody knows; `prices import` their models"),
      Finding(
        name: "ungraded",
        count: try count("SELECT count(*) FROM request WHERE is_ungraded AND \(within)"),
        meaning: "fallbacks of which nobody can say whether they were downgrades; grade the models"),
      Finding(
        name: "unplanned",
        count: try count("SELECT count(*) FROM request_figure WHERE is_unplanned AND \(within)"),
        meaning: "requests without a planned cost; price their primaries"),
      Finding(
        name: "unattributed",
        count: try count("SELECT count(*) FROM request WHERE workflow_id IS NULL AND \(within)"),
        meaning: "requests that name no workflow; their cost is booked apart"),
      Finding(
        name: "quarantined",
        count: try Int64.fetchOne(database, sql: "SELECT count(*) FROM quarantine") ?? 0,
        meaning: "lines of any month that were not admitted; see `rejects list`"),
    ])
  }
}
