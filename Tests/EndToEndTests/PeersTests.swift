import Foundation
import TestSupport
import Testing

/// Other people's tools on a ledger into which a log is being taken. `./scripts/test --peers` installs
/// them under .build/peers.
@Suite("Other tools", .serialized)
struct PeersTests {
  private static let sqlite3 = "/usr/bin/sqlite3"
  private static let python = Repository.path(".build/peers/bin/python").path

  private static func has(_ path: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: path)
  }

  private static let question =
    "SELECT count(*), sum(cost_nano_usd), sum(planned_nano_usd) FROM requests"

  /// What a command prints, fields parted by commas.
  private func output(_ path: String, _ arguments: [String]) async throws -> String {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "out")
      try Data().write(to: file)
      let process = Process()
      process.executableURL = URL(filePath: path)
      process.arguments = arguments
      process.standardOutput = try FileHandle(forWritingTo: file)
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return try String(contentsOf: file, encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  /// Asks while another log is on its way in, and holds the answer to the report before.
  private func ask(_ ask: (_ ledger: String) async throws -> String) async throws {
    try await QuestionTests.withFilled { ledger in
      let totals = try await ledger.report().object("totals")
      // A log that waits for more lines: the ingest runs until its input ends.
      let ingest = Process()
      let input = Pipe()
      ingest.executableURL = Program.executable
      ingest.arguments = ["ingest", "-", "--ledger", ledger.path.path]
      ingest.standardInput = input
      ingest.standardError = FileHandle.nullDevice
      try ingest.run()
      try input.fileHandleForWriting.write(
        contentsOf: Data(contentsOf: URL(filePath: SmallDay.events)))
      defer { ingest.waitUntilExit() }
      defer { try? input.fileHandleForWriting.close() }
      let answer = try await ask(ledger.path.path)
      #expect(ingest.isRunning)
      let fields = answer.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(fields.count == 3, "\(answer)")
      #expect(fields[0] == (try totals.text("requests")))
      #expect(usd(try #require(Int(fields[1]))) == (try totals.text("cost_usd")))
      #expect(usd(try #require(Int(fields[2]))) == (try totals.text("planned_cost_usd")))
    }
  }

  @Test("the sqlite3 shell sees the report's totals", .enabled(if: has(sqlite3)))
  func shell() async throws {
    try await ask { try await output(Self.sqlite3, ["-readonly", "-csv", $0, Self.question]) }
  }

  @Test(
    "the sqlite3 shell answers every worked question as `query` does", .enabled(if: has(sqlite3)),
    arguments: QuestionTests.names)
  func questions(name: String) async throws {
    try await QuestionTests.withFilled { ledger in
      let file = Repository.path("queries/questions/\(name).sql").path
      let theirs = try await output(
        Self.sqlite3, ["-readonly", "-batch", "-json", ledger.path.path, ".read '\(file)'"])
      let ours = try await ledger.run(["query", name, "--format", "json"]).out
      let left = try JSONSerialization.jsonObject(with: Data(theirs.utf8)) as? [[String: Any]]
      let right = try JSONSerialization.jsonObject(with: ours) as? [[String: Any]]
      #expect(left?.map(Self.texts) == right?.map(Self.texts) && left != nil)
    }
  }

  /// Values as text, numbers as far as every shell prints them.
  private static func texts(_ row: [String: Any]) -> [String: String] {
    row.mapValues { value in
      guard let number = value as? NSNumber else { return "\(value)" }
      return String(format: "%.12g", number.doubleValue)
    }
  }

  @Test("DuckDB's SQLite scanner sees the report's totals", .enabled(if: has(python)))
  func duckDB() async throws {
    try await ask { ledger in
      try await output(
        Self.python,
        [
          "-c",
          """
          import sys, glob, os, duckdb, duckdb_extension_sqlite_scanner as package
          folder = os.path.dirname(package.__file__)
          extension = glob.glob(folder + "/extensions/**/*.duckdb_extension", recursive=True)[0]
          db = duckdb.connect()
          db.execute(f"LOAD '{extension}'")
          db.execute(f"ATTACH '{sys.argv[1]}' AS l (TYPE sqlite, READ_ONLY)")
          print(*db.execute("SELECT * FROM sqlite_query('l', ?)", [sys.argv[2]]).fetchone(), sep=",")
          """, ledger, Self.question,
        ])
    }
  }

  @Test("DuckDB makes Parquet of an answer by the line that is shown", .enabled(if: has(python)))
  func parquet() async throws {
    try await QuestionTests.withFilled { ledger in
      let sql = "SELECT request_id, cost_nano_usd, '=1+1' AS text FROM requests"
      let shown = try await ledger.run(["sql", sql, "--format", "parquet"], status: 64).errText
      let line = try #require(shown.firstMatch(of: #/`(fallback-ledger .*) \| duckdb -c "(.*)"`/#))
      let file = ledger.folder.appending(path: "answer.parquet").path
      let copy = String(line.2).replacing("'answer.parquet'", with: "'\(file)'")
      let sums = try await output(
        "/bin/sh",
        [
          "-c",
          "\(line.1.replacing("fallback-ledger sql", with: "\"$0\" sql")) | \"$1\" -c \"$2\" \"$3\" \"$4\"",
          Program.executable.path, Self.python,
          """
          import sys, duckdb
          duckdb.execute(sys.argv[1])
          print(*duckdb.execute("SELECT count(*), sum(cost_nano_usd), min(text) FROM '%s'" % sys.argv[2])
            .fetchone(), sep=",")
          """, copy, file,
        ])
      let ours = try await ledger.run([
        "sql", "SELECT count(*), sum(cost_nano_usd), '=1+1' FROM requests", "--format", "json",
      ]).outText
      let numbers = ours.matches(of: #/:(\d+)/#).map { String($0.1) }
      #expect(sums == (numbers + ["=1+1"]).joined(separator: ","))
    }
  }

  @Test("Datasette sees the report's totals", .enabled(if: has(python)))
  func datasette() async throws {
    try await ask { ledger in
      let json = try await output(
        Self.python,
        [
          "-m", "datasette", "--get",
          "/test.json?_shape=arrays&sql="
            + (Self.question.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""),
          ledger,
        ])
      let row = try #require(json.firstMatch(of: #/"rows": \[\[([^\]]*)\]\]/#))
      return String(row.1)
    }
  }
}
