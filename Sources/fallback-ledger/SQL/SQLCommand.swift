import ArgumentParser

struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Ask the ledger in SQL; nothing can be changed.",
    discussion: """
      One statement that asks, over the public views (`fallback-ledger schema`, \
      docs/sql.md):

        fallback-ledger sql "SELECT workflow, count(*) FROM requests GROUP BY 1"

      json and csv are written row by row. Sum *_nano_usd and divide at the end: the *_usd columns \
      are floating point.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var options: AnswerOptions

  @Argument(help: ArgumentHelp("The statement.", valueName: "select"))
  var statement: String

  func run() throws {
    let sql = String(statement.trimmingPrefix(Self.guardMark))
    try Answer(ledger: ledger, options: options, command: ["fallback-ledger", "sql", sql]).print(
      sql)
  }

  /// Put before a statement that begins with a comment, as the worked questions do, so that it is not
  /// taken for an option: none has a space after its dashes.
  static func guardingComment(_ argument: String) -> String {
    argument.hasPrefix("-- ") || argument.hasPrefix("--\n") ? guardMark + argument : argument
  }

  private static let guardMark = "\u{B}"
}
