import Foundation
import TestSupport
import Testing

/// The worked questions of `queries/questions` on the demo and what it lacks.
@Suite("Worked questions")
struct QuestionTests {
  static let names: [String] = {
    let folder = Repository.path("queries/questions").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }.sorted()
  }()

  /// A ledger of both fixtures.
  static let filled = Task {
    try await withLedger { ledger in
      let demo = Repository.path("fixtures/demo").path
      try ledger.write(
        "questions.jsonl",
        Data(contentsOf: Repository.path("fixtures/questions/events.jsonl")))
      for command in [
        ["prices", "import", "\(demo)/prices.csv"], ["tenants", "import", "\(demo)/tenants.csv"],
        ["policy", "apply", "\(demo)/policy.yaml"], ["ingest", "\(demo)/events.jsonl.zst"],
        // By a name that is the same on every machine.
        ["ingest", "questions.jsonl"],
      ] { try await ledger.run(command) }
      // Nobody writes to it any more: one file is all of it.
      try SQLiteFile(ledger.path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
      return try Data(contentsOf: ledger.path)
    }
  }

  static func withFilled(_ body: (TestLedger) async throws -> Void) async throws {
    try await withLedger { ledger in
      try await filled.value.write(to: ledger.path)
      try await body(ledger)
    }
  }

  @Test("there are at least twenty-five, listed with a line each")
  func listed() async throws {
    #expect(Self.names.count >= 25)
    let lines = try await Program.run(["query", "--list"]).outText.split(separator: "\n")
    #expect(lines.map { String($0.prefix { $0 != " " }) } == Self.names)
    for line in lines {
      #expect(line.hasSuffix("?"))
      #expect(line.contains(#/^\w+ +<?[0-9.]+ s  /#), "says how long it takes: \(line)")
    }
  }

  @Test("each answers as its sample does, with something to see", arguments: names)
  func sample(name: String) async throws {
    try await Self.withFilled { ledger in
      let answer = try await ledger.run(["query", name, "--format", "csv"]).outText
      #expect(answer.split(separator: "\n").count > 1, "no row to see")
      let file = Repository.path("reports/sample/questions/\(name).csv")
      if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(answer.utf8).write(to: file)
      }
      #expect(answer == (try String(contentsOf: file, encoding: .utf8)))
    }
  }

  @Test(
    "each has a head that says question, grain, columns, check, what it reads and how long it may take",
    arguments: names)
  func head(name: String) async throws {
    let sql = try String(
      contentsOf: Repository.path("queries/questions/\(name).sql"), encoding: .utf8)
    for key in ["name", "question", "grain", "columns", "check", "reads", "takes"] {
      #expect(sql.contains("-- \(key):"), "\(key)")
    }
    // A figure, and of what; what reads sums or small tables is quick, what reads requests is not.
    let takes = try #require(sql.firstMatch(of: #/-- takes: +(.+)/#)).1
    if sql.contains(#/FROM (requests|attempts)\b/#) {
      #expect(takes.contains(#/^[0-9]+(\.[0-9]+)? s a month of 5 million requests$/#), "\(takes)")
    } else {
      #expect(takes == "under 0.1 s")
    }
    #expect(sql.contains("ORDER BY"))
    // Money is summed exactly.
    #expect(!sql.contains("total("))
    for sum in sql.matches(of: #/sum\((\w*_usd)\)/#) { #expect(sum.1.hasSuffix("_nano_usd")) }
    let shown = try await Program.run(["query", name, "--show"])
    #expect(shown.outText == sql)
  }

  @Test("take their values by name, checked")
  func values() async throws {
    try await Self.withFilled { ledger in
      let all = try await ledger.run(["query", "days_at_a_glance", "--format", "csv"]).outText
      let one = try await ledger.run([
        "query", "days_at_a_glance", "--set", "from=2026-10-05", "--set", "to=2026-10-06",
        "--format", "csv",
      ]).outText
      let day = try #require(all.split(separator: "\n").first { $0.hasPrefix("2026-10-05") })
      #expect(one.split(separator: "\n").dropFirst() == [day])
      for (values, what) in [
        (["frm=2026-10-05"], "did you mean `from`?"), (["from=soon"], "from is a day"),
        (["from"], "has no value"), (["from=2026-10-06", "to=2026-10-06"], "is not before"),
        (["from=2026-10-05", "from=2026-10-06"], "twice"),
      ] {
        let arguments = ["query", "days_at_a_glance"] + values.flatMap { ["--set", $0] }
        let outcome = try await ledger.run(arguments, status: 64)
        #expect(outcome.errText.contains(what), "\(outcome.errText)")
      }
      #expect(
        try await ledger.run(["query", "retry_storm"], status: 64).errText
          .contains("did you mean `retry_storms`?"))
      #expect(
        try await ledger.run(["query", "rejected_lines", "--set", "a=1"], status: 64).errText
          .contains("has no parameters"))
    }
  }

  /// From a day in a month to one in another, over whole months or none, and beyond all.
  static let spans: [(from: String?, to: String?)] = [
    (nil, nil), ("2026-09-01", "2026-10-01"), ("2026-10-01", "2026-11-01"),
    ("2026-09-28", "2026-10-04"), ("2026-09-28", nil), (nil, "2026-10-04"),
    ("2026-10-05", "2026-10-06"), ("2026-08-15", "2026-12-01"), ("2027-01-01", nil),
  ]

  @Test("count each day once, whether months or days are read", arguments: spans.indices)
  func monthsAndDays(index: Int) async throws {
    let (from, to) = Self.spans[index]
    let sets = [from.map { "from=\($0)" }, to.map { "to=\($0)" }].compactMap(\.self)
      .flatMap { ["--set", $0] }
    let within =
      "day >= '\(from ?? "0000")' AND day < '\(to ?? "9999")'"
    try await Self.withFilled { ledger in
      let file = SQLiteFile(ledger.path)
      func sums(_ name: String, _ columns: [String]) async throws -> [Int] {
        let rows = try JSONSerialization.jsonObject(
          with: try await ledger.run(["query", name, "--format", "json"] + sets).out)
        let objects = try #require(rows as? [[String: Any]])
        return columns.map { column in
          objects.reduce(0) { $0 + (($1[column] as? NSNumber)?.intValue ?? 0) }
        }
      }
      func counted(_ expression: String, _ condition: String = "1") throws -> Int {
        let rows = try file.rows(
          "SELECT ifnull(\(expression), 0) FROM requests WHERE \(within) AND \(condition)")
        return try #require(rows.first?.first?.flatMap { Int($0) })
      }
      let requests = try counted("count(*)")
      let downgraded = try counted("sum(is_downgraded)")
      #expect(try await sums("dearest_tenants", ["requests"]) == [requests])
      #expect(
        try await sums("who_stood_in", ["requests", "downgraded"]) == [requests, downgraded])
      #expect(
        try await sums("downgrades_by_tier", ["requests", "downgraded"]) == [requests, downgraded])
      #expect(
        try await sums("rescued_by_model", ["hit"]) == [try counted("sum(failed_attempts > 0)")])
      let losing = try file.rows(
        """
        SELECT tenant_id FROM (
          SELECT tenant_id, sum(CASE WHEN status LIKE 'served%' THEN revenue_nano_usd ELSE 0 END)
            - sum(cost_nano_usd) AS margin
          FROM requests WHERE \(within) GROUP BY tenant_id) WHERE margin < 0 ORDER BY margin, tenant_id
        """)
      let told = try await ledger.run(
        ["query", "tenants_below_zero_margin", "--format", "csv"] + sets
      ).outText
      #expect(
        told.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
          == losing.map { $0[0] })
      let cheaper = try file.rows(
        """
        SELECT "primary", served_by, count(*) FROM requests
        WHERE \(within) AND served_by <> "primary" GROUP BY 1, 2
        HAVING sum(planned_nano_usd) > sum(cost_nano_usd)
        ORDER BY sum(planned_nano_usd - cost_nano_usd) DESC, 1, 2
        """)
      let saving = try await ledger.run(
        ["query", "fallbacks_that_made_money", "--format", "csv"] + sets
      ).outText
      #expect(
        saving.split(separator: "\n").dropFirst().map {
          $0.split(separator: ",").prefix(3).map { String($0) }
        } == cheaper)
    }
  }

  @Test("add up to the report")
  func footing() async throws {
    try await Self.withFilled { ledger in
      let totals = try await ledger.report().object("totals")
      for view in [
        "requests", "daily", "daily_by_workflow", "daily_by_tenant", "daily_by_model",
        "monthly_by_workflow", "monthly_by_tenant", "monthly_by_model",
      ] {
        let count = view == "requests" ? "count(*)" : "sum(requests)"
        let rows = try SQLiteFile(ledger.path).rows(
          """
          SELECT \(count), sum(cost_nano_usd), sum(wasted_nano_usd), sum(planned_nano_usd)
          FROM \(view)
          """)
        let expected = [
          try totals.text("requests"), try totals.text("cost_usd"), try totals.text("wasted_usd"),
          try totals.text("planned_cost_usd"),
        ]
        let found = try #require(rows.first)
        #expect(found[0] == expected[0], "\(view)")
        for place in 1...3 {
          #expect(usd(try #require(found[place].flatMap { Int($0) })) == expected[place], "\(view)")
        }
      }
    }
  }
}
