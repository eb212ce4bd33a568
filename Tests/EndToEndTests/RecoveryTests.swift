import Foundation
import TestSupport
import Testing
import Units

@Suite("After a run that was killed", .serialized)
struct RecoveryTests {
  /// The rows of all tables that say something about events, without the numbers that stand for names.
  private func dump(_ ledger: TestLedger) throws -> [[String?]] {
    let file = SQLiteFile(ledger.path)
    var rows: [[String?]] = []
    for query in [
      "SELECT * FROM requests ORDER BY request_id", "SELECT * FROM attempts ORDER BY event_id",
      "SELECT line, byte_offset, code, reason, excerpt FROM rejected_line ORDER BY line",
      "SELECT path, bytes, lines, accepted, duplicates, conflicts, rejected FROM input_file",
    ] {
      rows += try file.rows(query)
    }
    return rows
  }

  @Test("1: the same command again gives the ledger of an undisturbed run")
  func killed() async throws {
    var random = SeededGenerator(seed: 3)
    let lines = try Lines.smallDay() + (0..<2_000).map { Data(Lines.native("more-\($0)").utf8) }
    let text = lines.shuffled(using: &random).reduce(into: Data()) { $0 += $1 + Data("\n".utf8) }
    try await withTemporaryFolder { folder in
      let log = folder.appending(path: "log.jsonl")
      try text.write(to: log)
      let undisturbed = TestLedger(folder: folder.appending(path: "undisturbed"))
      try FileManager.default.createDirectory(
        at: undisturbed.folder, withIntermediateDirectories: true)
      try await undisturbed.importSmallDay()
      try await undisturbed.ingest(log.path)
      let expected = try dump(undisturbed)

      for round in 0..<5 {
        let ledger = TestLedger(folder: folder.appending(path: "round-\(round)"))
        try FileManager.default.createDirectory(
          at: ledger.folder, withIntermediateDirectories: true)
        if round % 2 == 0 { try await ledger.importSmallDay() }
        let process = Process()
        process.executableURL = Program.executable
        process.arguments = ["ingest", log.path, "--ledger", ledger.path.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...400, using: &random)))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        if round % 2 == 1 { try await ledger.importSmallDay() }
        try await ledger.run(["ingest", log.path])
        #expect(try dump(ledger) == expected, "round \(round)")
        #expect(
          try SQLiteFile(ledger.path).rows("PRAGMA integrity_check") == [["ok"]])
      }
    }
  }
}
