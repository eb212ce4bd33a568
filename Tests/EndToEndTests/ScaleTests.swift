import Foundation
import TestSupport
import Testing

@Suite("A ledger's work in parts")
struct ScaleTests {
  /// Without what is told of the run itself.
  private func ofTheLog(_ figures: String) -> [Substring] {
    figures.split(separator: "\n").filter { !$0.hasPrefix("run\t") && !$0.hasPrefix("replay\t") }
  }

  @Test("comes to the very figures of one machine", arguments: [1, 3, 6])
  func sameFigures(parts: Int) async throws {
    try await withLedger { ledger in
      let logs = try ScaledLogs.demo(in: ledger)
      let one = try await logs.figures()
      let rows = try await logs.rows()
      let spread = try Spread.parts(rows, parts, seed: UInt64(parts))
      #expect(spread.allSatisfy { !$0.isEmpty })
      // Little memory, so that rows are sorted on disk too.
      let many = try await logs.merged(spread, options: ["--memory", "1"])
      #expect(ofTheLog(many) == ofTheLog(one))
      for figure in [
        "stats\t{\"code\":\"conflict\"}\tnot_admitted\t", "stats\t{\"code\":\"negative\"}",
        "budget_months\t", "downgrade_days\t", "stand_in_days\t", "plan_months\t",
      ] {
        #expect(one.contains(figure), "\(figure)")
      }
      #expect(many.contains("run\t{}\trows\t\(rows.count - logs.files.count)\n"))
    }
  }

  @Test("is the same for every format that is read", arguments: FormatCase.scaled)
  func formats(files: [String]) async throws {
    try await withLedger { ledger in
      var names: [String] = []
      for file in files {
        let name = "log-\(names.count).jsonl"
        try ledger.write(name, try Data(contentsOf: Repository.path("fixtures/" + file)))
        names.append(name)
      }
      let logs = ScaledLogs(ledger: ledger, files: names, catalogs: [])
      let one = try await logs.figures()
      let rows = try await logs.rows()
      for parts in [1, 3] {
        let spread = try Spread.parts(rows, parts, seed: 7)
        #expect(ofTheLog(try await logs.merged(spread)) == ofTheLog(one))
      }
      #expect(one.contains("tenant_days\t"))
    }
  }

  @Test("shows a tenant that was torn apart, and a file that is missing")
  func torn() async throws {
    try await withLedger { ledger in
      let logs = try ScaledLogs.demo(in: ledger)
      let rows = try await logs.rows()
      let whole = try await logs.merged([rows])
      let keys = Set(rows.map(Spread.key)).filter { !$0.hasPrefix("!") }
      for key in keys where !key.contains("\\") {
        #expect(whole.contains("run\t{\"tenant_key\":\"\(key)\"}\tpartitions\t1\n"))
      }
      let halves = [rows.filter { $0.utf8.count % 2 == 0 }, rows.filter { $0.utf8.count % 2 == 1 }]
      #expect(try await logs.merged(halves).contains("\tpartitions\t2\n"))
      for file in logs.files {
        let log = try Data(contentsOf: ledger.folder.appending(path: file))
        let count = log.count { $0 == 0x0A }
        #expect(whole.contains("run\t{\"file\":\"\(file)\"}\ttext_lines\t\(count)\n"))
      }
    }
  }

  @Test("reads the lines of several files from one input")
  func byFile() async throws {
    try await withLedger { ledger in
      let logs = try ScaledLogs.demo(in: ledger)
      var input = Data()
      for file in logs.files {
        let log = try Data(contentsOf: ledger.folder.appending(path: file))
        for line in log.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
          let isText = String(validating: line, as: UTF8.self) != nil
          let hex = line.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
          input +=
            Data("\(file)\t\(isText ? "" : "hex")\t".utf8)
            + (isText ? Data(line) : Data(hex.utf8)) + Data("\n".utf8)
        }
      }
      let rows = try await logs.scale(["normalise", "--by-file"], stdin: input)
      #expect(rows.split(separator: "\n").map(String.init) == (try await logs.rows()))
      // A file whose lines are elsewhere too was cut by who hands it over.
      let again = input + Data("\(logs.files[0])\t\t{}\n".utf8)
      _ = try await logs.scale(["normalise", "--by-file"], stdin: again, status: 65)
    }
  }

  @Test("replays all tenants as one machine does")
  func replay() async throws {
    try await withLedger { ledger in
      let logs = try ScaledLogs.demo(in: ledger)
      _ = try await logs.figures()
      let candidate = try ledger.write(
        "candidate.yaml", try await Program.run(["policy", "preset", "two-tier"]).outText)
      let policy = logs.catalogs[5]
      for file in [policy, candidate.path] {
        let outcome = try await ledger.run(
          ["replay", "--policy", file, "--format", "json"], status: file == policy ? 0 : 0)
        let totals = try JSONObject(outcome.out).object("replayed")
        let rows = try await logs.rows().shuffled()
        let figures = try await logs.merged([rows], options: ["--replay", file, "--replay-only"])
        #expect(!figures.contains("tenant_days\t"))
        let cost = try #require(
          figures.split(separator: "\n").first { $0.hasPrefix("replay\t{}\tcost_nano_usd\t") })
        let nano = try #require(Int(cost.split(separator: "\t")[3]))
        #expect(usd(nano) == (try totals.text("cost_usd")))
        #expect(figures.contains("replay\t{}\tfidelity_requests\t"))
      }
    }
  }
}

