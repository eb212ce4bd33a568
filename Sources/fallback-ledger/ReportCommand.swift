import ArgumentParser
import LedgerStore
import Pricing
import Reports
import Wording

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Sum up how requests ended, what they cost, and the margin.",
    discussion: """
      A named report answers one question over whole UTC days, with its counting basis below it;
      `report --list` lists them. Without a name it is the summary, which can be grouped.

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
    if list { return try Output.data(Self.listing) }
    if let name, name != "summary" { return try print(name) }
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

  private static var listing: String {
    let lines =
      [("summary", "how requests ended, what they cost, and the margin; with --by, in groups")]
      + ReportName.allCases.map { ($0.rawValue, $0.answer) }
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, answer in
      name + String(repeating: " ", count: width - name.count + 2) + answer + "\n"
    }.joined()
  }

  private func print(_ word: String) throws {
    guard let name = ReportName(rawValue: word) else {
      let near =
        NearestWord.of(word, in: ReportName.allCases.map(\.rawValue))
        .map { "did you mean `\($0)`? " } ?? ""
      throw CommandFailure(
        CommandFailure.usage,
        "there is no report `\(VisibleText.escaping(word))`; \(near)`report --list` names them all")
    }
    guard grouping.by == nil else {
      throw CommandFailure(
        CommandFailure.usage,
        "--by groups the summary, and `\(word)` has groups of its own; leave one of the two out")
    }
    guard let days = DaySpan(try period.period) else {
      throw CommandFailure(
        CommandFailure.usage,
        "the report `\(word)` counts whole UTC days; give --from and --to as days or months")
    }
    let reports = try NamedReport.read([name], try ledger.open(.read), days)
    for report in reports {
      switch format {
      case .table: try Output.data(report.text(with: Output.renderer))
      case .json: try Output.data(report.json)
      case .csv: try Output.data(report.csv)
      case .markdown: try Output.data(report.markdown)
      }
    }
  }
}
