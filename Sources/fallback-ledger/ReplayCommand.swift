import ArgumentParser
import LedgerStore
import PolicyAnalysis
import PolicyEngine
import Pricing
import Replay
import Reports
import Traffic
import Units

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract:
      "Run another policy over recorded traffic: what would it have cost, and how sure is that?",
    discussion: """
      Calls that the log has keep their recorded outcome; for others the same minutes, routes and \
      tenants are the evidence. Budgets follow the replayed cost. First the policy in force is held to \
      the log: where it does not account for it, no what-if can be trusted.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var period: PeriodOptions
  @OptionGroup var grouping: GroupingOption

  @Option(help: ArgumentHelp("The policy to try.", valueName: "file"))
  var policy: String

  @Option(
    help: ArgumentHelp(
      "A model that the log never called, whose estimate you answer for; several with commas.",
      valueName: "provider/model"))
  var assume: [String] = []

  @Option(help: "How to print it.")
  var format = TableFormat.table

  func validate() throws {
    _ = try grouping.fields
    _ = try assumed
  }

  private var assumed: Set<ModelID> {
    get throws {
      var models: Set<ModelID> = []
      for text in assume.flatMap({ $0.split(separator: ",") }) {
        guard let model = ModelID(String(text)) else {
          throw ValidationError("--assume `\(text)` is no model; write it as openai/gpt-5")
        }
        models.insert(model)
      }
      return models
    }
  }

  func run() throws {
    let candidate = try PolicyCommand.read(policy).policy
    let (period, fields) = (try period.period, try grouping.fields)
    var options = Replay.Options()
    options.assumed = try assumed
    options.dimension = fields.leafDimension
    let reading = try ledger.open(.read).read {
      try ReplayReader.read($0, period, by: fields, for: [candidate])
    }
    try reading.checkNotEmpty()
    let report = try reading.report(candidate, options)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .csv: try Output.data(CSVRenderer.text(report.data))
    case .json: try Output.data(report.json)
    }
  }
}

extension [GroupField] {
  /// What of them hangs on how requests end.
  var leafDimension: LeafDimension {
    var dimension: LeafDimension = []
    if contains(.status) { dimension.insert(.status) }
    if contains(.servedBy) { dimension.insert(.servedBy) }
    return dimension
  }
}
