import Foundation
import TestSupport
import Testing
import Units

/// Input that was made to break a reader. Whatever comes, no signal ends the program, nothing is lost
/// without a count, and good lines beside it are taken.
@Suite("Hostile input", .serialized)
struct HostileInputTests {
  /// Takes lines between two good ones and tells what became of them, by the codes of the quarantine.
  private func fate(
    of lines: [[UInt8]], _ location: SourceLocation = #_sourceLocation
  ) async throws -> (accepted: Int, blank: Int, codes: [Int: String]) {
    try await withLedger { ledger in
      var text = Data((Lines.native("first") + "\n").utf8)
      for line in lines { text += line + [0x0A] }
      text += Data(Lines.native("last").utf8)
      let file = try ledger.write("hostile.jsonl", text)
      let result = try await ledger.ingest(file.path, options: ["--from-format", "native"])
      let (all, accepted) = (try result.count("lines"), try result.count("accepted"))
      let rejected = try result.count("rejected")
      let known = try result.count("duplicates") + result.count("conflicts")
      #expect(all == lines.count + 2, sourceLocation: location)
      let blank = lines.count { $0.allSatisfy { [0x20, 0x09, 0x0D].contains($0) } }
      #expect(all == accepted + rejected + known + blank, sourceLocation: location)
      try await ledger.run(["verify"])
      let rows = try SQLiteFile(ledger.path).rows("SELECT line, code FROM rejected_line")
      var codes: [Int: String] = [:]
      for row in rows { codes[(Int(row[0] ?? "") ?? 0) - 2] = row[1] }
      return (accepted - 2, blank, codes)
    }
  }

