import Foundation
import TestSupport
import Testing
import Units

/// A simulated year, month after month closed while lines of it still come late.
@Suite("A year for finance")
struct FocusYearTests {
  private static let months = (1...12).map { String(format: "2025-%02d", $0) }

  /// The year's lines by month, every ninth of them kept back; a third do not say their cost.
  private static func lines(
    _ world: Data
  ) -> (onTime: [String: String], late: [String: String]) {
    var onTime: [String: String] = [:]
    var late: [String: String] = [:]
    let lines = String(decoding: world, as: UTF8.self).split(separator: "\n")
    for (place, line) in lines.enumerated() {
      var text = String(line)
      if place % 3 == 0 { text = text.replacing(/,"cost_usd":"[^"]*"/, with: "") }
      guard let start = text.firstRange(of: #""ts":""#)?.upperBound else { continue }
      let month = String(text[start...].prefix(7))
      if place % 9 == 4 {
        late[month, default: ""] += text + "\n"
      } else {
        onTime[month, default: ""] += text + "\n"
      }
    }
    return (onTime, late)
  }

  private static func charges(_ month: String) -> String {
    """
    reference,day,provider,kind,amount_usd,tenant_id,description
    CR-\(month),\(month)-28,anthropic,credit,-0.015,birch-clinics,Service credit
    TX-\(month),\(month)-28,anthropic,tax,0.007,,VAT 20%
    PP-\(month),\(month)-01,\(month < "2025-07" ? "nobody" : "openai"),purchase,25,,

    """
  }

  private static let tenants = """
    tenant_id,effective_from,monthly_fee_usd,prepaid_balance_usd
    alder-books,2025-01-01,49.99,
    dune-travel,2025-03-10,,20

    """

  @Test(
    "every month conforms, with corrections, credits, prepaid and unpriced models, and the year adds up"
  )
  func year() async throws {
    try await withLedger { ledger in
      let world = try await Program.run(
        ["simulate", "--from", "2025-01-01", "--days", "365", "--requests", "1500", "--out", "-"],
        in: ledger.folder)
      let (onTime, late) = Self.lines(world.out)
      _ = try await Program.run(
        ["simulate", "--from", "2025-01-01", "--days", "2", "--requests", "9", "--out", "world"],
        in: ledger.folder)
      // Nobody knows what the last model costs.
      let prices = try String(
        contentsOf: ledger.folder.appending(path: "world/prices.csv"), encoding: .utf8)
      let known = prices.split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
      try ledger.write("prices.csv", known)
      try ledger.write("tenants.csv", Self.tenants)
      try await ledger.run(["prices", "import", "prices.csv"])
      try await ledger.run(["tenants", "import", "tenants.csv"])
      var exports: [[[String: String]]] = []
      for (place, month) in Self.months.enumerated() {
        try ledger.write("\(month).jsonl", onTime[month] ?? "")
        try await ledger.run(["ingest", "\(month).jsonl"])
        try ledger.write("charges.csv", Self.charges(month))
        try await ledger.run(["charges", "import", "charges.csv"])
        if place == 6 {
          // All at another price, since the beginning of the year.
          try ledger.write("prices.csv", known.replacing(",10,", with: ",9.5,"))
          try await ledger.run(["prices", "import", "prices.csv"])
        }
        exports.append(try await handOver(month, withInvoices: place % 2 == 1, ledger))
        try ledger.write("late.jsonl", late[month] ?? "")
        try await ledger.run(["ingest", "late.jsonl"])
      }
      exports.append(try await handOver("2026-01", withInvoices: false, ledger))
      try await check(exports, ledger)
    }
  }

  /// Closes a month and returns its rows.
  private func handOver(
    _ month: String, withInvoices: Bool, _ ledger: TestLedger
  ) async throws -> [[String: String]] {
    try ledger.write("invoices.csv", "provider,invoice_id\nopenai,4410\n,INV-\(month)\n")
    try await ledger.run(
      ["close", month] + (withInvoices ? ["--invoices", "invoices.csv"] : []))
    let file = ledger.folder.appending(path: "\(month).csv")
    try await ledger.run(["export", "focus", "--month", month, "--out", file.path])
    try FocusConformance.check(file)
    return try Table(try Data(contentsOf: file)).rows
  }

  private func check(_ exports: [[[String: String]]], _ ledger: TestLedger) async throws {
    let rows = Table(rows: exports.flatMap(\.self))
    func count(_ column: String, _ value: String) -> Int {
      rows.rows.filter { $0[column] == value }.count
    }
    // What the year is said to have is in it.
    for (column, value) in [
      ("ChargeClass", "Correction"), ("ChargeCategory", "Credit"), ("ChargeCategory", "Tax"),
      ("ChargeCategory", "Purchase"), ("x_CostBasis", "unpriced"), ("x_CostBasis", "computed"),
      ("x_CostBasis", "provider-reported"), ("x_FallbackRole", "fallback"),
      ("x_FallbackRole", "failed-attempt"),
    ] {
      #expect(count(column, value) > 0, "\(column) \(value)")
    }
    let nano: Int128 = 1_000_000_000_000_000
    let calls = try rows.sum("EffectiveCost") {
      ["Usage", "Adjustment"].contains($0["ChargeCategory"])
    }
    let report = try await ledger.report("--from", "2025-01", "--to", "2026-01").object("totals")
    #expect(DecimalText.text(calls / nano, places: 9) == (try report.text("cost_usd")))
    // A credit of 0.015 and a tax of 0.007 in each month.
    #expect(try rows.sum("EffectiveCost") - calls == 12 * -8_000_000 * nano)
    // What is drawn from an account is not billed; payments in advance are.
    let drawn = rows.rows.filter {
      $0["ProviderName"] == "openai" && $0["ChargePeriodStart"] ?? "" > "2025-07"
    }
    #expect(!drawn.isEmpty)
    #expect(try Table(rows: drawn).sum("BilledCost") { $0["ChargeCategory"] == "Usage" } == 0)
    let paid = try rows.sum("BilledCost") { $0["ChargeCategory"] == "Purchase" }
    #expect(paid == (12 * 25 + 20) * 1_000_000_000 * nano)
    try await ledger.run(["verify"])
  }
}
