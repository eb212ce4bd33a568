import Foundation
import TestSupport
import Testing

@Suite("The quarantine, exported, mended and tried again")
struct RejectsTests {
  /// A log of one good line, and of five that are not: without a tenant, damaged, of a name too long,
  /// with a cost below nothing, and in conflict with the first.
  private static let log = [
    Lines.native("good"),
    Lines.native("no-tenant", #","messages":"secret words""#)
      .replacing(#""tenant_id":"acme","#, with: ""),
    String(Lines.native("damaged").dropLast(2)),
    Lines.native("negative").replacing("0.001", with: "-0.001"),
    Lines.native("good").replacing("0.001", with: "0.002"),
    "",
  ].joined(separator: "\n")

  private static func withQuarantine(
    _ body: (TestLedger, URL) async throws -> Void
  ) async throws {
    try await withLedger { ledger in
      let result = try await ledger.ingest(try ledger.write("day.jsonl", log).path)
      #expect(try result.count("rejected") == 3)
      #expect(try result.count("conflicts") == 1)
      try await body(ledger, ledger.folder.appending(path: "mend.jsonl"))
    }
  }

  private func export(_ ledger: TestLedger, _ file: URL) async throws -> [String] {
    try await ledger.run(["rejects", "export", "--out", file.path])
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// The ledger's requests and attempts but for where they came from.
  private func content(_ ledger: TestLedger) throws -> [[String?]] {
    let file = SQLiteFile(ledger.path)
    let columns = try file.columns(of: "attempts").filter { $0 != "file" && $0 != "line" }
      .map { "\"\($0)\"" }.joined(separator: ", ")
    return try file.rows("SELECT * FROM requests ORDER BY request_id")
      + file.rows("SELECT \(columns) FROM attempts ORDER BY event_id")
  }

  @Test("export gives each line with its reason; an object stands as it is, other text as a string")
  func exported() async throws {
    try await Self.withQuarantine { ledger, file in
      let lines = try await export(ledger, file)
      let objects = try lines.map { try JSONObject(Data($0.utf8)) }
      #expect(
        objects.allSatisfy {
          $0.keys == ["file", "line", "byte_offset", "code", "reason", "sha256", "excerpt"]
        })
      #expect(
        try objects.map { try $0.text("code") } == [
          "missing_field", "malformed_json", "negative", "conflict",
        ])
      #expect(try objects.map { try $0.count("line") } == [2, 3, 4, 5])
      #expect(try objects[0].object("excerpt").text("request_id") == "no-tenant")
      #expect(
        try objects[1].text("excerpt") == String(Lines.native("damaged").dropLast(2)))
      // Fields that the ledger does not read may be prompts.
      #expect(!lines.joined().contains("secret words"))
      let piped = try await ledger.run(["rejects", "export", "--out", "-"])
      #expect(piped.outText == lines.joined(separator: "\n") + "\n")
    }
  }

