import Foundation
import TestSupport
import Testing

@Suite("Which ledger")
struct LedgerPathTests {
  private func expect(
    _ status: Int32, of arguments: [String], variable: String? = nil, in folder: URL,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let outcome = try await Program.run(
      arguments, environment: variable.map { ["FALLBACK_LEDGER": $0] } ?? [:], in: folder)
    #expect(outcome.status == status, "\(outcome.errText)", sourceLocation: location)
  }

  @Test("--ledger goes before FALLBACK_LEDGER, which goes before ledger.sqlite")
  func precedence() async throws {
    try await withTemporaryFolder { folder in
      func ledgers() throws -> Set<String> {
        Set(
          try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix("sqlite") })
      }
      let ingest = ["ingest", SmallDay.events]
      try await expect(
        0, of: ingest + ["--ledger", "given.sqlite"], variable: "variable.sqlite", in: folder)
      #expect(try ledgers() == ["given.sqlite"])
      try await expect(0, of: ingest, variable: "variable.sqlite", in: folder)
      #expect(try ledgers() == ["given.sqlite", "variable.sqlite"])
      // An empty variable is none.
      try await expect(0, of: ingest, variable: "", in: folder)
      #expect(try ledgers() == ["given.sqlite", "variable.sqlite", "ledger.sqlite"])

      // Reading goes the same way.
      try await expect(0, of: ["report"], in: folder)
      try await expect(66, of: ["report"], variable: "nowhere.sqlite", in: folder)
    }
  }

  @Test("47: a new ledger is its owner's alone")
  func permissions() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(
          atPath: ledger.folder.appending(path: name).path)[.posixPermissions] as? Int
      }
      #expect(try mode("test.sqlite") == 0o600)
      #expect(try mode("test.sqlite.lock") == 0o600)
      // The log of changes and what is shared, which a reader makes here, follow the ledger.
      try await ledger.run(["report"])
      #expect(try mode("test.sqlite-wal") == 0o600)
      #expect(try mode("test.sqlite-shm") == 0o600)
      let export = ["export", "csv", "--month", "2026-10", "--out", "month.csv"]
      try await ledger.run(export)
      #expect(try mode("month.csv") == 0o600)
      #expect(try mode("month-totals.csv") == 0o600)
      // Who has let others read a file finds it so again.
      #expect(chmod(ledger.folder.appending(path: "month.csv").path, 0o640) == 0)
      try await ledger.run(export)
      #expect(try mode("month.csv") == 0o640)
    }
  }

  @Test("46: a reader that goes away is no failure, a full device is one")
  func output() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      for (target, status) in [("/dev/full", 74), ("/dev/null", 0)] {
        let process = Process()
        process.executableURL = Program.executable
        process.arguments = ["report", "--ledger", ledger.path.path]
        process.standardOutput = FileHandle(forWritingAtPath: target)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(Int(process.terminationStatus) == status, "\(target)")
      }
    }
  }
}
