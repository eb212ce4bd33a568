import ArgumentParser
import LedgerStore
import Reports

struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Ask the ledger in SQL; nothing can be changed.",
    discussion: """
      One statement that asks, over the views `requests` and `attempts` (docs/ledger.md) or any table:

        fallback-ledger sql "SELECT workflow, count(*) AS n FROM requests GROUP BY 1 ORDER BY n DESC"

      json and csv are written row by row, however many there are. Sum *_nano_usd and divide at the
      end: the *_usd columns are floating point.
      """)

  @OptionGroup var ledger: LedgerOption

  @Option(help: "How to print it.")
  var format = TableFormat.table

  @Argument(help: ArgumentHelp("The statement.", valueName: "select"))
  var statement: String

  func run() throws {
    // Says what is wrong with a file that is no ledger of this version.
    _ = try ledger.open(.read)
    do {
      let query = try FreeQuery(statement, path: ledger.path)
      let writer = RowWriter(columns: query.columns, format: format)
      while let row = try query.next() { try writer.write(row) }
      try writer.finish()
    } catch let mistake as FreeQuery.Mistake {
      throw CommandFailure(
        mistake.isInStatement ? CommandFailure.usage : CommandFailure.badData, text(mistake))
    }
  }

  private func text(_ mistake: FreeQuery.Mistake) -> String {
    var place = "the statement"
    if let offset = mistake.offset {
      let rest = String(decoding: statement.utf8.dropFirst(offset).prefix(40), as: UTF8.self)
      place += rest.isEmpty ? ", at its end" : ", at `\(VisibleText.escaping(rest))`"
    }
    return "\(place): \(VisibleText.escaping(mistake.what)); "
      + (mistake.isInStatement
        ? "give one SELECT; docs/ledger.md has the columns" : "mend the statement or the value")
  }
}
