import Foundation
import TestSupport
import Testing

@Suite("Telling a log's format")
struct FormatTests {
  private func format(_ text: Data, options: [String] = []) async throws -> [String] {
    try await withLedger { ledger in
      let file = try ledger.write("log.jsonl", text)
      let result = try await ledger.ingest(file.path, options: options)
      return try ["format", "accepted", "rejected"].map {
        try result.objects("files")[0].text($0)
      }
    }
  }

  @Test("a line that is cut does not speak for the whole ones after it")
  func cutFirst() async throws {
    let lines = try Lines.liteLLM("correlated").prefix(3)
    let cut = Data(#"{"id": "x", "metadata": {"request_id": "y", "model"#.utf8)
    let text = lines.reduce(cut) { $0 + Data("\n".utf8) + $1 }
    #expect(try await format(text) == ["litellm", "3", "1"])
    let native = Data(
      #"{"request_id":"r90","attempt":0,"ts":"2026-10"#.utf8)
    #expect(
      try await format(native + Data("\n\(Lines.native("a"))\n".utf8)) == ["native", "1", "1"])
    // Alone it does: the small day's cut line may come in a file of its own.
    #expect(try await format(native) == ["native", "0", "1"])
  }

  @Test("blank lines and lines of no format come before one that shows it")
  func late() async throws {
    let before = "\n\n{\"level\":\"info\"}\n[1]\n"
    #expect(
      try await format(Data((before + Lines.native("a")).utf8)) == ["native", "1", "2"])
  }

  @Test("--from-format has the lines of any file judged singly")
  func forced() async throws {
    let native = Data((Lines.native("a") + "\n").utf8)
    #expect(
      try await format(native, options: ["--from-format", "litellm"]) == ["litellm", "0", "1"])
    let strange = Data("{\"level\":\"info\"}\nplain text\n".utf8)
    #expect(
      try await format(strange, options: ["--from-format", "native"]) == ["native", "0", "2"])
  }

  @Test("38: two tenants whose names look alike stay two, and odd names reach every report whole")
  func names() async throws {
    let names = ["caf\u{E9}", "cafe\u{301}", "a/b", #"quo"ted, with comma"#, "=1+1", "<b>&", "🙂"]
    try await withLedger { ledger in
      let lines = names.enumerated().map { number, name in
        let quoted = name.replacingOccurrences(of: "\"", with: "\\\"")
        return Lines.native("r\(number)").replacingOccurrences(of: "acme", with: quoted)
      }
      try await ledger.ingest(
        try ledger.write("log.jsonl", lines.joined(separator: "\n")).path)
      let groups = try await ledger.report("--by", "tenant_id").objects("groups")
      let found = try groups.map { Data(try $0.object("key").text("tenant_id").utf8) }
      #expect(Set(found) == Set(names.map { Data($0.utf8) }))
      #expect(found.count == names.count)
      for format in ["table", "csv", "markdown"] {
        try await ledger.run(["report", "--by", "tenant_id", "--format", format])
      }
    }
  }
}
