import Foundation
import TestSupport
import Testing
import Units

/// Each case has a number of its own, by which it can be found again.
@Suite("Ingest that is interrupted", .serialized)
struct InterruptionTests {
  private static let lines = 20_000

  /// What a run that nobody disturbs makes of the logs in `folder/logs`.
  private struct Undisturbed: Sendable {
    let dump: [String]
    let reports: [String: Data]
    let duration: Duration
  }

  private static func undisturbed(_ folder: URL) async throws -> Undisturbed {
    let ledger = TestLedger(folder: folder.appending(path: "clean"))
    let start = ContinuousClock.now
    try await ledger.run(["ingest", folder.appending(path: "logs").path])
    let duration = start.duration(to: .now)
    let result = Undisturbed(
      dump: try TestLogs.dump(ledger), reports: try await OrderTests.reports(ledger),
      duration: duration)
    try await ledger.run(["verify"])
    return result
  }

  private static func start(
    _ ledger: TestLedger, _ logs: URL, options: [String] = []
  ) throws -> RunningProgram {
    try FileManager.default.createDirectory(at: ledger.folder, withIntermediateDirectories: true)
    return try RunningProgram(
      ["ingest", logs.path, "--ledger", ledger.path.path] + options, in: ledger.folder)
  }

  @Test("1: killed at random moments and run again, it ends in the very same ledger")
  func kills() async throws {
    try await withTemporaryFolder { folder in
      let logs = folder.appending(path: "logs")
      try TestLogs.write(Self.lines, into: logs)
      let expected = try await Self.undisturbed(folder)
      let wanted = Effort.isFull ? 200 : 20
      var random = SeededGenerator(seed: 50)
      // How long a run takes varies with what else the machine does.
      var estimate = expected.duration
      var kills = 0
      var round = 0
      while kills < wanted, round < 2 * wanted {
        round += 1
        let ledger = TestLedger(folder: folder.appending(path: "round-\(round)"))
        // Several times on one ledger, as nights with bad luck are.
        for _ in 0..<15 where kills < wanted {
          // Every second ledger takes its files in parts.
          let running = try Self.start(
            ledger, logs, options: round % 2 == 0 ? ["--batch-lines", "1500"] : [])
          let moment = ContinuousClock.now + estimate * Int.random(in: 0...50, using: &random) / 100
          while running.isRunning, ContinuousClock.now < moment {
            try await Task.sleep(for: .milliseconds(2))
          }
          kill(running.identifier, SIGKILL)
          guard try await running.finish().status == 128 + SIGKILL else {
            // It was done before: the next is killed sooner, on another ledger.
            estimate = estimate * 2 / 3
            break
          }
          kills += 1
        }
        try await ledger.run(["ingest", logs.path])
        #expect(try TestLogs.dump(ledger) == expected.dump, "round \(round)")
        #expect(try await OrderTests.reports(ledger) == expected.reports, "round \(round)")
        try await ledger.run(["verify"])
      }
      #expect(kills == wanted)
    }
  }

  @Test("3: a signal ends it within two seconds, and running again goes on", arguments: [2, 15])
  func signals(signal: Int32) async throws {
    try await withTemporaryFolder { folder in
      let logs = folder.appending(path: "logs")
      // The release build would be done before it can be stopped.
      try TestLogs.write(Effort.isFull ? 6 * Self.lines : Self.lines / 2, into: logs)
      let expected = try await Self.undisturbed(folder)
      let ledger = TestLedger(folder: folder.appending(path: "stopped"))
      let running = try Self.start(ledger, logs)
      let file = SQLiteFile(ledger.path)
      // It makes the tables first.
      try await wait {
        FileManager.default.fileExists(atPath: ledger.path.path + ".lock")
          && (try? file.rows("SELECT * FROM input_file").isEmpty) == false
      }
      let start = ContinuousClock.now
      kill(running.identifier, signal)
      let outcome = try await running.finish()
      #expect(start.duration(to: .now) < .seconds(2))
      #expect(outcome.status == 128 + signal, "\(outcome.errText)")
      #expect(outcome.errText.contains("run the same again"))
      let taken = try file.rows("SELECT * FROM input_file").count
      #expect((1...2).contains(taken), "files done stay done, the one in flight is undone")
      try await ledger.run(["verify"])

      let rest = try await ledger.ingest(logs.path)
      let statuses = try rest.objects("files").map { try $0.text("status") }
      #expect(statuses.count { $0 == "unchanged" } == taken)
      #expect(try TestLogs.dump(ledger) == expected.dump)
      #expect(try await OrderTests.reports(ledger) == expected.reports)
    }
  }

  @Test("3: a signal ends it also while it waits for standard input, and leaves no empty ledger")
  func signalWhileWaiting() async throws {
    try await withLedger { ledger in
      let running = try RunningProgram(
        ["ingest", "-", "--ledger", ledger.path.path], in: ledger.folder)
      try running.feed(Data((Lines.native("a") + "\n").utf8))
      try await wait { FileManager.default.fileExists(atPath: ledger.path.path) }
      try await Task.sleep(for: .milliseconds(300))
      let start = ContinuousClock.now
      kill(running.identifier, SIGTERM)
      // Its input stays open meanwhile.
      try await wait { !running.isRunning }
      #expect(start.duration(to: .now) < .seconds(2))
      #expect(try await running.finish().status == 143)
      #expect(try ledger.ledgerFiles().isEmpty)
    }
  }

