import ArgumentParser
import Wording

/// Answers a misspelt command with the one that was meant, in one sentence.
enum Misspelling {
  /// - Throws: ``CommandFailure`` if a word stands where only a command can, and is none.
  static func check(_ arguments: [String], in command: any ParsableCommand.Type) throws {
    let subcommands = command.configuration.subcommands
    guard let word = arguments.first, !word.hasPrefix("-"), !subcommands.isEmpty, word != "help"
    else { return }
    if let subcommand = subcommands.first(where: { $0._commandName == word }) {
      return try check(Array(arguments.dropFirst()), in: subcommand)
    }
    let names = subcommands.map { $0._commandName }
    let near = NearestWord.of(word, in: names).map { "did you mean `\($0)`? " } ?? ""
    throw CommandFailure(
      CommandFailure.usage,
      "there is no command `\(word)`; \(near)the commands are \(names.joined(separator: ", "))")
  }
}
