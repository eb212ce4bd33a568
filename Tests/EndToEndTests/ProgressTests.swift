import Foundation
import TestSupport
import Testing

@Suite("Progress of ingest")
struct ProgressTests {
  /// What the program writes to a terminal on its standard error.
  private func onTerminal(_ ledger: TestLedger, _ arguments: [String]) async throws -> String {
    let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(terminal >= 0)
    defer { close(terminal) }
    // TIOCSPTLCK and TIOCGPTN of Linux's <asm/ioctls.h>: unlock the other end, and tell its number.
    var lock: Int32 = 0
    var number: UInt32 = 0
    try #require(ioctl(terminal, 0x4004_5431, &lock) == 0)
    try #require(ioctl(terminal, 0x8004_5430, &number) == 0)
    let name = "/dev/pts/\(number)"
    let process = Process()
    process.executableURL = Program.executable
    process.arguments = arguments + ["--ledger", ledger.path.path]
    let screen: FileHandle = try #require(FileHandle(forUpdatingAtPath: name))
    process.standardError = screen
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 4_096)
    var isOver = false
    while true {
      var input = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      if poll(&input, 1, 50) > 0 {
        let count = read(terminal, &room, room.count)
        guard count > 0 else { break }
        bytes += room[..<count]
      } else if isOver {
        break
      } else {
        isOver = !process.isRunning
      }
    }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("is one line on a terminal, written over and gone at the end")
  func terminal() async throws {
    try await withLedger { ledger in
      let logs = ledger.folder.appending(path: "logs")
      // Enough that it takes longer than the fifth of a second before which nothing is shown.
      try TestLogs.write(90_000, into: logs)
      let text = try await onTerminal(
        ledger, ["ingest", logs.appending(path: "part-0.jsonl").path])
      let erased = "\r\u{1B}[K"
      let pieces = text.components(separatedBy: erased)
      try #require(pieces.count > 2, "\(text)")
      // Nothing before it, each one line of the terminal, and after the last the file's own line.
      #expect(pieces[0].isEmpty)
      #expect(pieces.dropLast().allSatisfy { !$0.contains("\n") && $0.count < 80 })
      #expect(pieces[1].contains(" lines/s"))
      #expect(pieces[pieces.count - 2].isEmpty == false)
      #expect(pieces.last?.contains("new requests") == true)
    }
  }

  @Test("is nothing where standard error is no terminal")
  func noTerminal() async throws {
    try await withLedger { ledger in
      let logs = ledger.folder.appending(path: "logs")
      try TestLogs.write(3_000, into: logs)
      let outcome = try await ledger.run(["ingest", logs.path])
      #expect(!outcome.errText.contains("lines/s") && !outcome.errText.contains("\r"))
    }
  }
}
