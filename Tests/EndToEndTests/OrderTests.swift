import Foundation
import TestSupport
import Testing
import Units

@Suite("Order and splitting")
struct OrderTests {
  /// What all reports say: the summary in every format and by several groupings, and each named one.
  static func reports(_ ledger: TestLedger) async throws -> [String: Data] {
    var reports: [String: Data] = [:]
    for name in try await named.value {
      // What is said below of files and lines hangs on how the events came; the tables do not.
      reports[name] = try await ledger.run(["report", name, "--format", "csv"]).out
    }
    for by in ["", "tenant_id,workflow,served_by,day", "status,traffic_class,tenant_tier"] {
      for format in ["table", "json", "csv", "markdown"] {
        let grouping = by.isEmpty ? [] : ["--by", by]
        let outcome = try await ledger.run(["report", "--format", format] + grouping)
        reports["\(format) by \(by)"] = outcome.out
      }
    }
    return reports
  }

  /// The names of the reports that have one.
  static let named = Task {
    let lines = try await Program.run(["report", "--list"]).outText.split(separator: "\n")
    let names = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
    try #require(names.count > 5)
    return names
  }

  /// Of the small day in one file, after the prices, tenants and policy.
  static let smallDay = Task {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      let lines = try Lines.smallDay().reduce(into: Data()) { $0 += $1 + Data("\n".utf8) }
      try await ledger.ingest(try ledger.write("all.jsonl", lines).path)
      return try await reports(ledger)
    }
  }

  @Test(
    "48: the same events in any order, split over any files, twice: the same report, byte for byte",
    arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func smallDay(seed: UInt64) async throws {
    let expected = try await Self.smallDay.value
    try await withLedger { ledger in
      let logs = ledger.folder.appending(path: "logs")
      try Split(seed: seed).write(try Lines.smallDay(), into: logs)
      // Before, after or around the events, in any order.
      var random = SeededGenerator(seed: seed ^ 0xFFFF)
      var steps = SmallDay.imports
      steps.insert(["ingest", logs.path], at: Int.random(in: 0...3, using: &random))
      for step in steps.shuffled(using: &random) { try await ledger.run(step) }
      let again = try await ledger.ingest(logs.path)
      #expect(try again.count("accepted") == 0)
      let reports = try await Self.reports(ledger)
      for (name, bytes) in expected {
        #expect(reports[name] == bytes, "seed \(seed), \(name)")
      }
      // The program does not look up again what it refers to, so that is looked up here.
      #expect(try SQLiteFile(ledger.path).rows("PRAGMA foreign_key_check").isEmpty)
    }
  }

  @Test(
    "LiteLLM's lines in any order, split over any files, twice: the same report",
    arguments: ["correlated", "proxy-s3"])
  func liteLLM(name: String) async throws {
    let lines = try Lines.liteLLM(name)
    let file = Repository.path("fixtures/litellm/\(name).jsonl.zst").path
    let expected = try await withLedger { ledger in
      try await ledger.ingest(file)
      return try await Self.reports(ledger)
    }
    for seed in [11, 12] as [UInt64] {
      try await withLedger { ledger in
        let logs = ledger.folder.appending(path: "logs")
        try Split(seed: seed).write(lines + lines, into: logs)
        let first = try await ledger.ingest(logs.path)
        #expect(try first.count("accepted") == lines.count)
        #expect(try first.count("duplicates") == lines.count)
        #expect(try first.count("conflicts") == 0)
        try await ledger.ingest(file)
        #expect(try await Self.reports(ledger) == expected, "seed \(seed)")
      }
    }
  }

  @Test("31: a file counts once, whatever its name and packing")
  func packing() async throws {
    try await withLedger { ledger in
      let bytes = try Data(contentsOf: URL(filePath: SmallDay.events))
      try await ledger.ingest(SmallDay.events)
      let copies = [
        try ledger.write("copy.jsonl", bytes), try ledger.write("a.zst", Packed.zstd(bytes)),
        try ledger.write("b.gz", Packed.gzip(bytes)),
        // Told by what they are, not by what they are called.
        try ledger.write("c.jsonl", Packed.zstd(bytes)),
        try ledger.write("d.jsonl.zst", Packed.gzip(bytes)),
      ]
      for copy in copies {
        let result = try await ledger.ingest(copy.path)
        #expect(try result.objects("files").map { try $0.text("status") } == ["unchanged"])
      }
      let result = try await ledger.ingest("-", stdin: bytes)
      #expect(try result.objects("files").map { try $0.text("status") } == ["unchanged"])
    }
  }
}
