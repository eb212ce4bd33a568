import Foundation
import TestSupport
import Testing

/// cli.md: wrong use ends in one sentence on standard error and a stable exit code.
@Suite("Wrong use of the program")
struct WrongUseTests {
  @Test(
    "ends with 64 and prints no data",
    arguments: [
      ["no-such-command"], ["report", "--no-such-option"], ["ingest"], ["report", "--by", "x"],
    ])
  func wrongUsage(arguments: [String]) async throws {
    let outcome = try await Program.run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.out.isEmpty)
    #expect(outcome.errText.lowercased().hasPrefix("error: "))
  }

  @Test("an input that is missing ends with 66 and leaves no ledger")
  func missingInput() async throws {
    try await withTemporaryFolder { folder in
      let outcome = try await Program.run(["ingest", "absent.jsonl"], in: folder)
      #expect(outcome.status == 66)
      #expect(outcome.out.isEmpty)
      #expect(outcome.errText.contains("absent.jsonl"))
      #expect(outcome.errText.split(separator: "\n").count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test("help goes to standard output and ends with 0")
  func help() async throws {
    let outcome = try await Program.run(["--help"])
    #expect(outcome.status == 0)
    #expect(outcome.err.isEmpty)
    for command in ["ingest", "prices", "tenants", "policy", "report", "status"] {
      #expect(outcome.outText.contains("\n  \(command) "))
    }
  }
}
