import ArgumentParser
import Glibc
import LedgerStore
import QueryCatalog
import Reports
import Wording

/// How rows are asked for and printed, for `sql` and `query` alike.
struct AnswerOptions: ParsableArguments {
  @Option(help: "How to print it: table, json, csv or markdown; parquet says how.")
  var format = AnswerFormat.table

  @Option(
    help: ArgumentHelp(
      "Print so many rows at most, 0: all. Left out: 10000 in a table, 1000000 else.",
      valueName: "count"))
  var rows: Int?

  @Option(
    help: ArgumentHelp("Stop after so many seconds, 0: never.", valueName: "seconds"))
  var timeout: Int64 = 300

  func validate() throws {
    if let rows, rows < 0 { throw ValidationError("--rows \(rows) is negative; give 0 or more") }
    if timeout < 0 { throw ValidationError("--timeout \(timeout) is negative; give 0 or more") }
  }
}

enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv, markdown, parquet

  /// Nil for what another program writes.
  var table: TableFormat? { TableFormat(rawValue: rawValue) }
}

/// Asks and prints.
struct Answer {
  let ledger: LedgerOption
  let options: AnswerOptions
  /// The words of the command, for the line that makes a Parquet file.
  let command: [String]

  func print(_ sql: String, values: [String: FreeQuery.Value] = [:]) throws {
    guard let format = options.format.table else {
      throw CommandFailure(
        CommandFailure.usage,
        "Parquet is DuckDB\u{2019}s to write; run `\(parquetLine)`")
    }
    // Ctrl-C stops at once, also where the shell had it ignored; there is nothing to tidy up.
    // Who starts the program may also have held it back.
    signal(SIGINT, SIG_DFL)
    var held = sigset_t()
    sigemptyset(&held)
    sigaddset(&held, SIGINT)
    sigaddset(&held, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &held, nil)
    // Says what is wrong with a file that is no ledger of this version.
    _ = try ledger.open(.read)
    do {
      let query = try FreeQuery(
        sql, path: ledger.path, values: values,
        seconds: options.timeout == 0 ? nil : options.timeout)
      let most = options.rows ?? (format == .table || format == .markdown ? nil : 1_000_000)
      let writer = RowWriter(columns: query.columns, format: format)
      var count = 0
      while let row = try query.next() {
        if let most, most > 0, count == most {
          try writer.finish()
          Output.note("stopped after \(most) rows, there are more; --rows 0 prints them all")
          throw ExitCode(1)
        }
        count += 1
        try writer.write(row)
      }
      try writer.finish()
    } catch let mistake as FreeQuery.Mistake {
      throw CommandFailure(
        mistake.isInStatement ? CommandFailure.usage : CommandFailure.badData,
        text(mistake, in: sql))
    } catch let late as FreeQuery.OutOfTime {
      throw CommandFailure(
        1,
        "stopped after \(late.seconds) s without an end; ask for fewer days, read daily_by_workflow, "
          + "daily_by_tenant or daily_by_model instead, or give --timeout")
    }
  }

  /// JSON keeps texts as they are, where CSV guards those that a spreadsheet would take for a formula.
  private var parquetLine: String {
    let named = ledger.given.map { ["--ledger", $0] } ?? []
    return (command + named + ["--format", "json", "--rows", "0"]).map(Self.shellWord)
      .joined(separator: " ")
      + " | duckdb -c \"COPY (FROM read_json('/dev/stdin')) TO 'answer.parquet'\""
  }

  /// A word as a shell takes it for itself.
  private static func shellWord(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "-_=./:".utf8.contains(byte)
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  private func text(_ mistake: FreeQuery.Mistake, in sql: String) -> String {
    var place = "the statement"
    if let offset = mistake.offset ?? Self.place(of: mistake.what, in: sql) {
      let before = sql.utf8.prefix(offset)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
      let rest = String(decoding: sql.utf8.dropFirst(offset).prefix(40), as: UTF8.self)
      place += ", line \(line), column \(column)"
      place += rest.isEmpty ? ", at its end" : ", at `\(VisibleText.escaping(rest))`"
    }
    let near = suggestion(for: mistake.what, in: sql).map { "did you mean `\($0)`? " } ?? ""
    return "\(place): \(VisibleText.escaping(mistake.what)); "
      + (mistake.isInStatement
        ? "\(near)give one SELECT; `fallback-ledger schema` has the columns"
        : "mend the statement or the value")
  }

  /// Where a table stands that is not there: SQLite does not say.
  private static func place(of what: String, in sql: String) -> Int? {
    guard what.hasPrefix("no such table: "), let table = what.split(separator: " ").last,
      let range = sql.firstRange(of: table)
    else { return nil }
    return sql[..<range.lowerBound].utf8.count
  }

  /// The nearest view or column that a statement may have meant.
  private func suggestion(for what: String, in sql: String) -> String? {
    func word(after start: String) -> String? {
      guard what.hasPrefix(start) else { return nil }
      return what.dropFirst(start.count).split(separator: ".").last.map(String.init)
    }
    if let table = word(after: "no such table: ") {
      return NearestWord.of(table, in: PublicSchema.views.map(\.name))
    }
    guard let column = word(after: "no such column: ") else { return nil }
    let named = PublicSchema.views.filter { sql.contains($0.name) }
    let views = named.isEmpty ? PublicSchema.views : named
    return NearestWord.of(column, in: views.flatMap { $0.columns.map(\.name) })
  }
}
