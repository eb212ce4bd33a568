import ArgumentParser
import LedgerStore
import Reports

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say what the ledger holds and what it lacks.")

  @OptionGroup var ledger: LedgerOption

  @Option(help: "How to print it.")
  var format = TableFormat.table

  func run() throws {
    let status = try ledger.open(.read).read { try StatusReader.read($0) }
    let table = ReportTable(
      title: "Ledger \(ledger.path)",
      columns: [.init("measure", "Measure", .text), .init("value", "Value", .text)],
      rows: status.lines.map { [.label($0.name), .name($0.value)] })
    switch format {
    case .table: try Output.data(Output.renderer.text(table))
    case .csv: try Output.data(CSVRenderer.text(table))
    case .markdown: try Output.data(MarkdownRenderer.text(table))
    case .json:
      try Output.data(
        JSONWriter.text(
          .object(
            status.lines.map {
              ($0.name, $0.isNumber ? .integer(Int64($0.value) ?? 0) : .string($0.value))
            })))
    }
  }
}
