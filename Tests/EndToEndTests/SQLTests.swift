import Foundation
import TestSupport
import Testing

@Suite("sql")
struct SQLTests {
  private static func withSmallDay(_ body: (TestLedger) async throws -> Void) async throws {
    try await withLedger { ledger in
      try await ledger.ingest(SmallDay.events)
      try await body(ledger)
    }
  }

  @Test("answers a question in every format, values exact")
  func formats() async throws {
    try await Self.withSmallDay { ledger in
      let question = """
        SELECT 9007199254740993 AS big, -1.5 AS real, NULL AS none, 'a,"b' AS text, x'00ff' AS bytes,
          '=1+1' AS formula, 1 AS big
        """
      func answer(_ format: String) async throws -> String {
        try await ledger.run(["sql", question, "--format", format]).outText
      }
      let json = try await answer("json")
      #expect(
        json == #"[{"big":9007199254740993,"real":-1.5,"none":null,"#
          + #""text":"a,\"b","bytes":"00ff","formula":"=1+1","big_2":1}]"# + "\n")
      let csv = try await answer("csv")
      #expect(
        csv == "big,real,none,text,bytes,formula,big\n"
          + #"9007199254740993,-1.5,,"a,""b",00ff,'=1+1,1"# + "\n")
      let markdown = try await answer("markdown")
      #expect(markdown.contains("| 9007199254740993 | -1.5 |"))
      let table = try await answer("table")
      #expect(table.hasPrefix("1 row\n"))
    }
  }

  @Test("no rows are an empty answer")
  func empty() async throws {
    try await Self.withSmallDay { ledger in
      let question = "SELECT 1 AS n WHERE 0"
      #expect(try await ledger.run(["sql", question, "--format", "json"]).outText == "[]\n")
      #expect(try await ledger.run(["sql", question, "--format", "csv"]).outText == "n\n")
      let table = try await ledger.run(["sql", question])
      #expect(table.outText.isEmpty && table.errText == "no rows\n")
    }
  }

  @Test("adds up to the report")
  func footing() async throws {
    try await Self.withSmallDay { ledger in
      let outcome = try await ledger.run([
        "sql", "SELECT count(*) AS requests, sum(cost_nano_usd) AS cost FROM requests", "--format",
        "csv",
      ])
      let totals = try await ledger.report().object("totals")
      let cells = outcome.outText.split(separator: "\n")[1].split(separator: ",")
      #expect(try totals.text("requests") == cells[0])
      #expect(try totals.text("cost_usd") == usd(try #require(Int(cells[1]))))
    }
  }

