import ArgumentParser
import QueryCatalog
import Reports
import Wording

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Describe the views of a ledger: every column, its unit and meaning.",
    discussion:
      "The views stay as they are from version to version; tables are the program\u{2019}s own.")

  @Option(help: "How to print it.")
  var format = TableFormat.table

  @Argument(help: ArgumentHelp("One of the views; left out: all.", valueName: "view"))
  var view: String?

  func run() throws {
    let views = try views
    switch format {
    case .table: try Output.data(views.map(text).joined(separator: "\n"))
    case .markdown: try Output.data(views.map(markdown).joined(separator: "\n"))
    case .csv: try Output.data(CSVRenderer.text(all(views)))
    case .json: try Output.data(JSONWriter.text(all(views).json))
    }
  }

  private var views: [PublicSchema.View] {
    get throws {
      guard let view else { return PublicSchema.views }
      let named = PublicSchema.views.filter { $0.name == view }
      guard named.isEmpty else { return named }
      let names = PublicSchema.views.map(\.name)
      let near = NearestWord.of(view, in: names).map { "did you mean `\($0)`? " } ?? ""
      throw CommandFailure(
        CommandFailure.usage,
        "there is no view `\(VisibleText.escaping(view))`; \(near)the views are "
          + Phrase.joined(names, "and"))
    }
  }

  /// Columns in full: a meaning that is cut tells nothing.
  private func text(_ view: PublicSchema.View) -> String {
    Output.renderer.text(
      ReportPage(
        view.name,
        [
          .init(nil, .points([view.about])),
          .init(
            nil,
            .facts(view.columns.map { (label: $0.name, text: "\($0.unit): \($0.meaning)") })),
        ]))
  }

  private func markdown(_ view: PublicSchema.View) -> String {
    "## `\(view.name)`\n\n\(view.about)\n\n| column | unit | meaning |\n| --- | --- | --- |\n"
      + view.columns.map { "| `\($0.name)` | \($0.unit) | \($0.meaning) |\n" }.joined()
  }

  private func all(_ views: [PublicSchema.View]) -> ReportTable {
    ReportTable(
      title: "Schema",
      columns: [
        .init("view", "View", .text), .init("column", "Column", .text),
        .init("unit", "Unit", .text), .init("meaning", "Meaning", .text),
      ],
      rows: views.flatMap { view in
        view.columns.map {
          [.label(view.name), .label($0.name), .label($0.unit), .label($0.meaning)]
        }
      })
  }
}
