import Foundation
import TestSupport
import Testing

@Suite("verify")
struct VerifyTests {
  /// A ledger with something of everything that is checked: the small day, a LiteLLM log (attempts
  /// without an index of their own) and a request whose attempts disagree.
  private static let sound = Task {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(SmallDay.events)
      try await ledger.ingest(Repository.path("fixtures/litellm/proxy-s3.jsonl.zst").path)
      let second = Lines.native("torn").replacing(#""attempt":0"#, with: #""attempt":1"#)
        .replacing("acme", with: "globex")
      try await ledger.ingest(
        try ledger.write("torn.jsonl", Lines.native("torn") + "\n" + second + "\n").path)
      let contract = "provider,effective_from,multiplier\nopenai,2026-01-01,0.9\n"
      try await ledger.run(["prices", "import", try ledger.write("contract.csv", contract).path])
      try await ledger.ingest(Repository.path("fixtures/money/events.jsonl").path)
      return try Data(contentsOf: ledger.path)
    }
  }

  /// Breaks a sound ledger by some SQL, and tells which checks see it.
  private static func broken(
    by sql: String, status: Int32 = 1, _ location: SourceLocation = #_sourceLocation
  ) async throws -> Set<String> {
    try await withLedger { ledger in
      try await sound.value.write(to: ledger.path)
      try SQLiteFile(ledger.path).execute("PRAGMA ignore_check_constraints = ON; \(sql)")
      let outcome = try await ledger.run(["verify", "--format", "json"], status: status, location)
      let verdict = try JSONObject(outcome.out)
      #expect(try verdict.text("holds") == (status == 0 ? "1" : "0"), sourceLocation: location)
      return Set(
        try verdict.objects("checks").filter { try $0.count("breaches") > 0 }.map { check in
          #expect(!(try check.objects("first").isEmpty), sourceLocation: location)
          return try check.text("name")
        })
    }
  }

  @Test("a ledger that nobody touched holds every promise")
  func sound() async throws {
    #expect(try await Self.broken(by: "SELECT 1", status: 0) == [])
  }

