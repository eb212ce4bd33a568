import Foundation
import TestSupport
import Testing

/// The files under reports/sample are what the program prints from fixtures/small_day.
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
      try expectSample("summary.\(parts[1])", run.outText)
    }
  }

  @Test("the export of the small day's month is the sample")
  func export() async throws {
    try await withSmallDay { ledger, folder in
      let file = folder.appending(path: "export.csv")
      let run = try await Program.run(
        ["export", "csv", "--ledger", ledger, "--month", "2026-10", "--out", file.path])
      #expect(run.status == 0)
      try expectSample("export.csv", try String(contentsOf: file, encoding: .utf8))
    }
  }

  @Test("the small day's nightly folder is the sample, and the same when made again")
  func nightly() async throws {
    try await withSmallDay { ledger, folder in
      let arguments = [
        "nightly", "--ledger", ledger, "--date", "2026-10-05", "--out", folder.path,
      ]
      #expect(try await Program.run(arguments).status == 0)
      let night = folder.appending(path: "2026-10-05")
      let names = try FileManager.default.contentsOfDirectory(atPath: night.path).sorted()
      let first = try names.map { try Data(contentsOf: night.appending(path: $0)) }
      #expect(
        names == [
          "downgrades.csv", "index.html", "margin.csv", "report.json", "report.md", "summary.csv",
          "workflow-cost.csv",
        ])
      for (name, bytes) in zip(names, first) where name != "index.html" {
        try expectSample("nightly/\(name)", String(decoding: bytes, as: UTF8.self))
      }
      #expect(try await Program.run(arguments).status == 0)
      #expect(try names.map { try Data(contentsOf: night.appending(path: $0)) } == first)
    }
  }

  private func withSmallDay(_ body: (_ ledger: String, _ folder: URL) async throws -> Void)
    async throws
  {
    try await withTemporaryFolder { folder in
      let ledger = folder.appending(path: "ledger.sqlite").path
      let fixture = Repository.path("fixtures/small_day")
      for command in [
        ["prices", "import", "prices.csv"], ["tenants", "import", "tenants.csv"],
        ["policy", "apply", "policy.yaml"], ["ingest", "events.jsonl"],
      ] {
        let run = try await Program.run(command + ["--ledger", ledger], in: fixture)
        try #require(run.status == 0, "\(run.errText)")
      }
      try await body(ledger, folder)
    }
  }

  /// With `UPDATE_GOLDEN` set the sample is written instead, to be read before it is committed.
  private func expectSample(_ name: String, _ text: String) throws {
    let file = Repository.path("reports/sample/small_day/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)), "\(name)")
  }
}
