import Foundation
import TestSupport
import Testing

@Suite("policy decide")
struct PolicyDecideTests {
  private static let folder = Repository.path("fixtures/policies")
  private static let arguments = [
    "policy", "decide", "--policy", folder.appending(path: "decision-policy.yaml").path,
  ]

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test("answers every case of policy.md, key by key")
  func cases() async throws {
    let file = Self.folder.appending(path: "decision-cases.jsonl")
    let cases = try objects(String(contentsOf: file, encoding: .utf8))
    var questions = Data()
    for each in cases {
      let question = try #require(each["question"])
      questions += try JSONSerialization.data(withJSONObject: question) + Data("\n".utf8)
    }
    let outcome = try await Program.run(Self.arguments, stdin: questions)
    #expect(outcome.status == 0 && outcome.errText.isEmpty)
    let answers = try objects(outcome.outText)
    #expect(cases.count == 220 && answers.count == cases.count)
    for (index, (each, answer)) in zip(cases, answers).enumerated() {
      for (key, value) in try #require(each["answer"] as? [String: Any]) {
        #expect(
          (answer[key] as? NSObject) == (value as? NSObject), "\(key) of line \(index + 1)")
      }
      #expect((answer["route"] == nil) == (answer["action"] as? String != "model"))
    }
  }

  @Test("goes on after a line it cannot answer, and passes over blank ones")
  func goesOn() async throws {
    let sound = #"{"request":{"primary":{"provider":"openai","model":"gpt-5"}}}"#
    let settled = #"""
      {"request":{"primary":{"provider":"openai","model":"gpt-5"}},"attempts":[{"outcome":"success",\#
      "route":{"provider":"openai","model":"gpt-5"}}]}
      """#
    let outcome = try await Program.run(
      Self.arguments, stdin: Data("nonsense\n\n\(sound)\r\n \n\(settled)\n\(sound)".utf8))
    #expect(outcome.status == 0)
    let answers = try objects(outcome.outText)
    #expect(answers.map { $0["error"] as? String } == ["malformed", nil, "already_settled", nil])
    #expect(answers.map { $0["action"] as? String } == [nil, "model", nil, "model"])
  }

  @Test("reads a file, packed or not, and says what is wrong with a policy and where")
  func files() async throws {
    try await withTemporaryFolder { folder in
      let questions = folder.appending(path: "questions.jsonl")
      try Data(#"{"request":{"primary":{"provider":"openai","model":"gpt-5"}}}"#.utf8)
        .write(to: questions)
      let outcome = try await Program.run(Self.arguments + [questions.path])
      #expect(
        outcome.outText == """
          {"action":"model","route":{"provider":"openai","model":"gpt-5"},\
          "class":"non_critical_user_facing","step":0,"reason":"primary"}

          """)
      try Data("version: 2\nmodels: {}\nclasses: {}\n".utf8)
        .write(to: folder.appending(path: "p.yaml"))
      let wrong = try await Program.run(["policy", "decide", "--policy", "p.yaml"], in: folder)
      #expect(wrong.status == 65 && wrong.out.isEmpty)
      #expect(wrong.errText.contains("p.yaml:1:10: the version cannot be the number `2`"))
      let missing = try await Program.run(["policy", "decide", "--policy", "q.yaml"], in: folder)
      #expect(missing.status == 66)
    }
  }

  @Test("answers a line before it waits for the next, so that a gateway can keep it open")
  func interactive() throws {
    let process = Process()
    process.executableURL = Program.executable
    process.arguments = Self.arguments
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    for _ in 0..<3 {
      input.fileHandleForWriting.write(
        Data((#"{"request":{"primary":{"provider":"openai","model":"gpt-5"}}}"# + "\n").utf8))
      // Blocks for ever if the answer is kept back.
      let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      #expect(answer.hasPrefix(#"{"action":"model""#) && answer.hasSuffix("}\n"))
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
