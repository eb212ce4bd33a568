internal import LedgerStore
import Pricing
import Units

/// What workflows cost (`queries/reports/workflow_cost.sql`).
struct WorkflowCost: Sendable {
  struct Row: Hashable, Sendable {
    let workflow: String?
    let requests: Int64
    let served: Int64
    let unplanned: Int64
    let unpricedAttempts: Int64
    let cost: Money
    let wasted: Money
    let planned: Money
    let revenue: Money
    /// Of as many days before, and of the same days a week earlier; nil where an end is open.
    let before: Money?
    let weekBefore: Money?

    init(_ row: QueryRow) {
      workflow = row.name("workflow")
      requests = row.count("requests")
      served = row.count("served")
      unplanned = row.count("unplanned")
      unpricedAttempts = row.count("unpriced_attempts")
      cost = row.money("cost_nano_usd")
      wasted = row.money("wasted_nano_usd")
      planned = row.money("planned_nano_usd")
      revenue = row.money("revenue_nano_usd")
      before = row.optionalMoney("before_nano_usd")
      weekBefore = row.optionalMoney("week_before_nano_usd")
    }
  }

  let rows: [Row]
  let trend: DailyFigures
  /// Of all requests.
  let totals: Measures

  func section() throws(ReportError) -> ReportSection {
    ReportSection(
      name: ReportName.workflowCost.rawValue, title: "What workflows cost",
      lead: "Cost is that of all attempts, failed ones included; wasted is what did not serve; "
        + "planned is what the primary model would have cost. Per 1,000: cost of a thousand served "
        + "requests.",
      blocks: [.chart(trend.costChart)] + [.table(try reading())], data: try data(),
      notes: rows.contains { $0.before != nil }
        ? ["Changes are of cost: against as many days before, and against the week before."] : [])
  }

  private func reading() throws(ReportError) -> ReportTable {
    let shown = rows.filter { $0.requests > 0 }
    return try ReportTable(
      title: "Cost by workflow",
      columns: [
        .init("workflow", "Workflow", .text),
        .init("cost_usd", "Cost", .money, addsUp: true, drawsBar: true),
        .init("trend", "14 days", .trend),
        .init("day_change", "Day before", .change), .init("week_change", "Week before", .change),
        .init("requests", "Requests", .count, addsUp: true),
        .init("per_thousand_usd", "Per 1,000", .money),
        .init("wasted_usd", "Wasted", .money, addsUp: true),
        .init("planned_cost_usd", "Planned", .money, addsUp: true),
      ],
      rows: shown.map { row in
        [
          .optional(name: row.workflow), .money(row.cost), .trend(trend.costs(of: row.workflow)),
          .change(from: row.before, to: row.cost), .change(from: row.weekBefore, to: row.cost),
          .count(row.requests), .money(row.cost, per: row.served, times: 1_000),
          .money(row.wasted), .money(row.planned),
        ]
      }
    ).limited(to: 40).totalled([
      .label("All"), .money(totals[.cost]), .trend(trend.costs),
      .change(from: sum(\.before), to: totals[.cost]),
      .change(from: sum(\.weekBefore), to: totals[.cost]), .count(totals[.requests]),
      .money(totals[.cost], per: totals[.served], times: 1_000), .money(totals[.wasted]),
      .money(totals[.plannedCost]),
    ])
  }

  /// Nil where an end is open.
  private func sum(_ part: (Row) -> Money?) -> Money? {
    guard rows.contains(where: { part($0) != nil }) else { return nil }
    let sum = rows.reduce(Int128(0)) { $0 + Int128(part($1)?.nanoUSD ?? 0) }
    return Int64(exactly: sum).map(Money.init(nanoUSD:))
  }

  private func data() throws(ReportError) -> ReportTable {
    try ReportTable(
      title: "Cost by workflow",
      columns: [
        .init("workflow", "Workflow", .text), .init("requests", "Requests", .count, addsUp: true),
        .init("served", "Served", .count, addsUp: true),
        .init("cost_usd", "Cost", .money, addsUp: true),
        .init("cost_per_request_usd", "Per request", .money),
        .init("cost_per_thousand_served_usd", "Per 1,000 served", .money),
        .init("wasted_usd", "Wasted", .money, addsUp: true),
        .init("wasted_share", "Wasted", .share),
        .init("planned_cost_usd", "Planned", .money, addsUp: true),
        .init("revenue_usd", "Revenue", .money, addsUp: true),
        .init("cost_day_before_usd", "Day before", .money),
        .init("cost_week_before_usd", "Week before", .money),
        .init("unplanned", "Unplanned", .count, addsUp: true),
        .init("unpriced_attempts", "Unpriced attempts", .count, addsUp: true),
      ],
      rows: rows.map { row in
        [
          .optional(name: row.workflow), .count(row.requests), .count(row.served),
          .money(row.cost), .money(row.cost, per: row.requests),
          .money(row.cost, per: row.served, times: 1_000), .money(row.wasted),
          .share(row.wasted, of: row.cost), .money(row.planned), .money(row.revenue),
          .optional(money: row.before), .optional(money: row.weekBefore), .count(row.unplanned),
          .count(row.unpricedAttempts),
        ]
      }
    ).totalled([
      .label("All"), .count(totals[.requests]), .count(totals[.served]), .money(totals[.cost]),
      .money(totals[.cost], per: totals[.requests]),
      .money(totals[.cost], per: totals[.served], times: 1_000), .money(totals[.wasted]),
      .share(totals[.wasted], of: totals[.cost]), .money(totals[.plannedCost]),
      .money(totals[.revenue]), .optional(money: sum(\.before)),
      .optional(money: sum(\.weekBefore)), .count(totals[.unplanned]),
      .count(totals[.unpricedAttempts]),
    ])
  }
}
