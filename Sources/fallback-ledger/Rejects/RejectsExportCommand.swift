import ArgumentParser
import Ingest
import LedgerStore
import Reports

struct RejectsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the lines that wait, ready to be mended.",
    discussion: """
      One JSON object a line: file, line, byte_offset, code, reason, sha256, excerpt. Mend each
      excerpt, with an editor or jq, leave out the lines that shall stay, and give the file to `rejects
      retry`. The excerpt is the line itself where it is an object, else its text as a string; of a
      well-formed line it has the fields that the ledger reads.
      """)

  @OptionGroup var ledger: LedgerOption

  @Option(help: ArgumentHelp("The file to write, or -.", valueName: "file"))
  var out: String

  func run() throws {
    var count = 0
    // A file is put in place as a whole; a pipe gets the lines as they come.
    var waiting = ""
    try ledger.open(.read).read { database in
      try QuarantineReader.forEach(database) { line in
        count += 1
        waiting += JSONWriter.line(Self.json(line))
        if out == "-", waiting.utf8.count > 1 << 16 {
          try Output.data(waiting)
          waiting = ""
        }
      }
    }
    guard out != "-" else { return try Output.data(waiting) }
    try FileWriter.replace(out, with: waiting)
    Output.note("\(out): \(count) lines")
    if count > 0 {
      Output.note(
        "mend them and take them in with: fallback-ledger rejects retry \(out) --ledger "
          + ledger.path)
    }
  }

  private static func json(_ line: QuarantineReader.Line) -> JSONValue {
    let text = String(decoding: line.excerpt, as: UTF8.self)
    return .object([
      ("file", .string(line.file)), ("line", .integer(line.line)),
      ("byte_offset", .integer(line.byteOffset)), ("code", .string(line.code)),
      ("reason", .string(line.reason)), ("sha256", .string(Hex.text(line.sha256))),
      ("excerpt", MendedLine.isObject(line.excerpt) ? .source(text) : .string(text)),
    ])
  }
}
