import Foundation
import TestSupport
import Testing

/// The views that people build on, and the one place that describes them.
@Suite("The public schema")
struct PublicSchemaTests {
  private static let viewNames = [
    "requests", "attempts", "daily", "daily_by_workflow", "daily_by_tenant", "daily_by_model",
    "tenants", "prices", "policies", "rejects", "ingested_files", "monthly_by_workflow",
    "monthly_by_tenant", "monthly_by_model",
  ]

  /// View, column, unit and meaning as `schema` prints them.
  private static func described() async throws -> [[String]] {
    let text = try await Program.run(["schema", "--format", "json"]).out
    return try JSONObject(text).objects("rows").map { row in
      try ["view", "column", "unit", "meaning"].map(row.text)
    }
  }

  @Test("describes every column of every view, in their order", arguments: viewNames)
  func complete(view: String) async throws {
    let described = try await Self.described().filter { $0[0] == view }
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      let columns = try SQLiteFile(ledger.path).rows(
        "SELECT name FROM pragma_table_info('\(view)')")
      #expect(columns.map { $0[0] } == described.map { $0[1] })
      // The comments in the database are the same lines.
      let sql = try #require(
        try SQLiteFile(ledger.path).rows(
          "SELECT sql FROM sqlite_schema WHERE name = '\(view)'")[0][0])
      for row in described {
        let line = sql.split(separator: "\n").first { $0.hasPrefix("-- \(row[1]) ") }
        #expect(line?.hasSuffix("| \(row[3])") == true, "\(row[1])")
      }
    }
    for row in described { #expect(!row[2].isEmpty && !row[3].isEmpty, "\(row)") }
  }

  @Test("has these views and no other")
  func views() async throws {
    var seen: [String] = []
    for row in try await Self.described() where seen.last != row[0] { seen.append(row[0]) }
    #expect(seen == Self.viewNames)
  }

  @Test("docs/schema.md is what `schema` prints")
  func page() async throws {
    let printed = try await Program.run(["schema", "--format", "markdown"]).outText
    let file = Repository.path("docs/schema.md")
    let head = """
      # The public schema

      Made by `fallback-ledger schema --format markdown` from the comments of the views in `queries/schema`,
      which stand in every ledger too. These views stay as they are from version to version; tables do not.
      Money stands twice: `*_nano_usd` is exact, `*_usd` is for reading. Sum the first and divide once at the end.


      """
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try Data((head + printed).utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == head + printed)
  }

  @Test("names the nearest view, and shows one alone")
  func one() async throws {
    let wrong = try await Program.run(["schema", "request"])
    #expect(wrong.status == 64 && wrong.errText.contains("did you mean `requests`?"))
    let tenants = try await Program.run(["schema", "tenants"])
    #expect(tenants.outText.hasPrefix("tenants\n") && !tenants.outText.contains("served_by"))
    for line in tenants.outText.split(separator: "\n") { #expect(line.count <= 80) }
  }

  @Test("gives money twice, times in UTC, and names for numbers", arguments: viewNames)
  func values(view: String) async throws {
    let columns = try await Self.described().filter { $0[0] == view }
    try await QuestionTests.withFilled { ledger in
      let file = SQLiteFile(ledger.path)
      func wrong(_ column: String, _ condition: String) throws {
        let rows = try file.rows(
          """
          SELECT "\(column)" FROM \(view) WHERE NOT ("\(column)" IS NULL OR \(condition)) LIMIT 1
          """)
        #expect(rows == [], "\(view).\(column)")
      }
      for (name, unit) in columns.map({ ($0[1], $0[2]) }) {
        let value = "\"\(name)\""
        func has(type: String) -> String { "typeof(\(value)) = '\(type)'" }
        switch unit {
        case "nano-USD":
          let twin = name.replacing("_nano_usd", with: "_usd")
          #expect(columns.contains { $0[1] == twin && $0[2] == "USD" }, "\(view).\(name)")
          try wrong(name, "\(has(type: "integer")) AND \(value) / 1e9 = \(twin)")
        case "count", "tokens", "bytes", "ms", "number": try wrong(name, has(type: "integer"))
        case "0 or 1": try wrong(name, "\(has(type: "integer")) AND \(value) IN (0, 1)")
        case "UTC time":
          try wrong(name, "strftime('%Y-%m-%dT%H:%M:%fZ', \(value)) = \(value)")
        case "UTC day": try wrong(name, "date(\(value)) = \(value)")
        case "UTC month": try wrong(name, "strftime('%Y-%m', \(value) || '-01') = \(value)")
        case "text", "word", "model", "hex", "JSON": try wrong(name, has(type: "text"))
        default: #expect(unit.contains("USD"), "\(view).\(name) has the unit \(unit)")
        }
      }
    }
  }
}
