import Foundation
import TestSupport
import Testing
import Units

@Suite("A damaged ledger", .serialized)
struct DamagedLedgerTests {
  @Test("10: with a bit flipped anywhere it is told damaged or wrong, or says what it said")
  func flips() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(SmallDay.events)
      try await ledger.run(["close", "2026-09"])
      let sound = try Data(contentsOf: ledger.path)
      let arguments = ["report", "--by", "day,tenant_id,served_by", "--format", "json"]
      let report = try await ledger.run(arguments).out
      var random = SeededGenerator(seed: 10)
      for round in 0..<(Effort.isFull ? 1_000 : 24) {
        var bytes = sound
        // Half of them in the header and the schema, on which all the rest hangs.
        let end = round % 2 == 0 ? 4096 : bytes.count
        let place = Int.random(in: 0..<end, using: &random)
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        for file in try ledger.ledgerFiles().keys {
          try FileManager.default.removeItem(at: ledger.folder.appending(path: file))
        }
        try bytes.write(to: ledger.path)
        let note: Comment = "round \(round), byte \(place)"
        let options = ["--ledger", ledger.path.path]
        let verdict = try await Program.run(["verify"] + options, in: ledger.folder)
        #expect([0, 1, 66, 74, 78].contains(verdict.status), note)
        #expect(verdict.status <= 1 || verdict.errText.hasPrefix("error: "), note)
        let said = try await Program.run(arguments + options, in: ledger.folder)
        #expect([0, 65, 66, 74, 78].contains(said.status), note)
        if verdict.status == 0 { #expect(said.status == 0 && said.out == report, note) }
        let written = try await Program.run(
          ["ingest", SmallDay.events] + options, in: ledger.folder)
        #expect([0, 65, 66, 74, 78].contains(written.status), note)
      }
    }
  }
}
