import Foundation
import TestSupport
import Testing

/// What the README shows is what its commands print.
@Suite("README")
struct ReadmeTests {
  private let readme: String

  init() throws {
    readme = try String(contentsOf: Repository.path("README.md"), encoding: .utf8)
  }

  @Test("its sample is the demo's report")
  func sample() async throws {
    try await withTemporaryFolder { folder in
      let ledger = folder.appending(path: "ledger.sqlite").path
      for command in [
        ["prices", "import", "prices.csv"], ["tenants", "import", "tenants.csv"],
        ["policy", "apply", "policy.yaml"], ["ingest", "events.jsonl.zst"],
      ] {
        let run = try await Program.run(
          command + ["--ledger", ledger], in: Repository.path("fixtures/demo"))
        try #require(run.status == 0, "\(run.errText)")
      }
      let report = try await Program.run(["report", "--ledger", ledger, "--by", "workflow"])
      #expect(readme.contains("```text\n\(report.outText)```\n"))
    }
  }

  @Test("the commands of its five minutes work as they stand, one after another")
  func tour() async throws {
    try await withTemporaryFolder { folder in
      // The tour names fixtures by their paths from the root.
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "fixtures"),
        withDestinationURL: Repository.path("fixtures"))
      let lines = readme.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      let commands = lines.filter { $0.hasPrefix("fallback-ledger ") }
      #expect(commands.count >= 10)
      for command in commands {
        var words = command.split(separator: " ").dropFirst().map(String.init)
        var target: String?
        if let arrow = words.firstIndex(of: ">") {
          target = words[arrow + 1]
          words.removeSubrange(arrow...)
        }
        let run = try await Program.run(
          words, environment: ["FALLBACK_LEDGER": "my.sqlite"], in: folder)
        #expect(run.status == 0, "\(command): \(run.errText)")
        if let target { try run.out.write(to: folder.appending(path: target)) }
      }
    }
  }
}
