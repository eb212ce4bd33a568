import ArgumentParser
import LedgerStore
import Reports
import Traffic
import Units

struct PricesExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show which price applies to a model on a day, and why.",
    discussion: """
      A name is provider/model, split at its first slash; else the model of that whole name, if only one
      provider has one. Of a model's prices the latest that has begun applies. A contract goes before
      it: one for the tenant before one for all, then one for the model before one for the provider.
      """)

  @OptionGroup var ledger: LedgerOption

  @Option(
    name: .customLong("at"),
    help: ArgumentHelp("The day; left out: today (UTC).", valueName: "day"), transform: Calendar.day
  )
  var day: UTCDay?

  @Option(help: ArgumentHelp("Whose contracts count; left out: those for all.", valueName: "id"))
  var tenant: String?

  @Argument(help: ArgumentHelp("The model.", valueName: "provider/model"))
  var model: String

  func run() throws {
    let explanation = try ledger.open(.read).read {
      try PriceExplanationReader.read(
        $0, name: model, on: day ?? .today, tenant: tenant.map { Name($0) })
    }
    try Output.data(Output.renderer.text(PriceExplanationReport(explanation).page))
  }
}
