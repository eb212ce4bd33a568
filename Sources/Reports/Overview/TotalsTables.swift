import Pricing
import Units

/// The totals of a summary as blocks of a label and its figures.
enum TotalsTables {
  static func endings(_ totals: Measures) throws(ReportError) -> ReportTable {
    let requests = totals[.requests]
    return try ReportTable(
      title: "Requests",
      columns: [
        .init("ending", "How they ended", .text),
        .init("requests", "Requests", .count, addsUp: true, drawsBar: true),
        .init("share", "Share", .share),
      ],
      rows: CountMeasure.endings.map { ending in
        [.label(ending.title), .count(totals[ending]), .share(totals[ending], of: requests)]
      }
    ).totalled([.label("All"), .count(requests), .share(requests, of: requests)])
  }

  static func bridge(_ totals: Measures) throws(ReportError) -> ReportTable {
    let steps = [.plannedMargin] + MoneyMeasure.bridgeSteps
    return try ReportTable(
      title: "Margin, from planned to actual",
      columns: [
        .init("step", "Step", .text), .init("amount_usd", "Amount", .money, addsUp: true),
      ],
      rows: steps.map { [.label($0.title), .money(totals[$0])] }
    ).totalled([.label(MoneyMeasure.actualMargin.title), .money(totals[.actualMargin])])
  }

  static func quality(_ totals: Measures) -> ReportTable {
    func row(_ measure: CountMeasure, of whole: CountMeasure) -> ReportTable.Row {
      [.label(measure.title), .count(totals[measure]), .share(totals[measure], of: totals[whole])]
    }
    return ReportTable(
      title: "Answers and attempts",
      columns: [
        .init("figure", "Figure", .text), .init("count", "Count", .count),
        .init("share", "Share", .share),
      ],
      rows: [
        row(.served, of: .requests), row(.downgraded, of: .requests),
        row(.ungraded, of: .requests), row(.unplanned, of: .requests),
        row(.attempts, of: .attempts), row(.failedAttempts, of: .attempts),
        row(.unpricedAttempts, of: .attempts),
      ])
  }

  static func cost(
    _ totals: Measures, _ sources: CostSources
  ) throws(ReportError) -> ReportTable {
    ReportTable(
      title: "Cost and revenue",
      columns: [.init("figure", "Figure", .text), .init("amount_usd", "Amount", .money)],
      rows: [
        [.label("Cost"), .money(totals[.cost])],
        [.label("Reported of it"), .money(sources.reportedCost)],
        [.label("By catalog of it"), .money(sources.catalogCost)],
        [.label("Wasted of it"), .money(totals[.wasted])],
        [.label("Planned cost"), .money(totals[.plannedCost])],
        [.label("Revenue of served"), .money(totals[.revenue])],
        [.label("Margin impact"), .money(try totals.impact())],
      ])
  }
}
