import Foundation
import TestSupport
import Testing
import Units

@Suite("A run that is still reading", .serialized)
struct WriterTests {
  /// Waits until `condition` holds, for at most half a minute.
  private func wait(until condition: () throws -> Bool) async throws {
    for _ in 0..<3_000 {
      if try condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it never came to be")
  }

  @Test("keeps other writers out, who name it and end with 75, and readers see nothing half")
  func twoWriters() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      let before = try await ledger.report()
      let running = try RunningProgram(
        ["ingest", "-", "--ledger", ledger.path.path], in: ledger.folder)
      // More than the pipe holds, so that lines were surely taken.
      let lines = (0..<2_000).map { Lines.native("late-\($0)") + "\n" }.joined()
      try running.feed(Data(lines.utf8))
      let lock = ledger.folder.appending(path: "test.sqlite.lock")
      try await wait {
        try String(contentsOf: lock, encoding: .utf8).contains("\(running.identifier)")
      }
      for command in [["ingest", SmallDay.events]] + SmallDay.imports {
        let outcome = try await ledger.run(command, status: 75)
        #expect(outcome.errText.contains("pid \(running.identifier)"), "\(outcome.errText)")
        #expect(outcome.out.isEmpty)
      }
      let meanwhile = try await ledger.report()
      #expect(try meanwhile.object("totals").text("requests") == "17")
      #expect(
        try meanwhile.object("totals").texts(SmallDayTests.day.keys)
          == before.object("totals").texts(SmallDayTests.day.keys))

      let outcome = try await running.finish()
      #expect(outcome.status == 0, "\(outcome.errText)")
      #expect(try await ledger.report().object("totals").text("requests") == "2017")
      try await ledger.importSmallDay()
    }
  }

  @Test("16: takes a stream of any length in bounded memory")
  func memory() async throws {
    let megabytes = Effort.isFull ? 300 : 12
    try await withLedger { ledger in
      let running = try RunningProgram(
        ["ingest", "-", "--ledger", ledger.path.path], in: ledger.folder)
      var fed = 0
      var number = 0
      while fed < megabytes << 20 {
        var part = ""
        for _ in 0..<2_000 {
          number += 1
          part += Lines.native(
            "request-\(number)", #","thread_id":"t\#(number)","messages":"\#(Self.filler)""#)
          part += "\n"
        }
        try running.feed(Data(part.utf8))
        fed += part.utf8.count
      }
      let outcome = try await running.finish()
      #expect(outcome.status == 0, "\(outcome.errText)")
      #expect(running.peakMemory > 0)
      #expect(running.peakMemory < 200 << 20, "\(running.peakMemory >> 20) MiB")
      #expect(try await ledger.report().object("totals").count("requests") == number)
    }
  }

  private static let filler = String(repeating: "lorem ipsum ", count: 20)
}
