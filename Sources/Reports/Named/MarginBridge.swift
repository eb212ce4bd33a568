internal import LedgerStore
import Pricing
import Units

/// The bridge from planned to actual margin (`queries/reports/margin.sql`).
struct MarginBridge: Sendable {
  struct Row: Hashable, Sendable {
    /// `all`, `tenant_id` or `workflow`.
    let field: String
    let value: String?
    let requests: Int64
    let revenue: Money
    let cost: Money
    let planned: Money
    /// In the order of ``MoneyMeasure/bridgeSteps``.
    let steps: [Money]
    let actual: Money
    let impact: Money

    init(_ row: QueryRow) {
      field = row.text("field")
      value = row.name("value")
      requests = row.count("requests")
      revenue = row.money("revenue_nano_usd")
      cost = row.money("cost_nano_usd")
      planned = row.money("planned_margin_nano_usd")
      steps = MoneyMeasure.bridgeSteps.map {
        row.money($0.rawValue.replacing("_usd", with: "_nano_usd"))
      }
      actual = row.money("actual_margin_nano_usd")
      impact = row.money("impact_nano_usd")
    }

    var foots: Bool {
      let sum = steps.reduce(Int128(planned.nanoUSD)) { $0 + Int128($1.nanoUSD) }
      return sum == Int128(actual.nanoUSD)
        && sum == Int128(revenue.nanoUSD) - Int128(cost.nanoUSD)
        && sum - Int128(planned.nanoUSD) == Int128(impact.nanoUSD)
    }
  }

  let rows: [Row]
  let totals: Measures

  func section() throws(ReportError) -> ReportSection {
    for row in rows where !row.foots {
      throw ReportError(
        what:
          "the margin bridge of \(row.field) \(VisibleText.escaping(row.value ?? "none")) does not "
          + "lead from planned to actual margin", remedy: "run fallback-ledger verify")
    }
    let waterfall = Waterfall(
      title: "Margin bridge",
      first: .init(label: MoneyMeasure.plannedMargin.title, amount: totals[.plannedMargin]),
      steps: MoneyMeasure.bridgeSteps.map { .init(label: $0.title, amount: totals[$0]) },
      last: .init(label: MoneyMeasure.actualMargin.title, amount: totals[.actualMargin]))
    let hasRevenue = [MoneyMeasure.revenue, .lostRevenue, .deferredRevenue].contains {
      totals[$0] != .zero
    }
    return ReportSection(
      name: ReportName.margin.rawValue, title: "From planned to actual margin",
      lead: "What failures and fallbacks did to the margin; their impact is actual less planned."
        + (hasRevenue ? "" : " No request carries revenue: the margin is the cost alone."),
      blocks: [
        .beside([.table(try TotalsTables.bridge(totals)), .chart(waterfall)]),
        .table(try reading("tenant_id", "Tenant")), .table(try reading("workflow", "Workflow")),
      ],
      data: data)
  }

  private func reading(_ field: String, _ title: String) throws(ReportError) -> ReportTable {
    var table = ReportTable(
      title: "Margin by \(title.lowercased()), worst impact first",
      columns: [
        .init(field, title, .text),
        .init("margin_impact_usd", "Margin impact", .money, addsUp: true, drawsBar: true),
      ] + MoneyMeasure.bridgeSteps.map { .init($0.rawValue, $0.title, .money, addsUp: true) } + [
        .init("planned_margin_usd", "Planned margin", .money, addsUp: true),
        .init("actual_margin_usd", "Actual margin", .money, addsUp: true),
      ],
      rows: rows.filter { $0.field == field }.map { row in
        [.optional(name: row.value), .money(row.impact)] + row.steps.map(ReportTable.Cell.money)
          + [.money(row.planned), .money(row.actual)]
      })
    table.alignsMoney = true
    return try table.limited(to: 40).totalled(
      [.label("All"), .money(try totals.impact())]
        + MoneyMeasure.bridgeSteps.map { .money(totals[$0]) }
        + [.money(totals[.plannedMargin]), .money(totals[.actualMargin])])
  }

  private var data: ReportTable {
    ReportTable(
      title: "Margin",
      columns: [
        .init("field", "Field", .text), .init("value", "Value", .text),
        .init("requests", "Requests", .count), .init("revenue_usd", "Revenue", .money),
        .init("cost_usd", "Cost", .money),
        .init("planned_margin_usd", "Planned margin", .money),
      ] + MoneyMeasure.bridgeSteps.map { .init($0.rawValue, $0.title, .money) } + [
        .init("actual_margin_usd", "Actual margin", .money),
        .init("margin_impact_usd", "Margin impact", .money),
      ],
      rows: rows.map { row in
        [
          .label(row.field), .optional(name: row.value), .count(row.requests),
          .money(row.revenue), .money(row.cost), .money(row.planned),
        ] + row.steps.map(ReportTable.Cell.money) + [.money(row.actual), .money(row.impact)]
      })
  }
}
