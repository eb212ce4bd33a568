import ArgumentParser
import LedgerStore
import Pricing
import Reports
import Units

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a month for finance.", subcommands: [CSV.self])

  struct CSV: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv",
      abstract: "Write a month as CSV: one row per UTC day, tenant, workflow and served model.",
      discussion: """
        Every summary measure is a column, and the rows add up to `report` of the same month. Requests
        that no model served have an empty served_by.
        """)

    @OptionGroup var ledger: LedgerOption

    @Option(help: ArgumentHelp("The UTC month.", valueName: "month"), transform: Calendar.month)
    var month: UTCMonth

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    func run() throws {
      let summary = try ledger.open(.read).read {
        try SummaryReader.read(
          $0, Period(month), by: [.day, .tenant, .workflow, .servedBy])
      }
      try FileWriter.replace(out, with: try SummaryReport(summary).csv)
      Output.note("\(out): \(summary.groups.count) rows of \(month)")
    }
  }
}
