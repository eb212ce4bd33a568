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

  /// Another fee, price of a request or balance of a tenant, from a day of the closed month on.
  private static func tenants(_ random: inout SeededGenerator) -> String {
    func amount() -> String {
      Bool.random(using: &random) ? "\(Int.random(in: 0...20, using: &random)).5" : ""
    }
    return """
      tenant_id,effective_from,monthly_fee_usd,prepaid_balance_usd,revenue_per_request_usd
      birch,2026-09-0\(Int.random(in: 1...9, using: &random)),\(amount()),\(amount()),\(amount())

      """
  }

  /// Credits, taxes and payments to a provider, of both months; some take the place of earlier ones.
  private static func charges(_ random: inout SeededGenerator) -> String {
    let rows = (0..<3).map { _ in
      let kind = ["credit", "purchase", "tax"].randomElement(using: &random) ?? "tax"
      let month = Bool.random(using: &random) ? "09" : "10"
      return "\(kind)-\(Int.random(in: 0..<3, using: &random)),2026-\(month)-"
        + "1\(Int.random(in: 0...9, using: &random)),openai,\(kind),"
        + "\(kind == "credit" ? "-" : "")0.\(Int.random(in: 0...99, using: &random))"
    }
    // A reference stands in a file once.
    let named = Dictionary(rows.map { ($0.prefix { $0 != "," }, $0) }) { first, _ in first }
    return "reference,day,provider,kind,amount_usd\n"
      + named.values.sorted().joined(separator: "\n") + "\n"
  }

  @Test(
    "34: late, doubled, conflicting lines, prices, terms, charges and policies in any order",
    arguments: [1, 2, 3, 4])
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
      let preset = try await Program.run(["policy", "preset", "five-class"])
      try ledger.write("policy.yaml", preset.out)
      try write(known, "first.jsonl")
      try await ledger.run(["ingest", "first.jsonl"])
      try await ledger.run(["close", "2026-09"])
      let closed = try await exports(ledger, "2026-09")
      try await check(ledger, closed)

      // Every kind of input at least once, in an order of its own.
      let kinds = Array(0..<8).shuffled(using: &random) + [0, 3]
      for (step, kind) in kinds.enumerated() {
        let file = "\(step).jsonl"
        var command = ["ingest", file]
        switch kind {
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
        case 4:
          command = ["prices", "import", file]
          try ledger.write(file, Self.prices(&random))
        case 5:
          command = ["tenants", "import", file]
          try ledger.write(file, Self.tenants(&random))
        case 6:
          command = ["charges", "import", file]
          try ledger.write(file, Self.charges(&random))
        default:
          command = ["policy", "apply", "policy.yaml", "--from", "2026-09-15"]
        }
        try await ledger.run(command)
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

  /// Closed and corrections are the month restated: every figure of every row of the FOCUS file and of
  /// the sheet, the restated month being what the ledger would export had it never been closed.
  private func check(_ ledger: TestLedger, _ closed: [Data]) async throws {
    #expect(try await exports(ledger, "2026-09") == closed)
    let open = try await exports(ledger, "2026-10")
    let restated = try await withLedger { copy in
      try Data(contentsOf: ledger.path).write(to: copy.path)
      try SQLiteFile(copy.path).execute(
        "DELETE FROM closed_fact; DELETE FROM closed_file; DELETE FROM closing")
      return try await exports(copy, "2026-09")
    }
    for (file, isOfMonth) in [(0, Self.isFocusOfMonth), (1, Self.isSheetOfMonth)] {
      let handedOver = try Table(closed[file]).rows + Table(open[file]).rows.filter(isOfMonth)
      let (found, expected) = (
        try Self.figures(handedOver), try Self.figures(try Table(restated[file]).rows)
      )
      #expect(found == expected)
    }
    let totals = try await ledger.report("--from", "2026-09", "--to", "2026-10").object("totals")
    let cost = try Table(restated[1]).sum("Cost, exact (USD)")
    #expect(
      DecimalText.text(cost / 1_000_000_000_000_000, places: 9) == (try totals.text("cost_usd")))
  }

  private static func isFocusOfMonth(_ row: [String: String]) -> Bool {
    row["ChargePeriodStart"]?.hasPrefix("2026-09") == true && row["ChargeClass"] == "Correction"
  }

  private static func isSheetOfMonth(_ row: [String: String]) -> Bool {
    row["Corrects closed month"] == "2026-09"
  }

  /// What tells a row from the others, and not which file it stands in.
  private static let keys: Set = [
    "ChargePeriodStart", "Tags", "ProviderName", "ChargeCategory", "SkuId", "SkuPriceId",
    "ResourceId",
    "ListUnitPrice", "ContractedUnitPrice", "x_Workflow", "x_TrafficClass", "x_RequestedModel",
    "x_FallbackRole", "x_CostBasis", "x_ChargeReference", "Day (UTC)", "Tenant", "Workflow",
    "Served by",
  ]

  /// The sums of every column of figures by row; rows of zeros are none. Shares of cents are of a file.
  private static func figures(
    _ rows: [[String: String]]
  ) throws -> [[String: String]: [String: Int128]] {
    var sums: [[String: String]: [String: Int128]] = [:]
    for row in rows {
      let key = row.filter { keys.contains($0.key) }
      for (column, text) in row where !keys.contains(column) && !column.hasSuffix("cents)") {
        let bytes = Array(text.utf8)
        let isPrice = column.hasSuffix("UnitPrice")
        guard !isPrice, let value = try? DecimalText.integer(in: bytes.span, places: 24) else {
          continue
        }
        sums[key, default: [:]][column, default: 0] += value
      }
    }
    return sums.mapValues { $0.filter { $0.value != 0 } }.filter { !$0.value.isEmpty }
  }
}