  @Test("7: two writers at once: one works, the other waits; together they take everything once")
  func twoWriters() async throws {
    try await withTemporaryFolder { folder in
      let logs = folder.appending(path: "logs")
      try TestLogs.write(Self.lines / 4, into: logs)
      let expected = try await Self.undisturbed(folder)
      let rounds = Effort.isFull ? 50 : 1
      var waits = 0
      for round in 0..<rounds {
        let ledger = TestLedger(folder: folder.appending(path: "shared-\(round)"))
        // None of them finds a ledger: whoever comes first makes it.
        let outcomes = try await withThrowingTaskGroup { group in
          for _ in 0..<3 {
            group.addTask { try await ledger.run(["ingest", "--wait", logs.path]) }
          }
          var outcomes: [Program.Outcome] = []
          for try await outcome in group { outcomes.append(outcome) }
          return outcomes
        }
        #expect(outcomes.allSatisfy { $0.status == 0 })
        let waiting = outcomes.map { outcome in
          outcome.errText.split(separator: "\n").count { $0.contains("waiting until it is done") }
        }
        // Where the machine is slow, one may begin when another is done.
        #expect(waiting.contains(0), "\(waiting)")
        #expect(waiting.allSatisfy { $0 <= 1 }, "it says so once, whom it waits for: \(waiting)")
        waits += waiting.reduce(0, +)
        #expect(try TestLogs.dump(ledger) == expected.dump, "round \(round)")
        try await ledger.run(["verify"])
      }
      #expect(waits >= rounds)
    }
  }

  @Test("7: waiting ends with 75 when its time is over, naming who holds the ledger")
  func impatient() async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      let running = try RunningProgram(
        ["ingest", "-", "--ledger", ledger.path.path], in: ledger.folder)
      try running.feed(Data((Lines.native("a") + "\n").utf8))
      let lock = ledger.folder.appending(path: "test.sqlite.lock")
      try await wait {
        try String(contentsOf: lock, encoding: .utf8).contains("\(running.identifier)")
      }
      let commands =
        [["ingest", SmallDay.events], ["rejects", "retry"]] + SmallDay.imports
      for command in commands {
        let start = ContinuousClock.now
        let outcome = try await ledger.run(command + ["--wait", "1"], status: 75)
        #expect(start.duration(to: .now) >= .seconds(1))
        let said = outcome.errText.split(separator: "\n")
        #expect(said.count == 2, "\(outcome.errText)")
        #expect(said.allSatisfy { $0.contains("pid \(running.identifier)") })
      }
      let outcome = try await running.finish()
      #expect(outcome.status == 0)
      try await ledger.run(["ingest", SmallDay.events, "--wait", "0"])
      try await ledger.run(["ingest", "--wait", "soon", SmallDay.events], status: 66)
      try await ledger.run(["ingest", "--wait=soon", SmallDay.events], status: 64)
    }
  }

  @Test("8: reports during ingest see whole files, and the log of changes is gone afterwards")
  func reportsMeanwhile() async throws {
    try await withTemporaryFolder { folder in
      let logs = folder.appending(path: "logs")
      try TestLogs.write(Self.lines / 2, into: logs)
      // What the ledger may show: nothing, the first file, the first two, all.
      let steps = TestLedger(folder: folder.appending(path: "steps"))
      try await steps.importSmallDay()
      var allowed: Set<Data> = []
      for name in ["part-0.jsonl", "part-1.jsonl.zst", "part-2.jsonl"] {
        try await steps.run(["ingest", logs.appending(path: name).path])
        allowed.insert(try await steps.run(["report", "--format", "json"]).out)
      }
      let ledger = TestLedger(folder: folder.appending(path: "busy"))
      try await ledger.importSmallDay()
      allowed.insert(try await ledger.run(["report", "--format", "json"]).out)
      let running = try Self.start(ledger, logs)
      var seen: Set<Data> = []
      while running.isRunning {
        seen.insert(try await ledger.run(["report", "--format", "json"]).out)
      }
      #expect(try await running.finish().status == 0)
      seen.insert(try await ledger.run(["report", "--format", "json"]).out)
      #expect(seen.isSubset(of: allowed))
      #expect(seen.count > 1)
      // The last to close was a reader, who must not write; the next writer tidies up.
      try await ledger.ingest(logs.path)
      let log = ledger.folder.appending(path: "test.sqlite-wal").path
      let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
      #expect(size ?? 0 == 0)
    }
  }

  @Test("8: a reader that does not end keeps its snapshot and stops nobody")
  func longReader() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(SmallDay.events)
      let question = "SELECT count(*) || ' ' || sum(cost_nano_usd) FROM requests"
      let reader = try HeldSnapshot(ledger.path, asking: question)
      let seen = try reader.value(question)
      let logs = ledger.folder.appending(path: "logs")
      try TestLogs.write(1_500, into: logs)
      // Several runs: each would like to empty the log of changes, and cannot.
      for name in ["part-0.jsonl", "part-1.jsonl.zst", "part-2.jsonl"] {
        try await ledger.run(["ingest", logs.appending(path: name).path])
        #expect(try reader.value(question) == seen)
        try await ledger.run(["report"])
      }
      try await ledger.run(["verify"])
      reader.end()
      try await ledger.ingest(logs.path)
      let log = ledger.folder.appending(path: "test.sqlite-wal").path
      let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
      #expect(size ?? 0 == 0)
      #expect(try SQLiteFile(ledger.path).rows(question)[0][0] != seen)
      try await ledger.run(["verify"])
    }
  }

  /// Waits until `condition` holds, for at most half a minute.
  private func wait(until condition: () throws -> Bool) async throws {
    for _ in 0..<3_000 {
      if try condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it never came to be")
  }
}
