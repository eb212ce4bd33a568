internal import LedgerStore
import Pricing
import Units

/// Lesser answers and what brought them about (`queries/reports/downgrades.sql`).
struct Downgrades: Sendable {
  struct Row: Hashable, Sendable {
    /// `all`, `workflow`, `traffic_class` or `tenant_tier`.
    let field: String
    let value: String?
    let requests: Int64
    let downgraded: Int64
    let servedFallback: Int64
    let servedCached: Int64
    let servedDefault: Int64
    let ungraded: Int64
    /// In the order of ``DowngradeCause``.
    let causes: [Int64]
    let belowFloor: Int64

    init(_ row: QueryRow) {
      field = row.text("field")
      value = row.name("value")
      requests = row.count("requests")
      downgraded = row.count("downgraded")
      servedFallback = row.count("served_fallback")
      servedCached = row.count("served_cached")
      servedDefault = row.count("served_default")
      ungraded = row.count("ungraded")
      causes = DowngradeCause.allCases.map { row.count($0.rawValue) }
      belowFloor = row.count("below_floor")
    }
  }

  let rows: [Row]
  let chart: RateChart
  let totals: Measures

  func section() throws(ReportError) -> ReportSection {
    let byClass = try reading("traffic_class", "Traffic class")
    let byTier = try reading("tenant_tier", "Tier")
    return ReportSection(
      name: ReportName.downgrades.rawValue, title: "Who got a lesser answer",
      lead:
        "Downgraded requests were answered by a model of a lower grade than the primary’s, or by "
        + "a cached or default answer.",
      blocks: [
        .beside([.table(try causes()), .chart(chart)]),
        .table(try reading("workflow", "Workflow")), .table(byClass), .table(byTier),
      ],
      data: try data(),
      notes: [
        "A cause: the policy’s last resort answered; else an attempt failed before; else the gateway "
          + "says the budget took the better step, or its snapshot puts the tenant in such a stage; "
          + "else the better step is for other tiers; else it is not known.",
        "Below floor: served by a model graded under the quality floor of the request’s class.",
      ])
  }

  private var all: Row? { rows.first { $0.field == "all" } }

  private func causes() throws(ReportError) -> ReportTable {
    let counts = all?.causes ?? DowngradeCause.allCases.map { _ in 0 }
    return try ReportTable(
      title: "What brought it about",
      columns: [
        .init("cause", "Cause", .text),
        .init("requests", "Requests", .count, addsUp: true, drawsBar: true),
        .init("share", "Share", .share),
      ],
      rows: zip(DowngradeCause.allCases, counts).map { cause, count in
        [.label(cause.title), .count(count), .share(count, of: totals[.downgraded])]
      }
    ).totalled([
      .label("All"), .count(totals[.downgraded]),
      .share(totals[.downgraded], of: totals[.downgraded]),
    ])
  }

  private func reading(_ field: String, _ title: String) throws(ReportError) -> ReportTable {
    // Causes that did not occur take no room.
    let shown = DowngradeCause.allCases.indices.filter { all?.causes[$0] ?? 0 > 0 }
    var columns: [ReportTable.Column] = [
      .init(field, title, .text), .init("downgraded_share", "Downgraded", .share, drawsBar: true),
      .init("downgraded", "Count", .count, addsUp: true),
      .init("requests", "Requests", .count, addsUp: true),
    ]
    for index in shown {
      let cause = DowngradeCause.allCases[index]
      columns.append(.init(cause.rawValue, cause.short, .count, addsUp: true))
    }
    columns.append(.init("below_floor", "Below floor", .count, addsUp: true))
    func cells(
      _ head: ReportTable.Cell, _ downgraded: Int64, _ requests: Int64, _ row: Row?
    ) -> ReportTable.Row {
      [head, .share(downgraded, of: requests), .count(downgraded), .count(requests)]
        + shown.map { .count(row?.causes[$0] ?? 0) } + [.count(row?.belowFloor ?? 0)]
    }
    return try ReportTable(
      title: "By \(title.lowercased())", columns: columns,
      rows: rows.filter { $0.field == field }.map {
        cells(.optional(name: $0.value), $0.downgraded, $0.requests, $0)
      }
    ).limited(to: 40).totalled(
      cells(.label("All"), totals[.downgraded], totals[.requests], all))
  }

  private func data() throws(ReportError) -> ReportTable {
    for row in rows {
      let caused = row.causes.reduce(Int128(0)) { $0 + Int128($1) }
      guard caused == Int128(row.downgraded) else {
        throw .doesNotFoot(
          "the causes of \(row.field) \(VisibleText.escaping(row.value ?? "none"))", sum: caused,
          total: Int128(row.downgraded), isMoney: false)
      }
    }
    return ReportTable(
      title: "Downgrades",
      columns: [
        .init("field", "Field", .text), .init("value", "Value", .text),
        .init("requests", "Requests", .count), .init("downgraded", "Downgraded", .count),
        .init("downgraded_share", "Downgraded", .share),
        .init("served_fallback", "Served by fallback", .count),
        .init("served_cached", "Served from cache", .count),
        .init("served_default", "Served a default", .count),
        .init("ungraded", "Ungraded", .count),
      ] + DowngradeCause.allCases.map { .init("by_\($0.rawValue)", $0.title, .count) }
        + [.init("below_floor", "Below floor", .count)],
      rows: rows.map { row in
        [
          .label(row.field), .optional(name: row.value), .count(row.requests),
          .count(row.downgraded), .share(row.downgraded, of: row.requests),
          .count(row.servedFallback), .count(row.servedCached), .count(row.servedDefault),
          .count(row.ungraded),
        ] + row.causes.map(ReportTable.Cell.count) + [.count(row.belowFloor)]
      })
  }
}

extension DowngradeCause {
  /// For a row.
  var title: String {
    switch self {
    case .failure: "A failure before"
    case .budget: "The tenant’s budget"
    case .tierGate: "The tier’s gate"
    case .lastResort: "The last resort"
    case .other: "Not known"
    }
  }

  /// For the head of a column.
  var short: String {
    switch self {
    case .failure: "Failure"
    case .budget: "Budget"
    case .tierGate: "Tier gate"
    case .lastResort: "Last resort"
    case .other: "Not known"
    }
  }
}
