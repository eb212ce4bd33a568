import Foundation
import TestSupport
import Testing

@Suite("A ledger of an older version")
struct UpgradeTests {
  private static func older(_ ledger: TestLedger) async throws {
    try await ledger.importSmallDay()
    try await ledger.ingest(SmallDay.events)
    try OlderLedger.turnBack(ledger, to: 4)
    try ledger.write("late.jsonl", Lines.native("late"))
  }

  private static let requests = "SELECT id, request_id, cost_nano_usd FROM stored_request"

  @Test("10: is kept as it was beside the one that is brought up to date")
  func kept() async throws {
    try await withLedger { ledger in
      try await Self.older(ledger)
      let before = try SQLiteFile(ledger.path).rows(Self.requests)
      let outcome = try await Program.run(
        ["ingest", "late.jsonl", "--ledger", "test.sqlite"], in: ledger.folder,
        under: ["/bin/bash", "-c", "umask 000; exec \"$@\"", "bash"])
      #expect(outcome.status == 0)
      let copies = try ledger.ledgerFiles().keys.filter { $0.contains("before") }
      let name = try #require(copies.first)
      #expect(copies.count == 1)
      let version = try #require(name.split(separator: "-").last.flatMap { Int($0) })
      let said = outcome.errText.split(separator: "\n").filter { $0.contains(name) }
      #expect(
        said == [
          "test.sqlite was of version 4 and is of version \(version) now; \(name) is what it was"
        ])
      let copy = ledger.folder.appending(path: name)
      let mode = try FileManager.default.attributesOfItem(atPath: copy.path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      #expect(try SQLiteFile(copy).rows("PRAGMA user_version") == [["4"]])
      #expect(try SQLiteFile(copy).rows("PRAGMA integrity_check") == [["ok"]])
      #expect(try SQLiteFile(copy).rows(Self.requests) == before)
      let again = try await ledger.run(["ingest", "late.jsonl"])
      #expect(!again.errText.contains("version"))
      // Put back, it takes the same way again.
      let dump = try TestLogs.dump(ledger)
      for file in try ledger.ledgerFiles().keys where file != name {
        try FileManager.default.removeItem(at: ledger.folder.appending(path: file))
      }
      try FileManager.default.copyItem(at: copy, to: ledger.path)
      try await ledger.run(["ingest", "late.jsonl"])
      #expect(try TestLogs.dump(ledger) == dump)
      try await ledger.run(["verify"])
    }
  }

  @Test("10: is refused for reading, and not changed by it")
  func reading() async throws {
    try await withLedger { ledger in
      try await Self.older(ledger)
      let bytes = try Data(contentsOf: ledger.path)
      let outcome = try await ledger.run(["report"], status: 78)
      #expect(outcome.errText.contains("is of version 4"), "\(outcome.errText)")
      #expect(try Data(contentsOf: ledger.path) == bytes)
    }
  }
}
