import ArgumentParser
import CatalogFiles
import LedgerStore
import Reports
import Units

struct RepriceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reprice", abstract: "Put the price catalogs in force that wait for it.",
    discussion: """
      Catalogs wait that were taken in with `prices import --later`. All of them are put in force in one
      transaction, every request is priced again, and the months are shown before and after.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var wait: WaitOption

  @Flag(help: "Show the months before and after, and change nothing.")
  var dryRun = false

  @Option(help: "How to print it.")
  var format = TableFormat.table

  func run() throws {
    let book = try ledger.open(.change, wait)
    let waiting = try book.read(WaitingCatalogs.all)
    guard !waiting.isEmpty else {
      Output.note("no catalog waits; take one in with `prices import --later FILE`")
      return
    }
    let catalogs = try waiting.map { catalog in
      try PriceCatalog(
        PriceFile.read(catalog.content, name: catalog.name, effectiveFrom: catalog.effectiveFrom),
        in: book)
    }
    let result = try book.reprice(catalogs, today: .today, dryRun ? .trial : .lasting)
    try PricesImportCommand.show(result, format)
    let names = waiting.map(\.name).joined(separator: ", ")
    Output.note(dryRun ? "nothing was changed; \(names) would be in force" : "\(names) in force")
  }
}
