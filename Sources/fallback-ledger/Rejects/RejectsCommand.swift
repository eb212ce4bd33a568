import ArgumentParser
import LedgerStore
import Reports

struct RejectsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rejects",
    abstract: "Look into the quarantine, mend its lines and take them in.",
    subcommands: [List.self, RejectsExportCommand.self, RejectsRetryCommand.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the lines that were not admitted, and why.")

    @OptionGroup var ledger: LedgerOption

    @Option(help: "How to print it.")
    var format = TableFormat.table

    func run() throws {
      let lines = try ledger.open(.read).read { try QuarantineReader.lines($0) }
      let table = ReportTable(
        title: "Lines not admitted",
        columns: [
          .init("file", "File", .text), .init("line", "Line", .count),
          .init("byte_offset", "Byte", .count), .init("code", "Code", .text),
          .init("reason", "Reason", .text),
        ],
        rows: lines.map {
          [
            .name($0.file), .count($0.line), .count($0.byteOffset), .label($0.code),
            .name($0.reason),
          ]
        })
      switch format {
      case .json:
        try Output.data(
          JSONWriter.text(
            .array(
              lines.map { line in
                .object([
                  ("file", .string(line.file)), ("line", .integer(line.line)),
                  ("byte_offset", .integer(line.byteOffset)), ("code", .string(line.code)),
                  ("reason", .string(line.reason)),
                  ("excerpt", .string(String(decoding: line.excerpt, as: UTF8.self))),
                ])
              })))
      case .csv: try Output.data(CSVRenderer.text(table))
      case .markdown: try Output.data(MarkdownRenderer.text(table))
      case .table:
        // Reasons are sentences: a line each reads better than a narrow column.
        try Output.data(
          lines.map {
            VisibleText.escaping("\($0.file):\($0.line): \($0.reason) [\($0.code)]") + "\n"
          }.joined())
        if lines.isEmpty { Output.note("the quarantine is empty") }
      }
    }
  }
}
