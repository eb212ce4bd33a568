/// The SQL of this folder, embedded in the program and found by name.
package enum QueryCatalog {
  /// A numbered step of the schema; never edited after a release.
  package struct Migration: Sendable {
    package let number: Int32
    package let name: String
    package let sql: String
  }

  /// A question to which a sound ledger answers with no row; the rows are what is wrong, in the
  /// columns `subject`, `found` and `expected`.
  package struct Check: Sendable {
    package let name: String
    /// What holds when there is no row, as the head of the file says it.
    package let promise: String
    package let sql: String

    init(_ bytes: [UInt8]) {
      sql = QueryCatalog.text(bytes)
      name = QueryCatalog.head("name", of: sql)
      promise = QueryCatalog.head("promise", of: sql)
    }
  }

  /// In the order in which they run.
  package static let migrations: [Migration] = [
    Migration(number: 1, name: "ledger", sql: text(PackageResources._001_ledger_sql)),
    Migration(number: 2, name: "mended_line", sql: text(PackageResources._002_mended_line_sql)),
    Migration(
      number: 3, name: "request_context", sql: text(PackageResources._003_request_context_sql)),
    Migration(number: 4, name: "money", sql: text(PackageResources._004_money_sql)),
    Migration(number: 5, name: "finance", sql: text(PackageResources._005_finance_sql)),
  ]

  /// How requests ended, what they cost and did to the margin (`reports/summary.sql`).
  package static let summary = text(PackageResources.summary_sql)

  /// Reported against catalog cost by model (`reports/price_drift.sql`).
  package static let priceDrift = text(PackageResources.price_drift_sql)

  /// What `verify` asks, in the order in which it asks (`checks/`).
  package static let checks: [Check] = [
    Check(PackageResources.conserved_lines_sql),
    Check(PackageResources.accepted_lines_sql),
    Check(PackageResources.lines_used_once_sql),
    Check(PackageResources.quarantined_lines_sql),
    Check(PackageResources.attempts_have_requests_sql),
    Check(PackageResources.requests_have_attempts_sql),
    Check(PackageResources.attempt_contexts_sql),
    Check(PackageResources.request_sums_sql),
    Check(PackageResources.day_plans_sql),
    Check(PackageResources.month_plans_sql),
    Check(PackageResources.margin_bridge_sql),
    Check(PackageResources.cuts_add_up_sql),
  ]

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// What the line `-- key:` at the head of a file says.
  private static func head(_ key: String, of sql: String) -> String {
    let start = "-- \(key):"
    for line in sql.split(separator: "\n") where line.hasPrefix(start) {
      return String(line.dropFirst(start.count).drop { $0 == " " })
    }
    return ""
  }
}
