import ArgumentParser
import Foundation
import LedgerStore
import Pricing
import Reports
import Wording

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Sum up how requests ended, what they cost, and the margin.",
    discussion: """
      Groups by one or more of: \(GroupField.allCases.map(\.rawValue).joined(separator: ", ")).
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var period: PeriodOptions

  @Option(help: ArgumentHelp("The fields to group by, with commas.", valueName: "field,…"))
  var by: String?

  @Option(help: "How to print it.")
  var format = TableFormat.table

  @Flag(help: "List the named reports.")
  var list = false

  @Argument(help: ArgumentHelp("A named report; left out: the summary.", valueName: "name"))
  var name: String?

  func validate() throws { _ = try fields }

  private var fields: [GroupField] {
    get throws {
      var fields: [GroupField] = []
      guard let by else { return [] }
      for part in by.split(separator: ",", omittingEmptySubsequences: false) {
        let word = part.trimmingCharacters(in: .whitespaces)
        guard let field = GroupField(rawValue: word) else {
          let names = GroupField.allCases.map(\.rawValue)
          let near = NearestWord.of(word, in: names).map { "did you mean `\($0)`? " } ?? ""
          throw ValidationError(
            "--by names `\(word)`, which is no field; \(near)the fields are "
              + names.joined(separator: ", "))
        }
        guard !fields.contains(field) else {
          throw ValidationError("--by names \(word) twice; name it once")
        }
        fields.append(field)
      }
      return fields
    }
  }

  func run() throws {
    if list {
      try Output.data("summary  how requests ended, what they cost, and the margin\n")
      return
    }
    if let name, name != "summary" {
      throw CommandFailure(
        CommandFailure.usage, "there is no report `\(name)`; `report --list` names them all")
    }
    let (period, fields) = (try period.period, try fields)
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
