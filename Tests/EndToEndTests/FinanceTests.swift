import Foundation
import TestSupport
import Testing
import Units

/// The exports of finance, and closed months.
@Suite("Finance")
struct FinanceTests {
  private func export(
    _ ledger: TestLedger, _ kind: [String], _ month: String = "2026-10"
  ) async throws -> Data {
    let file = ledger.folder.appending(path: "\(UUID()).csv")
    try await ledger.run(["export"] + kind + ["--month", month, "--out", file.path])
    return try Data(contentsOf: file)
  }

  private func rows(_ data: Data) throws -> [[String: String]] { try Table(data).rows }

  /// The exact sum of a column, in 10^-24 USD.
  private func sum(_ rows: [[String: String]], _ column: String) throws -> Int128 {
    try Table(rows: rows).sum(column)
  }

  private let yoctoPerNano: Int128 = 1_000_000_000_000_000

  private func smallDay(_ ledger: TestLedger) async throws {
    try await ledger.importSmallDay()
    try await ledger.run(["ingest", SmallDay.events])
  }

  @Test("a FOCUS export's costs are the ledger's, price times quantity, and none is rounded")
  func focusAddsUp() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      let rows = try rows(try await export(ledger, ["focus"]))
      let cost = SmallDay.requests.reduce(0) { $0 + $1.cost }
      #expect(try sum(rows, "EffectiveCost") == Int128(cost) * yoctoPerNano)
      for row in rows where row["ChargeCategory"] == "Usage" {
        let price = try sum([row], "ContractedUnitPrice")
        let quantity = try sum([row], "PricingQuantity") / 1_000_000_000_000_000_000
        #expect(price * quantity == (try sum([row], "ContractedCost")) * 1_000_000)
      }
      // r14 is in the upper band: 20,000 tokens at 0.80 USD per million.
      let banded = rows.first { $0["SkuPriceId"]?.hasSuffix("+above-10000") == true }
      #expect(banded?["ListUnitPrice"] == "0.8" && banded?["PricingQuantity"] == "0.02")
      // r03's serving attempt reports 5,000,003, with no price of the catalog.
      #expect(
        rows.contains {
          $0["ChargeCategory"] == "Adjustment" && $0["x_ServedModel"] == "azure/gpt-5-eu"
            && $0["EffectiveCost"] == "0.005000003"
        })
    }
  }

  @Test("the sheet adds up to the report, and its totals stand beside it")
  func sheetAddsUp() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      let file = ledger.folder.appending(path: "month.csv")
      try await ledger.run(["export", "csv", "--month", "2026-10", "--out", file.path])
      let data = try Data(contentsOf: file)
      #expect(data.starts(with: [0xEF, 0xBB, 0xBF]))
      let expected = SmallDay.measures(SmallDay.requests)
      let cost = try sum(rows(data), "Cost, exact (USD)")
      #expect(DecimalText.text(cost / yoctoPerNano, places: 9) == expected["cost_usd"])
      let margin = try sum(rows(data), "Actual margin, exact (USD)")
      #expect(DecimalText.text(margin / yoctoPerNano, places: 9) == expected["actual_margin_usd"])
      let totals = try rows(try Data(contentsOf: ledger.folder.appending(path: "month-totals.csv")))
      let total = totals.first { $0["Measure"] == "Cost" }
      #expect(total?["Total, exact"] == expected["cost_usd"])
      #expect(
        try sum(rows(data), "Cost (USD, cents)") == (try sum(total.map { [$0] } ?? [], "Total")))
    }
  }

  /// A late event of the closed month.
  private static let late = """
    {"request_id":"late","attempt":0,"ts":"2026-10-06T10:00:00Z","tenant_id":"acme","workflow":"chat",\
    "primary":{"provider":"openai","model":"gpt-5"},"route":{"provider":"openai","model":"gpt-5"},\
    "outcome":"success","usage":{"input_tokens":1000,"output_tokens":100}}

    """

  @Test("a closed month stays as it was, and what comes later corrects it in the open month")
  func closed() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      let manifest = try JSONObject(try await ledger.run(["close", "2026-10"]).out)
      #expect(try manifest.text("month") == "2026-10")
      let kinds = [["focus"], ["csv"], ["csv", "--journal"]]
      var before: [Data] = []
      for kind in kinds { before.append(try await export(ledger, kind)) }
      try ledger.write("late.jsonl", Self.late)
      try await ledger.run(["ingest", "late.jsonl"])
      try ledger.write(
        "prices.csv",
        """
        provider,model,effective_from,input_usd_per_million,output_usd_per_million
        openai,gpt-5-mini,2026-10-01,0.5,2

        """)
      try await ledger.run(["prices", "import", "prices.csv"])
      for (kind, bytes) in zip(kinds, before) {
        #expect(try await export(ledger, kind) == bytes, "\(kind)")
      }
      let corrections = try rows(try await export(ledger, ["focus"], "2026-11"))
      #expect(!corrections.isEmpty)
      #expect(corrections.allSatisfy { $0["ChargeClass"] == "Correction" })
      let names = Set(try rows(before[0]).compactMap { $0["x_RowId"] })
      #expect(corrections.contains { names.contains($0["x_CorrectsRowId"] ?? "") })
      let report = try await ledger.report("--from", "2026-10", "--to", "2026-11")
      let restated = try report.object("totals").text("cost_usd")
      let all =
        try sum(rows(before[0]), "EffectiveCost") + (try sum(corrections, "EffectiveCost"))
      #expect(DecimalText.text(all / yoctoPerNano, places: 9) == restated)
      // Both views of it.
      let views = try report.objects("closed_months")
      #expect(try views.map { try $0.text("month") } == ["2026-10"])
      #expect(
        try views[0].object("closed").text("cost_usd")
          == DecimalText.text(try sum(rows(before[0]), "EffectiveCost") / yoctoPerNano, places: 9))
      #expect(try views[0].object("restated").text("cost_usd") == restated)
      let table = try await ledger.run(["report"])
      #expect(table.outText.contains("Closed months"))
    }
  }

  @Test(
    "an invoice in its issuer's shape is held to the ledger, and reasons add up to the difference",
    arguments: [
      ("openai.json", "openai", "-0.003150000", "failed_attempts"),
      ("anthropic.json", "anthropic", "-0.005000000", "failed_attempts"),
      ("openrouter.json", "openrouter", "0.015000000", "late"),
      ("invoice.csv", "csv", "0.000000000", "price"),
    ])
  func reconciled(file: String, issuer: String, difference: String, reason: String) async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      let path = Repository.path("fixtures/invoices/\(file)").path
      let outcome = try await ledger.run(
        ["reconcile", path, "--issuer", issuer, "--format", "json"])
      let result = try JSONObject(outcome.out)
      #expect(try result.text("difference_usd") == difference)
      #expect(try result.object("reasons").text(reason) == difference)
      let wrong = issuer == "csv" ? "openai" : "csv"
      try await ledger.run(["reconcile", path, "--issuer", wrong], status: 65)
    }
  }

  @Test("reopening asks for a reason, keeps it, and is for the last closed month")
  func reopened() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      try await ledger.run(["close", "2026-11"], status: 65)
      try await ledger.run(["close", "2026-10"])
      try await ledger.run(["close", "2026-10"], status: 65)
      try await ledger.run(["close", "2026-12"], status: 65)
      try await ledger.run(["close", "2026-11"])
      try await ledger.run(["close", "2026-11", "--reopen"], status: 64)
      try await ledger.run(["close", "2026-10", "--reopen", "--why", "typo"], status: 65)
      try await ledger.run(["close", "2026-11", "--reopen", "--why", "wrong accounts"])
      let trace = try await ledger.run([
        "sql", "SELECT reopened_why FROM closing ORDER BY id", "--format", "csv",
      ])
      #expect(trace.outText.contains("wrong accounts"))
      try await ledger.run(["close", "2026-11"])
    }
  }

  @Test("a check says what a month lacks, and changes nothing")
  func checked() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      let outcome = try await ledger.run(["close", "2026-10", "--check"], status: 1)
      #expect(outcome.outText.contains("unpriced            1  "))
      #expect(outcome.outText.contains("quarantined         4  "))
      try await ledger.run(["close", "2026-10"])
    }
  }
}
