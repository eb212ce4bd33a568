import Pricing
import Units

extension ReportSection {
  /// Groups beyond these join into one row; the CSV has them all.
  private static let longestTable = 40

  static func all(_ figures: NightlyFigures) throws(ReportError) -> [ReportSection] {
    [try summary(figures), try models(figures)] + figures.reports
  }

  private static func summary(_ figures: NightlyFigures) throws(ReportError) -> ReportSection {
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
    let columns = MeasureColumn.all + [.impact]
    var row: ReportTable.Row = [.day(figures.day)]
    for column in columns { row.append(try column.cell(figures.total.totals)) }
    return ReportSection(
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

  private static func models(_ figures: NightlyFigures) throws(ReportError) -> ReportSection {
    let columns: [MeasureColumn] = [
      .money(.cost), .count(.requests), .costPerRequest, .money(.wasted), .wastedShare,
    ]
    return ReportSection(
      name: "models", title: "Which models answered",
      lead: "A request’s whole cost stands with the model that answered it. "
        + "“\(ReadingText.none)” are requests that no model answered.",
      blocks: [
        .table(
          try figures.byServed.table(
            title: "Cost by the model that answered", columns: columns, bar: 0,
            of: figures.byServed.dearestFirst, limit: longestTable))
      ],
      data: try figures.byServed.table(
        title: "Cost by the model that answered", columns: MeasureColumn.all))
  }
}