  @Test("mended lines are admitted as if their log had been whole, and count as its lines")
  func mended() async throws {
    try await Self.withQuarantine { ledger, file in
      let lines = try await export(ledger, file)
      let mended = [
        lines[0].replacing(#""attempt":0"#, with: #""attempt":0,"tenant_id":"acme""#),
        // Text is mended as text.
        lines[1].replacing(#"0.001"}"#, with: #"0.001\"}"}"#),
        lines[2].replacing("-0.001", with: "0.001"),
        lines[3].replacing(#""request_id":"good""#, with: #""request_id":"good","event_id":"g2""#)
          .replacing(#""attempt":0"#, with: #""attempt":1"#),
      ]
      try ledger.write("mend.jsonl", mended.joined(separator: "\n"))
      let outcome = try JSONObject(
        try await ledger.run(["rejects", "retry", "--json", file.path]).out)
      #expect(
        try outcome.texts(["lines", "accepted", "duplicates", "conflicts", "rejected", "requests"])
          == [
            "lines": "4", "accepted": "4", "duplicates": "0", "conflicts": "0", "rejected": "0",
            "requests": "3",
          ])
      #expect(try await ledger.run(["rejects", "list"]).outText == "")
      #expect(try await ledger.run(["status"]).outText.contains("rejected_lines"))
      try await ledger.run(["verify"])

      // The trace: which attempt a line became, and what it was rejected for.
      let trace = try SQLiteFile(ledger.path).rows(
        """
        SELECT r.code, r.line, a.event_id, a.line, a.file FROM rejected_line r
        JOIN request q ON q.id = r.mended_by JOIN attempts a ON a.request_id = q.request_id
          AND a.line = r.line
        ORDER BY r.line
        """)
      let path = ledger.folder.appending(path: "day.jsonl").path
      #expect(
        trace == [
          ["missing_field", "2", "no-tenant/0", "2", path],
          ["malformed_json", "3", "damaged/0", "3", path],
          ["negative", "4", "negative/0", "4", path], ["conflict", "5", "g2", "5", path],
        ])
      let counts = try SQLiteFile(ledger.path).rows(
        "SELECT lines, accepted, duplicates, conflicts, rejected FROM input_file")
      #expect(counts == [["5", "5", "0", "0", "0"]])

      // The same ledger as from a log that never had the mistakes.
      try await withLedger { clean in
        let log = [
          Lines.native("good"), Lines.native("no-tenant"), Lines.native("damaged"),
          Lines.native("negative"),
          Lines.native("good", #","event_id":"g2""#).replacing("0.001", with: "0.002")
            .replacing(#""attempt":0"#, with: #""attempt":1"#),
        ]
        try await clean.ingest(try clean.write("clean.jsonl", log.joined(separator: "\n")).path)
        #expect(try content(ledger) == content(clean))
      }

      // To give the file again changes nothing; the damaged log, given again in another file, is
      // rejected there as it was before, and no figure changes.
      let before = try content(ledger)
      let again = try JSONObject(
        try await ledger.run(["rejects", "retry", "--json", file.path]).out)
      #expect(try again.texts(["lines", "mended_before"]) == ["lines": "0", "mended_before": "4"])
      try await ledger.ingest(try ledger.write("again.jsonl", Self.log + "\n").path)
      let list = try await ledger.run(["rejects", "list"]).outText
      #expect(list.split(separator: "\n").count == 4)
      #expect(list.split(separator: "\n").allSatisfy { $0.contains("again.jsonl:") })
      #expect(try content(ledger) == before)
      try await ledger.run(["verify"])
    }
  }

  @Test("of copies the first becomes an attempt and the others its duplicates")
  func copies() async throws {
    try await Self.withQuarantine { ledger, file in
      try await ledger.ingest(
        try ledger.write("copies.jsonl", Self.log + Self.log + "\n").path)
      let lines = try await export(ledger, file)
      #expect(lines.count == 12)
      let mended = lines.filter { $0.contains(#""code":"negative""#) }
        .map { $0.replacing("-0.001", with: "0.001") }
      #expect(mended.count == 3)
      try ledger.write("mend.jsonl", mended.joined(separator: "\n"))
      let outcome = try JSONObject(
        try await ledger.run(["rejects", "retry", "--json", file.path]).out)
      #expect(
        try outcome.texts(["lines", "accepted", "duplicates", "mended_before"])
          == ["lines": "3", "accepted": "1", "duplicates": "2", "mended_before": "0"])
      #expect(try await export(ledger, file).count == 9)
      try await ledger.run(["verify"])
    }
  }

  @Test("a line that is still wrong stays, with its new reason; a known one leaves as a duplicate")
  func stays() async throws {
    try await Self.withQuarantine { ledger, file in
      let lines = try await export(ledger, file)
      let mended = [
        // Another mistake instead of the first.
        lines[0].replacing(#""attempt":0"#, with: #""attempt":999,"tenant_id":"acme""#),
        // What the first line says already.
        lines[1].replacing("damaged", with: "good").replacing(#"0.001"}"#, with: #"0.001\"}"}"#),
        // A conflict with it.
        lines[2].replacing("-0.001", with: "0.003").replacing("negative", with: "good"),
        "",
        // Not mended at all.
        lines[3],
      ]
      try ledger.write("mend.jsonl", mended.joined(separator: "\n"))
      let outcome = try JSONObject(
        try await ledger.run(["rejects", "retry", "--json", "--strict", file.path], status: 1).out)
      #expect(
        try outcome.texts(["lines", "accepted", "duplicates", "conflicts", "rejected", "requests"])
          == [
            "lines": "4", "accepted": "0", "duplicates": "1", "conflicts": "2", "rejected": "1",
            "requests": "0",
          ])
      let left = try await ledger.run(["rejects", "list"]).outText
      #expect(left.contains("day.jsonl:2: `attempt` is 999"))
      #expect(left.contains("day.jsonl:4: `good/0` is on record with another content"))
      #expect(left.split(separator: "\n").count == 3)
      let counts = try SQLiteFile(ledger.path).rows(
        "SELECT lines, accepted, duplicates, conflicts, rejected FROM input_file")
      #expect(counts == [["5", "1", "1", "2", "1"]])
      try await ledger.run(["verify"])
      // What was mended so far is not lost.
      let next = try await export(ledger, file)
      #expect(next[0].contains(#""attempt":999"#) && next[0].contains(#""tenant_id":"acme""#))
    }
  }

  @Test("without a file it tries what was kept whole, and leaves conflicts and cut lines alone")
  func retryAll() async throws {
    try await Self.withQuarantine { ledger, _ in
      let cut = Lines.native(
        "cut", #","failure":{"message":"\#(String(repeating: "x", count: 3_000))"#)
      try await ledger.ingest(try ledger.write("cut.jsonl", cut).path)
      // As an older program that knew less would have left it.
      try SQLiteFile(ledger.path).execute(
        """
        UPDATE rejected_line SET code = 'unknown_word', reason = 'not known yet',
          excerpt = CAST(replace(excerpt, '-0.001', '0.001') AS BLOB) WHERE code = 'negative'
        """)
      let outcome = try JSONObject(try await ledger.run(["rejects", "retry", "--json"]).out)
      #expect(
        try outcome.texts(["lines", "accepted", "rejected", "requests"])
          == ["lines": "3", "accepted": "1", "rejected": "2", "requests": "1"])
      let left = try JSONObject(
        Data(
          (#"{"lines":"#
            + (try await ledger.run(["rejects", "list", "--format", "json"]).outText) + "}").utf8))
      #expect(
        try left.objects("lines").map { try $0.text("code") } == [
          "malformed_json", "missing_field", "malformed_json", "conflict",
        ])
      try await ledger.run(["verify"])
    }
  }

  @Test(
    "a file that is not an export is refused whole, by its line",
    arguments: [
      ("{", "is no JSON"), ("[]", "has no `sha256`"), (#"{"sha256":"zz"}"#, "has no `sha256`"),
      (#"{"sha256":"\#(String(repeating: "0", count: 64))"}"#, "has no `excerpt`"),
      (#"{"sha256":"\#(String(repeating: "0", count: 64))","excerpt":"x"}"#, "names a line that"),
    ])
  func refused(line: String, what: String) async throws {
    try await Self.withQuarantine { ledger, file in
      let lines = try await export(ledger, file)
      let good = lines[2].replacing("-0.001", with: "0.001")
      try ledger.write("mend.jsonl", "\(good)\n\(line)\n")
      let before = try content(ledger)
      let outcome = try await ledger.run(["rejects", "retry", file.path], status: 65)
      #expect(outcome.errText.contains("mend.jsonl:2: \(what)"), "\(outcome.errText)")
      #expect(try content(ledger) == before)
      #expect(try await export(ledger, file) == lines)
    }
  }

  @Test("without a ledger nothing is made")
  func noLedger() async throws {
    try await withLedger { ledger in
      for command in [["retry"], ["export", "--out", "-"], ["list"]] {
        try await ledger.run(["rejects"] + command, status: 66)
      }
      #expect(try ledger.ledgerFiles().isEmpty)
    }
  }

  @Test("a LiteLLM line whose messages told its request is not taken for another request")
  func liteLLM() async throws {
    try await withLedger { ledger in
      let line = String(decoding: try Lines.liteLLM("correlated")[0], as: UTF8.self)
      let damaged = line.replacing(/"endTime": ?[0-9.]+/, with: #""endTime":1"#)
        .replacing(/"session_id": ?"[^"]*"/, with: #""session_id":null"#)
      try await ledger.ingest(try ledger.write("litellm.jsonl", damaged).path)
      let file = ledger.folder.appending(path: "mend.jsonl")
      let exported = try await export(ledger, file)
      try ledger.write(
        "mend.jsonl",
        exported[0].replacing(#""endTime":1"#, with: #""endTime":1790000000.5"#))
      let outcome = try JSONObject(
        try await ledger.run(["rejects", "retry", "--json", file.path]).out)
      #expect(try outcome.count("rejected") == 1)
      let left = try await ledger.run(["rejects", "list"]).outText
      #expect(left.contains("`messages` may tell"), "\(left)")
    }
  }
}
