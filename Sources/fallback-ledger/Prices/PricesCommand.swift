import ArgumentParser

struct PricesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices", abstract: "Keep the price catalog, and hold logs to it.",
    subcommands: [PricesImportCommand.self, PricesExplainCommand.self, PricesDriftCommand.self])
}
