import ArgumentParser
import Glibc

@main
struct FallbackLedger: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fallback-ledger",
    abstract: "What fallback did to cost, quality and margin of AI requests.",
    discussion: """
      Reads the events of a gateway into a ledger (an SQLite file) and reports from it. Try it:

        fallback-ledger simulate --out demo
        fallback-ledger prices import demo/prices.csv
        fallback-ledger ingest demo/events.jsonl.zst
        fallback-ledger report --by workflow
      """,
    version: "0.1.0",
    subcommands: [
      IngestCommand.self, PricesCommand.self, RepriceCommand.self,
      TenantsCommand.self, BudgetCommand.self, PolicyCommand.self,
      ReportCommand.self, ReplayCommand.self, NightlyCommand.self, ExportCommand.self,
      CloseCommand.self, ReconcileCommand.self, ChargesCommand.self,
      SimulateCommand.self,
      StatusCommand.self, RejectsCommand.self, VerifyCommand.self,
      ScaleCommand.self, FormatsCommand.self, QueryCommand.self, SQLCommand.self,
      SchemaCommand.self,
    ])

  static func main() {
    // A reader that has seen enough, such as `head`, is no failure; writes then say EPIPE.
    signal(SIGPIPE, SIG_IGN)
    // A file that is as large as the user allows (`ulimit -f`) is a write error, and no sudden end.
    signal(SIGXFSZ, SIG_IGN)
    do {
      let given = CommandLine.arguments.dropFirst().map(SQLCommand.guardingComment)
      let arguments = WaitOption.completing(given)
      try Misspelling.check(arguments, in: Self.self)
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let error as ExitCode {
      Self.exit(withError: error)
    } catch {
      guard let failure = CommandFailure(error) else { Self.exit(withError: error) }
      Output.note("error: \(failure.message)")
      Self.exit(withError: ExitCode(failure.code))
    }
  }
}
