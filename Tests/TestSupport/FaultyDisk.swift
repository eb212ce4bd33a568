package import Foundation

/// The program on a disk that misbehaves: `Tests/FaultShim` is loaded before it.
package enum FaultyDisk {
  /// What a call does instead of its work.
  package enum Kind: String, CaseIterable, Sendable {
    case full = "ENOSPC"
    case broken = "EIO"
    case readOnly = "EROFS"
    case interrupted = "EINTR"
    /// Half of a write is done, and said so.
    case short
    /// The process ends before the call.
    case kill
    /// The process ends after half of a write.
    case torn

    package var endsProcess: Bool { self == .kill || self == .torn }

    /// The calls that can do so.
    var calls: Set<String> {
      switch self {
      case .full: ["write", "pwrite", "fsync", "ftruncate", "rename", "open", "mmap"]
      case .broken: ["write", "pwrite", "fsync", "ftruncate", "rename", "unlink", "open", "mmap"]
      case .readOnly: ["rename", "unlink", "open"]
      case .interrupted: ["write", "pwrite", "open"]
      case .short, .torn: ["write", "pwrite"]
      case .kill: ["write", "pwrite", "fsync", "ftruncate", "rename", "unlink", "open", "mmap"]
      }
    }
  }

  /// A call on a file, as `pwrite test.sqlite-wal`; what is random in names is left out.
  package struct Call: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ line: Substring, below folder: URL) {
      description = String(line).replacing(folder.path + "/", with: "")
        .replacing(/\.tmp-[0-9a-z]+/, with: ".tmp").replacing("/./", with: "/")
    }
  }

  package struct Failure: Error {}

  /// The shim, built once beside the program.
  private static let library = Task {
    let folder = Program.executable.deletingLastPathComponent()
    let library = folder.appending(
      path: "fault-shim-\(ProcessInfo.processInfo.processIdentifier).so")
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = [
      "clang", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-O1", "-fPIC", "-shared",
      "-o", library.path, Repository.path("Tests/FaultShim/fault_shim.c").path, "-ldl",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else { throw Failure() }
    return library
  }

  /// The calls that a run in `folder` makes on files in and below it, of those that can misbehave so.
  package static func calls(
    of arguments: [String], kind: Kind, in folder: URL
  ) async throws -> (outcome: Program.Outcome, calls: [Call]) {
    try await withTemporaryFolder { scratch in
      let log = scratch.appending(path: "log")
      try Data().write(to: log)
      let outcome = try await run(
        arguments, kind, at: 0, in: folder, ["FAULT_LOG": log.path])
      let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      return (outcome, lines.map { Call($0, below: folder) })
    }
  }

  /// A run whose call number `place`, from 1, misbehaves, and if it `lasts` all after it; and the call
  /// that did first, nil if there were not so many.
  package static func run(
    _ arguments: [String], _ kind: Kind, at place: Int, lasts: Bool = false, in folder: URL
  ) async throws -> (outcome: Program.Outcome, call: Call?) {
    try await withTemporaryFolder { scratch in
      let mark = scratch.appending(path: "mark")
      try Data().write(to: mark)
      var variables = ["FAULT_MARK": mark.path]
      if lasts { variables["FAULT_LASTS"] = "1" }
      let outcome = try await run(arguments, kind, at: place, in: folder, variables)
      let line = try String(contentsOf: mark, encoding: .utf8).split(separator: "\n").first
      return (outcome, line.map { Call($0, below: folder) })
    }
  }

  /// A run, and how often it asked for a socket or for the address of a host. `wrapper` is a command that
  /// runs the one given after its own arguments, and counts as well.
  package static func networkCalls(
    of arguments: [String], in folder: URL, under wrapper: [String] = []
  ) async throws -> (outcome: Program.Outcome, count: Int) {
    try await withTemporaryFolder { scratch in
      let log = scratch.appending(path: "log")
      try Data().write(to: log)
      var variables = try await shim(on: ["socket", "getaddrinfo"], in: folder)
      variables["FAULT_LOG"] = log.path
      let outcome = try await Program.run(
        arguments, environment: variables, in: folder, under: wrapper)
      let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      return (outcome, lines.count)
    }
  }

  private static func run(
    _ arguments: [String], _ kind: Kind, at place: Int, in folder: URL,
    _ variables: [String: String]
  ) async throws -> Program.Outcome {
    var shim = try await shim(on: kind.calls, in: folder)
    shim["FAULT_KIND"] = kind.rawValue
    shim["FAULT_AT"] = "\(place)"
    return try await Program.run(
      arguments, environment: shim.merging(variables) { $1 }, in: folder)
  }

  private static func shim(on calls: Set<String>, in folder: URL) async throws -> [String: String] {
    [
      "LD_PRELOAD": try await library.value.path, "FAULT_FOLDER": folder.path,
      "FAULT_ON": calls.sorted().joined(separator: ","),
    ]
  }
}
