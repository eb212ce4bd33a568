import Foundation
import TestSupport
import Testing
import Units

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
      let months = try await ledger.report("--by", "month").objects("groups").map {
        try $0.object("key").text("month")
      }
      let (first, last) = (try #require(months.min()), try #require(months.max()))
      let beyond = try await closeAll(ledger, from: first, to: last)
      // The money's requests correct a closed month, and one close is undone.
      try await ledger.ingest(Repository.path("fixtures/money/events.jsonl").path)
      try await ledger.run(["close", beyond])
      try await ledger.run(["close", beyond, "--reopen", "--why", "to see that it is checked too"])
      try await ledger.run(["close", beyond])
      return try Data(contentsOf: ledger.path)
    }
  }

  /// Closes the months from one to another, one after the other; returns the next.
  private static func closeAll(
    _ ledger: TestLedger, from first: String, to last: String
  ) async throws -> String {
    var month = try #require(UTCMonth(first))
    while month.description <= last {
      try await ledger.run(["close", month.description])
      month = month.next
    }
    return month.description
  }

  /// Breaks a sound ledger by some SQL, and tells which checks see it. What one walk finds, the checks
  /// find that are asked one by one, in the same words.
  private static func broken(
    by sql: String, status: Int32 = 1, isThorough: Bool = true,
    _ location: SourceLocation = #_sourceLocation
  ) async throws -> Set<String> {
    try await withLedger { ledger in
      try await sound.value.write(to: ledger.path)
      try SQLiteFile(ledger.path).execute("PRAGMA ignore_check_constraints = ON; \(sql)")
      let arguments = ["verify", "--format", "json"]
      let outcome = try await ledger.run(arguments, status: status, location)
      if isThorough {
        let other = try await ledger.run(arguments + ["--thorough"], status: status, location)
        #expect(outcome.outText == other.outText, sourceLocation: location)
      }
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
    ("constraints", "UPDATE input_file SET bytes = -1 WHERE id = 1"),
    ("constraints", "UPDATE key_run SET number_bytes = 9 WHERE id = 1"),
    ("schema", "DROP INDEX request_by_day"),
    ("schema", "CREATE TABLE note (text TEXT)"),
    ("schema", "DROP VIEW requests; CREATE VIEW requests AS SELECT * FROM request"),
    (
      "schema",
      "CREATE TRIGGER silent AFTER UPDATE ON stored_request BEGIN DELETE FROM stored_attempt; END"
    ),
    ("references", "UPDATE stored_request SET workflow_id = 999 WHERE id = 1"),
    ("references", "UPDATE stored_attempt SET file_id = 999"),
    ("references", "UPDATE rejected_line SET mended_by = 999 WHERE id = 1"),
    ("words", "UPDATE request_status SET name = 'lost' WHERE id = 6"),
    ("words", "INSERT INTO failure_kind VALUES (14, 'gremlins')"),
    ("conserved_lines", "UPDATE input_file SET lines = lines + 1 WHERE id = 1"),
    ("conserved_lines", "UPDATE input_file SET blank = -1, rejected = rejected + 2 WHERE id = 1"),
    (
      "accepted_lines",
      "UPDATE input_file SET accepted = accepted - 1, duplicates = duplicates + 1 WHERE id = 1"
    ),
    ("accepted_lines", "UPDATE stored_request SET file_id = 2 WHERE id = \(lone)"),
    ("accepted_lines", "DELETE FROM stored_attempt WHERE request_id = \(several)"),
    ("lines_used_once", "UPDATE stored_attempt SET line = 2"),
    ("lines_used_once", "UPDATE stored_request SET line = 1000 WHERE id = \(lone)"),
    (
      "quarantined_lines",
      "UPDATE input_file SET rejected = 0, blank = blank + rejected WHERE id = 1"
    ),
    ("quarantined_lines", "UPDATE rejected_line SET code = 'conflict' WHERE code <> 'conflict'"),
    ("attempts_have_requests", "DELETE FROM stored_request WHERE id = \(several)"),
    (
      "attempts_have_requests",
      "UPDATE stored_attempt SET request_id = 999 WHERE request_id = \(several)"
    ),
    (
      "attempts_have_requests",
      "UPDATE stored_request SET content_hash = 1 WHERE id = \(several)"
    ),
    ("requests_have_attempts", "DELETE FROM stored_attempt WHERE request_id = \(several)"),
    ("requests_have_attempts", "UPDATE stored_request SET content_hash = NULL"),
    ("attempt_contexts", "UPDATE attempt_context SET tenant_id = 999"),
    ("attempt_contexts", "UPDATE attempt_context SET place = 999"),
    (
      "request_sums",
      "UPDATE stored_request SET output_tokens = output_tokens + 1 WHERE id = \(several)"
    ),
    ("request_sums", "UPDATE stored_attempt SET input_tokens = input_tokens + 1"),
    ("request_sums", "UPDATE stored_attempt SET cost_nano_usd = 9223372036854775807"),
    ("day_plans", "UPDATE plan_day SET planned_nano_usd = planned_nano_usd - 1"),
    ("day_plans", "DELETE FROM plan_day"),
    ("day_plans", "INSERT INTO plan_day VALUES (1, 0, 1, 5, 1)"),
    ("month_plans", "UPDATE plan_month SET requests = requests + 1"),
    ("month_plans", "UPDATE plan_month SET planned_carry = planned_carry + 1"),
    ("month_plans", "INSERT INTO plan_month VALUES (1, 1, 0, 5, 1)"),
    (
      "margin_bridge",
      "UPDATE stored_request SET status = 9, event_revenue_nano_usd = 7 WHERE id = 1"
    ),
    ("cuts_add_up", "DELETE FROM tenant WHERE id = 1"),
    (
      "cuts_add_up",
      "DELETE FROM route WHERE id = (SELECT primary_route_id FROM stored_request LIMIT 1)"
    ),
    (
      "cuts_add_up",
      "UPDATE stored_request SET cost_nano_usd = cost_nano_usd + 1 WHERE id = \(several)"
    ),
    (
      "fee_shares",
      "UPDATE stored_request SET fee_share_nano_usd = fee_share_nano_usd + 1 WHERE id = 1"
    ),
    ("fee_shares", "UPDATE stored_request SET fee_share_nano_usd = 0"),
    ("fee_shares", "UPDATE tenant_terms SET monthly_fee_nano_usd = monthly_fee_nano_usd + 1"),
    ("keys", "DELETE FROM key_chunk WHERE id = (SELECT max(id) FROM key_chunk)"),
    ("keys", "DELETE FROM key_run WHERE kind = 1"),
    (
      "keys",
      """
      UPDATE key_chunk SET entries = CAST(substr(entries, 2) || x'00' AS BLOB)
      WHERE id = (SELECT min(id) FROM key_chunk)
      """
    ),
    (
      "keys",
      """
      INSERT INTO user (id, name) SELECT 999, name FROM user WHERE id = 1;
      INSERT INTO key_run SELECT 900, kind, bits, number_bytes, 1 FROM key_run
        WHERE kind = 2 LIMIT 1;
      INSERT INTO key_chunk SELECT 900 << 20, entries FROM key_chunk
        WHERE id = (SELECT id << 20 FROM key_run WHERE kind = 2 LIMIT 1)
      """
    ),
    ("contents", "UPDATE user SET name = name || 'x'"),
    (
      "contents",
      "UPDATE stored_request SET latency_ms = ifnull(latency_ms, 0) + 1 WHERE id = \(lone)"
    ),
    ("contents", "UPDATE stored_attempt SET own_index = own_index + 1"),
    ("contents", "UPDATE stored_request SET usage_detail = '{\"audio_input_tokens\":1}'"),
    ("contents", "UPDATE stored_request SET usage_detail = NULL"),
    ("contents", "UPDATE stored_request SET priced_model_id = 1"),
    ("words", "UPDATE service_tier SET name = 'slow' WHERE id = 1"),
    ("request_sums", "UPDATE stored_request SET catalog_part_nano_usd = 1"),
    ("derivations", "UPDATE contract_price SET multiplier_billionths = 1"),
    ("derivations", "UPDATE stored_request SET list_cost_nano_usd = list_cost_nano_usd + 1"),
    ("derivations", "UPDATE stored_request SET list_cost_nano_usd = NULL"),
    ("derivations", "UPDATE price SET output_usd = '0.5'"),
    ("derivations", "DELETE FROM policy"),
    ("derivations", "UPDATE tenant_terms SET tier = 'unheard-of'"),
    ("derivations", "UPDATE tenant_terms SET revenue_per_request_nano_usd = 1"),
    ("derivations", "DELETE FROM attempt_context"),
    (
      "derivations",
      """
      INSERT INTO attempt_context SELECT a.request_id, a.place, r.tenant_id, r.tier_id, r.user_id,
        r.application_id, r.feature_id, r.workflow_id, r.assistant_id, r.thread_id, r.session_id,
        r.environment_id, r.given_class, iif(r.primary_is_stated, r.primary_route_id, NULL)
      FROM stored_attempt a JOIN stored_request r ON r.id = a.request_id
      WHERE a.place = 1 AND a.request_id NOT IN (SELECT request_id FROM attempt_context) LIMIT 1
      """
    ),
    (
      "derivations",
      "UPDATE stored_attempt SET place = 9 WHERE place = 0 AND request_id = \(several)"
    ),
    ("derivations", "UPDATE stored_attempt SET request_day = 7 WHERE request_id = \(several)"),
    ("derivations", "UPDATE stored_attempt SET cost_nano_usd = cost_nano_usd + 1"),
    ("derivations", "UPDATE stored_request SET catalog_cost_nano_usd = 1 WHERE id = \(lone)"),
    ("derivations", "UPDATE stored_request SET cost_source = 2 WHERE id = \(lone)"),
    ("derivations", "UPDATE stored_request SET outcome = 1 - outcome WHERE id = \(lone)"),
    (
      "closed_months",
      "UPDATE closed_file SET content = CAST(content || ' ' AS BLOB) WHERE name = 'journal'"
    ),
    ("closed_months", "UPDATE closed_file SET sha256 = replace(sha256, '0', '1')"),
    ("closed_months", "DELETE FROM closed_file WHERE name = 'totals'"),
    ("closed_months", "UPDATE closed_file SET rows = rows + 1 WHERE name = 'focus'"),
    ("closed_months", "UPDATE closed_file SET part = part + 1, name = 'csv' WHERE name = 'focus'"),
    ("closed_months", "UPDATE closed_fact SET amounts = amounts || '0' WHERE kind = 'charges'"),
    ("closed_months", "UPDATE closed_fact SET amounts = '0' || amounts || '0'"),
    ("closed_months", "DELETE FROM closed_fact WHERE kind = 'margins'"),
    ("closed_months", "UPDATE closed_fact SET month = month - 1 WHERE kind = 'charges'"),
    ("closed_months", "UPDATE closing SET month = month + 9 WHERE reopened_ms IS NOT NULL"),
    ("closed_months", "UPDATE closing SET manifest = manifest || ' '"),
    ("rollups", "UPDATE daily_sum SET cost_nano_usd = cost_nano_usd + 1 WHERE cut = 3"),
    ("rollups", "DELETE FROM daily_attempt"),
    ("rollups", "UPDATE hourly_request SET hour = hour + 24000"),
    ("rollups", "UPDATE stand_in_sum SET planned_nano_usd = planned_nano_usd + 1 WHERE cut = 2"),
    ("rollups", "UPDATE daily_sum SET stood_in_nano_usd = stood_in_nano_usd + 1 WHERE cut = 1"),
    ("rollups", "UPDATE daily_sum SET waiting = waiting + 1 WHERE cut = 3"),
    ("rollups", "UPDATE monthly_sum SET failed_attempts = failed_attempts + 1 WHERE cut = 2"),
    ("rollups", "DELETE FROM monthly_sum WHERE cut = 1"),
    ("rollups", "INSERT INTO monthly_wait VALUES (1, 24321, 0, 1, 1, 1, 1)"),
    ("rollups", "INSERT INTO monthly_wait VALUES (1, 9223372036854775807, 0, 1, 1, 1, 1)"),
    ("rollups", "UPDATE calendar SET name = name || '?'"),
    ("rollups", "INSERT INTO budget_limit VALUES (2, 2, 7, 7)"),
  ]

  /// A request with one attempt, and one with several.
  private static let lone =
    "(SELECT min(id) FROM stored_request WHERE content_hash IS NOT NULL AND action = 0)"
  private static let several = "(SELECT min(request_id) FROM stored_attempt)"

  @Test("sees a ledger that breaks a promise", arguments: mutations.indices)
  func mutation(index: Int) async throws {
    let (check, sql) = Self.mutations[index]
    #expect(try await Self.broken(by: sql).contains(check), "\(sql)")
  }

  @Test("sees a month that is kept by its days though its sums fit")
  func splitMonth() async throws {
    let rest = try await withLedger { ledger in
      try await Self.sound.value.write(to: ledger.path)
      let given: Set = ["cut", "month", "day", "a", "b"]
      return try SQLiteFile(ledger.path).columns(of: "monthly_sum").filter { !given.contains($0) }
        .joined(separator: ", ")
    }
    let broken = try await Self.broken(
      by: """
        DELETE FROM monthly_sum;
        DELETE FROM monthly_wait;
        INSERT INTO monthly_sum (cut, month, day, a, b, \(rest))
        SELECT cut, 12 * strftime('%Y', day * 86400, 'unixepoch')
          + strftime('%m', day * 86400, 'unixepoch') - 1, day, a, b, \(rest) FROM daily_sum;
        INSERT INTO monthly_wait (cut, month, day, a, b, model_id, requests)
        SELECT cut, month, day, a, b, model_id, requests FROM stand_in_sum WHERE model_id <> 0
        """)
    #expect(broken == ["rollups"])
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
    arguments: [("stored_request", 61), ("stored_attempt", 32)])
  func columns(table: String, count: Int) async throws {
    let given: Set = ["id", "request_id", "event_id", "file_id", "line", "place"]
    let columns = try await withLedger { ledger in
      try await Self.sound.value.write(to: ledger.path)
      return try SQLiteFile(ledger.path).columns(of: table).filter { !given.contains($0) }
    }
    #expect(columns.count == count)
    for column in columns {
      let value =
        switch column {
        case "failure_word", "failure_message", "decision_reason": "ifnull(\(column), '') || 'x'"
        default: "ifnull(\(column), 0) + 1"
        }
      let key = table == "stored_attempt" ? "(request_id, place)" : "id"
      // A failure that was served in the end, of a request with every kind of figure.
      let row =
        table == "stored_attempt" ? "outcome = 1 LIMIT 1" : "failure_kind IS NOT NULL LIMIT 1"
      let checks = try await Self.broken(
        by: """
          UPDATE \(table) SET \(column) = \(value)
          WHERE \(key) = (SELECT \(key.filter { $0 != "(" && $0 != ")" }) FROM \(table) WHERE \(row))
          """, isThorough: false)
      #expect(
        !checks.isDisjoint(with: ["contents", "derivations", "fee_shares", "references"]),
        "\(column): \(checks)")
    }
  }

  @Test("20: warns of names that Unicode takes for the same, and holds")
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

  @Test("10: a file that is damaged ends with 78", arguments: [0.3, 0.6, 0.9])
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

  @Test("10: a view whose text was hit, so that nothing can be asked of it, is damage")
  func brokenView() async throws {
    try await withLedger { ledger in
      try await Self.sound.value.write(to: ledger.path)
      try SQLiteFile(ledger.path).execute(
        """
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'iif(', 'iig(')
          WHERE type = 'view' AND sql LIKE '%FROM stored_request%'
        """)
      let outcome = try await ledger.run(["verify"], status: 78)
      #expect(outcome.out.isEmpty)
      #expect(outcome.errText.contains("is damaged"), "\(outcome.errText)")
    }
  }

  @Test("an index that lacks a row is damage, as a query would not see the row")
  func staleIndex() async throws {
    try await withLedger { ledger in
      try await Self.sound.value.write(to: ledger.path)
      // The index becomes one over fewer rows; then its definition is put back.
      let sql = "CREATE INDEX request_by_day ON stored_request (day)"
      try SQLiteFile(ledger.path).execute(
        """
        DROP INDEX request_by_day;
        \(sql) WHERE id > 1;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = '\(sql)' WHERE name = 'request_by_day'
        """)
      let outcome = try await ledger.run(["verify"], status: 78)
      #expect(outcome.errText.contains("request_by_day"), "\(outcome.errText)")
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
