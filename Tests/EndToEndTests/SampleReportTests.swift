import Foundation
import TestSupport
import Testing

/// The files under reports/sample are what the program prints from fixtures/small_day and fixtures/demo.
@Suite("Sample reports")
struct SampleReportTests {
  private static let day = ["--from", "2026-10-05", "--to", "2026-10-06"]

  @Test(
    "the summary of the small day reads as the sample does",
    arguments: ["table:txt", "csv:csv", "json:json", "markdown:md"])
  func summary(format: String) async throws {
    let parts = format.split(separator: ":").map(String.init)
    try await withSmallDay { ledger, _ in
      let run = try await Program.run(
        ["report", "--ledger", ledger, "--by", "workflow", "--format", parts[0]] + Self.day)
      #expect(run.status == 0)
      try expectSample("small_day/summary.\(parts[1])", run.outText)
    }
  }

  @Test("the export of the small day's month is the sample")
  func export() async throws {
    try await withSmallDay { ledger, folder in
      let file = folder.appending(path: "export.csv")
      let run = try await Program.run(
        ["export", "csv", "--ledger", ledger, "--month", "2026-10", "--out", file.path])
      #expect(run.status == 0)
      try expectSample("small_day/export.csv", try String(contentsOf: file, encoding: .utf8))
    }
  }

  @Test("the small day's nightly folder is the sample, and the same when made again")
  func smallNight() async throws {
    try await with("small_day", "events.jsonl") { ledger, folder in
      try await expectNight(ledger, folder, day: "2026-10-05", sample: "small_day/nightly")
    }
  }

  @Test("the demo's night, its page among it, is the sample")
  func demoNight() async throws {
    try await with("demo", "events.jsonl.zst") { ledger, folder in
      try await expectNight(ledger, folder, day: "2026-10-05", sample: "demo/nightly")
      let nights = try String(contentsOf: folder.appending(path: "index.html"), encoding: .utf8)
      try expectSample("demo/nights.html", nights)
    }
  }

  @Test("every named report of the demo's night reads as its sample does", arguments: names)
  func named(name: String) async throws {
    try await with("demo", "events.jsonl.zst") { ledger, _ in
      for (format, suffix) in [
        ("table", "txt"), ("csv", "csv"), ("json", "json"), ("markdown", "md"),
      ] {
        let run = try await Program.run(
          ["report", name, "--ledger", ledger, "--format", format] + Self.day)
        #expect(run.status == 0, "\(run.errText)")
        try expectSample("demo/report/\(name).\(suffix)", run.outText)
        guard format == "table" else { continue }
        for line in run.outText.split(separator: "\n") {
          #expect(line.count <= 80, "\(line)")
          #expect(!line.hasSuffix(" "), "\(line)")
        }
      }
    }
  }

  private static let names = [
    "workflow-cost", "downgrades", "margin", "fallback-premium", "failures", "providers", "budgets",
    "loops", "coverage", "drift",
  ]

  private func expectNight(
    _ ledger: String, _ folder: URL, day: String, sample: String
  ) async throws {
    let arguments = [
      "nightly", "--ledger", ledger, "--date", day, "--out", folder.path, "--notify",
    ]
    let run = try await Program.run(arguments)
    #expect(run.status == 0, "\(run.errText)")
    try expectSample("\(sample)/notify.txt", run.outText.replacing(folder.path, with: "reports"))
    let night = folder.appending(path: day)
    let names = try FileManager.default.contentsOfDirectory(atPath: night.path).sorted()
    let first = try names.map { try Data(contentsOf: night.appending(path: $0)) }
    let reports = Self.names + ["models", "summary"]
    #expect(
      names
        == (reports.map { "\($0).csv" } + [
          "index.html", "manifest.sha256", "report.json", "report.md",
        ])
        .sorted())
    for (name, bytes) in zip(names, first) {
      try expectSample("\(sample)/\(name)", String(decoding: bytes, as: UTF8.self))
    }
    #expect(try await Program.run(arguments).status == 0)
    #expect(try names.map { try Data(contentsOf: night.appending(path: $0)) } == first)
  }

  private func withSmallDay(
    _ body: (_ ledger: String, _ folder: URL) async throws -> Void
  ) async throws { try await with("small_day", "events.jsonl", body) }

  private func with(
    _ name: String, _ events: String,
    _ body: (_ ledger: String, _ folder: URL) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { scratch in
      let ledger = scratch.appending(path: "ledger.sqlite").path
      let folder = scratch.appending(path: "out")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let fixture = Repository.path("fixtures/\(name)")
      for command in [
        ["prices", "import", "prices.csv"], ["tenants", "import", "tenants.csv"],
        ["policy", "apply", "policy.yaml"], ["ingest", events],
      ] {
        let run = try await Program.run(command + ["--ledger", ledger], in: fixture)
        try #require(run.status == 0, "\(run.errText)")
      }
      try await body(ledger, folder)
    }
  }

  /// With `UPDATE_GOLDEN` set the sample is written instead, to be read before it is committed.
  private func expectSample(_ name: String, _ text: String) throws {
    let file = Repository.path("reports/sample/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)), "\(name)")
  }
}