/// What the filters say of input that is not theirs.
@Suite("A ledger's work in parts, given wrong input")
struct WrongScaleInputTests {
  private func run(
    _ arguments: [String], _ input: String, environment: [String: String] = [:]
  ) async throws -> Program.Outcome {
    try await Program.run(
      ["scale"] + arguments, stdin: Data(input.utf8), environment: environment)
  }

  @Test(
    "ends with 65 and prints no figure",
    arguments: [
      ["merge", "r\t{}\tm\tx\n", "standard input:1: is no figure"],
      ["merge", "r\t{}\tm\t9223372036854775807\nr\t{}\tm\t1\n", "leaves 64 bits"],
      ["partition", "acme {}\n", "standard input:1: has no key before it"],
      ["partition", "acme\t{\"file\":\"a\"}\n", "has no `line`"],
      ["partition", "acme\t{\"file\":\"a\",\"line\":1,\"line\":1}\n", "is no JSON"],
      [
        "partition",
        "!reject\t{\"file\":\"a\",\"line\":1,\"code\":\"x\",\"reason\":\"y\"}\n"
          + "!reject\t{\"file\":\"a\",\"line\":1,\"code\":\"x\",\"reason\":\"y\"}\n",
        "two rows of line 1 of a",
      ],
      ["normalise", "{\"a\":1}\n", "is of no format that is known here"],
    ])
  func refused(command: [String]) async throws {
    let outcome = try await run([command[0]], command[1])
    #expect(outcome.status == 65)
    #expect(outcome.out.isEmpty)
    #expect(outcome.errText.contains(command[2]), "\(outcome.errText)")
    #expect(outcome.errText.split(separator: "\n").count == 1)
  }

  @Test("an empty input is a partition without rows")
  func empty() async throws {
    let outcome = try await run(["partition"], "")
    #expect(outcome.status == 0 && outcome.out.isEmpty)
    #expect(try await run(["merge"], "").out.isEmpty)
  }

  @Test("a full disk ends with 74, and nothing is left in the scratch folder")
  func fullDisk() async throws {
    try await withTemporaryFolder { folder in
      let row = "!reject\t{\"file\":\"a\",\"line\":1,\"code\":\"x\",\"reason\":\"y\"}\n"
      let gone = folder.appending(path: "none").path
      let outcome = try await run(["partition"], row, environment: ["TMPDIR": gone])
      #expect(outcome.status == 74)
      #expect(outcome.errText.contains("TMPDIR"))
      _ = try await run(["partition"], row, environment: ["TMPDIR": folder.path])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
  }

  @Test(
    "what cannot be written ends with 74",
    arguments: [
      ["normalise", Lines.native("a")],
      ["partition", "!reject\t{\"file\":\"a\",\"line\":1,\"code\":\"x\",\"reason\":\"y\"}"],
      ["merge", "r\t{}\tm\t1"],
    ])
  func fullOutput(command: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      [
        "-c", "printf '%s\\n' \"$2\" | \"$0\" scale \"$1\" >/dev/full", Program.executable.path,
      ] + command
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
  }
}

extension FormatCase {
  /// Logs of every kind below `fixtures`; those of one kind that tell of the same traces together.
  static let scaled: [[String]] = [
    ["formats/otel/gateway-1.jsonl", "formats/otel/gateway-2.jsonl"],
    ["formats/otel/litellm-1.jsonl", "formats/otel/litellm-2.jsonl"],
    ["formats/bifrost/logs.jsonl"], ["formats/cloudflare/logs.json"],
    ["formats/helicone/requests.jsonl"], ["formats/litellm_spendlogs/rows.jsonl"],
    ["formats/litellm_spendlogs/copy.csv"], ["formats/openrouter/generations.json"],
    ["formats/portkey/export.jsonl"], ["litellm/correlated.jsonl.zst"],
    ["litellm/proxy-s3.jsonl.zst"], ["money/events.jsonl"], ["questions/events.jsonl"],
  ]
}
