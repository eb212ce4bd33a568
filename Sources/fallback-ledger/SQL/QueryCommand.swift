import ArgumentParser
import LedgerStore
import QueryCatalog
import Reports
import Units
import Wording

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Ask a worked question of queries/questions.",
    discussion: """
      `query --list` names them, `query NAME --show` prints the SQL, which any SQLite client runs as \
      it is. Values are given by name: `query retry_storms --set from=2026-10-01 --set least=5`.
      """)

  @OptionGroup var ledger: LedgerOption
  @OptionGroup var options: AnswerOptions

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A value of one of its parameters.", valueName: "name=value"))
  var values: [String] = []

  @Flag(help: "List the questions, a line each.")
  var list = false

  @Flag(help: "Print the SQL with its head, and ask nothing.")
  var show = false

  @Argument(help: ArgumentHelp("The question.", valueName: "name"))
  var name: String?

  func run() throws {
    if list {
      try Output.data(Self.listing)
      return Output.note(
        "the time is that over a month of 5 million requests on one core; --show has each in full")
    }
    let question = try question
    let values = try self.values(of: question)
    if show { return try Output.data(question.sql) }
    let given = self.values.flatMap { ["--set", $0] }
    try Answer(
      ledger: ledger, options: options,
      command: ["fallback-ledger", "query", question.name] + given
    ).print(question.sql, values: values)
  }

  /// Name, time and question; the time of the slow ones is that of a month.
  private static var listing: String {
    let questions = QueryCatalog.questions.map { question in
      (name: question.name, time: time(question), question: question.question)
    }
    let (names, times) = (
      questions.map(\.name.count).max() ?? 0, questions.map(\.time.count).max() ?? 0
    )
    return questions.map { question in
      question.name + String(repeating: " ", count: names - question.name.count + 2)
        + String(repeating: " ", count: times - question.time.count) + question.time + "  "
        + question.question + "\n"
    }.joined()
  }

  /// `<0.1 s` or `4 s`.
  private static func time(_ question: Question) -> String {
    let words = question.takes.split(separator: " ")
    return words.first == "under"
      ? "<" + words.dropFirst().prefix(2).joined(separator: " ")
      : words.prefix(2).joined(separator: " ")
  }

  private var question: Question {
    get throws {
      guard let name else {
        throw CommandFailure(
          CommandFailure.usage, "no question is named; `query --list` names them all")
      }
      if let known = QueryCatalog.questions.first(where: { $0.name == name }) { return known }
      let near =
        NearestWord.of(name, in: QueryCatalog.questions.map(\.name))
        .map { "did you mean `\($0)`? " } ?? ""
      throw CommandFailure(
        CommandFailure.usage,
        "there is no question `\(VisibleText.escaping(name))`; \(near)`query --list` names them all"
      )
    }
  }

  private func values(of question: Question) throws -> [String: FreeQuery.Value] {
    var bound: [String: FreeQuery.Value] = [:]
    for text in values {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw CommandFailure(
          CommandFailure.usage,
          "--set `\(VisibleText.escaping(text))` has no value; write it as name=value")
      }
      let (name, value) = (String(parts[0]), String(parts[1]))
      guard let parameter = question.parameters.first(where: { $0.name == name }) else {
        throw CommandFailure(CommandFailure.usage, unknown(name, question))
      }
      guard bound[name] == nil else {
        throw CommandFailure(
          CommandFailure.usage, "--set gives `\(name)` twice; give it once")
      }
      bound[name] = try Self.value(value, of: parameter)
    }
    if case .text(let from)? = bound["from"], case .text(let to)? = bound["to"], from >= to {
      throw CommandFailure(
        CommandFailure.usage,
        "--set from=\(from) is not before to=\(to); to is the first day left out")
    }
    return bound
  }

  private func unknown(_ name: String, _ question: Question) -> String {
    let names = question.parameters.map(\.name)
    guard !names.isEmpty else {
      return "`\(question.name)` has no parameters; leave --set out"
    }
    let near = NearestWord.of(name, in: names).map { "did you mean `\($0)`? " } ?? ""
    return "`\(question.name)` has no parameter `\(VisibleText.escaping(name))`; \(near)it has "
      + Phrase.list(names, "and")
  }

  private static func value(
    _ text: String, of parameter: Question.Parameter
  ) throws -> FreeQuery.Value {
    switch parameter.kind {
    case .day: if let day = UTCDay(text) { return .text(day.description) }
    case .month: if let month = UTCMonth(text) { return .text(month.description) }
    case .count: if let count = Int64(text), count >= 0 { return .integer(count) }
    }
    let wanted =
      switch parameter.kind {
      case .day: "a day such as 2026-10-01"
      case .month: "a month such as 2026-10"
      case .count: "a whole number of 0 or more"
      }
    throw CommandFailure(
      CommandFailure.usage,
      "--set \(parameter.name)=\(VisibleText.escaping(text)): \(parameter.name) is \(wanted)")
  }
}
