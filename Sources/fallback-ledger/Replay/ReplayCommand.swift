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

  @Option(
    help: ArgumentHelp("Walk one request under both policies.", valueName: "request"))
  var explain: String?

  @Option(
    help: ArgumentHelp(
      "Try a grid of policies: budget.stages.constrained=0.6..0.9/0.05; may be given several times.",
      valueName: "path=values"))
  var sweep: [String] = []

  @Flag(help: "Look for the cheapest policy within --min-served and --max-downgraded.")
  var suggest = false

  @Option(
    help: ArgumentHelp(
      "The least share of requests to serve, in per cent; else what was recorded.",
      valueName: "percent"))
  var minServed: String?

  @Option(
    help: ArgumentHelp(
      "The greatest share of requests to downgrade, in per cent; else what was recorded.",
      valueName: "percent"))
  var maxDowngraded: String?

  @Option(
    name: .customLong("html"),
    help: ArgumentHelp("Write the report as a page into a file, too.", valueName: "file"))
  var page: String?

  @Option(help: "How to print it.")
  var format = TableFormat.table

  func validate() throws {
    _ = try grouping.fields
    _ = try assumed
    _ = try sweep.map(SweepArgument.read)
    _ = try percent(minServed, "--min-served")
    _ = try percent(maxDowngraded, "--max-downgraded")
    guard [explain != nil, !sweep.isEmpty, suggest].count(where: { $0 }) <= 1 else {
      throw ValidationError("--explain, --sweep and --suggest are three questions; ask one")
    }
    guard suggest || minServed == nil && maxDowngraded == nil else {
      throw ValidationError("--min-served and --max-downgraded bound --suggest; give it too")
    }
  }

  var assumed: Set<ModelID> {
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
    options.dimension = fields.leafDimension
    let store = try ledger.open(.read)
    let reading = try store.readTwice {
      try ReplayReader.read($0, beside: $1, period, by: fields, for: [candidate])
    }
    try reading.checkNotEmpty()
    if !sweep.isEmpty { return try runSweep(candidate, reading) }
    if suggest { return try runSuggest(candidate, reading) }
    if let explain {
      return try print(reading.explanation(of: Name(explain), candidate, assumed, in: store))
    }
    let report = try reading.report(candidate, assuming: assumed, options) { rows in
      try store.read { try RequestNames.names($0, rows) }
    }
    try writePage(report.page.html)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .csv: try Output.data(CSVRenderer.text(report.data))
    case .json: try Output.data(report.json)
    }
  }

  func writePage(_ html: String) throws {
    if let page { try FileWriter.replace(page, with: html) }
  }
}

extension ReplayCommand {
  private func print(_ report: RequestWalkReport) throws {
    try writePage(report.page.html)
    switch format {
    case .table: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .json: try Output.data(report.json)
    case .csv:
      throw CommandFailure(
        CommandFailure.usage, "--explain has no CSV; give --format table, markdown or json")
    }
  }
}

extension ReplayReader.Reading {
  /// One request under the policy in force and under a candidate.
  func explanation(
    of request: Name, _ candidate: Policy, _ assumed: Set<ModelID>, in ledger: Ledger
  ) throws -> RequestWalkReport {
    guard let row = try ledger.read({ try RequestNames.row($0, request) }) else {
      throw CommandFailure(
        CommandFailure.badData,
        "the ledger has no request `\(VisibleText.escaping(request.text))`; its ids are in the view "
          + "`requests`")
    }
    let prepared = prepared(for: [candidate], assuming: assumed)
    guard let after = prepared.walks(of: [row], under: candidate)[row] else {
      throw CommandFailure(
        CommandFailure.badData,
        "the request `\(VisibleText.escaping(request.text))` did not start in this period; give "
          + "another --from and --to")
    }
    guard !after.steps.isEmpty else {
      throw CommandFailure(
        CommandFailure.badData,
        "the request `\(VisibleText.escaping(request.text))` was sent where it went by chance, as "
          + "a probe: no policy decided it, and a replay leaves it so")
    }
    let before = replay.recordedPolicy.flatMap { prepared.walks(of: [row], under: $0)[row] }
    return RequestWalkReport(
      request: request, recorded: replay.trace.told(row), before: before, after: after,
      policy: candidate.definition.name ?? "unnamed")
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
