internal import LedgerStore
import Traffic
import Pricing
import Units

/// What failing cost over and above the plan (`queries/reports/fallback_premium.sql`).
struct FallbackPremium: Sendable {
  struct Row: Hashable, Sendable {
    let workflow: String?
    /// Of the first failure; nil where none failed.
    let kind: String?
    let requests: Int64
    let served: Int64
    let wasted: Money
    let serving: Money
    let planned: Money
    let premium: Money

    init(_ row: QueryRow) {
      workflow = row.name("workflow")
      kind = row.name("kind")
      requests = row.count("requests")
      served = row.count("served")
      wasted = row.money("wasted_nano_usd")
      serving = row.money("serving_nano_usd")
      planned = row.money("planned_nano_usd")
      premium = row.money("premium_nano_usd")
    }
  }

  let rows: [Row]
  let totals: Measures

  func section() throws(ReportError) -> ReportSection {
    let premium = sum(\.premium)
    let expected =
      -(Int128(totals[.retryWaste].nanoUSD) + Int128(totals[.routePriceEffect].nanoUSD))
    guard premium == expected else {
      throw .doesNotFoot("the fallback premium", sum: premium, total: expected, isMoney: true)
    }
    return ReportSection(
      name: ReportName.fallbackPremium.rawValue, title: "What failing cost",
      lead:
        "The premium of a request that failed at first or fell back: what its attempts wasted, and "
        + "what the serving one cost more, or less, than the primary would have. Below 0 the "
        + "fallback made money.",
      blocks: [
        .table(
          try grouped("Premium by kind of the first failure", "kind", "First failure", \.kind)),
        .table(try grouped("Premium by workflow", "workflow", "Workflow", \.workflow)),
      ],
      data: try data(),
      notes: [
        "“\(ReadingText.none)” as the first failure: nothing failed, another route was chosen at once.",
        "The premium is less the retry waste and the route price effect of the margin bridge.",
      ] + (hasOtherWaste ? [Self.otherWaste] : []))
  }

  /// Whether anything was wasted where nothing failed.
  private var hasOtherWaste: Bool { rows.contains { $0.kind == nil && $0.wasted != .zero } }

  private static let otherWaste =
    "Where nothing failed, wasted is also what requests cost beside their answer that did not fall back: "
    + "a second call after it, a cache that costs."

  private func sum(_ part: (Row) -> Money) -> Int128 {
    rows.reduce(0) { $0 + Int128(part($1).nanoUSD) }
  }

  private func grouped(
    _ title: String, _ column: String, _ head: String, _ key: (Row) -> String?
  ) throws(ReportError) -> ReportTable {
    var groups: [(key: Name?, rows: [Row])] = []
    for row in rows {
      let own = key(row).map { Name($0) }
      if let place = groups.firstIndex(where: { $0.key == own }) {
        groups[place].rows.append(row)
      } else {
        groups.append((own, [row]))
      }
    }
    func cells(_ head: ReportTable.Cell, _ rows: [Row]) -> ReportTable.Row {
      func money(_ part: (Row) -> Money) -> ReportTable.Cell {
        .money(
          Money(nanoUSD: Int64(clamping: rows.reduce(Int128(0)) { $0 + Int128(part($1).nanoUSD) })))
      }
      let requests = rows.reduce(0) { $0 + $1.requests }
      let served = rows.reduce(0) { $0 + $1.served }
      return [
        head, money(\.premium), money(\.wasted), money(\.serving), money(\.planned),
        .count(requests), .share(served, of: requests),
      ]
    }
    let premiums = groups.map { group in
      (group, group.rows.reduce(Int128(0)) { $0 + Int128($1.premium.nanoUSD) })
    }
    let ordered = premiums.enumerated().sorted { left, right in
      left.element.1 != right.element.1
        ? left.element.1 > right.element.1 : left.offset < right.offset
    }.map(\.element.0)
    var table = ReportTable(
      title: title,
      columns: [
        .init(column, head, .text),
        .init("premium_usd", "Premium", .money, addsUp: true, drawsBar: true),
        .init("wasted_usd", "Wasted", .money, addsUp: true),
        .init("serving_usd", "Serving", .money, addsUp: true),
        .init("planned_usd", "Planned", .money, addsUp: true),
        .init("requests", "Requests", .count, addsUp: true),
        .init("served_share", "Served", .share),
      ],
      rows: ordered.map { cells(.optional(name: $0.key?.text), $0.rows) })
    table.alignsMoney = true
    return try table.limited(to: 40).totalled(cells(.label("All"), rows))
  }

  private func data() throws(ReportError) -> ReportTable {
    ReportTable(
      title: "Fallback premium",
      columns: [
        .init("workflow", "Workflow", .text), .init("first_failure", "First failure", .text),
        .init("requests", "Requests", .count), .init("served", "Served", .count),
        .init("wasted_usd", "Wasted", .money), .init("serving_usd", "Serving", .money),
        .init("planned_usd", "Planned", .money), .init("premium_usd", "Premium", .money),
      ],
      rows: rows.map { row in
        [
          .optional(name: row.workflow), .optional(name: row.kind), .count(row.requests),
          .count(row.served), .money(row.wasted), .money(row.serving), .money(row.planned),
          .money(row.premium),
        ]
      })
  }
}
