import ArgumentParser
import Ingest
import PolicyEngine
import PolicyJSON

struct PolicyDecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide",
    abstract: "Answer questions: JSON lines in, JSON lines out, in order.",
    discussion: """
      A question is what a gateway knows of a request, an answer what to do next. What cannot be
      answered gets {"error":…,"message":…} on its line, and the run goes on. Blank lines are passed
      over. Answers are handed on as soon as no further question waits, so a gateway may keep one run
      open and ask line by line.

        {"request":{"workflow":"support_chat","primary":{"provider":"openai","model":"gpt-5"}}}
        {"action":"model","route":{"provider":"openai","model":"gpt-5"},"class":…
      """)

  @Option(help: ArgumentHelp("The policy file.", valueName: "file"))
  var policy: String

  @Argument(help: ArgumentHelp("The questions' file; - is standard input.", valueName: "file"))
  var questions = "-"

  func run() throws {
    let policy = try PolicyCommand.read(policy).policy
    var reader = QuestionReader()
    var answers = ""
    func flush() throws {
      if !answers.isEmpty { try Output.data(answers) }
      answers = ""
    }
    try InputLines.forEach(in: questions, wait: flush) { _, bytes in
      guard let bytes else {
        answers += AnswerWriter.tooLong + "\n"
        return
      }
      guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return }
      answers += Self.answer(bytes, policy, &reader) + "\n"
      if answers.utf8.count >= 1 << 16 { try flush() }
    }
    try flush()
  }

  private static func answer(
    _ bytes: ArraySlice<UInt8>, _ policy: Policy, _ reader: inout QuestionReader
  ) -> String {
    let question: Question
    do {
      question = try reader.read(bytes)
    } catch {
      return AnswerWriter.line(error)
    }
    do {
      return AnswerWriter.line(try policy.decide(question), to: question)
    } catch {
      return AnswerWriter.line(error)
    }
  }
}
