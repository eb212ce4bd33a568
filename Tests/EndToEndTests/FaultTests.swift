import Foundation
import TestSupport
import Testing
import Units

/// Every call that writes fails, or the program ends there, one after the other; afterwards the ledger is
/// sound, readers see the old or the new, and the same command again makes what an undisturbed run makes.
/// Without `--full` a sample of the calls: the first, the last and one between of each kind.
@Suite("Faults of the disk", .serialized)
struct FaultTests {
  /// Old and new of a case, and a folder that is copied for each run.
  private struct Prepared {
    let folder: URL
    let before: FaultState?
    let after: FaultState
    let calls: [FaultyDisk.Kind: [FaultyDisk.Call]]
  }

  private static func prepare(_ fault: FaultCase, in folder: URL) async throws -> Prepared {
    let template = TestLedger(folder: folder.appending(path: "template"))
    try FileManager.default.createDirectory(
      at: template.folder, withIntermediateDirectories: true)
    try await fault.prepare(template)
    let clean = TestLedger(folder: folder.appending(path: "clean"))
    var calls: [FaultyDisk.Kind: [FaultyDisk.Call]] = [:]
    for kind in FaultyDisk.Kind.allCases {
      try? FileManager.default.removeItem(at: clean.folder)
      try FileManager.default.copyItem(at: template.folder, to: clean.folder)
      let run = try await FaultyDisk.calls(
        of: fault.command + ["--ledger", "test.sqlite"], kind: kind, in: clean.folder)
      #expect(run.outcome.status == 0, "\(run.outcome.errText)")
      calls[kind] = run.calls
    }
    let after = try await FaultState(clean, fault.outputs)
    // A ledger of an older version cannot be read before it was brought up to date.
    let isReadable = try SQLiteFile(template.path).columns(of: "closing").count > 0
    return Prepared(
      folder: template.folder,
      before: isReadable ? try await FaultState(template, fault.outputs) : nil, after: after,
      calls: calls)
  }

  /// A sample of the calls: of each kind of call the first, the last and one between.
  private static func places(
    _ calls: [FaultyDisk.Call], _ random: inout SeededGenerator
  ) -> [Int] {
    var places = Set([calls.count + 1])
    for (_, same) in Dictionary(grouping: calls.indices, by: { calls[$0] }) {
      for place in [same.first, same.last, same.randomElement(using: &random)] {
        if let place { places.insert(place + 1) }
      }
    }
    return places.sorted()
  }

  @Test("2: killed at every call that writes, also half-way through it", arguments: FaultCase.all)
  func kills(_ fault: FaultCase) async throws {
    try await run(fault, [.kill, .torn], samples: 8)
  }

  @Test("4: every call that writes fails once", arguments: FaultCase.all)
  func failures(_ fault: FaultCase) async throws {
    try await run(fault, [.broken, .full, .readOnly, .interrupted, .short], samples: 10)
  }

  @Test("5: from any call on the disk is full", arguments: FaultCase.all)
  func fullDisk(_ fault: FaultCase) async throws {
    try await run(fault, [.full], lasts: true, samples: 4)
  }

  private func run(
    _ fault: FaultCase, _ kinds: [FaultyDisk.Kind], lasts: Bool = false, samples: Int
  ) async throws {
    try await withTemporaryFolder { folder in
      let prepared = try await Self.prepare(fault, in: folder)
      if Effort.isFull {
        for kind in kinds {
          // From the first until a run passes untouched, two at a time.
          var place = 1
          var isOver = false
          while !isOver {
            isOver = try await withThrowingTaskGroup(of: Bool.self) { group in
              for next in place...place + 1 {
                group.addTask { try await trial(fault, prepared, kind, next, lasts: lasts) }
              }
              return try await group.contains(false)
            }
            place += 2
          }
          let known = prepared.calls[kind]?.count ?? 0
          #expect(place > known * 9 / 10, "\(kind): \(place) of \(known)")
        }
        return
      }
      var random = SeededGenerator(seed: 12)
      var trials: [(FaultyDisk.Kind, Int)] = []
      for kind in kinds {
        trials += Self.places(prepared.calls[kind] ?? [], &random).map { (kind, $0) }
      }
      #expect(!trials.isEmpty)
      for (kind, place) in trials.shuffled(using: &random).prefix(samples) {
        _ = try await trial(fault, prepared, kind, place, lasts: lasts)
      }
    }
  }

  /// Whether the call was made.
  private func trial(
    _ fault: FaultCase, _ prepared: Prepared, _ kind: FaultyDisk.Kind, _ place: Int, lasts: Bool
  ) async throws -> Bool {
    let name = "trial-\(place)"
    let ledger = TestLedger(
      folder: prepared.folder.deletingLastPathComponent().appending(path: name))
    try FileManager.default.copyItem(at: prepared.folder, to: ledger.folder)
    let call = try await run(fault, prepared, ledger, kind, place, lasts: lasts)
    try FileManager.default.removeItem(at: ledger.folder)
    return call != nil
  }

  /// One run that is disturbed, and what comes after it; tells the call that misbehaved.
  private func run(
    _ fault: FaultCase, _ prepared: Prepared, _ ledger: TestLedger, _ kind: FaultyDisk.Kind,
    _ place: Int, lasts: Bool
  ) async throws -> FaultyDisk.Call? {
    let (outcome, call) = try await FaultyDisk.run(
      fault.command + ["--ledger", "test.sqlite"], kind, at: place, lasts: lasts,
      in: ledger.folder)
    let what: Comment = "\(kind) at \(place), \(call?.description ?? "nowhere"): \(outcome.errText)"
    if call == nil {
      #expect(outcome.status == 0, what)
    } else if kind.endsProcess {
      #expect(outcome.status == 128 + SIGKILL, what)
    } else if outcome.status != 0 {
      // An input that cannot be opened is one that cannot be read.
      #expect([66, 74].contains(outcome.status), what)
      #expect(
        outcome.status == 74 || lasts || call?.description.hasPrefix("open") == true, what)
      let error = outcome.errText.split(separator: "\n").filter { $0.hasPrefix("error: ") }
      #expect(error.count == 1, what)
      #expect(outcome.errText.utf8.count < 500, what)
    }
    let hasLedger = FileManager.default.fileExists(atPath: ledger.path.path)
    if hasLedger {
      #expect(try SQLiteFile(ledger.path).rows("PRAGMA quick_check") == [["ok"]], what)
    }
    // What readers get is the old or the new, not a mixture.
    let files = try FaultState.files(ledger, fault.outputs)
    for (name, bytes) in files {
      #expect(
        bytes == prepared.after.outputs[name] || bytes == prepared.before?.outputs[name],
        "\(name) \(what)")
    }
    if !kind.endsProcess {
      let left = try FileManager.default.subpathsOfDirectory(atPath: ledger.folder.path)
        .filter { $0.contains(".tmp-") }
      #expect(left.isEmpty, what)
    }
    let again = try await Program.run(
      fault.command + ["--ledger", ledger.path.path], in: ledger.folder)
    // What was done just before the end cannot be done twice.
    let isDone = fault.command[0] == "close" && again.errText.contains("closed")
    #expect(again.status == 0 || isDone, "\(what) and then: \(again.errText)")
    // A night is dear: it is made after every kill, and of failures only of a sample.
    let state = try await FaultState(
      ledger, fault.outputs, withNight: kind.endsProcess || !Effort.isFull)
    #expect(state.isSame(as: prepared.after), what)
    return call
  }
}
