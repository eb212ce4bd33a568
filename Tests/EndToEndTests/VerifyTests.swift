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
