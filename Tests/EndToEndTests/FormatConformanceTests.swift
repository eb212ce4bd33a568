import Foundation
import TestSupport
import Testing
import Units

/// The same questions for every format: grouping, order, kinds of failure, tokens, cost, attribution,
/// and nothing of the prompt kept.
@Suite("Every format")
struct FormatConformanceTests {
  /// What stands for prompts and answers in the fixtures.
  private static let prompt = "PROMPT-NEVER-KEPT"

  @Test("says of its fixture what was worked out by hand", arguments: FormatCase.all)
  func rows(of log: FormatCase) async throws {
    try await withLedger { ledger in
      let result = try await ledger.ingest(log.url.path, options: log.options + ["--strict"])
      #expect(try result.objects("files")[0].text("format") == log.format)
      let rows = try FormatRows(ledger)
      #expect(rows.requests == log.requests)
      #expect(rows.attempts == log.attempts)
      try await ledger.run(["verify"])
    }
  }

  @Test(
    "gives the same ledger in any order and over any number of files", arguments: FormatCase.all)
  func order(of log: FormatCase) async throws {
    guard log.file.hasSuffix(".jsonl") else { return }
    let lines = try String(contentsOf: log.url, encoding: .utf8).split(separator: "\n")
    var random = SeededGenerator(seed: 7)
    for _ in 0..<3 {
      let shuffled = lines.shuffled(using: &random)
      try await withLedger { ledger in
        for (place, line) in shuffled.enumerated() {
          try ledger.write("logs/\(place % 3)/\(place).jsonl", String(line))
        }
        try await ledger.ingest(
          ledger.folder.appending(path: "logs").path, options: log.options + ["--strict"])
        let rows = try FormatRows(ledger)
        #expect(rows.requests == log.requests)
        #expect(rows.attempts == log.attempts)
      }
    }
  }

  @Test(
    "knows what it has read, under another name and with other bytes", arguments: FormatCase.all)
  func again(of log: FormatCase) async throws {
    try await withLedger { ledger in
      let first = try await ledger.ingest(log.url.path, options: log.options)
      let copy = try ledger.write("again.json", Data(contentsOf: log.url) + Data("\n\n".utf8))
      let again = try await ledger.ingest(copy.path, options: log.options)
      #expect(try again.text("accepted") == "0")
      #expect(try again.text("conflicts") == "0")
      #expect(try again.text("duplicates") == first.text("accepted"))
      #expect(try FormatRows(ledger).attempts == log.attempts)
    }
  }

  @Test("keeps nothing of prompts and answers, of good records or bad", arguments: FormatCase.all)
  func privacy(of log: FormatCase) async throws {
    let bytes = try Data(contentsOf: log.url)
    let text = try #require(String(bytes: bytes, encoding: .utf8))
    // Every record with a time that is none.
    let bad = text.replacingOccurrences(of: "2026-11-16", with: "2026-99-99")
      .replacingOccurrences(of: "17948196", with: "9")
    try await withLedger { ledger in
      try await ledger.ingest(log.url.path, options: log.options)
      let file = try ledger.write("bad.json", bad)
      let result = try await ledger.ingest(file.path, options: log.options)
      #expect(try result.text("accepted") == "0")
      #expect(try result.count("rejected") > 0)
      for (name, bytes) in try ledger.ledgerFiles() {
        #expect(bytes.range(of: Data(Self.prompt.utf8)) == nil, "\(name)")
      }
      let list = try await ledger.run(["rejects", "list", "--format", "json"])
      #expect(!list.outText.contains(Self.prompt))
    }
  }

  @Test("times without a zone are rejected unless the user says that they are UTC")
  func zones() async throws {
    for log in FormatCase.all where log.options == ["--assume-utc"] {
      try await withLedger { ledger in
        let result = try await ledger.ingest(log.url.path)
        #expect(try result.text("rejected") == "1")
        let list = try await ledger.run(["rejects", "list"])
        #expect(list.outText.contains("--assume-utc"))
      }
    }
  }
}
