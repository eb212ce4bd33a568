import Foundation
import TestSupport
import Testing

@Suite("simulate, then everything that follows it")
struct SimulateTests {
  @Test("its files go through the other commands, and every request is accounted for")
  func wholePath() async throws {
    try await withLedger { ledger in
      let made = try await simulate(
        ["--seed", "3", "--requests", "700", "--out", "world"], in: ledger.folder)
      #expect(made.out.isEmpty)
      #expect(made.errText.contains("700 requests by 8 tenants, 2026-10-01 to 2026-10-07"))
      for command in [
        ["prices", "import", "world/prices.csv"], ["tenants", "import", "world/tenants.csv"],
        ["policy", "apply", "world/policy.yaml"],
      ] {
        #expect(made.errText.contains("fallback-ledger " + command.joined(separator: " ") + "\n"))
        try await ledger.run(command)
      }
      let ingest = try await ledger.ingest("world/events.jsonl.zst", options: ["--strict"])
      #expect(try ingest.count("requests") == 700)
      #expect(try ingest.count("accepted") == ingest.count("lines"))

      let totals = try await ledger.report().object("totals")
      let ends = try ["served", "deferred", "rejected", "failed"].map(totals.count)
      #expect(try totals.count("requests") == 700)
      #expect(ends.reduce(0, +) == 700)
      #expect(try totals.count("served") > 600)
      #expect(try totals.count("downgraded") > 0)
      for unknown in ["unpriced_attempts", "ungraded", "unplanned"] {
        #expect(try totals.count(unknown) == 0, "\(unknown)")
      }
    }
  }

  @Test("to standard output go the same events")
  func standardOutput() async throws {
    try await withLedger { ledger in
      let options = ["--requests", "150", "--days", "2", "--out"]
      try await simulate(options + ["world"], in: ledger.folder)
      let lines = try await simulate(options + ["-"], in: ledger.folder)
      #expect(lines.err.isEmpty)
      try await ledger.ingest("world/events.jsonl.zst")
      let again = try await ledger.ingest("-", stdin: lines.out)
      // The ledger knows a file by its content.
      #expect(try again.objects("files").map { try $0.text("status") } == ["unchanged"])
    }
  }

  @Test("made again in place, the files are the same")
  func inPlace() async throws {
    try await withTemporaryFolder { folder in
      let options = ["--requests", "50", "--out", "deep/er/world/"]
      let names = ["events.jsonl.zst", "prices.csv", "tenants.csv", "policy.yaml"]
      func files() throws -> [Data] {
        try names.map { try Data(contentsOf: folder.appending(path: "deep/er/world/\($0)")) }
      }
      try await simulate(options, in: folder)
      let first = try files()
      try await simulate(options, in: folder)
      #expect(try files() == first)
      let left = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "deep/er/world").path(percentEncoded: false))
      #expect(left.sorted() == names.sorted())
    }
  }

  @Test(
    "wrong use ends in a sentence and its exit code, and makes nothing",
    arguments: [
      (["--days", "0"], 64, "0 days cannot be simulated; give 1 to 366"),
      (["--seed", "x"], 64, "'x' is invalid for '--seed <number>'"),
      (["--from", "2026-02-30"], 64, "`2026-02-30` is no day; write it as 2026-10-01"),
      (["--from", "2199-12-30"], 64, "7 days from 2199-12-30 leave the years 2000 to 2199"),
      (
        ["--outage", "openai"], 64,
        "openai is no outage; write it as openai@2026-10-05T09:00/2026-10-05T13:00, in UTC"
      ),
      (
        ["--outage", "openai@2026-10-03/2026-10-02"], 64,
        "not after it began at 2026-10-03T00:00:00.000Z"
      ),
      (["--policy", "none.yaml"], 66, "none.yaml: no such file"),
      (["--prices", "bad.csv"], 65, "bad.csv:1: the column `input_usd_per_million` is missing"),
      (["--prices", "few.csv"], 65, "no price on 2026-10-01 for anthropic/claude-opus-4"),
    ])
  func wrongUse(options: [String], status: Int32, message: String) async throws {
    try await withTemporaryFolder { folder in
      try Data("provider,model,effective_from,output_usd_per_million\n".utf8)
        .write(to: folder.appending(path: "bad.csv"))
      try Data(
        """
        provider,model,effective_from,input_usd_per_million,output_usd_per_million
        openai,gpt-5,2026-01-01,1.25,10

        """.utf8
      ).write(to: folder.appending(path: "few.csv"))
      let outcome = try await Program.run(
        ["simulate", "--out", "world"] + options, in: folder)
      #expect(outcome.status == status)
      #expect(outcome.errText.contains(message), "\(outcome.errText)")
      #expect(outcome.out.isEmpty)
      let world = folder.appending(path: "world").path(percentEncoded: false)
      #expect(!FileManager.default.fileExists(atPath: world))
    }
  }

  @discardableResult
  private func simulate(_ options: [String], in folder: URL) async throws -> Program.Outcome {
    let outcome = try await Program.run(["simulate"] + options, in: folder)
    #expect(outcome.status == 0, "\(outcome.errText)")
    return outcome
  }
}
