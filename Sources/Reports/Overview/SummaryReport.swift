package import Pricing
import Units

/// What `report` prints: the totals of a period and, where asked for, its groups.
package struct SummaryReport: Sendable {
  package let summary: Summary
  /// Blocks of the totals; those of one band belong beside each other.
  package let overview: [[ReportTable]]
  /// The groups with the measures that matter most, dearest first; days and months in their order.
  package let groups: ReportTable?
  /// The groups, or the totals, with every measure of cli.md.
  package let data: ReportTable

  /// - Throws: ``ReportError`` if a figure does not foot.
  package init(_ summary: Summary) throws(ReportError) {
    try summary.checkFooting()
    self.summary = summary
    overview = [
      [try TotalsTables.endings(summary.totals), try TotalsTables.bridge(summary.totals)],
      [
        TotalsTables.quality(summary.totals),
        try TotalsTables.cost(summary.totals, summary.sources),
      ],
    ]
    let by = summary.fields.map { $0.title.lowercased() }.joined(separator: " and ")
    groups =
      summary.fields.isEmpty
      ? nil
      : try summary.table(
        title: "By \(by)",
        columns: [
          .count(.requests), .share(.served), .share(.downgraded), .money(.cost), .money(.wasted),
          .impact,
        ], of: summary.dearestFirst)
    data = try summary.table(
      title: by.isEmpty ? "Summary" : "By \(by)", columns: MeasureColumn.all)
  }

  private var heading: String { "Summary of \(summary.period.reading)" }

  /// For a terminal.
  package func text(with renderer: TextRenderer = TextRenderer()) -> String {
    renderer.heading(heading) + "\n"
      + renderer.text(bands: overview + (groups.map { [[$0]] } ?? []))
  }

  package var markdown: String {
    var text = MarkdownRenderer.heading(heading, level: 2)
    text += overview.joined().map { MarkdownRenderer.text($0, level: 3) }.joined(separator: "\n")
    if groups != nil { text += "\n" + MarkdownRenderer.text(data, level: 3) }
    return text
  }

  /// One row per group, or one of the totals: the fields, then every measure of cli.md.
  package var csv: String { CSVRenderer.text(data) }

  /// cli.md, "Summary measures".
  package var json: String { json(with: ClosedMonths([])) }

  /// The same with the closed months of the period in both views.
  package func json(with closed: ClosedMonths) -> String {
    guard case .object(let members) = summary.json else { return JSONWriter.text(summary.json) }
    return JSONWriter.text(.object(members + closed.jsonMembers))
  }
}

extension Summary {
  /// By falling cost, ties by key; as they are where the first field is a time.
  var dearestFirst: [Group] {
    guard fields.first?.isTime != true else { return groups }
    return ranked { $0[.cost].nanoUSD > $1[.cost].nanoUSD }
  }

  /// In the given order; ties keep the order of their keys.
  func ranked(by precedes: (Measures, Measures) -> Bool) -> [Group] {
    groups.enumerated().sorted { left, right in
      if precedes(left.element.measures, right.element.measures) { return true }
      if precedes(right.element.measures, left.element.measures) { return false }
      return left.offset < right.offset
    }.map(\.element)
  }
}

extension Period {
  /// Days where the ends are days, the last one included; else instants.
  var reading: String {
    func isMidnight(_ end: Timestamp?) -> Bool { end.map { $0 == $0.day.start } ?? true }
    guard isMidnight(from), isMidnight(to) else {
      return "\(from?.description ?? "the beginning") to \(to?.description ?? "the end")"
    }
    switch (from?.day, to?.day) {
    case (nil, nil): return "everything"
    case (let from?, nil): return "\(from) and after (UTC)"
    case (nil, let to?): return "everything before \(to) (UTC)"
    case (let from?, let to?):
      let last = to.advanced(by: -1)
      return from >= last ? "\(from) (UTC)" : "\(from) to \(last) (UTC)"
    }
  }
}