  @Test("and so does an empty one")
  func empty() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.run(["verify"])
    }
  }

  /// What each check is there to see. Where one wrong value breaks several promises, the one named is
  /// among them.
  private static let mutations: [(check: String, sql: String)] = [
    ("constraints", "UPDATE attempt SET latency_ms = -1 WHERE id = 1"),
    ("constraints", "UPDATE request SET is_ungraded = 2 WHERE id = 1"),
    ("schema", "DROP INDEX request_by_start"),
    ("schema", "CREATE TABLE note (text TEXT)"),
    ("schema", "DROP VIEW requests; CREATE VIEW requests AS SELECT * FROM request"),
    (
      "schema",
      "CREATE TRIGGER silent AFTER UPDATE ON request BEGIN DELETE FROM attempt; END"
    ),
    ("references", "UPDATE request SET workflow_id = 999 WHERE id = 1"),
    ("references", "UPDATE attempt SET file_id = 999 WHERE id = 1"),
    ("references", "UPDATE rejected_line SET mended_by = 999 WHERE id = 1"),
    ("words", "UPDATE request_status SET name = 'lost' WHERE id = 6"),
    ("words", "INSERT INTO failure_kind VALUES (14, 'gremlins')"),
    ("conserved_lines", "UPDATE input_file SET lines = lines + 1 WHERE id = 1"),
    ("conserved_lines", "UPDATE input_file SET blank = -1, rejected = rejected + 2 WHERE id = 1"),
    (
      "accepted_lines",
      "UPDATE input_file SET accepted = accepted - 1, duplicates = duplicates + 1 WHERE id = 1"
    ),
    ("accepted_lines", "UPDATE attempt SET file_id = 2 WHERE id = 1"),
    ("accepted_lines", "DELETE FROM attempt WHERE id = 3"),
    ("lines_used_once", "UPDATE attempt SET line = 2 WHERE id = 1"),
    ("lines_used_once", "UPDATE attempt SET line = 1000 WHERE id = 1"),
    (
      "quarantined_lines",
      "UPDATE input_file SET rejected = 0, blank = blank + rejected WHERE id = 1"
    ),
    ("quarantined_lines", "UPDATE rejected_line SET code = 'conflict' WHERE code <> 'conflict'"),
    ("attempts_have_requests", "DELETE FROM request WHERE id = 2"),
    ("attempts_have_requests", "UPDATE attempt SET request_id = 999 WHERE id = 2"),
    ("requests_have_attempts", "DELETE FROM attempt WHERE request_id = 2"),
    ("attempt_contexts", "UPDATE attempt_context SET tenant_id = 999"),
    (
      "attempt_contexts",
      "UPDATE attempt_context SET attempt_id = 999 WHERE attempt_id = "
        + "(SELECT min(attempt_id) FROM attempt_context)"
    ),
    ("request_sums", "UPDATE request SET output_tokens = output_tokens + 1 WHERE id = 1"),
    ("request_sums", "UPDATE attempt SET input_tokens = input_tokens + 1 WHERE id = 1"),
    ("request_sums", "UPDATE attempt SET cost_nano_usd = 9223372036854775807 WHERE request_id = 2"),
    ("day_plans", "UPDATE plan_day SET planned_nano_usd = planned_nano_usd - 1"),
    ("day_plans", "DELETE FROM plan_day"),
    ("day_plans", "INSERT INTO plan_day VALUES (1, 0, 1, 5, 1)"),
    ("month_plans", "UPDATE plan_month SET requests = requests + 1"),
    ("month_plans", "INSERT INTO plan_month VALUES (1, 1, 5, 1)"),
    ("margin_bridge", "UPDATE request SET status = 9, revenue_nano_usd = 7 WHERE id = 1"),
    ("cuts_add_up", "DELETE FROM tenant WHERE id = 1"),
    ("cuts_add_up", "DELETE FROM route WHERE id = (SELECT primary_route_id FROM request LIMIT 1)"),
    ("cuts_add_up", "UPDATE request SET cost_nano_usd = cost_nano_usd + 1 WHERE id = 1"),
    ("fee_shares", "UPDATE request SET fee_share_nano_usd = fee_share_nano_usd + 1 WHERE id = 1"),
    ("fee_shares", "UPDATE request SET fee_share_nano_usd = 0"),
    ("fee_shares", "UPDATE tenant_terms SET monthly_fee_nano_usd = monthly_fee_nano_usd + 1"),
    ("keys", "DELETE FROM event_key WHERE id = 1"),
    ("keys", "UPDATE request_key SET key = key + 1 WHERE id = 2"),
    ("keys", "INSERT INTO thread_key VALUES (1, 999)"),
    (
      "keys",
      """
      INSERT INTO user (id, name) SELECT 999, name FROM user WHERE id = 1;
      INSERT INTO user_key SELECT key, 999 FROM user_key WHERE id = 1
      """
    ),
    ("contents", "UPDATE user SET name = name || 'x'"),
    ("contents", "UPDATE attempt SET latency_ms = ifnull(latency_ms, 0) + 1 WHERE id = 1"),
    ("details_have_attempts", "INSERT INTO attempt_list_cost VALUES (999, 1)"),
    (
      "details_have_attempts", "INSERT INTO attempt_detail VALUES (999, 0, 0, 0, 0, 0, NULL, NULL)"
    ),
    ("request_sums", "UPDATE request SET catalog_cost_nano_usd = 1 WHERE id = 1"),
    ("contents", "UPDATE attempt_detail SET cache_write_1h_tokens = cache_write_1h_tokens + 1"),
    ("contents", "UPDATE attempt_detail SET priced_model_id = 1"),
    ("contents", "DELETE FROM attempt_detail"),
    ("words", "UPDATE service_tier SET name = 'slow' WHERE id = 1"),
    ("derivations", "UPDATE contract_price SET multiplier_billionths = 1"),
    ("derivations", "UPDATE attempt_list_cost SET list_nano_usd = list_nano_usd + 1"),
    ("derivations", "DELETE FROM attempt_list_cost"),
    ("derivations", "UPDATE price SET output_usd = '0.5'"),
    ("derivations", "DELETE FROM policy"),
    ("derivations", "UPDATE tenant_terms SET tier = 'unheard-of'"),
    ("derivations", "UPDATE tenant_terms SET revenue_per_request_nano_usd = 1"),
    ("derivations", "DELETE FROM attempt_context"),
    (
      "derivations",
      """
      INSERT INTO attempt_context (attempt_id, tenant_id) SELECT a.id, r.tenant_id
      FROM attempt a JOIN request r ON r.id = a.request_id LIMIT 1
      """
    ),
    ("derivations", "UPDATE attempt SET position = 7 WHERE id = 1"),
    ("derivations", "UPDATE attempt SET attempt = attempt + 1 WHERE has_own_index = 0"),
    ("derivations", "UPDATE attempt SET cost_nano_usd = cost_nano_usd + 1 WHERE id = 1"),
    ("derivations", "UPDATE attempt SET catalog_cost_nano_usd = 1 WHERE id = 1"),
    ("derivations", "UPDATE attempt SET cost_source = 2 WHERE id = 1"),
    ("derivations", "UPDATE attempt SET outcome = 1 - outcome WHERE id = 1"),
  ]

  @Test("sees a ledger that breaks a promise", arguments: mutations.indices)
  func mutation(index: Int) async throws {
    let (check, sql) = Self.mutations[index]
    #expect(try await Self.broken(by: sql).contains(check), "\(sql)")
  }

  @Test("has a mutation for every check")
  func everyCheck() async throws {
    try await withLedger { ledger in
      try await Self.sound.value.write(to: ledger.path)
      let verdict = try JSONObject(try await ledger.run(["verify", "--format", "json"]).out)
      let errors = try verdict.objects("checks").filter { try $0.text("severity") == "error" }
      #expect(Set(try errors.map { try $0.text("name") }) == Set(Self.mutations.map(\.check)))
    }
  }

  /// Every column of the facts by a wrong value: what is derived is derived again, and what is not is
  /// in the content hash. Where a line came from can be told only from the file.
  @Test(
    "sees any column of a request or an attempt that was changed",
    arguments: [("request", 39), ("attempt", 28)])
  func columns(table: String, count: Int) async throws {
    let given: Set = ["id", "request_id", "event_id", "file_id", "line"]
    let columns = try await withLedger { ledger in
      try await Self.sound.value.write(to: ledger.path)
      return try SQLiteFile(ledger.path).columns(of: table).filter { !given.contains($0) }
    }
    #expect(columns.count == count)
    for column in columns {
      let value =
        switch column {
        case "content_hash": "zeroblob(16)"
        case "has_own_index": "1 - has_own_index"
        case "failure_word", "failure_message", "decision_reason": "ifnull(\(column), '') || 'x'"
        default: "ifnull(\(column), 0) + 1"
        }
      // A failure that was served in the end, of a request with every kind of figure.
      let row = table == "attempt" ? "outcome = 1 LIMIT 1" : "status = 1 LIMIT 1"
      let checks = try await Self.broken(
        by: """
          UPDATE \(table) SET \(column) = \(value)
          WHERE id = (SELECT id FROM \(table) WHERE \(row))
          """)
      #expect(
        !checks.isDisjoint(with: ["contents", "derivations", "fee_shares", "references"]),
        "\(column): \(checks)")
    }
  }

  @Test("warns of names that Unicode takes for the same, and holds")
  func twins() async throws {
    let composed = "caf\u{E9}"
    let decomposed = "cafe\u{301}"
    try await withLedger { ledger in
      let lines = [composed, decomposed].map {
        Lines.native("of-\($0.utf8.count)").replacing("acme", with: $0)
      }
      try await ledger.ingest(
        try ledger.write("twins.jsonl", lines.joined(separator: "\n")).path)
      let verdict = try JSONObject(try await ledger.run(["verify", "--format", "json"]).out)
      #expect(try verdict.text("holds") == "1")
      let twins = try #require(
        try verdict.objects("checks").first { try $0.text("name") == "name_twins" })
      #expect(try twins.text("severity") == "warning")
      #expect(try twins.count("breaches") == 1)
      let found = try twins.objects("first")[0].text("found")
      #expect(found == #"cafe\u{301} and caf\u{E9}"#)
      let text = try await ledger.run(["verify"]).outText
      #expect(text.contains("name_twins") && text.contains("warning"))
    }
  }

  @Test("a file that is damaged ends with 78", arguments: [0.3, 0.6, 0.9])
  func damage(place: Double) async throws {
    try await withLedger { ledger in
      var bytes = try await Self.sound.value
      let start = Int(Double(bytes.count) * place) / 4096 * 4096
      bytes.replaceSubrange(start..<start + 4096, with: Data(repeating: 0xA5, count: 4096))
      try bytes.write(to: ledger.path)
      let outcome = try await ledger.run(["verify"], status: 78)
      #expect(outcome.out.isEmpty)
      #expect(outcome.errText.contains("is damaged"), "\(outcome.errText)")
    }
    try await withLedger { ledger in
      let bytes = try await Self.sound.value
      try bytes.prefix(bytes.count / 2 / 4096 * 4096).write(to: ledger.path)
      try await ledger.run(["verify"], status: 78)
    }
  }

  @Test("an index that lacks a row is damage, as a query would not see the row")
  func staleIndex() async throws {
    try await withLedger { ledger in
      try await Self.sound.value.write(to: ledger.path)
      // The index becomes one over fewer rows; then its definition is put back.
      let sql = "CREATE INDEX request_by_start ON request (started_ms)"
      try SQLiteFile(ledger.path).execute(
        """
        DROP INDEX request_by_start;
        \(sql) WHERE id > 1;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = '\(sql)' WHERE name = 'request_by_start'
        """)
      let outcome = try await ledger.run(["verify"], status: 78)
      #expect(outcome.errText.contains("request_by_start"), "\(outcome.errText)")
    }
  }

  @Test("changes nothing")
  func readOnly() async throws {
    try await withLedger { ledger in
      try await Self.sound.value.write(to: ledger.path)
      try await ledger.run(["verify"])
      #expect(try Data(contentsOf: ledger.path) == (try await Self.sound.value))
    }
  }
}