  @Test("26: every case of JSONTestSuite as a line, and within one")
  func jsonTestSuite() async throws {
    let cases = JSONParsingCase.all.filter { !$0.bytes.contains(0x0A) }
    let bare = try await fate(of: cases.map(\.bytes))
    #expect(bare.accepted == 0)
    for (place, suite) in cases.enumerated() where !suite.bytes.allSatisfy({ $0 == 0x20 }) {
      let isBroken = ["malformed_json", "invalid_utf8", "duplicate_key", "too_deep"]
        .contains(bare.codes[place] ?? "")
      #expect(isBroken != suite.isTaken, "\(suite): \(bare.codes[place] ?? "none")")
    }
    let within = try await fate(
      of: cases.enumerated().map { place, suite in
        Array(Lines.native("r\(place)").utf8.dropLast()) + Array(#","extra":"#.utf8) + suite.bytes
          + [UInt8(ascii: "}")]
      })
    for (place, suite) in cases.enumerated() {
      #expect((within.codes[place] == nil) == suite.isTaken, "\(suite)")
    }
  }

  @Test("26: a million brackets, in every kind", arguments: ["[", "{", #"{"a":"#, #"[{"a":["#])
  func nesting(unit: String) async throws {
    let deep = Array(repeatElement(unit.utf8, count: 1_000_000 / unit.utf8.count).joined())
    let within = Array(Lines.native("deep").utf8.dropLast()) + Array(#","extra":"#.utf8) + deep
    let result = try await fate(of: [deep, within])
    #expect(result.accepted == 0)
    #expect(result.codes.values.allSatisfy { ["too_deep", "malformed_json"].contains($0) })
  }

  @Test("22, 23: numbers are exact or refused, and text that looks like one is none")
  func numbers() async throws {
    let huge = String(repeating: "9", count: 100_000)
    let cases: [(text: String, isTaken: Bool)] = [
      ("9007199254740993", true), ("9223372036854775807", true), ("9223372036854775808", false),
      ("-1", false), ("1.5", false), ("1e3", false), ("1.0", false), ("\"12\"", false),
      ("-0", true), (huge, false), ("1e400", false), ("1e-400", false), ("1e\(huge)", false),
      ("NaN", false), ("Infinity", false), ("007", false), ("+7", false), ("0x1F", false),
      ("1_000", false), ("true", false), ("null", true), ("[1]", false), ("0.\(huge)", false),
    ]
    let lines = cases.enumerated().map { place, number in
      Lines.native("n\(place)").replacing(
        #""usage":{"input_tokens":100,"output_tokens":10}"#,
        with: #""usage":{"input_tokens":\#(number.text)}"#
      )
      // A day of its own each, as the sums of a day must fit as well.
      .replacing("2026-10-07", with: "2026-10-\(place + 1 < 10 ? "0" : "")\(place + 1)")
    }
    let result = try await fate(of: lines.map { Array($0.utf8) })
    for (place, number) in cases.enumerated() {
      #expect((result.codes[place] == nil) == number.isTaken, "\(number.text.prefix(30))")
    }
    #expect(result.accepted == cases.count(where: \.isTaken))
  }

  @Test("22: amounts are exact to the nano-dollar or refused")
  func amounts() async throws {
    let cases: [(text: String, nano: String?)] = [
      ("0.1", "100000000"), ("1e-9", "1"), ("\"0.0000000005\"", "0"), ("0.0000000015", "2"),
      ("1e-400", "0"), ("9223372036.854775807", "9223372036854775807"),
      ("9223372036.854775808", nil), ("1e400", nil), ("-0.0000000001", nil), ("-0", "0"),
      ("\"1,5\"", nil), ("\"\"", nil), ("\"0x1\"", nil), ("\"1e-3\"", "1000000"),
      ("0.\(String(repeating: "3", count: 10_000))", "333333333"),
      ("\"\(String(repeating: "0", count: 10_000))1\"", nil),
    ]
    for (text, nano) in cases {
      try await withLedger { ledger in
        let line = Lines.native("n").replacing(
          #""cost_usd":"0.001""#, with: #""cost_usd":\#(text)"#)
        let file = try ledger.write("a.jsonl", line)
        let result = try await ledger.ingest(file.path, options: ["--from-format", "native"])
        let isTaken = try result.count("accepted") == 1
        let cost = try SQLiteFile(ledger.path).rows("SELECT cost_nano_usd FROM request").first?[0]
        #expect(isTaken ? cost == nano : nano == nil, "\(text.prefix(40))")
      }
    }
  }

  @Test("25: sums near the end of 64 bits are said, not wrapped")
  func sums() async throws {
    try await withLedger { ledger in
      // Each day fits, their month does not.
      let lines = (1...4).map { Self.vast("r\($0)", day: $0, cost: "9e9") }
      try await ledger.ingest(
        try ledger.write("huge.jsonl", lines.joined(separator: "\n")).path)
      let outcome = try await ledger.run(["report"], status: 65)
      #expect(outcome.errText.hasPrefix("error: ") && outcome.out.isEmpty)
      try await ledger.run(["report", "--from", "2026-10-01", "--to", "2026-10-02"])
      // Two on one day leave the sums of the day: that file is refused whole.
      let second = Self.vast("s", day: 1, cost: "9e9")
      let refused = try await ledger.ingest(try ledger.write("s.jsonl", second).path, status: 65)
      #expect(try refused.objects("files").first?.text("status") == "failed")
      // Pricing the month again says nothing of sums that it cannot, and goes on.
      let priced = try ledger.write("prices.csv", Self.prices("1"))
      let told = try await ledger.run(["prices", "import", priced.path, "--format", "json"])
      #expect(told.outText.contains(#/"cost_usd": *null/#), "\(told.outText)")
      try await ledger.run(["verify"])
      try await ledger.run(["verify", "--thorough"])
    }
  }

  private static func prices(_ inputUSDPerMillion: String) -> String {
    """
    provider,model,effective_from,input_usd_per_million,output_usd_per_million
    openai,gpt-5,2026-10-02,\(inputUSDPerMillion),0
    """
  }

  private static func vast(_ request: String, day: Int, cost: String, tokens: Int64 = 100) -> String
  {
    Lines.native(request).replacing("2026-10-07", with: "2026-10-0\(day)")
      .replacing(#""cost_usd":"0.001""#, with: #""cost_usd":"\#(cost)""#)
      .replacing(#""input_tokens":100"#, with: #""input_tokens":\#(tokens)"#)
  }

  @Test("25: a month that leaves 64 bits is read by its days, to the last digit")
  func months() async throws {
    try await withLedger { ledger in
      let most = Int64.max
      let lines = [
        Self.vast("a", day: 1, cost: "1.000000001", tokens: most),
        Self.vast("b", day: 2, cost: "2.000000002", tokens: most),
        Self.vast("c", day: 3, cost: "4.000000004"),
      ]
      try await ledger.ingest(
        try ledger.write("huge.jsonl", lines.joined(separator: "\n")).path)

      func rows(_ sql: String) async throws -> String {
        try await ledger.run(["sql", sql, "--format", "csv"]).outText
      }
      for view in ["monthly_by_workflow", "monthly_by_tenant", "monthly_by_model"] {
        #expect(
          try await rows(
            "SELECT month, count(*), sum(requests), sum(cost_nano_usd) FROM \(view) GROUP BY 1")
            == "month,count(*),sum(requests),sum(cost_nano_usd)\n2026-10,3,3,7000000007\n")
        #expect(
          try await rows("SELECT input_tokens FROM \(view) ORDER BY 1")
            == "input_tokens\n100\n\(most)\n\(most)\n")
        // A sum that does not fit is said, never a number that is near it.
        let outcome = try await ledger.run(
          ["sql", "SELECT sum(input_tokens) FROM \(view)"], status: 65)
        #expect(outcome.errText.contains("integer overflow"), "\(outcome.errText)")
      }
      let dearest = try await ledger.run(["query", "dearest_tenants", "--format", "csv"])
      #expect(dearest.outText.split(separator: "\n")[1] == "acme,3,7.000000007,1.0,1.0")

      // Prices that come later derive all of it again.
      let priced = try ledger.write("prices.csv", Self.prices("0.000000000001"))
      try await ledger.run(["prices", "import", priced.path])
      try await ledger.run(["verify"])
      #expect(
        try await rows("SELECT count(*), sum(cost_nano_usd) FROM monthly_by_tenant")
          == "count(*),sum(cost_nano_usd)\n3,7000000007\n")
    }
  }

  @Test("27, 28: times that do not exist, have no zone or lie outside the centuries")
  func times() async throws {
    let cases: [(text: String, isTaken: Bool)] = [
      ("2026-02-30T00:00:00Z", false), ("2026-02-29T00:00:00Z", false),
      ("2028-02-29T00:00:00Z", true), ("2026-10-07T24:00:00Z", false),
      ("2026-10-07T08:60:00Z", false), ("2026-10-07T08:00:60Z", false),
      ("2026-10-31T23:59:60Z", true), ("2026-10-07T08:00:00", false),
      ("2026-10-07T08:00:00+24:00", false), ("2026-10-07T08:00:00Z_abc", false),
      ("2026-10-07t08:00:00z", true), ("2026-10-07 08:00:00Z", false),
      ("2026-10-07T08:00:00.1234567891234Z", true), ("2026-10-07T08:00:00.Z", false),
      ("1969-12-31T23:59:59Z", false), ("1999-12-31T23:59:59.999Z", false),
      ("2000-01-01T00:00:00Z", true), ("2199-12-31T23:59:59Z", true),
      ("2200-01-01T00:00:00Z", false), ("0000-01-01T00:00:00Z", false),
      ("9999-12-31T23:59:59Z", false), ("2026-10-07T08:00:00+05:45", true),
      ("2026-13-01T00:00:00Z", false), ("2026-00-01T00:00:00Z", false), ("", false),
    ]
    var lines = cases.enumerated().map { place, time in
      Lines.native("t\(place)").replacing("2026-10-07T08:00:00Z", with: time.text)
    }
    // Seconds since 1970 are not milliseconds: they would be January 1970.
    for number in ["1791000000", "1791000000000", "1791000000000000", "1.791e12", "-1"] {
      lines.append(
        Lines.native("e\(number)").replacing(#""2026-10-07T08:00:00Z""#, with: number))
    }
    let result = try await fate(of: lines.map { Array($0.utf8) })
    for (place, time) in cases.enumerated() {
      #expect((result.codes[place] == nil) == time.isTaken, "\(time.text)")
    }
    #expect(
      (0..<5).map { result.codes[cases.count + $0] == nil } == [false, true, false, false, false])
  }

  @Test("18, 19, 20: control characters, bytes that are no UTF-8, and lone surrogates")
  func texts() async throws {
    let wrong: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xE0, 0x80, 0x80], [0xE2, 0x82],
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBB], [0xF0, 0x80, 0x80, 0x80],
      [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
      [0x00],
      [0x01], [0x1F], Array(#"\ud800"#.utf8), Array(#"\udc00\ud800"#.utf8), Array(#"\u12"#.utf8),
      Array(#"\x41"#.utf8),
    ]
    let right: [[UInt8]] = [
      Array("é€😀\u{FFFE}\u{FFFF}\u{10FFFF}".utf8), Array(#"\u0000\u001b[31m"#.utf8),
      Array(#"\ud83d\ude00"#.utf8), Array("\u{FEFF}\u{202E}".utf8), [0x7F],
    ]
    func line(_ place: Int, _ bytes: [UInt8], in field: String) -> [UInt8] {
      Array(Lines.native("\(field)\(place)").utf8.dropLast()) + Array(#","\#(field)":""#.utf8)
        + bytes
        + Array(#""}"#.utf8)
    }
    let free = try await fate(
      of: (wrong + right).enumerated().map { line($0, $1, in: "note") })
    #expect(Set(free.codes.keys) == Set(wrong.indices))
    // In a name no control character may stand, escaped or not.
    let names = try await fate(
      of: (wrong + right).enumerated().map { line($0, $1, in: "user_id") })
    #expect(
      Set(names.codes.keys) == Set(Array(wrong.indices) + [wrong.count + 1, wrong.count + 4]))
  }
}
