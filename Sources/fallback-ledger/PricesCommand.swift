import ArgumentParser
import CatalogFiles
import Ingest
import LedgerStore
import Units

struct PricesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices", abstract: "Keep the price catalog.", subcommands: [Import.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Enter the prices of a file, all or none.",
      discussion: """
        Reads a CSV (provider,model,effective_from,input_usd_per_million,…) or LiteLLM's price catalog
        as it is published; packed with zstd or gzip if need be. Requests in the ledger are priced
        again. Prices that say no day hold from the beginning when first imported, later from today.
        """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var wait: WaitOption

    @Option(
      help: ArgumentHelp("The day from which prices hold that say none.", valueName: "day"),
      transform: Calendar.day)
    var effectiveFrom: UTCDay?

    @Argument(help: ArgumentHelp("The price file.", valueName: "file"))
    var file: String

    func run() throws {
      let bytes = try InputBytes.read(file)
      let prices = try PriceFile.read(bytes, name: file, effectiveFrom: effectiveFrom)
      let book = try ledger.open(.write, wait)
      let source = prices.format.rawValue
      // A catalog without days is taken for what held all along, until there is one to differ from.
      let standIn = try book.hasPrices(from: source) ? UTCDay.today : PriceTable.beginning
      let entries = prices.rows.map {
        PriceEntry(model: $0.model, effectiveFrom: $0.effectiveFrom ?? standIn, price: $0.price)
      }
      let change = try book.enterPrices(entries, source: source)
      Output.note(
        "\(file): \(entries.count) prices, \(change.new) new, \(change.changed) changed, "
          + "\(change.unchanged) as before")
      for (reason, count) in prices.skippedCounts {
        Output.note("\(file): \(count) entries left out: \(reason.text)")
      }
    }
  }
}
