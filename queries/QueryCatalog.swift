/// The SQL of this folder, embedded in the program and found by name.
package enum QueryCatalog {
  /// A numbered step of the schema; never edited after a release.
  package struct Migration: Sendable {
    package let number: Int32
    package let name: String
    package let sql: String
  }

  /// In the order in which they run.
  package static let migrations: [Migration] = [
    Migration(number: 1, name: "ledger", sql: text(PackageResources._001_ledger_sql))
  ]

  /// How requests ended, what they cost and did to the margin (`reports/summary.sql`).
  package static let summary = text(PackageResources.summary_sql)

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
