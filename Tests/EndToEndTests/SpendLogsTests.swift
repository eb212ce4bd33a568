import Foundation
import TestSupport
import Testing

@Suite("LiteLLM's SpendLogs")
struct SpendLogsTests {
  private static let folder = "fixtures/formats/litellm_spendlogs"

  @Test(
    "rows give the requests that were worked out without the program",
    arguments: ["rows.jsonl", "copy.csv"], ["auto", "litellm"])
  func rows(file: String, format: String) async throws {
    let list = try JSONSerialization.jsonObject(
      with: Data(contentsOf: Repository.path("fixtures/expected/litellm-spendlogs.json")))
    let expected = try #require(list as? [[String: Any]])
    try await withLedger { ledger in
      try await ledger.ingest(
        Repository.path("\(Self.folder)/\(file)").path,
        options: ["--from-format", format, "--strict"])
      let rows = try SQLiteFile(ledger.path).rows(
        """
        SELECT request_id, status, primary_group, served_by, tenant_id, feature, attempts,
          cost_nano_usd
        FROM requests
        """)
      #expect(rows.count == expected.count)
      let byID = Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0) })
      for request in expected {
        let id = try #require(request["request_id"] as? String)
        let row = try #require(byID[id])
        let outcome = request["outcome"] as? String ?? ""
        let status = ["fallback": "served_fallback", "failed": "failed"][outcome]
        #expect(row[1] == status ?? "served_primary", "\(id)")
        let group = request["primary_group"] as? String
        #expect(row[2] == (group == "" ? nil : group), "\(id)")
        #expect(row[3] == request["served"] as? String, "\(id)")
        #expect(row[4] == request["tenant_id"] as? String ?? "unattributed", "\(id)")
        #expect(row[5] == request["feature"] as? String, "\(id)")
        #expect(row[6].flatMap { Int($0) } == request["attempts"] as? Int, "\(id)")
        let cost = Decimal(string: request["cost_usd"] as? String ?? "")
        var nano = (cost ?? 0) * 1_000_000_000
        var rounded = Decimal()
        NSDecimalRound(&rounded, &nano, 0, .bankers)
        #expect(row[7].flatMap { Decimal(string: $0) } == rounded, "\(id)")
      }
      try await ledger.run(["verify"])
    }
  }

  @Test("a table without a header that is known is refused, with what is known")
  func noHeader() async throws {
    let text = try String(
      contentsOf: Repository.path("\(Self.folder)/copy.csv"), encoding: .utf8)
    try await withLedger { ledger in
      let rows = text.drop { $0 != "\n" }.dropFirst()
      let file = try ledger.write("copy.csv", String(rows))
      let outcome = try await ledger.run(["ingest", file.path], status: 65)
      #expect(outcome.errText.contains("is of no format that is known here"))
    }
  }

  @Test("objects stand one to a file, joined, pretty-printed or in a list, and say the same")
  func shapes() async throws {
    let lines = try Lines.liteLLM("proxy-s3")
    let objects = try lines.map { try JSONSerialization.jsonObject(with: $0) }
    let pretty = try objects.map {
      try JSONSerialization.data(withJSONObject: $0, options: .prettyPrinted)
    }
    let shapes: [[Data]] = [
      lines, pretty, [Data(lines.joined())], [Data(pretty.joined())],
      [Data("[\n".utf8) + Data(pretty.joined(separator: Data(",\n".utf8))) + Data("\n]\n".utf8)],
    ]
    var reports: Set<Data> = []
    for shape in shapes {
      try await withLedger { ledger in
        for (place, bytes) in shape.enumerated() {
          try ledger.write("2026-11-\(16 + place % 3)/\(place).json", bytes)
        }
        let folders = Set(shape.indices.map { "2026-11-\(16 + $0 % 3)" }).sorted()
        let paths = folders.map { ledger.folder.appending(path: $0).path }
        let outcome = try await ledger.run(["ingest", "--json", "--strict"] + paths)
        #expect(try JSONObject(outcome.out).count("accepted") == lines.count)
        reports.insert(try await ledger.run(["report", "--format", "json"]).out)
      }
    }
    #expect(reports.count == 1)
  }

  @Test("--map says where attribution stands, before the places that are known")
  func map() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(
        Repository.path("\(Self.folder)/rows.jsonl").path,
        options: [
          "--map", "workflow=request_tags[step]", "--map", "tenant=metadata.user_api_key_alias",
        ])
      let rows = try SQLiteFile(ledger.path).rows(
        "SELECT DISTINCT tenant_id FROM requests WHERE tenant_id LIKE 'team-%'")
      #expect(rows.isEmpty)
      let workflows = try SQLiteFile(ledger.path).rows(
        "SELECT DISTINCT workflow FROM requests WHERE workflow IS NOT NULL")
      #expect(workflows.contains(["classify"]))
    }
    try await withLedger { ledger in
      for (wrong, word) in [
        ("workflow", "no `=`"), ("workflw=a", "did you mean `workflow`"),
        ("workflow=a..b", "no path"),
      ] {
        let outcome = try await ledger.run(["ingest", "x", "--map", wrong], status: 64)
        #expect(outcome.errText.contains(word), "\(outcome.errText)")
      }
    }
  }
}
