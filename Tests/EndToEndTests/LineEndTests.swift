import Foundation
import TestSupport
import Testing

@Suite("Lines and their ends")
struct LineEndTests {
  private func counts(_ bytes: Data) async throws -> [String: String] {
    try await withLedger { ledger in
      let file = try ledger.write("lines.jsonl", bytes)
      return try await ledger.ingest(file.path, options: ["--from-format", "native"])
        .texts(["lines", "accepted", "duplicates", "rejected"])
    }
  }

  private func expected(_ lines: Int, accepted: Int, rejected: Int = 0) -> [String: String] {
    [
      "lines": "\(lines)", "accepted": "\(accepted)", "duplicates": "0", "rejected": "\(rejected)",
    ]
  }

  @Test(
    "17, 19: both ends of lines, a missing last one, blank lines and a byte-order mark are taken")
  func ends() async throws {
    let (a, b) = (Lines.native("a"), Lines.native("b"))
    for (text, lines) in [
      ("\(a)\n\(b)\n", 2), ("\(a)\r\n\(b)\r\n", 2), ("\(a)\n\(b)", 2), ("\(a)\r\n\(b)", 2),
      ("\u{FEFF}\(a)\n\(b)\n", 2), ("\u{FEFF}\n\(a)\n\(b)\n", 3),
      ("\n\n\(a)\n\r\n \t\n\(b)\n\n", 7),
      ("\(a)\r\n\(b)\r", 2), ("  \(a)  \n\t\(b)", 2),
    ] {
      #expect(
        try await counts(Data(text.utf8)) == expected(lines, accepted: 2),
        "\(text.prefix(3).debugDescription) … \(text.suffix(3).debugDescription)")
    }
    // A mark anywhere else is no white space.
    #expect(
      try await counts(Data("\(a)\n\u{FEFF}\(b)\n".utf8)) == expected(2, accepted: 1, rejected: 1))
    #expect(try await counts(Data()) == expected(0, accepted: 0))
    #expect(try await counts(Data("\n".utf8)) == expected(1, accepted: 0))
  }

  @Test("17: a line of 16 MiB is taken, one byte more is rejected, and the next is read")
  func longest() async throws {
    func line(_ request: String, bytes: Int) -> String {
      let bare = Lines.native(request, #","note":"""#).utf8.count
      return Lines.native(
        request, #","note":"\#(String(repeating: "x", count: bytes - bare))""#)
    }
    let limit = 16 << 20
    let text =
      line("exact", bytes: limit) + "\r\n" + line("longer", bytes: limit + 1) + "\n"
      + Lines.native("after") + "\n" + line("much-longer", bytes: 5 * limit / 2) + "\n"
      + Lines.native("last")
    try await withLedger { ledger in
      let file = try ledger.write("long.jsonl", text)
      let result = try await ledger.ingest(file.path)
      #expect(
        try result.texts(["lines", "accepted", "rejected"])
          == ["lines": "5", "accepted": "3", "rejected": "2"])
      let list = try await ledger.run(["rejects", "list", "--format", "json"])
      let lines = try JSONObject(Data(#"{"all":\#(list.outText)}"#.utf8)).objects("all")
      #expect(try lines.map { try $0.count("line") } == [2, 4])
      #expect(try Set(lines.map { try $0.text("code") }) == ["line_too_long"])
      #expect(try lines.first?.count("byte_offset") == limit + 2)
    }
  }

  @Test("18, 19: bytes that are no text reject their line alone")
  func noText() async throws {
    let good = Data((Lines.native("good") + "\n").utf8)
    for bad in [
      Data([0]), Data("{\"a\":\"\u{0}\"}".utf8), Data([0xFF, 0xFE]), Data([0xC0, 0x80]),
      Data("{\"a\":\"".utf8) + Data([0xE2, 0x82]) + Data("\"}".utf8),
      Data("{\"a\":\"".utf8) + Data([0xED, 0xA0, 0x80]) + Data("\"}".utf8),
    ] {
      #expect(
        try await counts(good + bad + Data("\n".utf8)) == expected(2, accepted: 1, rejected: 1),
        "\(Array(bad))")
    }
  }
}
