package import LedgerStore
internal import Pricing
internal import Units

/// The closed months of a report in both views: as they were closed, and as the ledger restates them.
package struct ClosedMonths: Sendable {
  private let views: [MonthBook.Views]

  package init(_ views: [MonthBook.Views]) { self.views = views }

  package var isEmpty: Bool { views.isEmpty }

  package var table: ReportTable {
    ReportTable(
      title: "Closed months",
      columns: [
        .init("month", "Month", .text), .init("view", "View", .text),
        .init("requests", "Requests", .count), .init("cost_usd", "Cost", .money),
        .init("revenue_usd", "Revenue", .money), .init("actual_margin_usd", "Margin", .money),
      ],
      rows: views.flatMap { view in
        [("closed", view.closed), ("restated", view.restated)].map { word, measures in
          [
            .label(view.month.description), .label(word), .count(measures[.requests]),
            .money(measures[.cost]), .money(measures[.revenue]), .money(measures[.actualMargin]),
          ]
        }
      },
      notes: ["What is restated beyond closed stands as corrections in the first open month."])
  }

  /// For a terminal, behind a report.
  package func text(with renderer: TextRenderer) -> String {
    isEmpty ? "" : "\n" + renderer.text(bands: [[table]])
  }

  package var markdown: String { isEmpty ? "" : "\n" + MarkdownRenderer.text(table, level: 3) }

  /// The member `closed_months` of a report's JSON; none where no month is closed.
  var jsonMembers: [(key: String, value: JSONValue)] {
    guard !isEmpty else { return [] }
    let months = views.map { view in
      JSONValue.object([
        ("month", .string(view.month.description)),
        ("closed", .object(view.closed.jsonMembers)),
        ("restated", .object(view.restated.jsonMembers)),
      ])
    }
    return [("closed_months", .array(months))]
  }
}
