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
        monthly_fee_usd, revenue_per_request_usd, billing_day, time_zone; all but tenant_id may be left
        out. A file with tenant_id, day, top_up_usd and perhaps reference has payments in advance.
        """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var wait: WaitOption

    @Argument(help: ArgumentHelp("The CSV file.", valueName: "file"))
    var file: String

    func run() throws {
      let bytes = try InputBytes.read(file)
      guard !TopUpFile.recognises(bytes) else {
        let payments = try TopUpFile.read(bytes, name: file)
        try ledger.open(.write, wait).enterTopUps(payments)
        let tenants = Set(payments.map(\.tenant)).count
        Output.note(
          "\(file): \(payments.count) \(payments.count == 1 ? "payment" : "payments") of "
            + "\(tenants) \(tenants == 1 ? "tenant" : "tenants")")
        return
      }
      let terms = try TenantFile.read(bytes, name: file)
      try ledger.open(.write, wait).enterTenants(terms)
      let tenants = Set(terms.map(\.tenant)).count
      Output.note("\(file): \(terms.count) rows of \(tenants) tenants")
    }
  }
}
