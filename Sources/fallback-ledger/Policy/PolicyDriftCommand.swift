import ArgumentParser
import LedgerStore
import PolicyAnalysis
import Reports

struct PolicyDriftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Hold the recorded requests to the policy in force on their day.",
    discussion: """
      Runs the engine beside the ledger's lines: at each line, did the gateway do what the policy says,
      and at the end, was there more to do? A request counts once, by what went wrong first. One whose
      first line gives `probe` as its reason was sent by chance: no policy decided it, so it is counted
      apart.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var period: PeriodOptions

  @Option(help: ArgumentHelp("Exit with 1 if more requests drift than this.", valueName: "count"))
  var max: Int64?

  @Option(help: ArgumentHelp("Examples to give of each kind.", valueName: "count"))
  var examples = 3

  @Option(help: "How to print it.")
  var format = TableFormat.table

  func validate() throws {
    if let max, max < 0 { throw ValidationError("--max \(max) is negative; give 0 or more") }
    if examples < 0 { throw ValidationError("--examples \(examples) is negative; give 0 or more") }
  }

  func run() throws {
    let period = try period.period
    let tally = try ledger.open(.read).read { database in
      try RecordedRequestReader.drift(database, period, examples: examples)
    }
    if tally.judged == 0, tally.withoutPolicy > 0 {
      throw CommandFailure(
        CommandFailure.badData,
        "no policy was in force when these \(tally.withoutPolicy) requests started; "
          + "put one in force with `policy apply FILE --from DAY`")
    }
    let report = DriftReport(tally, in: period)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .csv: try Output.data(CSVRenderer.text(report.table))
    case .json: try Output.data(report.json)
    }
    guard let max, tally.drifting > max else { return }
    let count = tally.drifting == 1 ? "1 request drifts" : "\(tally.drifting) requests drift"
    Output.note("\(count); --max allows \(max)")
    throw ExitCode(1)
  }
}
