import Foundation
import TestSupport
import Testing

/// Real limits: the size that a user allows a file, a small disk that is full, one that is read-only.
@Suite("Full and read-only disks", .serialized)
struct FullDiskTests {
  @Test("5: a file may not grow on: said, undone, and done when it may")
  func fileSize() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(SmallDay.events)
      let before = try TestLogs.dump(ledger)
      let logs = ledger.folder.appending(path: "logs")
      try TestLogs.write(2_000, into: logs)
      // In KiB; the ledger itself has about 400.
      for limit in [1, 64, 500, 600, 800] {
        let outcome = try await Program.run(
          ["ingest", logs.path, "--ledger", "test.sqlite"], in: ledger.folder,
          under: ["/bin/bash", "-c", "ulimit -f \(limit); exec \"$@\"", "bash"])
        // Some of the files may have had room.
        #expect(
          limit > 64 ? [0, 74].contains(outcome.status) : outcome.status == 74, "\(limit) KiB")
        #expect((outcome.status == 74) == outcome.errText.contains("error: "), "\(limit) KiB")
        #expect(try SQLiteFile(ledger.path).rows("PRAGMA quick_check") == [["ok"]])
        if limit <= 64 { #expect(try TestLogs.dump(ledger) == before, "\(limit) KiB") }
        try await ledger.run(["verify"])
      }
      try await ledger.ingest(logs.path)
      let clean = TestLedger(folder: ledger.folder.appending(path: "clean"))
      try FileManager.default.createDirectory(at: clean.folder, withIntermediateDirectories: true)
      try await clean.importSmallDay()
      try await clean.ingest(SmallDay.events)
      try await clean.ingest(logs.path)
      #expect(try TestLogs.dump(ledger) == TestLogs.dump(clean))
    }
  }

  /// Runs a script in which `$P` is the program and `$D` an empty disk of its own of 1 MiB.
  private func onDisk(_ script: String, _ ledger: TestLedger) async throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "unshare", "-rm", "/bin/sh", "-c",
      "mkdir -p disk && mount -t tmpfs -o size=1m none disk && D=disk && \(script)",
    ]
    var variables = ProcessInfo.processInfo.environment
    variables["P"] = Program.executable.path
    variables["FALLBACK_LEDGER"] = "disk/test.sqlite"
    process.environment = variables
    process.currentDirectoryURL = ledger.folder
    let output = ledger.folder.appending(path: "script-output")
    try Data().write(to: output)
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    handle.closeFile()
    return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Whether a user may have a disk of his own here.
  static let hasDisks: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test(
    "5, 6: a full disk is said; with more room the same command goes on", .enabled(if: hasDisks))
  func fullDisk() async throws {
    try await withLedger { ledger in
      try TestLogs.write(4_000, into: ledger.folder.appending(path: "logs"))
      let said = try await onDisk(
        """
        $P ingest logs 2>error; echo "full $?"; grep -c 'error: .*full' error
        $P verify >/dev/null 2>&1; echo "verify $?"
        mount -o remount,size=64m disk; $P ingest logs 2>/dev/null; echo "more $?"
        $P verify >/dev/null 2>&1; echo "verify $?"; cp $D/test.sqlite .
        """, ledger)
      #expect(said.first == "full 74" && said.last == "verify 0", "\(said)")
      #expect(said.dropFirst().first == "1" && said.contains("more 0"), "\(said)")
      let clean = TestLedger(folder: ledger.folder.appending(path: "clean"))
      try FileManager.default.createDirectory(at: clean.folder, withIntermediateDirectories: true)
      try await clean.ingest(ledger.folder.appending(path: "logs").path)
      #expect(
        try TestLogs.dump(ledger, without: ["file", "path"])
          == TestLogs.dump(clean, without: ["file", "path"]))
    }
  }

  @Test(
    "5, 10: without room for a copy an older ledger stays as it is", .enabled(if: hasDisks))
  func upgrade() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(SmallDay.events)
      try OlderLedger.turnBack(ledger, to: 4)
      try ledger.write("late.jsonl", Lines.native("late"))
      let said = try await onDisk(
        """
        cp test.sqlite $D/; head -c 400000 /dev/zero >$D/other
        $P ingest late.jsonl 2>error; echo "full $?"; grep -c 'error: .*room for a copy' error
        cmp test.sqlite $D/test.sqlite && echo same; ls -A $D | grep -c before
        rm $D/other; mount -o remount,size=64m disk; $P ingest late.jsonl 2>/dev/null; echo "more $?"
        $P verify >/dev/null 2>&1; echo "verify $?"; ls -A $D | grep -c before
        """, ledger)
      #expect(said == ["full 74", "1", "same", "0", "more 0", "verify 0", "1"], "\(said)")
    }
  }

  @Test(
    "9: on a read-only disk a ledger is read, and refused for writing before any input is",
    .enabled(if: hasDisks))
  func readOnly() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(SmallDay.events)
      try await ledger.run(["close", "2026-09"])
      let report = try await ledger.run(["report"]).outText
      let said = try await onDisk(
        """
        cp test.sqlite $D/; mount -o remount,ro disk
        $P report >report; echo "report $?"; $P verify >/dev/null 2>&1; echo "verify $?"
        $P sql 'SELECT count(*) FROM requests' --format csv
        for c in 'ingest /nowhere.jsonl' 'ingest \(SmallDay.events)' 'close 2026-10'; do
          $P $c 2>error; echo "$c $?"; grep -c 'error: .*read-only' error
        done
        mount -o remount,rw disk; touch $D/test.sqlite-wal; echo x >$D/test.sqlite-wal
        mount -o remount,ro disk; $P report 2>&1; echo "log $?"
        """, ledger)
      #expect(said.prefix(2) == ["report 0", "verify 0"], "\(said)")
      #expect(said.contains("17"), "\(said)")
      #expect(said.contains("ingest \(SmallDay.events) 74") && said.contains("close 2026-10 74"))
      #expect(said.last == "log 66" && said.dropLast().last?.contains("-wal") == true, "\(said)")
      #expect(
        try String(contentsOf: ledger.folder.appending(path: "report"), encoding: .utf8) == report)
    }
  }
}
