package import LedgerStore
internal import Pricing
internal import Units

/// A named report over whole UTC days: one value, printed in every format.
package struct NamedReport: Sendable {
  package let name: ReportName
  package let days: DaySpan
  package let section: ReportSection
  /// Counting basis, versions, what the figures lack: a sentence each.
  package let basis: [String]

  package init(_ name: ReportName, _ days: DaySpan, _ section: ReportSection, basis: [String]) {
    self.name = name
    self.days = days
    self.section = section
    self.basis = basis
  }

  private var heading: String { "\(section.title), \(days.period.reading)" }
  private var notes: [String] { section.notes + basis }

  /// For a terminal.
  package func text(with renderer: TextRenderer = TextRenderer()) -> String {
    renderer.heading(heading) + renderer.paragraph(section.lead) + "\n"
      + renderer.text(bands: section.blocks.tables.map { [$0] }) + "\n"
      + renderer.text(ReportPage("Basis", [.init(nil, .points(notes))]))
  }

  package var markdown: String {
    var text = MarkdownRenderer.heading(heading, level: 2)
    text += MarkdownRenderer.escaped(section.lead) + "\n"
    for table in section.blocks.tables { text += "\n" + MarkdownRenderer.text(table, level: 3) }
    text += "\n" + MarkdownRenderer.heading("Basis", level: 3)
    for note in notes { text += "- " + MarkdownRenderer.escaped(note) + "\n" }
    return text
  }

  /// Every row, exact.
  package var csv: String { CSVRenderer.text(section.data) }

  /// `{"report","period","rows","total","basis"}`; `total` only where there is one.
  package var json: String {
    guard case .object(let members) = section.data.json else { return "" }
    return JSONWriter.text(
      .object(
        [("report", .string(name.rawValue)), ("period", days.period.json)] + members
          + [("basis", .array(notes.map(JSONValue.string)))]))
  }
}

extension TextRenderer {
  /// Words for people, faint where styles are.
  func paragraph(_ text: String) -> String {
    TextWrap.lines(VisibleText.escaping(text), width: width).map { $0 + "\n" }.joined()
  }
}