  @Test(
    "answers what SQLite can be asked about the ledger and in general",
    arguments: [
      "SELECT name FROM pragma_table_info('request')", "PRAGMA table_info(request)",
      "SELECT value FROM json_each('[1,2]')", "EXPLAIN QUERY PLAN SELECT * FROM requests",
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3) SELECT i FROM n",
      "VALUES (1), (2)", "SELECT 1; -- and a comment", "-- name: a head\nSELECT 1",
    ])
  func questions(sql: String) async throws {
    try await Self.withSmallDay { ledger in
      let outcome = try await ledger.run(["sql", sql, "--format", "json"])
      #expect(outcome.outText.hasPrefix("[{"))
    }
  }

  @Test("changes nothing, opens nothing and loads nothing")
  func refusals() async throws {
    try await Self.withSmallDay { ledger in
      let other = ledger.folder.appending(path: "other.sqlite").path
      let before = try ledger.ledgerFiles()
      for sql in [
        "DELETE FROM request", "UPDATE request SET cost_nano_usd = 0", "DROP TABLE request",
        "INSERT INTO tenant (name) VALUES ('x')", "CREATE TEMP TABLE t (a)", "VACUUM", "REINDEX",
        "VACUUM INTO '\(other)'", "ATTACH '\(other)' AS other", "DETACH main", "BEGIN",
        "SAVEPOINT s",
        "PRAGMA journal_mode = DELETE", "PRAGMA query_only = 0", "PRAGMA writable_schema = 1",
        "PRAGMA user_version = 9", "PRAGMA wal_checkpoint", "PRAGMA temp_store_directory = '/'",
        "SELECT load_extension('x')", "SELECT LOAD_EXTENSION('x', 'y')", "ANALYZE",
        "EXPLAIN DELETE FROM request", "CREATE VIRTUAL TABLE v USING fts5(a)",
        "WITH x AS (SELECT 1) DELETE FROM request", "SELECT * FROM pragma_query_only(0)",
        "SELECT 1; DELETE FROM request", "SELECT 1; SELECT 2",
      ] {
        let outcome = try await ledger.run(["sql", sql], status: 64)
        #expect(outcome.out.isEmpty, "\(sql)")
        #expect(outcome.errText.split(separator: "\n").count == 1, "\(outcome.errText)")
      }
      #expect(!FileManager.default.fileExists(atPath: other))
      let after = try ledger.ledgerFiles()
      #expect(before["test.sqlite"] == after["test.sqlite"])
      #expect((after["test.sqlite-wal"] ?? Data()).isEmpty)
    }
  }

  @Test(
    "says where a statement goes wrong, and tells a wrong statement from a wrong value",
    arguments: [
      ("SELEC 1", 64, "at `SELEC 1`"), ("SELECT nope FROM requests", 64, "no such column: nope"),
      ("SELECT 1 FROM nowhere", 64, "no such table: nowhere"), ("", 64, "no statement"),
      ("SELECT (", 64, "incomplete input"), ("SELECT 1; SELECT 2", 64, "at ` SELECT 2`"),
      ("SELECT sum(9223372036854775807) FROM requests", 65, "integer overflow"),
      ("SELECT json('{')", 65, "malformed JSON"),
      ("SELECT '\u{1B}[31m' FROM nowhere", 64, "no such table"),
    ])
  func mistakes(sql: String, status: Int32, what: String) async throws {
    try await Self.withSmallDay { ledger in
      let outcome = try await ledger.run(["sql", sql], status: status)
      #expect(outcome.errText.contains(what), "\(outcome.errText)")
      #expect(!outcome.errText.contains("\u{1B}"))
    }
  }

  @Test("hands on rows as they come, and ends quietly when nobody reads on")
  func streaming() async throws {
    try await Self.withSmallDay { ledger in
      let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
      let shell = Process()
      shell.executableURL = URL(filePath: "/bin/sh")
      shell.arguments = [
        "-c", #""$0" sql "$1" --format csv --ledger "$2" | head -n 3"#, Program.executable.path,
        endless, ledger.path.path,
      ]
      let out = Pipe()
      shell.standardOutput = out
      try shell.run()
      let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      shell.waitUntilExit()
      #expect(text == "i\n1\n2\n")
    }
  }

  @Test("a table has an end and says so; what is for machines has all rows")
  func longTable() async throws {
    try await Self.withSmallDay { ledger in
      let many =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 12000) SELECT i FROM n"
      let table = try await ledger.run(["sql", many])
      #expect(table.errText.contains("the first 10000 of 12000 rows"))
      let csv = try await ledger.run(["sql", many, "--format", "csv"])
      #expect(csv.outText.split(separator: "\n").count == 12_001)
    }
  }

  @Test("names the place, and the view or column that was meant")
  func nearest() async throws {
    try await Self.withSmallDay { ledger in
      for (sql, place, word) in [
        ("SELECT workflw FROM requests", "line 1, column 8", "workflow"),
        ("SELECT 1\nFROM reqests", "line 2, column 6", "requests"),
        ("SELECT r.cost_usdd FROM requests r", "line 1, column 8", "cost_usd"),
        // A name in double quotes that nothing has is no text.
        ("SELECT \"workflw\" FROM requests", "line 1, column 8", "workflow"),
      ] {
        let text = try await ledger.run(["sql", sql], status: 64).errText
        #expect(text.contains(place) && text.contains("did you mean `\(word)`?"), "\(text)")
      }
    }
  }

  @Test("a table keeps times whole, points below each other, and numbers without an exponent")
  func reading() async throws {
    try await Self.withSmallDay { ledger in
      let sql = """
        SELECT '2026-10-05T17:02:38.385Z' AS at, '\(String(repeating: "name", count: 30))' AS who,
          8.05e-05 AS usd, 0.1 + 0.2 AS share
        UNION ALL SELECT '2026-10-06', 'o', 12, -1.5 UNION ALL SELECT NULL, 'p', NULL, 1e300
        ORDER BY who
        """
      let table = try await ledger.run(["sql", sql]).outText.split(separator: "\n")
      #expect(table.allSatisfy { $0.count <= 80 })
      let rows = table.suffix(3).map { $0.split(separator: " ").map(String.init) }
      #expect(rows[0][0] == "2026-10-05T17:02:38.385Z" && rows[0][1].contains("…"))
      #expect(Array(rows[0][2...]) == ["0.0000805", "0.3"])
      #expect(rows[1] == ["2026-10-06", "o", "12", "-1.5"])
      #expect(rows[2] == ["–", "p", "–", "1e+300"])
      func column(_ text: String, _ row: Int) -> Int? {
        table[table.count - 3 + row].firstRange(of: text)
          .map {
            table[table.count - 3 + row].distance(
              from: table[table.count - 3 + row].startIndex, to: $0.lowerBound)
          }
      }
      // `0` and the `2` of 12 are the ones.
      #expect(column("0.0000805", 0) == column("12", 1).map { $0 + 1 })
      // What is for machines has every digit.
      let csv = try await ledger.run(["sql", sql, "--format", "csv"]).outText
      #expect(csv.contains("8.05e-05,0.30000000000000004\n"))
    }
  }

  private static let endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "

  @Test("stops when its time or its rows are over, and says so")
  func limits() async throws {
    try await Self.withSmallDay { ledger in
      let late = try await ledger.run(
        ["sql", Self.endless + "count(*) FROM n", "--timeout", "1"], status: 1)
      #expect(late.errText.contains("stopped after 1 s") && late.out.isEmpty)
      for format in ["csv", "json", "table"] {
        let short = try await ledger.run(
          ["sql", Self.endless + "i FROM n", "--rows", "3", "--format", format], status: 1)
        #expect(short.errText.contains("stopped after 3 rows"), "\(format)")
        #expect(short.outText.contains("3") && !short.outText.contains("4"))
      }
    }
  }

  @Test("ends at once on SIGINT")
  func interrupt() async throws {
    try await Self.withSmallDay { ledger in
      let process = Process()
      process.executableURL = Program.executable
      process.arguments = [
        "sql", Self.endless + "count(*) FROM n", "--ledger", ledger.path.path,
      ]
      // Tests that were started in the background have it ignored, and so would the program.
      signal(SIGINT, SIG_DFL)
      try process.run()
      for _ in 0..<200 where process.isRunning {
        try await Task.sleep(for: .milliseconds(100))
        process.interrupt()
      }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      // By the signal itself, or by a status that says so.
      #expect([SIGINT, 128 + SIGINT].contains(process.terminationStatus))
    }
  }

  @Test("leaves Parquet to DuckDB, with the line to type")
  func parquet() async throws {
    try await Self.withSmallDay { ledger in
      let outcome = try await ledger.run(
        ["sql", "SELECT 'it''s'", "--format", "parquet"], status: 64)
      // As a shell takes it for the same words.
      let word = "'" + "SELECT 'it''s'".replacing("'", with: #"'\''"#) + "'"
      #expect(outcome.errText.contains("run `fallback-ledger sql \(word) --ledger "))
      #expect(
        outcome.errText.contains(
          "--format json --rows 0 | duckdb -c \"COPY (FROM read_json('/dev/stdin')) TO "))
    }
  }

  @Test("needs a ledger")
  func noLedger() async throws {
    try await withLedger { ledger in
      try await ledger.run(["sql", "SELECT 1"], status: 66)
      #expect(try ledger.ledgerFiles().isEmpty)
    }
  }
}
