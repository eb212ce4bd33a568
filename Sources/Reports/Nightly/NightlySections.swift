import Pricing
import Units

extension NightlySection {
  /// Groups beyond these join into one row; the CSV has them all.
  private static let longestTable = 40

  static func all(_ figures: NightlyFigures) throws(ReportError) -> [NightlySection] {
    [
      try summary(figures), try workflowCost(figures), try downgrades(figures),
      try margin(figures),
    ]
  }

  private static func summary(_ figures: NightlyFigures) throws(ReportError) -> NightlySection {
    var points: [DailyChart.Point] = []
    for day in figures.days {
      let measures = figures.measures(of: day) ?? .zero
      let share = ReportTable.Cell.share(measures[.downgraded], of: measures[.requests])
      points.append(
        DailyChart.Point(day: day, amount: measures[.cost], share: share.basisPoints))
    }
    let trend = DailyChart(
      title: "Cost and downgrades, day by day", amountLabel: "Cost",
      shareLabel: "Downgraded requests", points: points)
    let days = try figures.byDay.table(
      title: "Figures of each day",
      columns: [
        .count(.requests), .money(.cost), .costPerRequest, .money(.wasted), .share(.downgraded),
      ], limit: NightlyFigures.trendDays)
    let columns = MeasureColumn.all
    var row: ReportTable.Row = [.day(figures.day)]
    for column in columns { row.append(try column.cell(figures.total.totals)) }
    return NightlySection(
      name: "summary", title: "What happened",
      lead: "How the day’s requests ended, and how the day compares with those before it. "
        + "A request with all its retries and fallbacks is one.",
      blocks: [
        .beside([.table(try TotalsTables.endings(figures.total.totals)), .chart(trend)]),
        .folded(days),
      ],
      data: ReportTable(
        title: "Summary",
        columns: [.init("day", "Day", .day)] + columns.map { $0.column() }, rows: [row]))
  }

  private static func workflowCost(
    _ figures: NightlyFigures
  ) throws(ReportError) -> NightlySection {
    let columns: [MeasureColumn] = [
      .money(.cost), .count(.requests), .costPerRequest, .money(.wasted), .wastedShare,
      .money(.plannedCost),
    ]
    return NightlySection(
      name: "workflow-cost", title: "What it cost",
      lead: "Cost is that of all attempts, failed ones included; wasted is what did not serve; "
        + "planned is what the primary model would have cost.",
      blocks: [
        .table(
          try figures.byWorkflow.table(
            title: "Cost by workflow", columns: columns, bar: 0,
            of: figures.byWorkflow.dearestFirst, limit: longestTable)),
        .table(
          try figures.byServed.table(
            title: "Cost by the model that answered", columns: Array(columns.prefix(5)), bar: 0,
            of: figures.byServed.dearestFirst, limit: longestTable,
            notes: [
              "A request’s whole cost stands with the model that answered it. "
                + "“\(ReadingText.none)” are requests that no model answered."
            ])),
      ],
      data: try figures.byWorkflow.table(
        title: "Cost by workflow",
        columns: [
          .count(.requests), .count(.served), .money(.cost), .costPerRequest, .money(.wasted),
          .wastedShare, .money(.plannedCost), .money(.revenue), .count(.attempts),
          .count(.unpricedAttempts), .count(.inputTokens), .count(.cachedInputTokens),
          .count(.outputTokens),
        ]))
  }

  private static func downgrades(_ figures: NightlyFigures) throws(ReportError) -> NightlySection {
    func table(_ summary: Summary, _ title: String) throws(ReportError) -> ReportTable {
      try summary.table(
        title: title,
        columns: [.share(.downgraded), .count(.downgraded), .count(.requests)], bar: 0,
        of: summary.ranked { left, right in
          // The larger share first, compared without dividing.
          Int128(left[.downgraded]) * Int128(right[.requests])
            > Int128(right[.downgraded]) * Int128(left[.requests])
        }, limit: longestTable)
    }
    return NightlySection(
      name: "downgrades", title: "Who got a lesser answer",
      lead: "Downgraded requests were answered by a model of a lower grade than the primary’s, "
        + "or by a cached or default answer.",
      blocks: [
        .beside([
          .table(try table(figures.byWorkflow, "Downgrades by workflow")),
          .table(try table(figures.byClass, "Downgrades by traffic class")),
        ])
      ],
      data: try stacked(
        "Downgrades", [figures.byWorkflow, figures.byClass, figures.byServed],
        [
          .count(.requests), .count(.downgraded), .share(.downgraded), .count(.servedFallback),
          .count(.servedCached), .count(.servedDefault), .count(.ungraded),
        ]))
  }

  private static func margin(_ figures: NightlyFigures) throws(ReportError) -> NightlySection {
    let totals = figures.total.totals
    let waterfall = Waterfall(
      title: "Margin bridge",
      first: .init(label: MoneyMeasure.plannedMargin.title, amount: totals[.plannedMargin]),
      steps: MoneyMeasure.bridgeSteps.map { .init(label: $0.title, amount: totals[$0]) },
      last: .init(label: MoneyMeasure.actualMargin.title, amount: totals[.actualMargin]))
    func table(_ summary: Summary, _ title: String) throws(ReportError) -> ReportTable {
      try summary.table(
        title: title, columns: [.impact] + bridge,
        bar: 0, of: summary.ranked { $0.exactImpact < $1.exactImpact }, limit: longestTable)
    }
    let hasRevenue = [MoneyMeasure.revenue, .lostRevenue, .deferredRevenue].contains {
      totals[$0] != .zero
    }
    return NightlySection(
      name: "margin", title: "From planned to actual margin",
      lead: "What failures and fallbacks did to the margin; their impact is actual less planned."
        + (hasRevenue ? "" : " No request carries revenue: the margin is the cost alone."),
      blocks: [
        .beside([.table(try TotalsTables.bridge(totals)), .chart(waterfall)]),
        .table(try table(figures.byTenant, "Margin by tenant, worst impact first")),
        .table(try table(figures.byWorkflow, "Margin by workflow, worst impact first")),
      ],
      data: try stacked(
        "Margin", [figures.byTenant, figures.byWorkflow],
        [.count(.requests), .money(.revenue), .money(.cost)] + bridge + [.impact]))
  }

  private static let bridge: [MeasureColumn] =
    ([.plannedMargin] + MoneyMeasure.bridgeSteps + [.actualMargin]).map(MeasureColumn.money)

  /// Groupings of the same requests by one field each, under each other: the field, its value,
  /// then `columns`.
  private static func stacked(
    _ title: String, _ summaries: [Summary], _ columns: [MeasureColumn]
  ) throws(ReportError) -> ReportTable {
    var rows: [ReportTable.Row] = []
    for summary in summaries {
      for group in summary.groups {
        var row: ReportTable.Row = [
          .label(summary.fields[0].rawValue), .optional(name: group.key[0]),
        ]
        for column in columns { row.append(try column.cell(group.measures)) }
        rows.append(row)
      }
    }
    let heads: [ReportTable.Column] = [
      .init("field", "Field", .text), .init("value", "Value", .text),
    ]
    return ReportTable(title: title, columns: heads + columns.map { $0.column() }, rows: rows)
  }
}

extension Measures {
  /// For comparing: cannot leave its range.
  fileprivate var exactImpact: Int128 {
    Int128(self[.actualMargin].nanoUSD) - Int128(self[.plannedMargin].nanoUSD)
  }
}
