internal import LedgerStore
import Pricing
import Units

/// Calls that failed (`queries/reports/failures.sql`, `failure_hours.sql`).
struct Failures: Sendable {
  struct Row: Hashable, Sendable {
    /// `all`, `failure_kind`, `provider`, `model` or `hour`.
    let field: String
    let value: String?
    let calls: Int64
    let failures: Int64
    let failed: Money
    /// Failures after which another call came.
    let followed: Int64
    /// Of those, of a kind that is not to be retried.
    let misused: Int64
    /// What the calls after those cost.
    let misusedCost: Money

    init(_ row: QueryRow) {
      field = row.text("field")
      value = row.name("value")
      calls = row.count("calls")
      failures = row.count("failures")
      failed = row.money("failed_nano_usd")
      followed = row.count("followed")
      misused = row.count("misused")
      misusedCost = row.money("misused_nano_usd")
    }
  }

  let rows: [Row]
  let hours: [HeatMap.Cell]
  let totals: Measures

  func section() throws(ReportError) -> ReportSection {
    try checkFooting()
    var blocks: [ReportSection.Block] = [
      .beside([
        .table(try reading("failure_kind", "Failure kind", "Failures by kind")),
        .chart(HeatMap(title: "Failed calls by provider and hour (UTC)", cells: hours)),
      ])
    ]
    if rows.contains(where: { $0.field == "failure_kind" && $0.misused > 0 }) {
      blocks.append(.table(try misuse()))
    }
    blocks.append(.table(try reading("model", "Model", "Failures by model")))
    blocks.append(.folded(try reading("hour", "Hour", "Failures by hour of the day (UTC)")))
    return ReportSection(
      name: ReportName.failures.rawValue, title: "What failed",
      lead:
        "Calls of models that failed. Those of a kind that the policy says not to retry, and after "
        + "which another call came, are bugs to fix: the next call could not help.",
      blocks: blocks, data: data,
      notes: [
        "An hour is that in which the request started, as all its calls belong to it.",
        "Which kinds are not to be retried is what the policy in force says, else the default of the "
          + "policy format.",
      ])
  }

  private var all: Row? { rows.first { $0.field == "all" } }

  private func checkFooting() throws(ReportError) {
    for (what, count, total) in [
      ("calls", all?.calls ?? 0, totals[.attempts]),
      ("failures", all?.failures ?? 0, totals[.failedAttempts]),
    ] where count != total {
      throw .doesNotFoot(what, sum: Int128(count), total: Int128(total), isMoney: false)
    }
  }

  private func reading(
    _ field: String, _ head: String, _ title: String
  ) throws(ReportError) -> ReportTable {
    let isKind = field == "failure_kind"
    var columns: [ReportTable.Column] = [
      .init(field, head, .text),
      .init("failures", "Failures", .count, addsUp: true, drawsBar: isKind),
      .init("share", isKind ? "Share" : "Failed", .share, drawsBar: !isKind),
    ]
    if !isKind { columns.append(.init("calls", "Calls", .count, addsUp: true)) }
    columns += [
      .init("followed", "Called again", .count, addsUp: true),
      .init("failed_usd", "Cost", .money, addsUp: true),
    ]
    func cells(_ head: ReportTable.Cell, _ row: Row?) -> ReportTable.Row {
      let failures = row?.failures ?? 0
      let whole = isKind ? all?.failures ?? 0 : row?.calls ?? 0
      var cells: ReportTable.Row = [head, .count(failures), .share(failures, of: whole)]
      if !isKind { cells.append(.count(row?.calls ?? 0)) }
      return cells + [.count(row?.followed ?? 0), .money(row?.failed ?? .zero)]
    }
    return try ReportTable(
      title: title, columns: columns,
      rows: rows.filter { $0.field == field && (isKind || $0.calls > 0) }.map {
        cells(.optional(name: $0.value), $0)
      }
    ).limited(to: 40).totalled(cells(.label("All"), all))
  }

  private func misuse() throws(ReportError) -> ReportTable {
    let columns: [ReportTable.Column] = [
      .init("failure_kind", "Failure kind", .text),
      .init("misused", "Called again", .count, addsUp: true, drawsBar: true),
      .init("misused_usd", "Cost of the next call", .money, addsUp: true),
      .init("failures", "Failures", .count, addsUp: true),
    ]
    let wrong = rows.filter { $0.field == "failure_kind" && $0.misused > 0 }
    let table = ReportTable(
      title: "Bugs to fix: called again though it could not help", columns: columns,
      rows: wrong.map {
        [
          .optional(name: $0.value), .count($0.misused), .money($0.misusedCost),
          .count($0.failures),
        ]
      })
    return try table.totalled([
      .label("All"), .count(all?.misused ?? 0), .money(all?.misusedCost ?? .zero),
      .count(wrong.reduce(0) { $0 + $1.failures }),
    ])
  }

  private var data: ReportTable {
    ReportTable(
      title: "Failures",
      columns: [
        .init("field", "Field", .text), .init("value", "Value", .text),
        .init("calls", "Calls", .count), .init("failures", "Failures", .count),
        .init("failed_share", "Failed", .share), .init("failed_usd", "Cost", .money),
        .init("called_again", "Called again", .count),
        .init("called_again_in_vain", "In vain", .count),
        .init("in_vain_usd", "Cost in vain", .money),
      ],
      rows: rows.map { row in
        [
          .label(row.field), .optional(name: row.value), .count(row.calls), .count(row.failures),
          .share(row.failures, of: row.calls), .money(row.failed), .count(row.followed),
          .count(row.misused), .money(row.misusedCost),
        ]
      })
  }
}
