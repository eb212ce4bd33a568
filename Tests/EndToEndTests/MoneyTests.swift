import Foundation
import TestSupport
import Testing

/// The fixture whose README works out every amount by hand.
@Suite("Money, from files to figures")
struct MoneyTests {
  private static func file(_ name: String) -> String {
    Repository.path("fixtures/money/\(name)").path
  }

  /// A ledger with the fixture's events, prices, contracts, tenants, payments, and a policy.
  private func withMoney(_ body: (TestLedger) async throws -> Void) async throws {
    try await withLedger { ledger in
      for name in ["prices.csv", "contracts.csv"] {
        try await ledger.run(["prices", "import", Self.file(name)])
      }
      for name in ["tenants.csv", "top_ups.csv"] {
        try await ledger.run(["tenants", "import", Self.file(name)])
      }
      let policy = try await Program.run(["policy", "preset", "five-class"])
      try await ledger.run(
        [
          "policy", "apply", try ledger.write("policy.yaml", policy.out).path, "--from",
          "2026-01-01",
        ])
      try await ledger.ingest(Self.file("events.jsonl"))
      try await body(ledger)
    }
  }

  @Test("every attempt costs what was agreed, and the list price is kept beside")
  func costs() async throws {
    try await withMoney { ledger in
      let rows = try SQLiteFile(ledger.path).rows(
        """
        SELECT event_id, cost_nano_usd / 1000, catalog_cost_nano_usd / 1000,
          list_cost_nano_usd / 1000, cost_source
        FROM attempts ORDER BY event_id
        """)
      #expect(
        rows == [
          ["m1/0", "4410", "4410", nil, "catalog"], ["m2/0", "2850", "2850", "3000", "catalog"],
          ["m3/0", "0", nil, nil, "unpriced"], ["m4/0", "3000", "3000", "4500", "catalog"],
          ["m5/0", "4000", "2850", "3000", "reported"],
          ["m6/0", "3000", "3000", "4500", "catalog"],
          ["m7/0", "3000", "3000", "4500", "catalog"],
        ])
      try await ledger.run(["verify"])
    }
  }

  @Test("a total says how its cost is known, beside cli.md's measures")
  func sources() async throws {
    try await withMoney { ledger in
      let report = try await ledger.report("--by", "tenant_id")
      #expect(try report.object("totals").text("cost_usd") == "0.020260000")
      let totals = try report.object("cost_sources").object("totals")
      let reported = try totals.object("reported")
      #expect(try reported.list(["attempts", "cost_usd"]) == ["1", "0.004000000"])
      let catalog = try totals.object("catalog")
      #expect(try catalog.list(["attempts", "cost_usd"]) == ["5", "0.016260000"])
      #expect(try totals.object("unpriced").text("attempts") == "1")
      let groups = try report.object("cost_sources").objects("groups")
      #expect(try groups.map { try $0.object("catalog").text("attempts") } == ["2", "3"])
    }
  }

  @Test("a budget at a moment: stages by the request that reached them, prepaid, agreement")
  func budget() async throws {
    try await withMoney { ledger in
      let outcome = try await ledger.run(
        ["budget", "acme", "--at", "2026-10-03", "--format", "json"])
      let budget = try JSONObject(outcome.out)
      #expect(
        try budget.list(["requests", "spent_usd", "limit_usd", "utilisation", "stage"])
          == ["4", "0.011260000", "0.010000000", "1.126", "critical_only"])
      let crossings = try budget.objects("crossings").map { try $0.list(["stage", "request_id"]) }
      #expect(crossings == [["watch", "m2"], ["constrained", "m5"], ["critical_only", "m5"]])
      let prepaid = try budget.object("prepaid")
      #expect(
        try prepaid.list(["since", "paid_usd", "spent_usd", "left_usd", "exhausted_by"])
          == ["2026-10-01", "0.015000000", "0.011260000", "0.003740000", "null"])
      let snapshots = try budget.object("spent_snapshots")
      #expect(try snapshots.list(["lines", "agreeing"]) == ["3", "2"])
      #expect(
        try snapshots.object("largest").list(["request_id", "gateway_usd", "ledger_usd"])
          == ["m5", "0.007000000", "0.007260000"])
    }
  }

  @Test(
    "each moment has its own state: what starts then is not booked yet",
    arguments: [
      ("2026-10-01T09:00:00Z", "0.004410000", "normal", "null"),
      ("2026-10-01T09:00:00.001Z", "0.007260000", "watch", "m2"),
      ("2026-10-02", "0.007260000", "watch", "null"), ("2026-11", "0.000000000", "normal", "null"),
    ])
  func moments(at: String, spent: String, stage: String, exhaustedBy: String) async throws {
    try await withMoney { ledger in
      let budget = try JSONObject(
        try await ledger.run(["budget", "acme", "--at", at, "--format", "json"]).out)
      #expect(try budget.list(["spent_usd", "stage"]) == [spent, stage])
      #expect(try budget.object("prepaid").text("exhausted_by") == exhaustedBy)
    }
  }

  @Test("a budget month begins on the tenant's day where the tenant is")
  func billingMonth() async throws {
    try await withMoney { ledger in
      let budget = try JSONObject(
        try await ledger.run(["budget", "birch", "--at", "2026-10-20", "--format", "json"]).out)
      #expect(
        try budget.object("month").list(["from", "to"])
          == ["2026-10-14T22:00:00.000Z", "2026-11-14T23:00:00.000Z"])
      #expect(try budget.list(["requests", "spent_usd"]) == ["1", "0.003000000"])
      #expect(try budget.object("spent_snapshots").list(["lines", "agreeing"]) == ["1", "1"])
      let text = try await ledger.run(["budget", "birch", "--at", "2026-10-20"]).outText
      #expect(text.contains("(day 15, Europe/Berlin)"))
      let nobody = try await ledger.run(["budget", "nobody"], status: 65)
      #expect(nobody.errText.contains("the ledger has no tenant `nobody`"))
    }
  }

  @Test("an import says what is dearer and cheaper, and by how much last month's bill would move")
  func importing() async throws {
    try await withMoney { ledger in
      let before = try Data(contentsOf: ledger.path)
      let trial = try JSONObject(
        try await ledger.run(
          ["prices", "import", Self.file("prices_november.csv"), "--dry-run", "--format", "json"]
        ).out)
      #expect(
        try trial.object("models").list(["new", "dearer", "cheaper", "gone"])
          == ["1", "1", "1", "0"])
      let changes = try trial.objects("changes").map {
        try $0.list(["model", "change", "bill_movement_usd"])
      }
      // claude: m1's 500 plain tokens cost 500 more. gpt-5: m2 and m5 cost 950 less each.
      #expect(
        changes == [
          ["openai/gpt-5", "cheaper", "-0.001900000"],
          ["anthropic/claude", "dearer", "0.000500000"],
        ])
      #expect(
        // birch's prices are fixed, and m3's tier has no price in either.
        try trial.object("bill").list(["month", "movement_usd", "attempts"])
          == ["2026-10", "-0.001400000", "3"])
      let month = try #require(try trial.objects("months").first)
      // In the ledger only m2 moves: m1 was the day before, m5 is reported.
      #expect(try month.object("before").text("cost_usd") == "0.020260000")
      #expect(try month.object("after").text("cost_usd") == "0.019310000")
      #expect(try Data(contentsOf: ledger.path) == before)
    }
  }

  @Test("a catalog that waits changes nothing until reprice puts it in force, all at once")
  func repricing() async throws {
    try await withMoney { ledger in
      func cost() async throws -> String {
        try await ledger.report().object("totals").text("cost_usd")
      }
      try await ledger.run(["prices", "import", Self.file("prices_november.csv"), "--later"])
      #expect(try await cost() == "0.020260000")
      try await ledger.run(["verify"])
      let trial = try await ledger.run(["reprice", "--dry-run"])
      #expect(trial.outText.contains("Months before and after"))
      #expect(try await cost() == "0.020260000")
      let months = try JSONObject(try await ledger.run(["reprice", "--format", "json"]).out)
        .objects("months")
      #expect(try months[0].object("after").text("cost_usd") == "0.019310000")
      #expect(try await cost() == "0.019310000")
      try await ledger.run(["verify"])
      #expect(try await ledger.run(["reprice"]).errText.contains("no catalog waits"))
    }
  }

  @Test("a refused catalog leaves everything as it was")
  func allOrNothing() async throws {
    try await withMoney { ledger in
      let before = try Data(contentsOf: ledger.path)
      let bad = """
        provider,model,effective_from,input_usd_per_million,output_usd_per_million
        openai,gpt-5,2026-10-01,1,1
        openai,gpt-6,2026-10-01,-1,1
        """
      let refused = try await ledger.run(
        ["prices", "import", try ledger.write("bad.csv", bad).path], status: 65)
      #expect(
        refused.errText.contains("bad.csv:3: input_usd_per_million: the price -1 is negative"))
      #expect(try Data(contentsOf: ledger.path) == before)
    }
  }

  @Test("explain shows the row that applies and why, for a bare name too")
  func explain() async throws {
    try await withMoney { ledger in
      try await ledger.run(["prices", "import", Self.file("prices_november.csv")])
      let text = try await ledger.run(
        ["prices", "explain", "gpt-5", "--at", "2026-09-30"]
      ).outText
      #expect(text.contains("Price of openai/gpt-5 on 2026-09-30"))
      #expect(text.contains("the only provider's model of that name"))
      #expect(text.contains("The list price from 2026-01-01 applies"))
      #expect(text.contains("begins later"))
      let contracted = try await ledger.run(
        ["prices", "explain", "anthropic/claude", "--at", "2026-10-05", "--tenant", "birch"]
      ).outText
      #expect(contracted.contains("A contract applies instead"))
      #expect(contracted.contains("fixed prices"))
      let unknown = try await ledger.run(["prices", "explain", "gpt-9"], status: 65)
      #expect(unknown.errText.contains("the catalog has no price of `gpt-9`"))
    }
  }

  @Test("drift tells reported from catalog by model, and ends with 1 above its bound")
  func drift() async throws {
    try await withMoney { ledger in
      let models = try JSONObject(
        try await ledger.run(["prices", "drift", "--format", "json"]).out
      ).objects("models")
      #expect(
        try models.map { try $0.list(["model", "attempts", "gross_usd"]) }
          == [["openai/gpt-5", "1", "0.001150000"]])
      // 1,150 of 2,850 is a little over 40.35 %.
      try await ledger.run(["prices", "drift", "--max-drift", "40.36%"])
      let over = try await ledger.run(["prices", "drift", "--max-drift", "0.4035"], status: 1)
      #expect(over.errText.contains("openai/gpt-5"))
    }
  }
}

extension JSONObject {
  /// The members' texts in the order of `keys`.
  fileprivate func list(_ keys: [String]) throws -> [String] { try keys.map { try text($0) } }
}
