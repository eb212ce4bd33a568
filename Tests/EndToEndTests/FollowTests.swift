import Foundation
import TestSupport
import Testing

@Suite("ingest --follow", .serialized)
struct FollowTests {
  private static func start(
    _ ledger: TestLedger, _ options: [String] = []
  ) throws -> (RunningProgram, URL) {
    let logs = ledger.folder.appending(path: "logs")
    try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
    let running = try RunningProgram(
      ["ingest", "--follow", logs.path, "--ledger", ledger.path.path] + options,
      in: ledger.folder)
    return (running, logs)
  }

  private static func lines(_ ledger: TestLedger) -> [String] {
    let rows = try? SQLiteFile(ledger.path).rows("SELECT path FROM input_file ORDER BY path")
    return (rows ?? []).compactMap { $0[0].map { URL(filePath: $0).lastPathComponent } }
  }

  private static func wait(until condition: () throws -> Bool) async throws {
    for _ in 0..<3_000 {
      if try condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it never came to be")
  }

  @Test("takes files as they come, once each, and ends cleanly when it is told to")
  func follows() async throws {
    try await withLedger { ledger in
      let (running, logs) = try Self.start(ledger, ["--settle", "0"])
      try ledger.write("logs/a.jsonl", Lines.native("a") + "\n")
      try await Self.wait { Self.lines(ledger) == ["a.jsonl"] }
      // Others may write the ledger while nothing comes.
      try await ledger.importSmallDay()
      try ledger.write("logs/deep/b.jsonl.zst", try Packed.zstd(Data(Lines.native("b").utf8)))
      try await Self.wait { Self.lines(ledger) == ["a.jsonl", "b.jsonl.zst"] }
      // A damaged file is told of and stays where it is; mended, it is taken.
      let broken = try Packed.zstd(Data(Lines.native("c").utf8))
      try ledger.write("logs/c.jsonl.zst", broken.dropLast(9))
      try await Task.sleep(for: .seconds(3))
      #expect(running.isRunning)
      try ledger.write("logs/c.jsonl.zst", broken)
      try await Self.wait { Self.lines(ledger).contains("c.jsonl.zst") }
      #expect(FileManager.default.fileExists(atPath: logs.appending(path: "a.jsonl").path))
      kill(running.identifier, SIGTERM)
      let outcome = try await running.finish()
      #expect(outcome.status == 0, "\(outcome.errText)")
      let said = outcome.errText.split(separator: "\n")
      #expect(said.count { $0.contains("/a.jsonl: 1 lines, 1 accepted") } == 1)
      #expect(said.count { $0.hasPrefix("error: ") && $0.contains("c.jsonl.zst") } == 1)
      #expect(said.last?.hasPrefix("stopped; ") == true)
      try await ledger.run(["verify"])
    }
  }

  @Test("leaves alone what is still written and what no pattern fits")
  func settles() async throws {
    try await withLedger { ledger in
      let (running, logs) = try Self.start(
        ledger, ["--settle", "60", "--pattern", "*.jsonl", "--pattern", "x*.json"])
      let file = try ledger.write("logs/a.jsonl", "")
      try ledger.write("logs/b.json", Lines.native("b"))
      let old = try ledger.write("logs/x1.json", Lines.native("x"))
      let handle = try FileHandle(forWritingTo: file)
      for number in 0..<10 {
        try handle.write(contentsOf: Data((Lines.native("a\(number)") + "\n").utf8))
      }
      let past: [FileAttributeKey: Any] = [.modificationDate: Date(timeIntervalSinceNow: -90)]
      try FileManager.default.setAttributes(past, ofItemAtPath: old.path)
      try await Self.wait { Self.lines(ledger) == ["x1.json"] }
      // The other was changed less than a minute ago.
      try handle.close()
      try FileManager.default.setAttributes(past, ofItemAtPath: file.path)
      try await Self.wait { Self.lines(ledger) == ["a.jsonl", "x1.json"] }
      #expect(
        try SQLiteFile(ledger.path).rows("SELECT lines FROM input_file ORDER BY 1") == [
          ["1"], ["10"],
        ])
      kill(running.identifier, SIGINT)
      #expect(try await running.finish().status == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: logs.path).count == 3)
    }
  }

  @Test("waits while somebody else writes the ledger, and says so once")
  func waits() async throws {
    try await withLedger { ledger in
      let writer = try RunningProgram(
        ["ingest", "-", "--ledger", ledger.path.path], in: ledger.folder)
      try writer.feed(Data((Lines.native("w") + "\n").utf8))
      let lock = ledger.folder.appending(path: "test.sqlite.lock")
      try await Self.wait {
        (try? String(contentsOf: lock, encoding: .utf8))?.contains("\(writer.identifier)") ?? false
      }
      let (running, _) = try Self.start(ledger, ["--settle", "0"])
      try ledger.write("logs/a.jsonl", Lines.native("a") + "\n")
      try await Task.sleep(for: .seconds(3))
      #expect(try await writer.finish().status == 0)
      try await Self.wait { Self.lines(ledger) == ["-", "a.jsonl"] }
      kill(running.identifier, SIGTERM)
      let outcome = try await running.finish()
      #expect(outcome.status == 0)
      #expect(
        outcome.errText.split(separator: "\n").count { $0.contains("\(writer.identifier)") } == 1,
        "\(outcome.errText)")
    }
  }

  @Test(
    "is refused where it makes no sense",
    arguments: [["--json"], ["--strict"], ["--settle", "-1"]])
  func wrongUse(options: [String]) async throws {
    try await withLedger { ledger in
      try await ledger.run(["ingest", "--follow", "."] + options, status: 64)
      try await ledger.run(["ingest", "--pattern", "*", "."], status: 64)
      let file = try ledger.write("a.jsonl", Lines.native("a")).path
      try await ledger.run(["ingest", "--follow", file], status: 64)
    }
  }
}
