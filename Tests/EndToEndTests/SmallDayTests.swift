import Foundation
import TestSupport
import Testing

@Suite("The small day")
struct SmallDayTests {
  /// The README's summary of 2026-10-05.
  static let day = [
    "requests": "16", "served": "10", "served_primary": "4", "served_fallback": "3",
    "served_cached": "2", "served_default": "1", "deferred": "3", "rejected": "2", "failed": "1",
    "attempts": "15", "failed_attempts": "8", "unpriced_attempts": "1", "downgraded": "4",
    "ungraded": "1", "unplanned": "1", "input_tokens": "29110", "cached_input_tokens": "401",
    "output_tokens": "1901", "cost_usd": "0.043998503", "wasted_usd": "0.008150000",
    "planned_cost_usd": "0.073341753", "revenue_usd": "0.215000001",
    "planned_margin_usd": "0.261658248", "lost_revenue_usd": "-0.080000000",
    "deferred_revenue_usd": "-0.040000000", "retry_waste_usd": "-0.008150000",
    "route_price_effect_usd": "0.003780000", "avoided_cost_usd": "0.033713250",
    "actual_margin_usd": "0.171001498",
  ]

  @Test("its table of requests adds up to its summary")
  func tableAddsUp() {
    #expect(SmallDay.measures(SmallDay.requests.filter { $0.day == "2026-10-05" }) == Self.day)
  }

  @Test("every summary measure equals the arithmetic of its README")
  func summary() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      try await ledger.importSmallDay()
      let day = try await ledger.report("--from", "2026-10-05", "--to", "2026-10-06")
      #expect(try day.object("totals").texts(Self.day.keys) == Self.day)
      #expect(try day.object("totals").keys == Set(Self.day.keys))
      #expect(!day.keys.contains("groups"))

