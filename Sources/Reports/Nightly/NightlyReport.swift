import Pricing
import Units

/// The report of a day as a folder of files: a page, Markdown, JSON, a CSV for each section, and a
/// manifest with the SHA-256 of each.
///
/// The same figures give the same bytes: no file holds the time at which it was made.
package struct NightlyReport: Sendable {
  package let figures: NightlyFigures
  package let sections: [ReportSection]
  let headlines: [Headline]
  let findings: [Finding]
  /// At most three, the weightiest first.
  let changes: [DayChange]

  /// - Throws: ``ReportError`` if a figure leaves its range.
  package init(_ figures: NightlyFigures) throws(ReportError) {
    self.figures = figures
    headlines = try Headline.all(figures)
    findings = try Finding.all(figures)
    changes = try DayChange.weightiest(figures)
    sections = try ReportSection.all(figures)
  }

  package var files: [ReportFile] {
    let pages = [
      ReportFile(name: "index.html", text: page), ReportFile(name: "report.md", text: markdown),
      ReportFile(name: "report.json", text: JSONWriter.text(json)),
    ]
    let files =
      pages + sections.map { ReportFile(name: $0.name + ".csv", text: CSVRenderer.text($0.data)) }
    return files + [Self.manifest(of: files)]
  }

  static let manifestName = "manifest.sha256"

  /// As `sha256sum --check` reads it.
  private static func manifest(of files: [ReportFile]) -> ReportFile {
    ReportFile(
      name: manifestName,
      text: files.map { "\(SHA256.hex(of: $0.text))  \($0.name)\n" }.joined())
  }

  var title: String { "\(figures.day.weekday), \(figures.day)" }

  /// Of the figures, and how the pages for people show them.
  var notes: [String] {
    figures.notes + [
      "Amounts are rounded for reading, so a column may seem to miss its total by a digit; "
        + "the CSV and JSON files are exact."
    ]
  }

  var markdown: String {
    var text = MarkdownRenderer.heading("Fallback Ledger: \(title) (UTC)", level: 1)
    for headline in headlines {
      let unit = headline.unit.isEmpty ? "" : " \(headline.unit)"
      let change = headline.change.map { " (\($0.text))" } ?? ""
      text += "- \(headline.label): **\(headline.value)\(unit)**\(change); \(headline.detail)\n"
    }
    if !changes.isEmpty {
      text += "\n" + MarkdownRenderer.heading("What changed most", level: 2)
      for (index, change) in changes.enumerated() {
        text += "\(index + 1). \(MarkdownRenderer.escaped(change.text))\n"
      }
    }
    text += "\n" + MarkdownRenderer.heading("What to do", level: 2)
    if findings.isEmpty { text += "Nothing stands out.\n" }
    for (index, finding) in findings.enumerated() {
      let sentence = MarkdownRenderer.escaped("\(finding.what) \(finding.remedy)")
      text += "\(index + 1). \(sentence)" + (finding.command.map { " `\($0)`" } ?? "") + "\n"
    }
    for section in sections {
      text += "\n" + MarkdownRenderer.heading(section.title, level: 2)
      text += MarkdownRenderer.escaped(section.lead) + "\n"
      for table in section.blocks.tables { text += "\n" + MarkdownRenderer.text(table, level: 3) }
      if !section.notes.isEmpty { text += "\n" }
      for note in section.notes { text += "- " + MarkdownRenderer.escaped(note) + "\n" }
    }
    text += "\n" + MarkdownRenderer.heading("How this was counted", level: 2)
    for note in notes { text += "- " + MarkdownRenderer.escaped(note) + "\n" }
    return text
  }

  /// `{"day","period","totals","previous_day","changes","reports":{NAME:{"rows","total"}},"notes"}`.
  var json: JSONValue {
    let before = figures.measures(of: figures.day.advanced(by: -1))
    return .object([
      ("day", .string(figures.day.description)),
      ("period", figures.total.period.json),
      ("totals", .object(figures.total.totals.jsonMembers)),
      ("previous_day", before.map { .object($0.jsonMembers) } ?? .null),
      ("changes", .array(changes.map { .string($0.text) })),
      ("reports", .object(sections.map { ($0.name, $0.data.json) })),
      ("notes", .array(figures.notes.map(JSONValue.string))),
    ])
  }
}
