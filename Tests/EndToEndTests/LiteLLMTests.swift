import Foundation
import TestSupport
import Testing

@Suite("LiteLLM's logs")
struct LiteLLMTests {
  @Test(
    "an excerpt gives the totals that were worked out without the program",
    arguments: ["correlated", "proxy-s3"], ["auto", "litellm"])
  func totals(name: String, format: String) async throws {
    let expected = try JSONObject(
      Data(contentsOf: Repository.path("fixtures/expected/litellm-\(name).json")))
    try await withLedger { ledger in
      let result = try await ledger.ingest(
        Repository.path("fixtures/litellm/\(name).jsonl.zst").path,
        options: ["--from-format", format])
      for key in ["lines", "requests"] {
        #expect(try result.text(key) == expected.text(key))
      }
      #expect(try result.text("accepted") == expected.text("lines"))

      let totals = try await ledger.report().object("totals")
      let measures = [
        "requests", "served", "served_primary", "served_fallback", "failed", "attempts",
        "failed_attempts", "input_tokens", "cached_input_tokens", "output_tokens", "cost_usd",
        "wasted_usd",
      ]
      #expect(try totals.texts(measures) == expected.texts(measures))

      let file = SQLiteFile(ledger.path)
      let models = try file.rows(
        """
        SELECT provider || '/' || model, count(*), sum(cost_nano_usd) FROM attempts GROUP BY 1
        """)
      let byModel = try expected.object("models")
      #expect(Set(models.compactMap { $0[0] }) == byModel.keys)
      for row in models {
        let model = try byModel.object(try #require(row[0]))
        #expect(try model.text("attempts") == row[1])
        #expect(try model.text("cost_usd") == usd(try #require(Int(row[2] ?? ""))))
      }
      let tokens = try file.rows(
        "SELECT sum(cache_write_tokens), sum(reasoning_tokens) FROM attempts")
      #expect(try tokens[0][0] == expected.text("cache_write_tokens"))
      #expect(try tokens[0][1] == expected.text("reasoning_tokens"))
    }
  }

  /// On the proxy a margin of 8 % on OpenAI and a discount of 5 % on Anthropic were configured.
  @Test(
    "its catalog, and contracts as configured, give the very cost that LiteLLM logged",
    arguments: [
      ("correlated", nil, 21),
      ("proxy-s3", "openai,2026-01-01,1.08\nanthropic,2026-01-01,0.95", 15),
    ] as [(String, String?, Int)])
  func catalogCost(name: String, contracts: String?, least: Int) async throws {
    try await withLedger { ledger in
      let catalog = Repository.path("fixtures/prices/litellm_excerpt.json").path
      try await ledger.run(["prices", "import", catalog])
      if let contracts {
        let file = try ledger.write(
          "contracts.csv", "provider,effective_from,multiplier\n\(contracts)\n")
        try await ledger.run(["prices", "import", file.path])
      }
      try await ledger.ingest(Repository.path("fixtures/litellm/\(name).jsonl.zst").path)
      // Cost 0 with tokens is an answer out of LiteLLM's cache. The deployment azure/gpt-51-eu is
      // billed as azure/eu/gpt-5.1.
      let rows = try SQLiteFile(ledger.path).rows(
        """
        SELECT count(*), sum(reported_cost_nano_usd <> catalog_cost_nano_usd),
          count(DISTINCT provider || '/' || model), sum(provider = 'azure') > 0
        FROM attempts WHERE reported_cost_nano_usd > 0 AND catalog_cost_nano_usd IS NOT NULL
        """)
      let priced = try #require(Int(rows[0][0] ?? ""))
      #expect(priced >= least)
      #expect(rows[0][1] == "0")
      #expect(rows[0][3] == "1")
    }
  }

  @Test("the lines of each request are brought together", arguments: ["correlated", "proxy-s3"])
  func grouping(name: String) async throws {
    let expected = try JSONObject(
      Data(contentsOf: Repository.path("fixtures/expected/litellm-\(name).json")))
    try await withLedger { ledger in
      try await ledger.ingest(Repository.path("fixtures/litellm/\(name).jsonl.zst").path)
      let rows = try SQLiteFile(ledger.path).rows(
        """
        SELECT request_id, status, attempts, served_by, tenant_id, workflow, cost_nano_usd
        FROM requests
        """)
      // Where a trace id may be a session, its request is named by it and a mark of its own.
      let byID = Dictionary(grouping: rows) { row in
        (row[0] ?? "").prefix { $0 != "#" }.description
      }
      for request in try expected.objects("per_request") {
        let found = byID[try request.text("request_id")] ?? []
        #expect(found.count == 1)
        let row = try #require(found.first)
        #expect(
          try [
            request.text("status"), request.text("lines"), request.text("served_by"),
            request.text("tenant_id"), request.text("workflow"), request.text("cost_usd"),
          ] == row[1...5].map { $0 ?? "null" } + [usd(try #require(Int(row[6] ?? "")))],
          "\(row[0] ?? "")")
      }
    }
  }
}
