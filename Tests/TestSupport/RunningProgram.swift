package import Foundation
internal import Glibc

/// The program at work on a pipe, for tests that look at it before it ends.
package final class RunningProgram {
  private let process = Process()
  private let input: Int32
  private let scratch: URL
  /// The most memory that it was seen to have, in bytes.
  package private(set) var peakMemory = 0

  /// Starts the program; its standard output and error go to files in `folder`.
  package init(_ arguments: [String], in folder: URL) throws {
    // A program that ends before it has read everything must not end the tests.
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw POSIXError(.EPIPE) }
    // Another run that starts meanwhile must not hold the pipe open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    input = ends[1]
    scratch = folder
    for name in ["stdout", "stderr"] {
      try Data().write(to: folder.appending(path: "\(name)-of-pipe"))
    }
    process.executableURL = Program.executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: false)
    process.standardOutput = try FileHandle(
      forWritingTo: folder.appending(path: "stdout-of-pipe"))
    process.standardError = try FileHandle(forWritingTo: folder.appending(path: "stderr-of-pipe"))
    try process.run()
    close(ends[0])
  }

  package var identifier: Int32 { process.processIdentifier }
  package var isRunning: Bool { process.isRunning }

  /// Waits until the pipe has taken all of it.
  package func feed(_ bytes: Data) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      guard count > 0 else { throw POSIXError(.EPIPE) }
      rest = rest.dropFirst(count)
      noteMemory()
    }
  }

  /// Ends the input and waits for the end of the program.
  package func finish() async throws -> Program.Outcome {
    close(input)
    while process.isRunning {
      noteMemory()
      try await Task.sleep(for: .milliseconds(5))
    }
    let signalled = process.terminationReason == .uncaughtSignal
    return Program.Outcome(
      status: process.terminationStatus + (signalled ? 128 : 0),
      out: try Data(contentsOf: scratch.appending(path: "stdout-of-pipe")),
      err: try Data(contentsOf: scratch.appending(path: "stderr-of-pipe")))
  }

  private func noteMemory() {
    // The file is gone once the program has ended.
    guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
    else { return }
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      let kilobytes = line.split(separator: " ").compactMap { Int($0) }.first ?? 0
      peakMemory = max(peakMemory, kilobytes * 1024)
    }
  }
}
