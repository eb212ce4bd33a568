import Foundation
import TestSupport
import Testing

/// Large files are taken in several transactions, of which reports see the last.
@Suite("A file that is taken in parts", .serialized)
struct StagingTests {
  private static let parts = ["--batch-lines", "1000"]

  /// First attempts of 1,200 requests, every third of which failed.
  private static var first: [String] {
    (0..<1_200).map { line("r\($0)", attempt: 0, failed: $0 % 3 == 0) }
  }

  /// 4,000 lines: new requests, second attempts of those that failed, and copies.
  private static var second: [String] {
    (0..<4_000).map { number in
      switch number % 10 {
      case 3: line("r\(number * 3 % 1_200)", attempt: 1, failed: number % 4 == 0)
      case 7: line("n\(number - 1)", attempt: 0, failed: true)
      case 6: line("n\(number)", attempt: 1, failed: false)
      case 9: line("n\(number - 4)", attempt: 0, failed: false)
      default: line("n\(number)", attempt: 0, failed: false)
      }
    }
  }

  /// Second attempts that come again: the 1,200 requests are gone through after 400 lines.
  private static let repeatedSeconds = 4_000 / 10 - 40

  private static func line(_ request: String, attempt: Int, failed: Bool) -> String {
    let outcome = failed ? #""failure","failure":{"kind":"timeout"}"# : #""success""#
    let number = request.dropFirst().utf8.reduce(0) { $0 * 10 + Int($1) - 48 }
    return #"{"request_id":"\#(request)","attempt":\#(attempt),"tenant_id":"t\#(number % 5)","#
      + #""ts":\#(1_790_000_000_000 + number * 60_000 + attempt),"workflow":"w\#(number % 7)","#
      + #""primary":{"provider":"openai","model":"gpt-5"},"#
      + #""route":{"provider":"openai","model":"gpt-5\#(attempt == 0 ? "" : "-mini")"},"#
      + #""outcome":\#(outcome),"usage":{"input_tokens":\#(100 + number),"output_tokens":7},"#
      + #""cost_usd":"0.00\#(1 + number % 9)"}"#
  }

  private static func text(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

  /// What the ledger says of requests and attempts, whatever the files were called.
  private static func dump(_ ledger: TestLedger) throws -> [String] {
    try TestLogs.dump(ledger, without: ["file", "path"])
  }

  private static func clean(_ files: [(name: String, lines: [String])]) async throws -> [String] {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      for file in files {
        try await ledger.ingest(try ledger.write(file.name, text(file.lines)).path)
      }
      try await ledger.run(["verify"])
      return try dump(ledger)
    }
  }

  @Test("makes the ledger that one transaction makes, stragglers of published requests among it")
  func sameLedger() async throws {
    let expected = try await Self.clean([("a", Self.first), ("b", Self.second)])
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      for (name, lines) in [("a", Self.first), ("b", Self.second)] {
        try await ledger.ingest(
          try ledger.write(name, Self.text(lines)).path, options: Self.parts)
      }
      try await ledger.run(["verify"])
      #expect(try Self.dump(ledger) == expected)
      #expect(try SQLiteFile(ledger.path).rows("SELECT * FROM staged_file").isEmpty)
      #expect(try SQLiteFile(ledger.path).rows("SELECT * FROM draft").isEmpty)
    }
  }

  /// Feeds the second file through standard input until half of it is staged, and kills the run.
  private static func killHalfway(_ ledger: TestLedger) async throws {
    let running = try RunningProgram(
      ["ingest", "-", "--ledger", ledger.path.path] + parts, in: ledger.folder)
    try running.feed(Data(text(Array(second.prefix(3_500))).utf8))
    let file = SQLiteFile(ledger.path)
    for _ in 0..<3_000
    where (try? file.rows("SELECT * FROM staged_file WHERE lines >= 2000"))?
      .isEmpty ?? true
    {
      try await Task.sleep(for: .milliseconds(10))
    }
    kill(running.identifier, SIGKILL)
    #expect(try await running.finish().status == 128 + SIGKILL)
    #expect(try !file.rows("SELECT * FROM draft").isEmpty)
  }

  @Test("reports see nothing of it before its end, and a killed run is gone on with")
  func resumed() async throws {
    let expected = try await Self.clean([("a", Self.first), ("-", Self.second)])
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      try await ledger.ingest(try ledger.write("a", Self.text(Self.first)).path)
      let before = try await ledger.run(["report", "--format", "json", "--by", "workflow"]).out
      try await Self.killHalfway(ledger)
      #expect(
        try await ledger.run(["report", "--format", "json", "--by", "workflow"]).out == before)
      try await ledger.run(["verify"])
      let outcome = try await ledger.ingest(
        "-", options: Self.parts, stdin: Data(Self.text(Self.second).utf8))
      #expect(try outcome.count("lines") == 4_000)
      #expect(try outcome.count("duplicates") == 400 + Self.repeatedSeconds)
      try await ledger.run(["verify"])
      #expect(try Self.dump(ledger) == expected)
    }
  }

  @Test("a file that begins otherwise than the half that was taken is taken from its start")
  func changed() async throws {
    let other = [Self.line("other", attempt: 0, failed: false)] + Self.second
    let expected = try await Self.clean([("a", Self.first), ("-", other)])
    for lines in [other, Array(Self.second.prefix(900))] {
      try await withLedger { ledger in
        try await ledger.importSmallDay()
        try await ledger.ingest(try ledger.write("a", Self.text(Self.first)).path)
        try await Self.killHalfway(ledger)
        // A pipe cannot be read from its start again; the next run can.
        let input = Data(Self.text(lines).utf8)
        let refusal = try await ledger.run(
          ["ingest", "-"] + Self.parts, stdin: input, status: 65)
        #expect(refusal.errText.contains("begins otherwise than when half of it was taken in"))
        try await ledger.ingest("-", options: Self.parts, stdin: input)
        try await ledger.run(["verify"])
        if lines.count > 900 { #expect(try Self.dump(ledger) == expected) }
      }
    }
  }

  @Test(
    "what else is written first takes the half-taken file back",
    arguments: [["ingest", "other"], ["reprice"], ["policy"], ["known"]])
  func abandoned(what: [String]) async throws {
    let other = [Self.line("other", attempt: 0, failed: false)]
    try await withLedger { ledger in
      try await ledger.ingest(try ledger.write("a", Self.text(Self.first)).path)
      try await Self.killHalfway(ledger)
      var files = [("a", Self.first)]
      switch what[0] {
      case "ingest":
        try await ledger.ingest(try ledger.write("other", Self.text(other)).path)
        files.append(("other", other))
      case "known":
        let copy = try ledger.write("copy", Self.text(Self.first)).path
        #expect(try await ledger.ingest(copy).objects("files")[0].text("status") == "unchanged")
      default: break
      }
      try await ledger.importSmallDay()
      try await ledger.run(["verify"])
      let expected = try await Self.clean(files)
      #expect(try Self.dump(ledger) == expected)
      // And it can still be taken whole.
      try await ledger.ingest("-", stdin: Data(Self.text(Self.second).utf8))
      try await ledger.run(["verify"])
      #expect(try Self.dump(ledger) == (try await Self.clean(files + [("-", Self.second)])))
    }
  }
}
