import ArgumentParser
import Foundation
import LedgerStore
import Reports
import Traffic
import Units

struct BudgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "budget", abstract: "Show a tenant's budget at a moment, and how it came there.",
    discussion: """
      Counts the requests of the tenant's budget month that started before the moment, in the order of
      (start, request id): spent, limit, stage, prepaid left, which request reached each stage, and
      whether the snapshots that events carry agree.
      """)

  @OptionGroup var ledger: LedgerOption

  @Option(
    name: .customLong("at"),
    help: ArgumentHelp("A day, month or time; left out: now.", valueName: "time"))
  var moment: String?

  @Option(help: "How to print it.")
  var format = TableFormat.table

  @Argument(help: ArgumentHelp("The tenant.", valueName: "tenant"))
  var tenant: String

  func validate() throws { _ = try time }

  private var time: Timestamp {
    get throws {
      guard let moment else {
        return Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
      }
      guard let time = Period.end(moment) else {
        throw ValidationError(
          "--at `\(moment)` is no day, month or time; write 2026-10-15 or 2026-10-15T12:00:00Z")
      }
      return time
    }
  }

  func run() throws {
    let time = try time
    let state = try ledger.open(.read).read {
      try BudgetReader.read($0, tenant: Name(tenant), at: time)
    }
    let report = BudgetReport(state)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .csv: try Output.data(CSVRenderer.text(report.figures))
    case .json: try Output.data(report.json)
    }
  }
}
