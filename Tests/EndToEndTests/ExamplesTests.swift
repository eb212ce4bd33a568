import Foundation
import TestSupport
import Testing

/// The cron line and the systemd units of `examples/` as they stand.
@Suite("Examples")
struct ExamplesTests {
  /// A home as the examples expect it, and a folder with the program under its own name.
  private func withHome(_ body: (_ home: URL, _ path: String) async throws -> Void) async throws {
    try await withTemporaryFolder { home in
      let work = home.appending(path: "fallback-ledger")
      let logs = work.appending(path: "logs")
      let bin = home.appending(path: "bin")
      for folder in [logs, bin] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      }
      try FileManager.default.copyItem(
        atPath: SmallDay.events, toPath: logs.appending(path: "events.jsonl").path)
      try FileManager.default.createSymbolicLink(
        at: bin.appending(path: "fallback-ledger"), withDestinationURL: Program.executable)
      try await body(home, bin.path)
    }
  }

  private func shell(_ command: String, home: URL, path: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.environment = ["HOME": home.path, "PATH": "\(path):/usr/bin:/bin"]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func expectNight(_ home: URL) throws {
    let reports = home.appending(path: "fallback-ledger/reports")
    let nights = try FileManager.default.contentsOfDirectory(atPath: reports.path)
    #expect(nights.contains("index.html") && nights.count == 2)
    let night = try #require(nights.first { $0 != "index.html" })
    let index = try String(contentsOf: reports.appending(path: "index.html"), encoding: .utf8)
    #expect(index.contains("href=\"\(night)/index.html\""))
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: Repository.path("examples/\(name)"), encoding: .utf8)
  }

  @Test("the cron line takes in the logs and makes a night")
  func cron() async throws {
    let lines = try text("nightly.cron").split(separator: "\n").filter { !$0.hasPrefix("#") }
    let line = try #require(lines.last)
    let fields = line.split(separator: " ", maxSplits: 5)
    #expect(fields[..<5] == ["15", "3", "*", "*", "*"])
    // In a crontab a per cent sign ends the command.
    #expect(!fields[5].contains("%"))
    try await withHome { home, path in
      #expect(try shell(String(fields[5]), home: home, path: path) == 0)
      try expectNight(home)
      let work = home.appending(path: "fallback-ledger")
      let notice = try String(contentsOf: work.appending(path: "notify.txt"), encoding: .utf8)
      #expect(notice.hasPrefix("Fallback Ledger, "))
      let log = try String(contentsOf: work.appending(path: "nightly.log"), encoding: .utf8)
      #expect(log.contains("24 accepted"))
    }
  }

  @Test("the systemd service does, step by step, what its timer asks for")
  func systemd() async throws {
    let timer = try text("fallback-ledger-nightly.timer")
    #expect(timer.contains("\nOnCalendar=*-*-* 03:15:00 UTC\n"))
    let service = try text("fallback-ledger-nightly.service")
    func values(_ key: String) -> [String] {
      service.split(separator: "\n").filter { $0.hasPrefix(key + "=") }
        .map { String($0.dropFirst(key.count + 1)) }
    }
    #expect(values("Type") == ["oneshot"] && values("ExecStart").count == 2)
    try await withHome { home, path in
      let folder = try #require(values("WorkingDirectory").first)
        .replacing("%h", with: home.path)
      for command in values("ExecStart") {
        let line = "cd '\(folder)' && \(values("Environment").joined(separator: " ")) \(command)"
        #expect(try shell(line, home: home, path: path) == 0)
      }
      try expectNight(home)
    }
  }

  @Test(
    "systemd finds no fault with the units",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
  func verify() async throws {
    try await withHome { home, path in
      for unit in ["fallback-ledger-nightly.service", "fallback-ledger-nightly.timer"] {
        // Its own search path has no program of ours, so the unit gets one with a full path.
        let text = try text(unit).replacing("=fallback-ledger ", with: "=\(path)/fallback-ledger ")
        try text.write(to: home.appending(path: unit), atomically: true, encoding: .utf8)
      }
      let units = "\(home.path)/fallback-ledger-nightly.timer"
      #expect(
        try shell(
          "XDG_RUNTIME_DIR=\"$HOME\" systemd-analyze --user verify '\(units)'", home: home,
          path: path) == 0)
    }
  }
}
