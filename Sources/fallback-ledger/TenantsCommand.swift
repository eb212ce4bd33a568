import ArgumentParser
import CatalogFiles
import Ingest
import LedgerStore
import Pricing

struct TenantsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenants", abstract: "Keep the tenants' terms.", subcommands: [Import.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Enter the tenants' terms of a CSV file, all or none.",
      discussion: """
        Columns: tenant_id, tier, effective_from, monthly_budget_usd, prepaid_balance_usd,
        monthly_fee_usd, revenue_per_request_usd; all but tenant_id may be left out.
        """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var wait: WaitOption

    @Argument(help: ArgumentHelp("The CSV file.", valueName: "file"))
    var file: String

    func run() throws {
      let terms = try TenantFile.read(try InputBytes.read(file), name: file)
      try ledger.open(.write, wait).enterTenants(terms)
      let tenants = Set(terms.map(\.tenant)).count
      Output.note("\(file): \(terms.count) rows of \(tenants) tenants")
    }
  }
}
