import Foundation
import TestSupport
import Testing

@Suite("Prompts and answers are never stored")
struct PrivacyTests {
  /// The texts that users and models wrote in LiteLLM's lines.
  private static func talk(_ line: Data) throws -> [String] {
    func strings(_ value: Any?) -> [String] {
      switch value {
      case let text as String: [text]
      case let list as [Any]: list.flatMap(strings)
      case let object as [String: Any]:
        ["content", "text", "message", "choices", "input"].flatMap { strings(object[$0]) }
      default: []
      }
    }
    let object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
    return strings(object["messages"]) + strings(object["response"])
  }

  /// Expects that none of the texts is in any file of the ledger, whole or in part.
  private func expectNone(of texts: Set<String>, in ledger: TestLedger) throws {
    var haystacks = try ledger.ledgerFiles()
    #expect(haystacks["test.sqlite"] != nil)
    // A page may end within a text; seen through SQL it is whole.
    let file = SQLiteFile(ledger.path)
    for table in try file.rows("SELECT name FROM sqlite_schema WHERE type = 'table'") {
      let name = try #require(table[0])
      let rows = try file.rows("SELECT * FROM \(name)")
      haystacks["table \(name)"] = Data(rows.flatMap(\.self).map { $0 ?? "" }.joined().utf8)
    }
    for text in texts {
      let needle = Data(text.utf8.prefix(24))
      for (name, bytes) in haystacks {
        #expect(bytes.range(of: needle) == nil, "\(name) holds “\(text)”")
      }
    }
  }

  @Test("in the lines that are taken", arguments: ["correlated", "proxy-s3"])
  func accepted(name: String) async throws {
    try await withLedger { ledger in
      let texts = try Lines.liteLLM(name).flatMap(Self.talk).filter { $0.utf8.count > 12 }
      #expect(texts.count > 40)
      try await ledger.ingest(Repository.path("fixtures/litellm/\(name).jsonl.zst").path)
      try expectNone(of: Set(texts), in: ledger)
    }
  }

  @Test("in the quarantine of well-formed lines of LiteLLM")
  func rejectedLiteLLM() async throws {
    try await withLedger { ledger in
      let lines = try Lines.liteLLM("proxy-s3")
      let texts = try lines.flatMap(Self.talk).filter { $0.utf8.count > 12 }
      // Each line is wrong in one of several ways.
      let mistakes: [(String, String)] = [
        (#""prompt_tokens": "#, #""prompt_tokens": -"#),
        (#""status": "success""#, #""status": "perhaps""#),
        (#""endTime": "#, #""endTime": "soon", "endedTime": "#),
        (#""response_cost": "#, #""response_cost": 1, "response_cost": "#),
        (#""id": ""#, #""id": "\#(String(repeating: "x", count: 513))"#),
        (#""messages": "#, #""messages": 0, "messages": "#),
        (#""metadata": {"#, #""metadata": ["a"], "meta": {"#),
      ]
      var wrong = Data()
      for (number, line) in lines.enumerated() {
        let (mark, mistake) = mistakes[number % mistakes.count]
        var text = String(decoding: line, as: UTF8.self)
        if let range = text.range(of: mark) { text.replaceSubrange(range, with: mistake) }
        wrong += Data((text + "\n").utf8)
      }
      let file = try ledger.write("wrong.jsonl", wrong)
      let result = try await ledger.ingest(file.path)
      #expect(try result.count("rejected") > lines.count / 2)
      try expectNone(of: Set(texts), in: ledger)
    }
  }

  @Test("in the quarantine of well-formed lines that are no events")
  func rejectedNative() async throws {
    let secret = "Schreib mir bitte ein Gedicht"
    let lines = [
      Lines.native("ok"),
      Lines.native("unknown-field", #","prompt":"\#(secret)""#),
      Lines.native("twice", #","prompt":"\#(secret)","cost_usd":1"#),
      Lines.native("twice-unknown", #","prompt":"\#(secret)","prompt":"\#(secret)""#),
      Lines.native("nested", #","latency_ms":-1,"messages":[{"content":"\#(secret)"}]"#),
      Lines.native("in-known", #","latency_ms":-1,"decision":{"text":"\#(secret)"}"#),
      Lines.native("as-known", #","latency_ms":["\#(secret)"]"#),
      Lines.native("as-object", #","latency_ms":{"text":"\#(secret)"}"#),
      #"["\#(secret)"]"#, #""\#(secret)""#,
      #"{"request_id":"short","tenant_id":"acme","answer":"\#(secret)"}"#,
      // A conflict: `ok` at another cost.
      Lines.native("ok", #","revenue_usd":1,"prompt":"\#(secret)""#),
    ]
    try await withLedger { ledger in
      let file = try ledger.write("lines.jsonl", lines.joined(separator: "\n"))
      let result = try await ledger.ingest(file.path)
      #expect(try result.count("accepted") == 2)
      #expect(try result.count("conflicts") == 1)
      #expect(try result.count("rejected") == lines.count - 3)
      try expectNone(of: [secret], in: ledger)
      // What a mender needs is still there.
      let list = try await ledger.run(["rejects", "list", "--format", "json"])
      #expect(list.outText.contains("nested"))
    }
  }

  @Test("in the quarantine of a line that is too long to be looked at")
  func tooLong() async throws {
    let secret = "Schreib mir bitte ein Gedicht"
    try await withLedger { ledger in
      let long =
        #"{"prompt":"\#(secret)","filler":""# + String(repeating: "x", count: 16 << 20) + #""}"#
      let file = try ledger.write("lines.jsonl", "\(Lines.native("ok"))\n\(long)\n")
      let result = try await ledger.ingest(file.path)
      #expect(try result.count("rejected") == 1)
      try expectNone(of: [secret], in: ledger)
    }
  }
}
