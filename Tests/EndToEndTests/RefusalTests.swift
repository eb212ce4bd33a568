import Foundation
import TestSupport
import Testing

@Suite("Wrong use ends in one clear sentence and leaves the ledger as it was")
struct RefusalTests {
  /// What must be in every message: the place that it speaks of.
  private func expectRefusal(
    _ arguments: [String], in ledger: TestLedger, status: Int32, naming place: String,
    stdin: Data = Data(), _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try ledger.ledgerFiles()
    let outcome = try await ledger.run(arguments, stdin: stdin, status: status, location)
    #expect(outcome.out.isEmpty, "standard output is for data", sourceLocation: location)
    let message = outcome.errText
    #expect(message.contains(place), "\(message)", sourceLocation: location)
    for trace in ["Fatal error", "Swift.", "Stack dump", "GRDB", "CommandFailure", "kind:"] {
      #expect(!message.contains(trace), "\(message)", sourceLocation: location)
    }
    if status != 64 {
      // One sentence: one line that says what is wrong; then what to do.
      let lines = message.split(separator: "\n")
      #expect(lines.count == 1, "\(message)", sourceLocation: location)
      #expect(message.contains(";"), "\(message) says nothing to do", sourceLocation: location)
    }
    let after = try ledger.ledgerFiles()
    // The lock is no part of the ledger.
    for name in Set(before.keys).union(after.keys) where !name.hasSuffix(".lock") {
      // SQLite's own companions may come and go, empty of pages.
      if name != "test.sqlite", (after[name] ?? Data()).isEmpty || name.hasSuffix("-shm") {
        continue
      }
      #expect(before[name] == after[name], "\(name) was changed", sourceLocation: location)
    }
    if before["test.sqlite"] == nil {
      #expect(after.isEmpty, "left behind: \(after.keys)", sourceLocation: location)
    }
  }

