import ArgumentParser
import CatalogFiles
import Ingest
import LedgerStore
import Pricing
import Reports
import Units

struct PricesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Enter the prices of a file, all or none.",
    discussion: """
      Reads a CSV (provider,model,effective_from,input_usd_per_million,…), the price catalog of LiteLLM
      or of models.dev as it is published, or a CSV of negotiated prices (with a column multiplier);
      packed with zstd or gzip if need be. Says which prices are others and by how much last month's
      bill would move; requests in the ledger are priced again. Prices that say no day hold from the
      beginning when first imported, later from today.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var wait: WaitOption

  @Option(
    help: ArgumentHelp("The day from which prices hold that say none.", valueName: "day"),
    transform: Calendar.day)
  var effectiveFrom: UTCDay?

  @Flag(help: "Say what would change, and change nothing.")
  var dryRun = false

  @Flag(help: "Take the file in and leave the ledger's figures; `reprice` puts it in force.")
  var later = false

  @Option(help: "How to print what changed.")
  var format = TableFormat.table

  @Argument(help: ArgumentHelp("The price file.", valueName: "file"))
  var file: String

  func validate() throws {
    if dryRun, later { throw ValidationError("--dry-run and --later exclude each other") }
  }

  func run() throws {
    let bytes = try InputBytes.read(file)
    guard !ContractFile.recognises(bytes) else { return try enterContracts(bytes) }
    let prices = try PriceFile.read(bytes, name: file, effectiveFrom: effectiveFrom)
    let book = try ledger.open(.write, wait)
    let catalog = try PriceCatalog(prices, in: book)
    if later {
      try book.write {
        try WaitingCatalogs.add(
          WaitingCatalog(name: file, effectiveFrom: effectiveFrom, content: bytes), $0)
      }
    }
    let result = try book.enterPrices([catalog], today: .today, later || dryRun ? .trial : .lasting)
    try Self.show(result, format)
    let change = result.entered
    Output.note(
      "\(file): \(catalog.entries.count) prices, \(change.new) new, \(change.changed) changed, "
        + "\(change.unchanged) as before")
    for (reason, count) in prices.skippedCounts {
      Output.note("\(file): \(count) entries left out: \(reason.text)")
    }
    if later { Output.note("\(file) waits; `reprice` puts it in force") }
    if dryRun { Output.note("nothing was changed; leave out --dry-run to enter the prices") }
  }

  private func enterContracts(_ bytes: [UInt8]) throws {
    let contracts = try ContractFile.read(bytes, name: file)
    guard !later else {
      throw CommandFailure(
        CommandFailure.usage, "--later is for price catalogs; \(file) has negotiated prices")
    }
    let repricing = try ledger.open(.write, wait)
      .enterContracts(contracts, dryRun ? .trial : .lasting)
    if repricing.months.contains(where: \.hasMoved) {
      try Output.show(RepricingTable.table(repricing), "Priced by contract", format)
    }
    Output.note("\(file): \(contracts.count) negotiated prices")
    if dryRun { Output.note("nothing was changed; leave out --dry-run to enter the prices") }
  }

  /// Prints what an import changed, if it changed anything.
  static func show(_ result: PriceImport, _ format: TableFormat) throws {
    let report = PriceImportReport(result)
    switch format {
    case .table: if !report.isEmpty { try Output.data(Output.renderer.text(report.page)) }
    case .markdown: if !report.isEmpty { try Output.data(MarkdownRenderer.text(report.page)) }
    case .csv: try Output.data(CSVRenderer.text(report.table))
    case .json: try Output.data(report.json)
    }
  }
}

extension PriceCatalog {
  /// The rows of a file. A catalog without days is taken for what held all along, until there is one to
  /// differ from.
  init(_ file: PriceFile, in ledger: Ledger) throws {
    let source = file.format.rawValue
    let standIn = try ledger.hasPrices(from: source) ? UTCDay.today : PriceTable.beginning
    self.init(
      entries: file.rows.map {
        DatedPrice(model: $0.model, effectiveFrom: $0.effectiveFrom ?? standIn, price: $0.price)
      }, source: source, isWhole: file.format.isWholeCatalog)
  }
}

extension Output {
  /// Prints one table under a heading.
  static func show(_ table: ReportTable, _ heading: String, _ format: TableFormat) throws {
    let page = ReportPage(heading, [.init(nil, .table(table))])
    switch format {
    case .table: try data(renderer.text(page))
    case .markdown: try data(MarkdownRenderer.text(page))
    case .csv: try data(CSVRenderer.text(table))
    case .json: try data(JSONWriter.text(table.json))
    }
  }
}
