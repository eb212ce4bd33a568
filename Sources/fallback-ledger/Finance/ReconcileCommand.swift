import ArgumentParser
import CatalogFiles
import Finance
import Ingest
import LedgerStore
import Reports
import Traffic
import Units

extension InvoiceIssuer: ExpressibleByArgument {}

struct ReconcileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile", abstract: "Hold a provider's invoice or usage export to the ledger.",
    discussion: """
      By UTC day and model, over the days from the file's first to its last and the providers that it
      bills. Files are the answers of the providers' interfaces as they come: OpenAI's costs (grouped
      by line item), Anthropic's cost report, OpenRouter's activity; or a CSV with day, provider,
      model, amount_usd and perhaps token_type (cached_input) and tier (batch).
      """)

  @OptionGroup var ledger: LedgerOption

  @Argument(help: ArgumentHelp("The invoice or usage export.", valueName: "file"))
  var file: String

  @Option(help: "Who issued it.")
  var issuer: InvoiceIssuer

  @Option(help: "How to print it.")
  var format = TableFormat.table

  func run() throws {
    let lines = try InvoiceFile.read(InputBytes.read(file), issuer: issuer, name: file)
    let days = lines.map(\.day)
    guard let first = days.min(), let last = days.max() else {
      throw CommandFailure(
        CommandFailure.badData, "\(file) has no lines; export days that have some")
    }
    let providers = Set(lines.map(\.provider))
    let charges = try ledger.open(.read).read {
      try ChargeReader.read($0, from: first, to: last.advanced(by: 1), of: providers)
    }
    let report = ReconciliationReport(Reconciliation(lines, charges: charges), issuer: issuer)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .csv: try Output.data(CSVRenderer.text(report.table))
    case .json: try Output.data(report.json)
    }
  }
}
