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
      ("openrouter.csv", "openrouter", "0.015000000", "late"),
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
      let early = try await ledger.run(["close", "2020-01"], status: 65)
      #expect(early.errText.contains("nothing of 2020-01; begin with 2026-10"))
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

  private static let charges = """
    reference,day,provider,kind,amount_usd,tenant_id,description
    CR-1,2026-10-31,anthropic,credit,-1.25,acme,Service credit for the outage of 2026-10-05
    TX-1,2026-10-31,anthropic,tax,0.2,,VAT 20%
    PP-1,2026-10-01,openai,purchase,100,,

    """

  @Test(
    "credits, taxes and payments to providers stand in the export, and are corrected like calls")
  func chargesBesideCalls() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      let calls = try sum(rows(try await export(ledger, ["focus"])), "EffectiveCost")
      try ledger.write("charges.csv", Self.charges)
      try await ledger.run(["charges", "import", "charges.csv"])
      let found = try rows(try await export(ledger, ["focus"]))
      let credits = found.filter { $0["ChargeCategory"] == "Credit" }
      let credit = try #require(credits.first)
      for cost in ["BilledCost", "EffectiveCost", "ListCost", "ContractedCost"] {
        #expect(credit[cost] == "-1.25")
      }
      #expect(credit["SubAccountId"] == "acme" && credit["x_ChargeReference"] == "CR-1")
      // -1.25 and 0.2 beside the calls; the payment costs nothing before it is used.
      #expect(
        try sum(found, "EffectiveCost") - calls == -1_050_000_000 * yoctoPerNano)
      let openai = found.filter { $0["ProviderName"] == "openai" }
      #expect(try sum(openai, "BilledCost") == 100_000_000_000 * yoctoPerNano)
      #expect(
        openai.filter { $0["BilledCost"] != "0.0" }.map { $0["ChargeCategory"] } == ["Purchase"])
      try await ledger.run(["close", "2026-10"])
      try ledger.write(
        "charges.csv", Self.charges.replacing("-1.25", with: "-1.5").replacing("0.2,", with: "0,"))
      try await ledger.run(["charges", "import", "charges.csv"])
      let corrections = try rows(try await export(ledger, ["focus"], "2026-11"))
      #expect(corrections.map { $0["ChargeClass"] } == ["Correction", "Correction"])
      #expect(
        Set(corrections.compactMap { $0["EffectiveCost"] }) == ["-0.25", "-0.2"]
          && corrections.allSatisfy { $0["ChargeDescription"]?.hasPrefix("Correction of ") == true }
      )
      let names = Set(found.compactMap { $0["x_RowId"] })
      #expect(corrections.allSatisfy { names.contains($0["x_CorrectsRowId"] ?? "") })
    }
  }

  @Test("invoices stand on every row or on none, and are those of the close")
  func invoices() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      #expect(
        try rows(try await export(ledger, ["focus"])).allSatisfy {
          $0["InvoiceId"]?.isEmpty == true
        })
      try ledger.write("some.csv", "provider,invoice_id\nopenai,4410\n")
      let out = ledger.folder.appending(path: "f.csv").path
      let refusal = try await ledger.run(
        ["export", "focus", "--month", "2026-10", "--invoices", "some.csv", "--out", out],
        status: 65)
      #expect(
        refusal.errText.contains("the invoices name none of acme, anthropic, azure")
          && !FileManager.default.fileExists(atPath: out), "\(refusal.errText)")
      try await ledger.run(["close", "2026-10", "--invoices", "some.csv"], status: 65)
      try ledger.write("all.csv", "provider,invoice_id\nopenai,4410\n,INV-2026-10\n")
      try await ledger.run(["close", "2026-10", "--invoices", "all.csv"])
      let closed = try rows(try await export(ledger, ["focus"]))
      for row in closed {
        // Digits alone would be read as a number.
        let isOpenAI = row["ProviderName"] == "openai"
        #expect(row["InvoiceId"] == (isOpenAI ? "invoice:4410" : "INV-2026-10"))
      }
      try await ledger.run(
        ["export", "focus", "--month", "2026-10", "--invoices", "all.csv", "--out", out], status: 65
      )
    }
  }

  @Test("accounts are those of the file, in the open month and kept with a closed one")
  func accounts() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      try ledger.write(
        "accounts.csv", "line,name,account\ncost_of_revenue,,5000\naccrued_payables,openai,2105\n")
      let out = ledger.folder.appending(path: "j.csv")
      try await ledger.run([
        "export", "csv", "--journal", "--accounts", "accounts.csv", "--month", "2026-10", "--out",
        out.path,
      ])
      let open = try Data(contentsOf: out)
      let lines = try rows(open)
      for line in lines {
        let expected =
          switch (line["Line"], line["Name"]) {
          case ("cost of revenue", _): "5000"
          case ("accrued payables", "openai"): "2105"
          default: line["Line"]?.replacing(" ", with: "_")
          }
        #expect(line["Account"] == expected)
      }
      for side in ["(USD)", ", exact (USD)"] {
        let (debit, credit) =
          side == "(USD)" ? ("Debit (USD)", "Credit (USD)") : ("Debit\(side)", "Credit\(side)")
        func total(_ column: String) throws -> Int128 {
          try sum(lines.filter { $0[column]?.isEmpty == false }, column)
        }
        #expect(try total(debit) == total(credit))
      }
      try await ledger.run(["close", "2026-10", "--accounts", "accounts.csv"])
      #expect(try await export(ledger, ["csv", "--journal"]) == open)
      try await ledger.run(
        [
          "export", "csv", "--journal", "--accounts", "accounts.csv", "--month", "2026-10", "--out",
          out.path,
        ], status: 65)
      try ledger.write("accounts.csv", "line,name,account\nrent,,5000\n")
      try await ledger.run(["close", "2026-11", "--accounts", "accounts.csv"], status: 65)
    }
  }

  @Test(
    "a kept file that is damaged is not handed over",
    arguments: [
      "UPDATE closed_file SET content = CAST(content || ' ' AS BLOB) WHERE name = 'focus'",
      "UPDATE closed_file SET sha256 = replace(sha256, '1', '2') WHERE name = 'focus'",
      "DELETE FROM closed_file WHERE name = 'focus'",
      "UPDATE closed_file SET content = (SELECT content FROM closed_file WHERE name = 'csv'), sha256 = (SELECT sha256 FROM closed_file WHERE name = 'csv') WHERE name = 'focus'",
    ])
  func damaged(sql: String) async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      try await ledger.run(["close", "2026-10"])
      try SQLiteFile(ledger.path).execute(sql)
      let out = ledger.folder.appending(path: "f.csv").path
      let outcome = try await ledger.run(
        ["export", "focus", "--month", "2026-10", "--out", out], status: 78)
      #expect(outcome.errText.contains("the kept focus file of 2026-10 is damaged"))
      #expect(!FileManager.default.fileExists(atPath: out))
      // The other files of the close are whole.
      _ = try await export(ledger, ["csv", "--journal"])
    }
  }

  /// A line of the instant given, in the small day's world.
  private func line(_ request: String, _ time: String, attempt: Int = 0) -> String {
    Self.late.replacing("\"late\"", with: "\"\(request)\"")
      .replacing("\"attempt\":0", with: "\"attempt\":\(attempt)")
      .replacing("2026-10-06T10:00:00Z", with: time)
  }

  @Test("a month ends with its last millisecond in UTC, and a late line can move a request over it")
  func monthEdge() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try ledger.write(
        "edge.jsonl",
        line("a", "2026-10-31T23:59:59.999Z") + line("b", "2026-10-31T23:59:59.9999Z")
          + line("c", "2026-11-01T00:00:00Z") + line("d", "2026-11-01T00:59:59.999+01:00")
          + line("e", "2026-11-02T00:00:00Z", attempt: 1))
      try await ledger.run(["ingest", "edge.jsonl"])
      func calls(_ month: String) async throws -> [Int] {
        try rows(try await export(ledger, ["csv"], month)).compactMap { Int($0["Requests"] ?? "") }
      }
      #expect(try await calls("2026-10") == [3])
      #expect(try await calls("2026-11") == [1, 1])
      try await ledger.run(["close", "2026-10"])
      let closed = try await export(ledger, ["focus"])
      // The first attempt of `e` was made in October: it belongs there, as a correction.
      try ledger.write("late.jsonl", line("e", "2026-10-31T23:59:59.999Z"))
      try await ledger.run(["ingest", "late.jsonl"])
      #expect(try await export(ledger, ["focus"]) == closed)
      #expect(try await calls("2026-11") == [1, 1])
      let sheet = try rows(try await export(ledger, ["csv"], "2026-11"))
      #expect(sheet.map { $0["Corrects closed month"] } == ["", "2026-10"])
      #expect(sheet.map { $0["Day (UTC)"] } == ["2026-11-01", "2026-10-31"])
    }
  }

  @Test("a month without anything has files with a header alone, and closes")
  func emptyMonth() async throws {
    try await withLedger { ledger in
      try await smallDay(ledger)
      try await ledger.run(["close", "2026-10"])
      try await ledger.run(["close", "2026-11"])
      for kind in [["focus"], ["csv"], ["csv", "--journal"]] {
        let file = try await export(ledger, kind, "2026-11")
        #expect(try rows(file).isEmpty && !file.isEmpty)
        #expect(try rows(try await export(ledger, kind, "2031-01")).isEmpty)
      }
      try await ledger.run(["close", "2026-9"], status: 64)
    }
  }
}
