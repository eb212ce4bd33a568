import ArgumentParser
import LedgerStore
import Pricing
import Reports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Sum up how requests ended, what they cost, and the margin.",
    discussion: """
      Groups by one or more of: \(GroupField.allCases.map(\.rawValue).joined(separator: ", ")).
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var period: PeriodOptions

  @OptionGroup var grouping: GroupingOption

  @Option(help: "How to print it.")
  var format = TableFormat.table

  @Flag(help: "List the named reports.")
  var list = false

  @Argument(help: ArgumentHelp("A named report; left out: the summary.", valueName: "name"))
  var name: String?

  func validate() throws { _ = try grouping.fields }

  func run() throws {
    if list {
      try Output.data("summary  how requests ended, what they cost, and the margin\n")
      return
    }
    if let name, name != "summary" {
      throw CommandFailure(
        CommandFailure.usage, "there is no report `\(name)`; `report --list` names them all")
    }
    let (period, fields) = (try period.period, try grouping.fields)
    let (summary, views) = try ledger.open(.read).read {
      (try SummaryReader.read($0, period, by: fields), try MonthBook.views($0, period))
    }
    let closed = ClosedMonths(views)
    let report = try SummaryReport(summary)
    switch format {
    case .table:
      try Output.data(report.text(with: Output.renderer) + closed.text(with: Output.renderer))
    case .json: try Output.data(report.json(with: closed))
    case .csv: try Output.data(report.csv)
    case .markdown: try Output.data(report.markdown + closed.markdown)
    }
  }
}
