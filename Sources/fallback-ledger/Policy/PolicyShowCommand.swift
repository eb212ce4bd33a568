import ArgumentParser
import Reports

struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a policy as a matrix: each class with its steps, stop, floor and budget.")

  @Argument(help: ArgumentHelp("The policy file.", valueName: "file"))
  var file: String

  @Option(help: "How to print it.")
  var format = TableFormat.table

  func run() throws {
    let report = MatrixReport(try PolicyCommand.read(file).policy)
    switch format {
    case .table: try Output.data(report.text(with: Output.renderer))
    case .json: try Output.data(report.json)
    case .csv: try Output.data(report.csv)
    case .markdown: try Output.data(report.markdown)
    }
  }
}
