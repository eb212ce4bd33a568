import ArgumentParser
import PolicyAnalysis
import Reports

struct PolicyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say what changes from one policy to another, and which questions end differently.",
    discussion: """
      The questions are made from what both policies name: their rules, tiers, models, thresholds and
      limits. The same two policies give the same questions. With --format json each is printed as
      `policy decide` and `policy explain` take it.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, json }

  @Argument(help: ArgumentHelp("The policy before.", valueName: "file"))
  var old: String

  @Argument(help: ArgumentHelp("The policy after.", valueName: "file"))
  var new: String

  @Option(help: ArgumentHelp("Questions to show.", valueName: "count"))
  var samples = 12

  @Option(help: "How to print it.")
  var format = Format.text

  func validate() throws {
    if samples < 0 { throw ValidationError("--samples \(samples) is negative; give 0 or more") }
  }

  func run() throws {
    let difference = PolicyDifference(
      from: try PolicyCommand.read(old).policy, to: try PolicyCommand.read(new).policy)
    let report = DifferenceReport(difference, samples: samples)
    switch format {
    case .text: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .json: try Output.data(report.json)
    }
  }
}
