import ArgumentParser
import CatalogFiles
import Finance
import Ingest
import LedgerStore
import Reports
import Units

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a month for finance.",
    subcommands: [CSV.self, Focus.self])

  struct Options: ParsableArguments {
    @OptionGroup var ledger: LedgerOption

    @Option(help: ArgumentHelp("The UTC month.", valueName: "month"), transform: Calendar.month)
    var month: UTCMonth

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String
  }

  struct Focus: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "focus", abstract: "Write a month as a FOCUS 1.2 Cost and Usage dataset.",
      discussion: """
        One row per UTC day, tenant, workflow, class, requested and served model, fallback role and
        kind of token; unit price times quantity is the cost exactly. The first month after the
        closed ones has their corrections too.
        """)

    @OptionGroup var options: Options

    @Option(help: ExportCommand.invoicesHelp)
    var invoices: String?

    func run() throws {
      let handover = try ExportCommand.handover(invoices: invoices)
      let parts = try options.ledger.open(.read).read {
        try MonthBook.parts($0, options.month, .focus, handover)
      }
      try ExportCommand.write(parts, options)
    }
  }

  struct CSV: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv",
      abstract: "Write a month for people: a row per UTC day, tenant, workflow and served model.",
      discussion: """
        Amounts are rounded to cents that add up to the rounded total, with the exact amount beside.
        The totals go to a file of their own, FILE-totals.csv. Requests that no model served have an
        empty `Served by`.
        """)

    @OptionGroup var options: Options

    @Flag(help: "Write balanced journal lines instead.")
    var journal = false

    @Option(
      help: ArgumentHelp(
        "A CSV file that maps journal lines to accounts: line, name, account.", valueName: "file"))
    var accounts: String?

    func validate() throws {
      guard journal || accounts == nil else {
        throw ValidationError("--accounts is for the journal; add --journal")
      }
    }

    func run() throws {
      let handover = try ExportCommand.handover(accounts: accounts)
      let (month, isJournal) = (options.month, journal)
      let files = try options.ledger.open(.read).read { database in
        (
          try MonthBook.parts(database, month, isJournal ? .journal : .csv, handover),
          isJournal ? [] : try MonthBook.parts(database, month, .totals)
        )
      }
      try ExportCommand.write(files.0, options)
      guard let totals = files.1.first else { return }
      let name = ExportCommand.name(options.out, "-totals")
      guard name != options.out else { return }
      try FileWriter.replace(name, with: totals.text)
      Output.note("\(name): the totals")
    }
  }

  static let invoicesHelp = ArgumentHelp(
    "A CSV file that says which invoice bills the month: provider, invoice_id; no provider for all others.",
    valueName: "file")

  /// What the files add to a month; nil without any.
  static func handover(accounts: String? = nil, invoices: String? = nil) throws -> Handover? {
    guard accounts != nil || invoices != nil else { return nil }
    return Handover(
      accounts: try accounts.map { try AccountFile.read(InputBytes.read($0), name: $0) }
        ?? Accounts(),
      invoices: try invoices.map { try InvoiceNumberFile.read(InputBytes.read($0), name: $0) })
  }

  private static func write(_ parts: [MonthFiles.Part], _ options: Options) throws {
    if parts.count > 1 {
      Output.note(
        "warning: a spreadsheet opens \(MonthSheet.mostRows) rows of a file; "
          + "the month is split into \(parts.count) files")
    }
    for (index, part) in parts.enumerated() {
      let file = index == 0 ? options.out : name(options.out, "-\(index + 1)")
      try FileWriter.replace(file, with: part.text)
      Output.note("\(file): \(part.rows) rows of \(options.month)")
    }
  }

  /// `a.csv` as `a-totals.csv`. What is no file of a folder, such as `/dev/stdout`, has none beside it.
  private static func name(_ path: String, _ suffix: String) -> String {
    guard !path.hasPrefix("/dev/") else { return path }
    guard path.hasSuffix(".csv") else { return path + suffix + ".csv" }
    return String(path.dropLast(4)) + suffix + ".csv"
  }
}
