internal import LedgerStore
import Traffic
import Units

/// Figures day by day and by workflow (`queries/reports/daily_cost.sql`).
struct DailyFigures: Sendable {
  struct Row: Hashable, Sendable {
    let day: UTCDay
    let workflow: String?
    let requests: Int64
    let downgraded: Int64
    let unanswered: Int64
    let attempts: Int64
    let failedAttempts: Int64
    let cost: Money

    init(_ row: QueryRow) {
      day = row.day("day")
      workflow = row.name("workflow")
      requests = row.count("requests")
      downgraded = row.count("downgraded")
      unanswered = row.count("unanswered")
      attempts = row.count("attempts")
      failedAttempts = row.count("failed_attempts")
      cost = row.money("cost_nano_usd")
    }
  }

  let rows: [Row]
  /// By rising day, none left out.
  let days: [UTCDay]

  /// The days up to `end` that the rows are of, at most `most`; at least one.
  init(_ rows: [Row], until end: UTCDay, most: Int) {
    let first = rows.map(\.day).min() ?? end
    let span = min(max(end.daysSince1970 - first.daysSince1970, 0), most - 1)
    let days = (0...span).map { end.advanced(by: $0 - span) }
    self.days = days
    self.rows = rows.filter { row in days.first.map { row.day >= $0 } ?? false && row.day <= end }
  }

  /// Of a workflow, in the order of ``days``.
  func costs(of workflow: String?) -> [Int64] {
    costs { $0.workflow.map { Name($0) } == workflow.map { Name($0) } }
  }

  var costs: [Int64] { costs { _ in true } }

  private func costs(_ isAsked: (Row) -> Bool) -> [Int64] {
    var costs: [UTCDay: Int128] = [:]
    for row in rows where isAsked(row) { costs[row.day, default: 0] += Int128(row.cost.nanoUSD) }
    return days.map { Int64(clamping: costs[$0] ?? 0) }
  }

  /// The dearest workflows in a colour each, the others in one.
  var costChart: StackedChart {
    var sums: [Name?: Int128] = [:]
    for row in rows { sums[row.workflow.map { Name($0) }, default: 0] += Int128(row.cost.nanoUSD) }
    let ranked = sums.sorted { left, right in
      left.value != right.value
        ? left.value > right.value : (left.key ?? "") < (right.key ?? "")
    }.map(\.key)
    let shown = ranked.prefix(ranked.count > 6 ? 5 : 6)
    var series = shown.map { workflow in
      StackedChart.Series(
        name: workflow?.text ?? "no workflow", amounts: costs(of: workflow?.text))
    }
    if ranked.count > shown.count {
      let others = zip(days.indices, costs).map { index, total in
        total - series.reduce(0) { $0 + $1.amounts[index] }
      }
      series.append(.init(name: "\(ranked.count - shown.count) others", amounts: others))
    }
    return StackedChart(
      title: "Cost per day by workflow", unit: "USD", days: days, series: series)
  }
}
