package import Foundation

/// Runs the built `fallback-ledger`, as a user's shell would.
package enum Program {
  /// How a run ended, and what it wrote.
  package struct Outcome: Sendable {
    /// The exit code; of a run that a signal ended, 128 and the signal, as a shell has it.
    package let status: Int32
    package let out: Data
    package let err: Data

    package var outText: String { String(decoding: out, as: UTF8.self) }
    package var errText: String { String(decoding: err, as: UTF8.self) }
  }

  /// The binary that was built with the tests; `FALLBACK_LEDGER_PROGRAM` names another one.
  package static var executable: URL {
    if let path = ProcessInfo.processInfo.environment["FALLBACK_LEDGER_PROGRAM"] {
      return URL(filePath: path)
    }
    // On Linux the tests are themselves a program in the folder of the build's products.
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appending(path: "fallback-ledger")
  }

  /// Runs the program to its end. What it writes goes through files, so no pipe can fill up.
  ///
  /// `environment` is set on top of the tests' own, in which no ledger is named and colour is off;
  /// without a `folder` it works in one that is empty and removed afterwards. `wrapper` is a command
  /// that runs the one given after its own arguments, as `nice` does.
  package static func run(
    _ arguments: [String], stdin: Data = Data(), environment: [String: String] = [:],
    in folder: URL? = nil, under wrapper: [String] = []
  ) async throws -> Outcome {
    try await withTemporaryFolder { scratch in
      let work = folder ?? scratch.appending(path: "work")
      try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
      let input = scratch.appending(path: "stdin")
      let output = scratch.appending(path: "stdout")
      let errors = scratch.appending(path: "stderr")
      try stdin.write(to: input)
      try Data().write(to: output)
      try Data().write(to: errors)

      let process = Process()
      let command = wrapper + [executable.path] + arguments
      process.executableURL = URL(filePath: command[0])
      process.arguments = Array(command.dropFirst())
      process.currentDirectoryURL = work
      var variables = ProcessInfo.processInfo.environment
      variables["FALLBACK_LEDGER"] = nil
      variables["NO_COLOR"] = "1"
      process.environment = variables.merging(environment) { $1 }
      // Closed here: a process keeps what it was given, and hundreds of runs would use up all files.
      let handles = [
        try FileHandle(forReadingFrom: input), try FileHandle(forWritingTo: output),
        try FileHandle(forWritingTo: errors),
      ]
      defer { for handle in handles { handle.closeFile() } }
      process.standardInput = handles[0]
      process.standardOutput = handles[1]
      process.standardError = handles[2]
      try await withCheckedThrowingContinuation {
        (ended: CheckedContinuation<Void, any Error>) in
        process.terminationHandler = { _ in ended.resume() }
        do {
          try process.run()
        } catch {
          process.terminationHandler = nil
          ended.resume(throwing: error)
        }
      }

      let signalled = process.terminationReason == .uncaughtSignal
      return Outcome(
        status: process.terminationStatus + (signalled ? 128 : 0),
        out: try Data(contentsOf: output), err: try Data(contentsOf: errors))
    }
  }
}
