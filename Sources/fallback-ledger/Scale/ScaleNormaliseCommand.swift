import ArgumentParser
import Ingest

struct ScaleNormaliseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "normalise",
    abstract: "Log lines in, a row by tenant key out: key TAB compact JSON.",
    discussion: """
      Standard input is the log of one file, or with --by-file the lines of several, each as
      file TAB encoding TAB line, where the encoding is empty or hex. Lines that cannot be admitted have the
      key !reject, those that name no tenant !none, and each file ends with a row !file that says how many
      lines it had. Prompts and answers are left out.
      """)

  @OptionGroup var format: FormatOptions

  @Option(help: "The logs' format; auto looks at the first records of each file.")
  var fromFormat = FormatName.auto

  @Option(
    help: ArgumentHelp("What the file is called; conflicts are settled by it.", valueName: "name"))
  var file: String?

  @Flag(help: "Each line begins with its file and its encoding.")
  var byFile = false

  func validate() throws {
    try format.validate(fromFormat)
    guard !byFile || file == nil else {
      throw ValidationError("--by-file and --file exclude each other: the lines name their files")
    }
    if file == "" { throw ValidationError("--file is empty; name the log") }
  }

  func run() throws {
    var rows = RowNormaliser(
      format: fromFormat.logFormat, settings: try format.settings(), write: Output.whole)
    if byFile {
      try rows.runByFile()
    } else {
      try rows.run(file: file ?? "-")
    }
    try Output.finish()
  }
}
