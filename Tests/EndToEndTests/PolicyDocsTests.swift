import Foundation
import TestSupport
import Testing

@Suite("docs/policies.md")
struct PolicyDocsTests {
  /// The YAML blocks of the page, each with what it leaves out of a policy.
  private static func blocks() throws -> [String] {
    let page = try String(contentsOf: Repository.path("docs/policies.md"), encoding: .utf8)
    return page.components(separatedBy: "```yaml\n").dropFirst().map { rest in
      var block = rest.components(separatedBy: "```").first ?? ""
      let keys = Set(block.split(separator: "\n").compactMap { $0.firstMatch(of: /^(\w+):/)?.1 })
      if !keys.contains("version") { block += "version: 1\n" }
      if !keys.contains("models") { block += "models: {}\n" }
      if !keys.contains("classes") { block += "classes: {}\n" }
      return block
    }
  }

  @Test("has policies that the program takes, every block of them")
  func blocksAreSound() async throws {
    let blocks = try Self.blocks()
    #expect(blocks.count == 7)
    for block in blocks {
      try await withTemporaryFolder { folder in
        try Data(block.utf8).write(to: folder.appending(path: "policy.yaml"))
        let check = try await Program.run(["policy", "check", "policy.yaml"], in: folder)
        #expect(check.status == 0, "\(check.errText)\(block)")
        let show = try await Program.run(["policy", "show", "policy.yaml"], in: folder)
        #expect(show.status == 0)
        #expect(show.outText.split(separator: "\n").allSatisfy { $0.count <= 80 })
      }
    }
  }

  @Test("has commands that run as they stand")
  func commands() async throws {
    try await withTemporaryFolder { folder in
      let preset = try await Program.run(["policy", "preset", "five-class"])
      try preset.out.write(to: folder.appending(path: "policy.yaml"))
      let explain = try await Program.run(
        [
          "policy", "explain", "--policy", "policy.yaml", "--primary", "openai/gpt-5", "--workflow",
          "support_chat", "--failed", "0:timeout",
        ], in: folder)
      #expect(explain.status == 0 && explain.outText.contains("step 2, openai/gpt-5-mini"))
      let schema = try await Program.run(["policy", "schema"], in: folder)
      #expect(schema.status == 0 && schema.outText.hasPrefix("{"))
      let same = try await Program.run(
        ["policy", "diff", "policy.yaml", "policy.yaml"], in: folder)
      #expect(same.status == 0 && same.outText == "Both policies say the same\n")
    }
  }

  @Test(
    "policy explain says what is wrong with what was typed",
    arguments: [
      (["--failed", "0:timeout"], 64, "nothing is asked"),
      (["--primary", "gpt-5"], 64, "`gpt-5` names no model"),
      (["--primary", "a/b", "--failed", "0:timeoutt"], 64, "did you mean `timeout`?"),
      (["--primary", "a/b", "--failed", "9:timeout"], 64, "has the steps 0 to 2"),
      (["--primary", "a/b", "--failed", "2:timeout"], 64, "calls no model"),
      (["--primary", "a/b", "--utilisation", "80%"], 64, "83 % is 0.83"),
      (["--question", "missing.json"], 66, "missing.json"),
    ] as [([String], Int32, String)])
  func typedWrong(arguments: [String], status: Int32, message: String) async throws {
    try await withTemporaryFolder { folder in
      let preset = try await Program.run(["policy", "preset", "five-class"])
      try preset.out.write(to: folder.appending(path: "policy.yaml"))
      let outcome = try await Program.run(
        ["policy", "explain", "--policy", "policy.yaml"] + arguments, in: folder)
      #expect(outcome.status == status && outcome.out.isEmpty)
      #expect(outcome.errText.contains(message), "\(outcome.errText)")
    }
  }
}
