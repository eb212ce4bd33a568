import Foundation
import TestSupport
import Testing

/// What users do to a ledger's files while and after it is written.
@Suite("A ledger whose files are moved about", .serialized)
struct MovedLedgerTests {
  @Test("11: a ledger with a second name is read, and not written")
  func hardLink() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      let report = try await ledger.run(["report"]).out
      try FileManager.default.linkItem(
        at: ledger.path, to: ledger.folder.appending(path: "second.sqlite"))
      for command in [["ingest", SmallDay.events], SmallDay.imports[0]] {
        let outcome = try await ledger.run(command, status: 78)
        #expect(outcome.errText.contains("second name") && outcome.out.isEmpty)
      }
      #expect(try await ledger.run(["report"]).out == report)
      try FileManager.default.removeItem(at: ledger.folder.appending(path: "second.sqlite"))
      try await ledger.run(SmallDay.imports[0])
    }
  }

  @Test("11: renamed while it is written, the run says that it failed")
  func renamed() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      let running = try RunningProgram(
        ["ingest", "-", "--ledger", ledger.path.path], in: ledger.folder)
      try running.feed(Data((0..<3_000).map { Lines.native("n\($0)") + "\n" }.joined().utf8))
      let lock = ledger.folder.appending(path: "test.sqlite.lock")
      for _ in 0..<3_000
      where try !String(contentsOf: lock, encoding: .utf8).contains("\(running.identifier)") {
        try await Task.sleep(for: .milliseconds(10))
      }
      let moved = TestLedger(folder: ledger.folder.appending(path: "moved"))
      try FileManager.default.createDirectory(at: moved.folder, withIntermediateDirectories: true)
      try FileManager.default.moveItem(at: ledger.path, to: moved.path)
      let status = try await running.finish().status
      #expect(status == 74)
      #expect(try SQLiteFile(moved.path).rows("PRAGMA quick_check") == [["ok"]])
      #expect(try await moved.report().object("totals").count("requests") == 17)
      try await moved.run(["verify"])
      // Under its old name it has what was written beside that.
      try FileManager.default.moveItem(at: moved.path, to: ledger.path)
      #expect(try await ledger.report().object("totals").count("requests") == 3_017)
      try await ledger.run(["verify"])
    }
  }

  @Test("11: without the log that a killed run left, the ledger is what it was before")
  func withoutLog() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(SmallDay.events)
      try ledger.write("more.jsonl", (0..<300).map { Lines.native("m\($0)") + "\n" }.joined())
      let before = try TestLogs.dump(ledger)
      let command = ["ingest", "more.jsonl", "--ledger", "test.sqlite"]
      // Killed as the log is emptied at the end, and the ledger not yet closed.
      let run = try await FaultyDisk.run(command, .kill, at: 60, in: ledger.folder)
      #expect(run.outcome.status == 128 + SIGKILL)
      for suffix in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: ledger.path.path + suffix)
      }
      #expect(try TestLogs.dump(ledger) == before)
      try await ledger.run(["verify"])
      try await ledger.ingest("more.jsonl")
      #expect(try await ledger.report().object("totals").count("requests") == 317)
    }
  }

  @Test(
    "42: policies and price files that are bombs are refused in little memory", arguments: 0..<9)
  func bombs(number: Int) async throws {
    let levels = zip("bcdefghijklmnop", "abcdefghijklmno")
    let laugh = levels.reduce("a: &a [x,x,x,x,x,x,x,x,x]\n") { text, names in
      text
        + "\(names.0): &\(names.0) [\(repeatElement("*\(names.1)", count: 9).joined(separator: ","))]\n"
    }
    let deep = String(repeating: "[", count: 100_000)
    let texts = [
      laugh, "a: &a [*a]\n", "&a {b: *a}\n", deep, String(repeating: "{a: ", count: 50_000),
      String(repeating: "- ", count: 50_000) + "x",
      (0..<200_000).map { "k\($0): 1\n" }.joined(),
      "provider,model,effective_from\n\"" + String(repeating: "a", count: 4 << 20),
      String(repeating: #"{"x":"#, count: 200_000),
    ]
    try await withLedger { ledger in
      try ledger.write("bomb.yaml", texts[number])
      for command in [
        ["policy", "check", "bomb.yaml"], ["policy", "apply", "bomb.yaml"],
        ["prices", "import", "bomb.yaml"], ["tenants", "import", "bomb.yaml"],
      ] {
        let arguments = command[1] == "check" ? command : command + ["--ledger", "test.sqlite"]
        let running = try RunningProgram(arguments, in: ledger.folder)
        let outcome = try await running.finish()
        #expect(outcome.status == 65, "\(command): \(outcome.errText.prefix(300))")
        #expect(outcome.errText.utf8.count < 20_000)
        #expect(running.peakMemory < 256 << 20, "\(running.peakMemory >> 20) MiB")
      }
    }
  }

  @Test("an index that its owner added is kept up to date and disturbs nothing")
  func ownIndex() async throws {
    try await withLedger { ledger in
      try ledger.write("a.jsonl", Lines.native("a"))
      try await ledger.ingest("a.jsonl")
      try SQLiteFile(ledger.path).execute("CREATE INDEX mine ON stored_request (tenant_id)")
      try await ledger.ingest(SmallDay.events)
      let file = SQLiteFile(ledger.path)
      #expect(try file.rows("PRAGMA integrity_check") == [["ok"]])
      let counts = try ["", "INDEXED BY mine WHERE tenant_id > 0"].map {
        try file.rows("SELECT count(*) FROM stored_request \($0)")
      }
      #expect(counts[0] == counts[1])
    }
  }
}