  /// Runs the same on no ledger and on one with the small day.
  private func onBoth(_ body: (TestLedger) async throws -> Void) async throws {
    try await withLedger { try await body($0) }
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      try await body(ledger)
    }
  }

  @Test("a path that is not there, or has no logs")
  func missing() async throws {
    try await onBoth { ledger in
      try await expectRefusal(
        ["ingest", "nowhere.jsonl"], in: ledger, status: 66, naming: "nowhere")
      try await expectRefusal(
        ["ingest", SmallDay.events, "nowhere.jsonl"], in: ledger, status: 66, naming: "nowhere")
      try ledger.write("folder/notes.txt", "no log")
      try ledger.write("folder/.hidden.jsonl", Lines.native("hidden"))
      try FileManager.default.createDirectory(
        at: ledger.folder.appending(path: "empty"), withIntermediateDirectories: true)
      for folder in ["folder", "empty"] {
        try await expectRefusal(["ingest", folder], in: ledger, status: 66, naming: folder)
      }
      for command in [["prices", "import"], ["tenants", "import"], ["policy", "apply"]] {
        try await expectRefusal(
          command + ["nowhere.csv"], in: ledger, status: 66, naming: "nowhere.csv")
        try await expectRefusal(command + ["folder"], in: ledger, status: 66, naming: "folder")
      }
    }
  }

  static let strange = [
    "diary": "Dear diary,\ntoday I wrote no events.\n", "page": "<html></html>\n",
    "log": #"{"level":"info","msg":"started"}"# + "\n", "array": "[1,2,3]\n", "number": "42\n",
    "bytes": "\u{0}\u{1}\u{2}\n", "empty object": "{}\n",
  ]

  @Test("15: a file of no known format", arguments: strange.keys.sorted())
  func unknownFormat(kind: String) async throws {
    let text = try #require(Self.strange[kind])
    try await onBoth { ledger in
      try ledger.write("strange.jsonl", text)
      try await expectRefusal(
        ["ingest", "strange.jsonl"], in: ledger, status: 65, naming: "strange.jsonl")
      try await expectRefusal(
        ["ingest", "-"], in: ledger, status: 65, naming: "-", stdin: Data(text.utf8))
    }
  }

  @Test("15: a packed file that is cut, damaged, empty or followed by something else")
  func damaged() async throws {
    let events = try Data(contentsOf: URL(filePath: SmallDay.events))
    let zstd = try Packed.zstd(events)
    let gzip = try Packed.gzip(events)
    var flipped = zstd
    flipped[zstd.count / 2] ^= 0x10
    var cases: [(String, Data)] = [
      ("damaged.jsonl.zst", flipped), ("empty.jsonl.zst", Data()), ("empty.jsonl.gz", Data()),
      ("garbage.jsonl.zst", zstd + Data("garbage".utf8)),
      ("garbage.jsonl.gz", gzip + Data("garbage".utf8)),
      ("second.jsonl.zst", zstd + zstd.prefix(40)),
    ]
    for count in [5, 18, zstd.count / 3, zstd.count - 5, zstd.count - 1] {
      cases.append(("cut-at-\(count).jsonl.zst", zstd.prefix(count)))
    }
    for count in [3, 11, gzip.count / 2, gzip.count - 1] {
      cases.append(("cut-at-\(count).jsonl.gz", gzip.prefix(count)))
    }
    try await onBoth { ledger in
      for (name, bytes) in cases {
        try ledger.write(name, bytes)
        try await expectRefusal(["ingest", name], in: ledger, status: 65, naming: name)
      }
    }
  }

  @Test(
    "15: text that is not UTF-8 but UTF-16", arguments: [String.Encoding.utf16LittleEndian, .utf16])
  func utf16(encoding: String.Encoding) async throws {
    let text = try #require("\u{FEFF}\(Lines.native("wide"))\n".data(using: encoding))
    try await onBoth { ledger in
      try ledger.write("wide.jsonl", text)
      try await expectRefusal(["ingest", "wide.jsonl"], in: ledger, status: 65, naming: "wide")
    }
  }

  @Test("a good file beside a bad one is taken, and the bad one said")
  func partly() async throws {
    try await withLedger { ledger in
      try ledger.write("logs/a.jsonl", "no events\n")
      try ledger.write("logs/b.jsonl", Lines.native("b"))
      let result = try await ledger.ingest("logs", status: 65)
      let files = try result.objects("files")
      #expect(try files.map { try $0.text("status") } == ["failed", "ingested"])
      #expect(try files[0].text("error").contains("logs/a.jsonl"))
      #expect(try await ledger.report().object("totals").count("requests") == 1)
    }
  }

  @Test(
    "words that a command does not know",
    arguments: [
      ["ingest", "--from-format", "nonsense", SmallDay.events], ["ingest"],
      ["report", "--by", "nonsense"], ["report", "--by", "tenant_id,tenant_id"],
      ["report", "--from", "yesterday"], ["report", "--from", "2026-02-30"],
      ["report", "--to", "2026-13"], ["report", "--from", "2026-10-02", "--to", "2026-10-01"],
      ["report", "--format", "nonsense"], ["report", "nonsense"],
      ["export", "csv", "--month", "2026-10-01", "--out", "x.csv"],
      ["export", "csv", "--month", "2026-10"], ["policy", "preset", "nonsense"],
      ["prices", "import", "--effective-from", "2026", SmallDay.events],
    ])
  func wrongWords(arguments: [String]) async throws {
    try await onBoth { ledger in
      let word = arguments.first { ["nonsense", "yesterday"].contains($0) } ?? ""
      try await expectRefusal(
        arguments, in: ledger, status: 64, naming: word.isEmpty ? "rror" : word)
    }
  }

  @Test("no ledger where one is to be read")
  func noLedger() async throws {
    try await withLedger { ledger in
      for command in [["report"], ["status"], ["rejects", "list"]] {
        try await expectRefusal(command, in: ledger, status: 66, naming: "test.sqlite")
      }
      try await expectRefusal(
        ["export", "csv", "--month", "2026-10", "--out", "x.csv"], in: ledger, status: 66,
        naming: "test.sqlite")
    }
  }

  static let commands = [
    ["ingest", SmallDay.events], ["report"], ["status"], ["rejects", "list"],
    SmallDay.imports[0], SmallDay.imports[1], SmallDay.imports[2],
  ]

  @Test("10: a ledger that is no ledger stays as it is, byte for byte", arguments: commands)
  func foreign(command: [String]) async throws {
    // Another program's database.
    try await withLedger { ledger in
      let other = SQLiteFile(ledger.path)
      try other.execute("CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('mine')")
      try await expectRefusal(command, in: ledger, status: 78, naming: "test.sqlite")
      #expect(try other.rows("SELECT text FROM note") == [["mine"]])
      #expect(Set(try ledger.ledgerFiles().keys) == ["test.sqlite"])
    }
    for bytes in [Data("Dear diary".utf8), Data("SQLite format 3\u{0}, or not".utf8)] {
      try await withLedger { ledger in
        try bytes.write(to: ledger.path)
        try await expectRefusal(command, in: ledger, status: 78, naming: "test.sqlite")
      }
    }
    // A folder.
    try await withTemporaryFolder { folder in
      let ledger = TestLedger(folder: folder)
      let path = folder.appending(path: "ledgers")
      try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
      let outcome = try await Program.run(command + ["--ledger", path.path], in: folder)
      #expect(outcome.status == 78)
      #expect(outcome.errText.contains("ledgers"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["ledgers"])
      _ = ledger
    }
  }

  @Test("10: a ledger of a newer version stays as it is", arguments: commands)
  func newer(command: [String]) async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      try SQLiteFile(ledger.path).execute("PRAGMA journal_mode = DELETE; PRAGMA user_version = 99")
      try await expectRefusal(command, in: ledger, status: 78, naming: "newer")
    }
  }

  @Test("a ledger in a folder that is not there")
  func noFolder() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "nowhere/test.sqlite").path
      let outcome = try await Program.run(
        ["ingest", SmallDay.events, "--ledger", path], in: folder)
      #expect([66, 74].contains(outcome.status))
      #expect(outcome.errText.contains("nowhere"))
      #expect(outcome.out.isEmpty)
    }
  }

  @Test("price, tenant and policy files that are wrong are refused whole")
  func wrongCatalogs() async throws {
    let prices = "provider,model,effective_from,input_usd_per_million,output_usd_per_million\n"
    let files: [(command: [String], name: String, text: String, place: String)] = [
      (
        ["prices", "import"], "negative.csv", prices + "a,b,2026-01-01,1,2\na,c,2026-01-01,-1,2\n",
        "3"
      ),
      (["prices", "import"], "huge.csv", prices + "a,b,2026-01-01,1000001,2\n", "2"),
      (
        ["prices", "import"], "twice.csv", prices + "a,b,2026-01-01,1,2\na,b,2026-01-01,1,3\n", "3"
      ),
      (["prices", "import"], "column.csv", "provider,model,colour\n", "colour"),
      (["prices", "import"], "empty.csv", "", "empty.csv"),
      (["tenants", "import"], "fee.csv", "tenant_id,monthly_fee_usd\nacme,-1\n", "2"),
      (["tenants", "import"], "column.csv", "tenant_id,colour\nacme,red\n", "colour"),
      (
        ["policy", "apply"], "grade.yaml",
        "version: 1\nmodels: {a/b: {grade: good}}\nclasses: {}\n", "2"
      ),
      (["policy", "apply"], "key.yaml", "version: 1\nmodel: {}\nclasses: {}\n", "models"),
      (["policy", "apply"], "not.yaml", "version: [1\n", "not.yaml"),
      (["policy", "check"], "key.yaml", "version: 1\nmodel: {}\nclasses: {}\n", "models"),
    ]
    try await onBoth { ledger in
      for file in files {
        try ledger.write(file.name, file.text)
        let before = try ledger.ledgerFiles()
        let arguments = file.command + [file.name]
        let outcome = try await Program.run(
          file.command.last == "check" ? arguments : arguments + ["--ledger", ledger.path.path],
          in: ledger.folder)
        #expect(outcome.status == 65, "\(file.name): \(outcome.errText)")
        #expect(outcome.out.isEmpty)
        #expect(outcome.errText.contains(file.place), "\(file.name): \(outcome.errText)")
        #expect(try ledger.ledgerFiles()["test.sqlite"] == before["test.sqlite"])
      }
    }
  }
}
