import Ingest
import Reports
import Traffic
import Units

/// A preview for people: the attempts of each request, what is told and what is not.
enum PreviewTables {
  static func text(_ preview: LogPreview) -> String {
    let renderer = Output.renderer
    var text = renderer.heading("As the ledger would keep \(preview.path)")
    for request in preview.requests() { text += "\n" + self.text(request, renderer) }
    text += "\n" + renderer.paragraph(summary(preview))
    text += renderer.paragraph(
      "Attempts have their tokens, input + output, and what the log says they cost, in USD.")
    for (number, rejection) in preview.rejected.prefix(5) {
      text += renderer.paragraph("Record \(number): \(rejection)")
    }
    guard !preview.lines.isEmpty else { return text }
    text += "\n" + renderer.text(coverage(preview))
    let advice = preview.advice()
    guard !advice.isEmpty else { return text }
    text += "\n" + renderer.heading("Most useful to add to the logging")
    for (place, line) in advice.enumerated() {
      text += renderer.paragraph(line, head: "\(place + 1).", indent: 3)
    }
    return text
  }

  // MARK: requests

  private static func text(_ request: PreviewRequest, _ renderer: TextRenderer) -> String {
    let first = request.lines[0]
    var text = renderer.row([
      ("\(first.attempt.startedAt)", 24, false), (request.status.rawValue, 15, false),
      (request.id.text, max(20, renderer.width - 43), false),
    ])
    text += renderer.paragraph(attribution(first), indent: 2)
    for line in request.lines { text += row(line.attempt, renderer) }
    return text
  }

  /// What the lowest attempt says; `~` stands before what was taken from something near.
  private static func attribution(_ line: LogPreview.Line) -> String {
    AttributionField.allCases.compactMap { field in
      line.attempt.attribution[field].map {
        "\(field.rawValue) \(line.inferred.contains(field) ? "~" : "")\($0)"
      }
    }.joined(separator: ", ")
  }

  private static func row(_ attempt: Attempt, _ renderer: TextRenderer) -> String {
    let model = (attempt.route ?? attempt.primary).map { "\($0.model)" } ?? "–"
    let usage = attempt.usage
    let tokens = "\(ReadingText.count(usage.input)) + \(ReadingText.count(usage.output))"
    let cost = attempt.reportedCost.map { ReadingText.money($0, places: 6) } ?? ""
    return renderer.row([
      ("", 2, false), (end(of: attempt), 12, false), (model, max(20, renderer.width - 45), false),
      (usage.isEmpty ? "" : tokens, 13, true), (cost, 10, true),
    ])
  }

  private static func end(of attempt: Attempt) -> String {
    guard attempt.action == .model else { return attempt.action.rawValue }
    return attempt.failure.map { $0.kind.rawValue } ?? "success"
  }

  private static func summary(_ preview: LogPreview) -> String {
    func count(_ number: Int, _ what: String) -> String? { number > 0 ? "\(number) \(what)" : nil }
    let parts = [
      "\(preview.requests().count) requests", "\(preview.lines.count) attempts",
      count(preview.contexts, "records that say who asked and what for"),
      count(preview.rejected.count, "rejected"), count(preview.blank, "blank"),
    ].compactMap { $0 }
    return "Format \(preview.format?.rawValue ?? "?"): \(parts.joined(separator: ", "))"
      + (preview.isCut ? "; the log goes on." : ".")
  }

  // MARK: what is told

  private static func coverage(_ preview: LogPreview) -> ReportTable {
    ReportTable(
      title: "What the attempts say",
      columns: [
        .init("field", "Field", .text), .init("given", "Given", .count),
        .init("inferred", "Inferred", .count), .init("missing", "Missing", .count),
      ],
      rows: preview.coverage().map {
        [
          .label($0.field), .count(Int64($0.given)), .count(Int64($0.inferred)),
          .count(Int64($0.missing)),
        ]
      },
      notes: [
        "Inferred (~) is taken from something near; docs/formats.md says from what. "
          + "Usage counts successes alone."
      ])
  }
}
