import ArgumentParser
import CatalogFiles
import Finance
import Ingest
import LedgerStore

struct ChargesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "charges", abstract: "Keep what providers charge beside calls.",
    subcommands: [Import.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Enter the credits, payments in advance and taxes of a CSV file, all or none.",
      discussion: """
        Columns: reference, day, provider, kind (credit, purchase or tax), amount_usd, and perhaps
        tenant_id and description. Credits are below 0. A charge of the same reference as before takes
        its place; an amount of 0 takes it out. From its first purchase on, a provider's calls are
        drawn from what was paid in advance.
        """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var wait: WaitOption

    @Argument(help: ArgumentHelp("The CSV file.", valueName: "file"))
    var file: String

    func run() throws {
      let charges = try ProviderChargeFile.read(InputBytes.read(file), name: file)
      try ledger.open(.write, wait).enterCharges(charges)
      let providers = Set(charges.map(\.provider)).count
      Output.note(
        "\(file): \(charges.count) \(charges.count == 1 ? "charge" : "charges") of "
          + "\(providers) \(providers == 1 ? "provider" : "providers")")
    }
  }
}
