import PolicyAnalysis
import PolicyEngine
import PolicyFile
import Reports
import Testing
import Traffic
import Units

@Suite("The pages on a policy")
struct PolicyPagesTests {
  private static func preset(_ preset: PolicyPreset) throws -> Policy {
    try PolicyYAML.read(preset.yaml)
  }

  private static let gpt5 = Route(model: ModelID(provider: "openai", model: "gpt-5"))

  private static func explanation() throws -> ExplanationReport {
    var question = Question(
      attribution: Attribution([.workflow: "support_chat", .tier: "free"]), primary: gpt5)
    question.budgetUtilisation = Ratio(billionths: 830_000_000)
    question.elapsedMilliseconds = 12_000
    question.attempts = [PastAttempt(step: 0, .failed(gpt5, .rateLimited))]
    return ExplanationReport(try Explanation(question, under: preset(.fiveClass)))
  }

  @Test("explain an answer in words, as Markdown and as JSON")
  func explain() throws {
    let report = try Self.explanation()
    Golden.expect(TextRenderer().text(report.page), equals: "policy_explain.txt")
    Golden.expect(MarkdownRenderer.text(report.page), equals: "policy_explain.md")
    Golden.expect(report.json, equals: "policy_explain.json")
  }

  @Test("show the matrix: a block a class where the table does not fit, else the table")
  func show() throws {
    let report = MatrixReport(try Self.preset(.fiveClass))
    Golden.expect(report.text(with: TextRenderer()), equals: "policy_show.txt")
    Golden.expect(report.text(with: TextRenderer(width: 240)), equals: "policy_show_wide.txt")
    Golden.expect(report.markdown, equals: "policy_show.md")
    Golden.expect(report.csv, equals: "policy_show.csv")
    Golden.expect(report.json, equals: "policy_show.json")
  }

  @Test("tell the difference of two policies")
  func difference() throws {
    let report = DifferenceReport(
      PolicyDifference(from: try Self.preset(.twoTier), to: try Self.preset(.fiveClass)),
      samples: 4)
    Golden.expect(TextRenderer().text(report.page), equals: "policy_diff.txt")
    Golden.expect(report.json, equals: "policy_diff.json")
  }

  @Test("fit a terminal of 80 columns")
  func width() throws {
    for preset in PolicyPreset.allCases {
      let policy = try Self.preset(preset)
      let difference = PolicyDifference(from: policy, to: try Self.preset(.twoTier))
      for text in [
        TextRenderer().text(try Self.explanation().page),
        MatrixReport(policy).text(with: TextRenderer()),
        TextRenderer().text(DifferenceReport(difference).page),
      ] {
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
      }
    }
  }

  @Test("show names of a policy as they are, and harmless")
  func hostile() throws {
    let policy = try PolicyYAML.read(
      """
      version: 1
      name: "a | b <c>"
      models: {"x/a|b`c": {grade: balanced}}
      classes: {batch: {steps: [{model: primary}, {model: "x/a|b`c", notice: "*no*"}]}}
      """)
    let markdown = MatrixReport(policy).markdown
    #expect(markdown.contains(#"a \| b &lt;c&gt;"#) && markdown.contains(#"x/a\|b\`c"#))
    let report = DifferenceReport(PolicyDifference(from: policy, to: policy))
    #expect(TextRenderer().text(report.page) == "Both policies say the same\n")
    #expect(report.json.contains(#""same": true"#))
  }
}
