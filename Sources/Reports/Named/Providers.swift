internal import LedgerStore
import Pricing
import Units

/// What providers delivered, and what users saw (`queries/reports/providers.sql`).
struct Providers: Sendable {
  struct Row: Hashable, Sendable {
    let provider: String
    let calls: Int64
    let successes: Int64
    /// That asked for one of its models.
    let requests: Int64
    /// Of those, by whomever.
    let served: Int64
    /// Of which a call failed, and those of them that were served all the same.
    let hit: Int64
    let rescued: Int64
    let cost: Money

    init(_ row: QueryRow) {
      provider = row.text("provider")
      calls = row.count("calls")
      successes = row.count("successes")
      requests = row.count("requests")
      served = row.count("served")
      hit = row.count("hit")
      rescued = row.count("rescued")
      cost = row.money("cost_nano_usd")
    }
  }

  let rows: [Row]
  let totals: Measures

  func section() throws(ReportError) -> ReportSection {
    func sum(_ part: (Row) -> Int64) -> Int64 { rows.reduce(0) { $0 + part($1) } }
    let cost = Money(
      nanoUSD: Int64(clamping: rows.reduce(Int128(0)) { $0 + Int128($1.cost.nanoUSD) }))
    for (what, count, total) in [
      ("calls by provider", sum(\.calls), totals[.attempts]),
      ("requests by provider", sum(\.requests), totals[.requests]),
      ("served requests by provider", sum(\.served), totals[.served]),
    ] where count != total {
      throw .doesNotFoot(what, sum: Int128(count), total: Int128(total), isMoney: false)
    }
    let columns: [ReportTable.Column] = [
      .init("provider", "Provider", .text),
      .init("call_success_share", "Calls succeeded", .share, drawsBar: true),
      .init("served_share", "Users served", .share, drawsBar: true),
      .init("rescued", "Rescued", .count, addsUp: true),
      .init("rescued_share", "Rescued of hit", .share),
      .init("hit", "Hit by failure", .count, addsUp: true),
      .init("calls", "Calls", .count, addsUp: true),
      .init("requests", "Requests", .count, addsUp: true),
      .init("cost_usd", "Cost", .money, addsUp: true),
    ]
    func cells(_ row: Row) -> ReportTable.Row {
      [
        .name(row.provider), .share(row.successes, of: row.calls),
        .share(row.served, of: row.requests), .count(row.rescued),
        .share(row.rescued, of: row.hit), .count(row.hit), .count(row.calls),
        .count(row.requests), .money(row.cost),
      ]
    }
    let table = try ReportTable(
      title: "Providers, the least reliable first", columns: columns, rows: rows.map(cells)
    ).limited(to: 40).totalled([
      .label("All"), .share(sum(\.successes), of: sum(\.calls)),
      .share(sum(\.served), of: sum(\.requests)), .count(sum(\.rescued)),
      .share(sum(\.rescued), of: sum(\.hit)), .count(sum(\.hit)), .count(sum(\.calls)),
      .count(sum(\.requests)), .money(cost),
    ])
    return ReportSection(
      name: ReportName.providers.rawValue, title: "What providers delivered, and users saw",
      lead:
        "Calls succeeded: of all calls of the provider’s models. Users served: of the requests that "
        + "asked for it, by whomever they were served. Between the two lies what retries and "
        + "fallbacks rescued.",
      blocks: [.table(table)],
      data: try ReportTable(title: "Providers", columns: columns, rows: rows.map(cells)).totalled(
        table.total ?? []),
      notes: ["Hit: requests of which a call failed; rescued: those of them that were served."])
  }
}
