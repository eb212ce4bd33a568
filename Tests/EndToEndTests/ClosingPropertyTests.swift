import Foundation
import TestSupport
import Testing
import Units

/// Whatever comes after a close, in whatever order: no closed byte moves, and closed and corrections
/// are the month restated.
@Suite("Closed months, whatever comes later")
struct ClosingPropertyTests {
  private struct Event {
    var request: Int
    var attempt = 0
    var day: Int
    var tenant: String
    var workflow: String?
    var model: String
    var isSuccess = true
    var input: Int
    var cached: Int
    var output: Int
    var cost: Int?

    var line: String {
      let month = day <= 28 ? "09" : "10"
      let date = String(format: "2026-\(month)-%02d", day <= 28 ? day : day - 28)
      let workflow = workflow.map { "\"workflow\":\"\($0)\"," } ?? ""
      let cost = cost.map { ",\"cost_usd\":\"0.\(String(format: "%09d", $0))\"" } ?? ""
      let outcome =
        isSuccess ? "\"success\"" : "\"failure\",\"failure\":{\"kind\":\"timeout\"}"
      return """
        {"request_id":"q\(request)","attempt":\(attempt),"ts":"\(date)T12:00:00Z",\
        "tenant_id":"\(tenant)",\(workflow)"primary":{"provider":"openai","model":"gpt-5"},\
        "route":{"provider":"openai","model":"\(model)"},"outcome":\(outcome),\
        "revenue_usd":"0.01","usage":{"input_tokens":\(input),"cached_input_tokens":\(cached),\
        "output_tokens":\(output)}\(cost)}

        """
    }
  }

  private func event(_ request: Int, _ random: inout SeededGenerator) -> Event {
    let input = Int.random(in: 0...5_000, using: &random)
    return Event(
      request: request, day: Int.random(in: 1...34, using: &random),
      tenant: ["acme", "birch", "prepaid"].randomElement(using: &random) ?? "",
      workflow: ["chat", "@eval", nil].randomElement(using: &random) ?? nil,
      model: ["gpt-5", "gpt-5-mini", "house"].randomElement(using: &random) ?? "",
      isSuccess: Int.random(in: 0..<4, using: &random) > 0, input: input,
      cached: Int.random(in: 0...input, using: &random),
      output: Int.random(in: 0...900, using: &random),
      cost: Bool.random(using: &random) ? Int.random(in: 0...9_000_000, using: &random) : nil)
  }

  private static func prices(_ random: inout SeededGenerator) -> String {
    func price(_ highest: Int) -> String {
      "0.\(String(format: "%05d", Int.random(in: 0..<highest, using: &random)))"
    }
    return """
      provider,model,effective_from,input_usd_per_million,cached_input_usd_per_million,output_usd_per_million
      openai,gpt-5,2026-09-0\(Int.random(in: 1...9, using: &random)),\(price(90_000)),\(price(9_000)),1\(price(90_000).dropFirst())
      openai,gpt-5-mini,2026-09-01,\(price(90_000)),\(price(9_000)),\(price(90_000))

      """
  }

  @Test(
    "34: late, doubled, conflicting lines, prices and terms in any order", arguments: [1, 2, 3])
  func anyOrder(seed: UInt64) async throws {
    try await withLedger { ledger in
      var random = SeededGenerator(seed: seed)
      var known: [Event] = []
      func write(_ events: [Event], _ name: String) throws {
        try ledger.write(name, events.map(\.line).joined())
      }
      known = (0..<60).map { event($0, &random) }
      try ledger.write("prices.csv", Self.prices(&random))
      try ledger.write(
        "tenants.csv", "tenant_id,monthly_fee_usd,prepaid_balance_usd\nacme,9.99,\nprepaid,,5\n")
      try await ledger.run(["prices", "import", "prices.csv"])
      try await ledger.run(["tenants", "import", "tenants.csv"])
      try write(known, "first.jsonl")
      try await ledger.run(["ingest", "first.jsonl"])
      try await ledger.run(["close", "2026-09"])
      let closed = try await exports(ledger, "2026-09")
      try await check(ledger, closed)

      for step in 0..<8 {
        var file = "\(step).jsonl"
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
          let late = (0..<9).map { event(1_000 * (step + 1) + $0, &random) }
          known += late
          try write(late, file)
        case 1:
          try write(known.shuffled(using: &random), file)
        case 2:
          var other = known.randomElement(using: &random) ?? known[0]
          other.input += 1
          try write([other], file)
        case 3:
          var retry = known.randomElement(using: &random) ?? known[0]
          retry.attempt = step + 1
          retry.model = "gpt-5-mini"
          known.append(retry)
          try write([retry], file)
        default:
          file = "prices-\(step).csv"
          try ledger.write(file, Self.prices(&random))
        }
        let isPrices = file.hasPrefix("prices")
        try await ledger.run(isPrices ? ["prices", "import", file] : ["ingest", file])
        try await check(ledger, closed)
      }
      // The next month takes the corrections with it, and leaves nothing to correct.
      try await ledger.run(["close", "2026-10"])
      let next = try Table(try await exports(ledger, "2026-11")[0])
      #expect(next.rows.isEmpty)
      #expect(try await exports(ledger, "2026-09") == closed)
    }
  }

  private func exports(_ ledger: TestLedger, _ month: String) async throws -> [Data] {
    var files: [Data] = []
    for kind in [["focus"], ["csv"], ["csv", "--journal"]] {
      let file = ledger.folder.appending(path: "export.csv")
      try await ledger.run(["export"] + kind + ["--month", month, "--out", file.path])
      files.append(try Data(contentsOf: file))
    }
    return files
  }

  private func check(_ ledger: TestLedger, _ closed: [Data]) async throws {
    #expect(try await exports(ledger, "2026-09") == closed)
    let open = try await exports(ledger, "2026-10")
    for (file, column, measure) in [
      (0, "EffectiveCost", "cost_usd"), (1, "Cost, exact (USD)", "cost_usd"),
      (1, "Actual margin, exact (USD)", "actual_margin_usd"),
    ] {
      let frozen = try Table(closed[file]).sum(column)
      let corrections = try Table(open[file]).sum(column) {
        $0["ChargeClass"] == "Correction" || $0["Corrects closed month"] == "2026-09"
      }
      let restated = try await ledger.report("--from", "2026-09", "--to", "2026-10")
      #expect(
        DecimalText.text((frozen + corrections) / 1_000_000_000_000_000, places: 9)
          == (try restated.object("totals").text(measure)), "\(column)")
    }
  }
}
