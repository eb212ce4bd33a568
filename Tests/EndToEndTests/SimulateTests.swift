import Foundation
import TestSupport
import Testing

@Suite("simulate, then everything that follows it")
struct SimulateTests {
  @Test("its files go through the other commands, and every request is accounted for")
  func wholePath() async throws {
    try await withTemporaryFolder { folder in
      let made = try await run(
        ["simulate", "--seed", "3", "--requests", "700", "--out", "world"], in: folder)
      #expect(made.out.isEmpty)
      #expect(made.errText.contains("700 requests by 8 tenants, 2026-10-01 to 2026-10-07"))
      for command in [
        ["prices", "import", "world/prices.csv"], ["tenants", "import", "world/tenants.csv"],
        ["policy", "apply", "world/policy.yaml"],
      ] {
        #expect(made.errText.contains("fallback-ledger " + command.joined(separator: " ") + "\n"))
        try await run(command, in: folder)
      }
      let ingest = try object(
        await run(["ingest", "world/events.jsonl.zst", "--strict", "--json"], in: folder))
      #expect(ingest["requests"] as? Int == 700)
      #expect(ingest["accepted"] as? Int == ingest["lines"] as? Int)

      let report = try object(await run(["report", "--format", "json"], in: folder))
      let totals = try #require(report["totals"] as? [String: Any])
      func count(_ key: String) throws -> Int { try #require(totals[key] as? Int) }
      #expect(try count("requests") == 700)
      #expect(
        try count("served") + count("deferred") + count("rejected") + count("failed") == 700)
      #expect(try count("served") > 600)
      #expect(try count("downgraded") > 0)
      #expect(try count("unpriced_attempts") == 0)
      #expect(try count("ungraded") == 0)
      #expect(try count("unplanned") == 0)
    }
  }

  @Test("to standard output go the same events")
  func standardOutput() async throws {
    try await withTemporaryFolder { folder in
      let options = ["simulate", "--requests", "150", "--days", "2", "--out"]
      try await run(options + ["world"], in: folder)
      let lines = try await run(options + ["-"], in: folder)
      #expect(lines.err.isEmpty)
      try await run(["ingest", "world"], in: folder)
      let again = try object(
        await run(["ingest", "-", "--json"], stdin: lines.out, in: folder))
      let file = try #require((again["files"] as? [[String: Any]])?.first)
      // The ledger knows a file by its content.
      #expect(file["status"] as? String == "unchanged")
    }
  }

  @Test("made again in place, the files are the same")
  func inPlace() async throws {
    try await withTemporaryFolder { folder in
      let command = ["simulate", "--requests", "50", "--out", "deep/er/world/"]
      let names = ["events.jsonl.zst", "prices.csv", "tenants.csv", "policy.yaml"]
      func files() throws -> [Data] {
        try names.map { try Data(contentsOf: folder.appending(path: "deep/er/world/\($0)")) }
      }
      try await run(command, in: folder)
      let first = try files()
      try await run(command, in: folder)
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
      (["--from", "2026-02-30"], 64, "2026-02-30 is no day; write it as 2026-10-01"),
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
  private func run(
    _ arguments: [String], stdin: Data = Data(), in folder: URL
  ) async throws -> Program.Outcome {
    let outcome = try await Program.run(arguments, stdin: stdin, in: folder)
    #expect(outcome.status == 0, "\(arguments): \(outcome.errText)")
    return outcome
  }

  private func object(_ outcome: Program.Outcome) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: outcome.out) as? [String: Any])
  }
}
