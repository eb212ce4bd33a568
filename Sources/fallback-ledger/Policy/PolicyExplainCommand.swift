import ArgumentParser
import Ingest
import PolicyAnalysis
import PolicyEngine
import PolicyJSON
import Reports
import Traffic

struct PolicyExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Answer one question in words: class, budget, every step, and what would come next.",
    discussion: """
      The question is a file as `policy decide` takes it, or is typed with the options, which also
      replace what a file says.

        policy explain --policy p.yaml --primary openai/gpt-5 --workflow support_chat \\
          --tenant-tier free --utilisation 0.83 --failed 0:rate_limited --elapsed-ms 12000
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, json }

  @Option(help: ArgumentHelp("The policy file.", valueName: "file"))
  var policy: String

  @Option(help: ArgumentHelp("A question in JSON; - is standard input.", valueName: "file"))
  var question: String?

  @OptionGroup(title: "The question's options") var typed: QuestionOptions

  @Option(help: "How to print it.")
  var format = Format.text

  func validate() throws {
    guard question == nil, typed.primary == nil else { return }
    throw ValidationError(
      "nothing is asked: give --question FILE, or at least --primary PROVIDER/MODEL")
  }

  func run() throws {
    let policy = try PolicyCommand.read(policy).policy
    var asked = try question.map(Self.read)
    if asked == nil, let primary = typed.primary {
      asked = Question(attribution: Attribution(), primary: Route(model: primary))
    }
    guard var asked else { return }
    try typed.apply(to: &asked, under: policy)
    let explanation: Explanation
    do {
      explanation = try Explanation(asked, under: policy)
    } catch {
      throw CommandFailure(CommandFailure.badData, "\(error.description) (\(error.code))")
    }
    let report = ExplanationReport(explanation)
    switch format {
    case .text: try Output.data(Output.renderer.text(report.page))
    case .markdown: try Output.data(MarkdownRenderer.text(report.page))
    case .json: try Output.data(report.json)
    }
  }

  private static func read(_ file: String) throws -> Question {
    var reader = QuestionReader()
    do {
      return try reader.read(try InputBytes.read(file))
    } catch let error as QuestionMistake {
      throw CommandFailure(CommandFailure.badData, "\(file): \(error.description)")
    }
  }
}
