import ArgumentParser
import Foundation
import LedgerStore
import Reports
import Traffic
import Units

struct PricesDriftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Hold the costs that logs report to the catalog, model by model.")

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var period: PeriodOptions

  @Option(
    help: ArgumentHelp(
      "Exit with 1 if the costs of a model are off by more than this part of the catalog's: 0.01 or 1%.",
      valueName: "part"),
    transform: Self.part)
  var maxDrift: Ratio?

  @Option(help: "How to print it.")
  var format = TableFormat.table

  private static func part(_ text: String) throws -> Ratio {
    let isPercent = text.hasSuffix("%")
    let digits = Array((isPercent ? String(text.dropLast()) : text).utf8)
    guard let part = try? Ratio(decimal: digits.span), part >= .zero else {
      throw ValidationError("`\(text)` is no part; write 0.01 or 1%")
    }
    return isPercent ? Ratio(billionths: part.billionths / 100) : part
  }

  func run() throws {
    let period = try period.period
    let drifts = try ledger.open(.read).read { try PriceDriftReader.read($0, period) }
    let report = PriceDriftReport(drifts, in: period)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .csv: try Output.data(CSVRenderer.text(report.table))
    case .json: try Output.data(report.json)
    }
    guard let maxDrift else { return }
    let over = drifts.filter { $0.isMore(than: maxDrift) }
    guard !over.isEmpty else { return }
    let names = over.prefix(5).map(\.model.description).joined(separator: ", ")
    Output.note(
      "\(over.count) \(over.count == 1 ? "model drifts" : "models drift") by more than "
        + "--max-drift \(maxDrift): \(VisibleText.escaping(names))")
    throw ExitCode(1)
  }
}