      let all = try await ledger.report()
      var expected = Self.day
      expected.merge([
        "requests": "17", "served": "11", "served_primary": "5", "attempts": "16",
        "input_tokens": "30110", "output_tokens": "2001", "cost_usd": "0.044558503",
        "planned_cost_usd": "0.073901753", "revenue_usd": "0.240000001",
        "planned_margin_usd": "0.286098248", "actual_margin_usd": "0.195441498",
      ]) { $1 }
      #expect(try all.object("totals").texts(expected.keys) == expected)
      // Its last request starts at the first instant of the 20th; the 5th ends before the 6th.
      for (from, to, requests) in [
        ("2026-10", "2026-11", "17"), ("2026-10-05", "2026-10-20", "16"),
        ("2026-10-05T23:59:59.999Z", "2026-10-20T00:00:00Z", "1"),
        ("2026-10-05T23:59:59.999Z", "2026-10-20T00:00:00.001Z", "2"), ("2026-11", "2027-01", "0"),
      ] {
        let part = try await ledger.report("--from", from, "--to", to)
        #expect(try part.object("totals").text("requests") == requests, "\(from) to \(to)")
      }
    }
  }

  @Test("every group has the requests of its README's table")
  func groups() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(SmallDay.events)
      for fields in [
        ["traffic_class"], ["tenant_id"], ["tenant_tier"], ["workflow"], ["status"], ["day"],
        ["month"], ["primary"], ["served_by"], ["application"], ["environment"], ["feature"],
        ["user_id"], ["thread_id"], ["session_id"], ["assistant_id"],
        ["day", "tenant_id", "workflow", "served_by"], ["status", "traffic_class"],
      ] {
        let groups = try await ledger.report("--by", fields.joined(separator: ","))
          .objects("groups")
        let expected = Dictionary(grouping: SmallDay.requests) { request in
          fields.map(request.key)
        }
        var seen: Set<[String]> = []
        for group in groups {
          let key = try group.object("key")
          #expect(key.keys == Set(fields))
          let values = try fields.map(key.text)
          #expect(seen.insert(values).inserted, "\(values) stands twice")
          #expect(
            try group.texts(Self.day.keys) == SmallDay.measures(expected[values] ?? []),
            "\(fields) \(values)")
        }
        #expect(seen == Set(expected.keys), "\(fields)")
      }
    }
  }

  @Test("32: ingest counts every line once and says where the others went")
  func conservation() async throws {
    try await withLedger { ledger in
      let expected = [
        "lines": "30", "accepted": "24", "duplicates": "1", "conflicts": "1", "rejected": "3",
      ]
      let first = try await ledger.ingest(SmallDay.events)
      #expect(try first.texts(expected.keys) == expected)
      #expect(try first.count("requests") == 17)
      let file = try #require(try first.objects("files").first)
      #expect(try file.texts(expected.keys) == expected)
      #expect(try file.text("status") == "ingested")
      #expect(try file.text("path") == SmallDay.events)

      let again = try await ledger.ingest(SmallDay.events)
      #expect(try again.objects("files").map { try $0.text("status") } == ["unchanged"])
      #expect(try again.count("accepted") == 0)
      #expect(try again.count("requests") == 0)
    }
  }

  @Test("the quarantine names the lines that were not admitted")
  func quarantine() async throws {
    try await withLedger { ledger in
      try await ledger.run(["ingest", SmallDay.events])
      let outcome = try await ledger.run(["rejects", "list", "--format", "json"])
      let lines = try JSONObject(Data(#"{"all":\#(outcome.outText)}"#.utf8)).objects("all")
      #expect(try lines.map { try $0.count("line") } == [26, 27, 28, 29])
      #expect(
        try lines.map { try $0.text("code") }
          == ["conflict", "malformed_json", "negative", "duplicate_key"])
      let bytes = try Data(contentsOf: URL(filePath: SmallDay.events))
      let source = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      for line in lines {
        let number = try line.count("line")
        let offset = source[..<(number - 1)].reduce(0) { $0 + $1.count + 1 }
        #expect(try line.count("byte_offset") == offset)
        #expect(try line.text("file") == SmallDay.events)
      }
      let table = try await ledger.run(["rejects", "list"])
      for number in 26...29 { #expect(table.outText.contains("events.jsonl:\(number):")) }
    }
  }

  @Test("32: --strict ends with 1 where a line was not admitted, and takes the others")
  func strict() async throws {
    try await withLedger { ledger in
      try await ledger.run(["ingest", "--strict", SmallDay.events], status: 1)
      #expect(try await ledger.report().object("totals").count("requests") == 17)
      let clean = try ledger.write("clean.jsonl", Lines.native("q1") + "\n")
      try await ledger.run(["ingest", "--strict", clean.path])
    }
  }

  @Test("the month's CSV adds up to its report, measure by measure")
  func export() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      try await ledger.importSmallDay()
      let file = ledger.folder.appending(path: "month.csv")
      let csv = try await ledger.run(
        [
          "report", "--by", "day,tenant_id,workflow,served_by", "--from", "2026-10", "--to",
          "2026-11", "--format", "csv",
        ])
      try csv.out.write(to: file)
      let totals = try await ledger.report("--from", "2026-10", "--to", "2026-11")
        .object("totals")
      let rows = try String(contentsOf: file, encoding: .utf8)
        .split(whereSeparator: \.isNewline)
        .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      let header = try #require(rows.first)
      #expect(header.prefix(4) == ["day", "tenant_id", "workflow", "served_by"])
      for (column, name) in header.enumerated().dropFirst(4) {
        let sum = try rows.dropFirst().reduce(Decimal(0)) {
          $0 + (try #require(Decimal(string: $1[column], locale: Locale(identifier: "en_US"))))
        }
        #expect(sum == Decimal(string: try totals.text(name)), "\(name)")
      }
      #expect(Set(header.dropFirst(4)) == totals.keys)
    }
  }
}
