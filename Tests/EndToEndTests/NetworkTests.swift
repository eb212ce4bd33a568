import Foundation
import TestSupport
import Testing

@Suite("No network")
struct NetworkTests {
  /// What a night and a month need, one command after the other, and what people ask beside.
  private static let commands =
    SmallDay.imports + [
      ["ingest", SmallDay.events], ["status"], ["report"], ["report", "margin"], ["verify"],
      ["rejects", "list"], ["query", "--list"], ["sql", "SELECT count(*) FROM requests"],
      ["replay", "--policy", SmallDay.folder.appending(path: "policy.yaml").path],
      ["policy", "drift"], ["nightly", "--date", "2026-10-05", "--out", "nights", "--notify"],
      ["export", "csv", "--month", "2026-10", "--out", "month.csv"], ["close", "2026-09"],
    ]

  @Test("no command asks for a socket or for the address of a host")
  func none() async throws {
    try await withLedger { ledger in
      for command in Self.commands + [["simulate", "--out", "demo", "--requests", "50"]] {
        let usesLedger = command[0] != "simulate"
        let (outcome, count) = try await FaultyDisk.networkCalls(
          of: command + (usesLedger ? ["--ledger", ledger.path.path] : []), in: ledger.folder)
        #expect(outcome.status == 0, "\(command): \(outcome.errText)")
        #expect(count == 0, "\(command)")
      }
    }
  }

  @Test("and one that did would be seen")
  func control() async throws {
    try await withLedger { ledger in
      let shell = ["/bin/bash", "-c", ": <>/dev/tcp/127.0.0.1/9; exec \"$@\"", "bash"]
      let (outcome, count) = try await FaultyDisk.networkCalls(
        of: ["--version"], in: ledger.folder, under: shell)
      #expect(outcome.status == 0, "\(outcome.errText)")
      #expect(count > 0)
    }
  }

  @Test("SECURITY.md names every package that the program is built with, and its licence")
  func dependencies() throws {
    struct Resolved: Decodable {
      struct Pin: Decodable { let location: String }
      let pins: [Pin]
    }
    let security = try String(contentsOf: Repository.path("SECURITY.md"), encoding: .utf8)
    let rows = security.split(separator: "\n").filter { $0.hasPrefix("| ") }
    let resolved = try JSONDecoder().decode(
      Resolved.self, from: Data(contentsOf: Repository.path("Package.resolved")))
    #expect(!resolved.pins.isEmpty)
    for pin in resolved.pins {
      let address = pin.location.replacing(/\.git$/, with: "")
      #expect(rows.contains { $0.contains("(\(address))") }, "\(address)")
    }
    let package = try String(contentsOf: Repository.path("Package.swift"), encoding: .utf8)
    let libraries = package.matches(of: /pkgConfig: "(?:lib)?([a-z]+)[0-9]?"/).map(\.1)
    #expect(libraries.count >= 4)
    for library in libraries {
      #expect(rows.contains { $0.lowercased().contains(library) }, "\(library)")
    }
  }
}
