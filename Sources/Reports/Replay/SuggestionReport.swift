package import PolicyAnalysis
package import Pricing
package import Replay
import Units

/// What `replay --suggest` prints: the cheapest policy that was found, what it would do, and how it
/// differs from the one it started from.
package struct SuggestionReport: Sendable {
  package let suggestion: Suggestion
  package let recorded: Summary
  /// From the policy that was given to the suggested one.
  package let difference: PolicyDifference

  package init(_ suggestion: Suggestion, recorded: Summary, difference: PolicyDifference) {
    self.suggestion = suggestion
    self.recorded = recorded
    self.difference = difference
  }

  package var page: ReportPage {
    let changes = DifferenceReport(difference, samples: 0).page
    var sections = [
      ReportPage.Section(nil, .points([verdict])), .init(nil, .table(table)),
    ]
    if !difference.changes.isEmpty {
      sections += changes.sections.prefix(1).map { .init("What changes", $0.body) }
    }
    return ReportPage("The cheapest policy found for \(recorded.period.reading)", sections)
  }

  private var verdict: String {
    let tried = ReadingText.count(Int64(suggestion.tried))
    guard suggestion.meetsBounds else {
      return
        "None of \(tried) policies keeps within the bounds; loosen them, or start from another one."
    }
    guard !difference.changes.isEmpty else {
      return "Of \(tried) policies tried none is cheaper within the bounds than the one given."
    }
    return "Of \(tried) policies tried this is the cheapest within the bounds. The best of many is "
      + "partly luck: check it on another month."
  }

  package var table: ReportTable {
    let counts: [CountMeasure] = [.served, .downgraded, .attempts]
    let place = CountMeasure.allCases.count
    let cost = suggestion.outcome.interval(place)
    func row(
      _ name: String, _ before: ReportTable.Cell, _ given: ReportTable.Cell,
      _ found: ReportTable.Cell
    ) -> ReportTable.Row { [.label(name), before, given, found] }
    return ReportTable(
      title: "Recorded, given and suggested",
      columns: [
        .init("figure", "Figure", .text), .init("recorded", "Recorded", .text),
        .init("given", "Given", .text), .init("suggested", "Suggested", .text),
      ],
      rows: [.cost, .actualMargin].map { (measure: MoneyMeasure) in
        row(
          measure.title + ", USD", money(recorded.totals[measure]),
          money(suggestion.start.totals[measure]), money(suggestion.outcome.totals[measure]))
      }
        + counts.map { measure in
          row(
            measure.title, .label(ReadingText.count(recorded.totals[measure])),
            count(suggestion.start.totals[measure]), count(suggestion.outcome.totals[measure]))
        },
      notes: [
        "The suggested policy's cost lies between \(text(cost.low)) and \(text(cost.high)) USD (95 %)."
      ])
  }

  private func text(_ nano: Double) -> String {
    ReadingText.money(Money(nanoUSD: Int64(nano.rounded())), places: 2)
  }

  private func money(_ money: Money) -> ReportTable.Cell {
    .label(ReadingText.money(money, places: 2))
  }

  private func count(_ millionths: Int128) -> ReportTable.Cell {
    .label(ReadingText.count(ReplayReport.whole(millionths)))
  }

  package var json: String {
    JSONWriter.text(
      .object([
        ("period", recorded.period.json), ("tried", .integer(Int64(suggestion.tried))),
        ("within_bounds", .bool(suggestion.meetsBounds)),
        ("recorded", .object(recorded.totals.jsonMembers)),
        ("given", .object(suggestion.start.totals.jsonMembers)),
        ("suggested", .object(suggestion.outcome.totals.jsonMembers)),
        ("evidence_class", .string(suggestion.outcome.grounding.evidenceClass.rawValue)),
        (
          "changes",
          .array(
            difference.changes.map { change in
              .object([
                ("part", .string(change.part)), ("before", .optional(change.before)),
                ("after", .optional(change.after)), ("sentence", .string(change.sentence)),
              ])
            })
        ),
      ]))
  }
}
