internal import LedgerStore
import PolicyEngine
import Units

/// Sessions that spend like a runaway agent (`queries/reports/loops.sql`).
struct Loops: Sendable {
  struct Row: Hashable, Sendable {
    let tenant: String
    let session: String
    let day: UTCDay
    let requests: Int64
    /// Most requests in any sixty seconds.
    let busiest: Int64
    let cost: Money
    let firstAt: Timestamp
    let lastAt: Timestamp
    let reachesMinute: Bool
    let reachesDay: Bool

    init(_ row: QueryRow) {
      tenant = row.text("tenant_id")
      session = row.text("session_id")
      day = row.day("day")
      requests = row.count("requests")
      busiest = row.count("busiest")
      cost = row.money("cost_nano_usd")
      firstAt = Timestamp(milliseconds: row.count("first_at"))
      lastAt = Timestamp(milliseconds: row.count("last_at"))
      reachesMinute = row.count("reaches_minute") == 1
      reachesDay = row.count("reaches_day") == 1
    }

    var reason: String {
      switch (reachesMinute, reachesDay) {
      case (true, true): "both guards"
      case (true, false): "requests a minute"
      case (false, true): "cost a day"
      case (false, false): "ten times the mean"
      }
    }
  }

  let rows: [Row]
  let loopGuard: LoopGuard

  /// Where the policy has no guard for requests a minute.
  static let usualPerMinute: Int64 = 60

  func section() throws(ReportError) -> ReportSection {
    let columns: [ReportTable.Column] = [
      .init("session_id", "Session", .text), .init("tenant_id", "Tenant", .text),
      .init("cost_usd", "Cost", .money, drawsBar: true), .init("requests", "Requests", .count),
      .init("most_per_minute", "Most a minute", .count), .init("minutes", "Minutes", .count),
      .init("reason", "Reaches", .text), .init("day", "Day", .day),
    ]
    let cells = rows.map { row -> ReportTable.Row in
      [
        .name(row.session), .name(row.tenant), .money(row.cost), .count(row.requests),
        .count(row.busiest),
        .count((row.lastAt.milliseconds - row.firstAt.milliseconds) / 60_000),
        .label(row.reason), .day(row.day),
      ]
    }
    let perMinute = loopGuard.sessionRequestsPerMinute
    let minute =
      "\(ReadingText.count(perMinute ?? Self.usualPerMinute)) requests in sixty seconds"
      + (perMinute == nil ? " (no policy in force says how many)" : "")
    let day = loopGuard.sessionCostPerDay.map {
      ", or \(ReadingText.money($0, places: ReadingText.places(for: $0))) USD a day"
    }
    return ReportSection(
      name: ReportName.loops.rawValue, title: "Sessions that spend like a runaway agent",
      lead:
        "Sessions that reach \(minute)\(day ?? ""), or cost ten times the mean of the day’s sessions "
        + "in at least twenty requests. The dearest hundred.",
      blocks: [
        .table(
          ReportTable(title: "Sessions, the dearest first", columns: columns, rows: cells).limited(
            to: 20))
      ],
      data: ReportTable(title: "Sessions", columns: columns, rows: cells))
  }
}
