package import GRDB
internal import Traffic
internal import Units

/// What a ledger holds, and what it lacks.
package struct LedgerStatus: Hashable, Sendable {
  package struct Line: Hashable, Sendable {
    package let name: String
    package let value: String
    package let isNumber: Bool
  }

  package let lines: [Line]
}

package enum StatusReader {
  package static func read(_ database: Database) throws -> LedgerStatus {
    var lines: [LedgerStatus.Line] = []

    func number(_ name: String, _ sql: String) throws {
      let value = try Int64.fetchOne(database, sql: sql) ?? 0
      lines.append(.init(name: name, value: String(value), isNumber: true))
    }
    func time(_ name: String, _ sql: String) throws {
      let value = try Int64.fetchOne(database, sql: sql).map {
        Timestamp(milliseconds: $0).description
      }
      lines.append(.init(name: name, value: value ?? "none", isNumber: false))
    }

    try time("first_request", "SELECT min(started_ms) FROM request")
    try time("last_request", "SELECT max(started_ms) FROM request")
    try number("requests", "SELECT count(*) FROM request")
    try number("lines", "SELECT count(*) FROM attempt")
    try number("files", "SELECT count(*) FROM input_file")
    try number("rejected_lines", "SELECT count(*) FROM quarantine WHERE code <> 'conflict'")
    try number("conflicting_lines", "SELECT count(*) FROM quarantine WHERE code = 'conflict'")
    try number("attribution_conflicts", "SELECT ifnull(sum(attribution_conflicts), 0) FROM request")
    for field in AttributionField.allCases where field != .tenant {
      try number(
        "requests_without_\(field.rawValue)",
        "SELECT count(*) FROM request WHERE \(field.table)_id IS NULL")
    }
    try number(
      "unattributed_requests",
      """
      SELECT count(*) FROM request r JOIN tenant t ON t.id = r.tenant_id
      WHERE t.name = 'unattributed'
      """)
    try number("unpriced_attempts", "SELECT count(*) FROM attempt WHERE cost_source = 2")
    let unpriced = try String.fetchAll(
      database,
      sql: """
        SELECT DISTINCT p.name || '/' || m.name AS name
        FROM attempt a JOIN route r ON r.id = a.route_id JOIN model m ON m.id = r.model_id
        JOIN provider p ON p.id = m.provider_id WHERE a.cost_source = 2 ORDER BY name
        """)
    lines.append(
      .init(
        name: "unpriced_models", value: unpriced.isEmpty ? "none" : unpriced.joined(separator: " "),
        isNumber: false))
    try number("priced_models", "SELECT count(*) FROM (SELECT DISTINCT provider, model FROM price)")
    try number("tenants_with_terms", "SELECT count(DISTINCT tenant) FROM tenant_terms")
    try number("policies", "SELECT count(*) FROM policy")
    return LedgerStatus(lines: lines)
  }
}
