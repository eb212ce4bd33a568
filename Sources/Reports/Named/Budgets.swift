internal import LedgerStore
import PolicyEngine
import Traffic
import Units

/// What tenants spent of their month (`queries/reports/budgets.sql`).
struct Budgets: Sendable {
  struct Row: Hashable, Sendable {
    let tenant: String
    let day: UTCDay
    let spent: Money
    /// The latest that the month's events name.
    let eventLimit: Money?

    init(_ row: QueryRow) {
      tenant = row.text("tenant_id")
      day = row.day("day")
      spent = row.money("spent_nano_usd")
      eventLimit = row.optionalMoney("event_limit_nano_usd")
    }
  }

  /// A tenant's month up to the day.
  struct Line: Hashable, Sendable {
    let tenant: String
    let limit: Money?
    let spent: Int128
    /// Per day, over the last seven days of the month so far, or as many as it has.
    let rate: Int128
    /// By stage: the first day by whose end the threshold was reached.
    let crossed: [BudgetStage: UTCDay]
    /// Nil where the month ends first, and where there is no limit.
    let runsOut: UTCDay?
    /// By the end of the month at this rate.
    let projected: Int128

    func ratio(_ amount: Int128) -> Int64? {
      guard let limit else { return nil }
      guard limit.nanoUSD > 0 else { return amount >= 0 ? 10_000 : 0 }
      return Int64(clamping: (amount * 10_000).dividedHalfEven(by: Int128(limit.nanoUSD)))
    }
  }

  let rows: [Row]
  /// By tenant; they come before what events say.
  let limits: [Name: Money]
  /// In rising order; of the policy in force, else those of the policy format.
  let stages: [BudgetStage: Ratio]
  /// The last day that is counted.
  let day: UTCDay

  /// policy.md, `budget.stages`, where a policy leaves them out.
  static let defaultStages: [BudgetStage: Ratio] = [
    .watch: Ratio(billionths: 700_000_000), .constrained: Ratio(billionths: 800_000_000),
    .criticalOnly: Ratio(billionths: 950_000_000),
  ]

  /// The fullest first, then those without a limit by what they spent.
  var lines: [Line] {
    var tenants: [(name: String, rows: [Row])] = []
    for row in rows {
      if let last = tenants.last, Name(last.name) == Name(row.tenant) {
        tenants[tenants.count - 1].rows.append(row)
      } else {
        tenants.append((row.tenant, [row]))
      }
    }
    return tenants.map { line($0.name, $0.rows) }.sorted { left, right in
      let (one, other) = (left.ratio(left.spent), right.ratio(right.spent))
      if one != other { return (one ?? -1) > (other ?? -1) }
      if left.spent != right.spent { return left.spent > right.spent }
      return Name(left.tenant) < Name(right.tenant)
    }
  }

  private func line(_ tenant: String, _ days: [Row]) -> Line {
    let limit = limits[Name(tenant)] ?? days.compactMap(\.eventLimit).first
    let spent = days.reduce(Int128(0)) { $0 + Int128($1.spent.nanoUSD) }
    let elapsed = day.daysSince1970 - day.month.firstDay.daysSince1970 + 1
    let window = min(7, elapsed)
    let recent = days.filter { $0.day > day.advanced(by: -window) }
      .reduce(Int128(0)) { $0 + Int128($1.spent.nanoUSD) }
    let left = day.month.next.firstDay.daysSince1970 - day.daysSince1970 - 1
    var crossed: [BudgetStage: UTCDay] = [:]
    var runsOut: UTCDay?
    if let limit {
      var sum = Int128(0)
      for row in days {
        sum += Int128(row.spent.nanoUSD)
        for (stage, share) in stages where crossed[stage] == nil {
          // spent / limit >= share, without dividing.
          if sum * 1_000_000_000 >= Int128(limit.nanoUSD) * Int128(share.billionths) {
            crossed[stage] = row.day
          }
        }
        if runsOut == nil, sum >= Int128(limit.nanoUSD) { runsOut = row.day }
      }
      let rest = Int128(limit.nanoUSD) - spent
      if runsOut == nil, recent > 0 {
        // The first day by whose end nothing is left.
        let days = (rest * Int128(window) + recent - 1) / recent
        if days <= Int128(left) { runsOut = day.advanced(by: Int(days)) }
      }
    }
    return Line(
      tenant: tenant, limit: limit, spent: spent, rate: recent / Int128(window), crossed: crossed,
      runsOut: runsOut, projected: spent + recent * Int128(left) / Int128(window))
  }

  func section() throws(ReportError) -> ReportSection {
    let lines = lines
    let limited = lines.filter { $0.limit != nil }
    let chart = BudgetChart(
      title: "Budgets of \(day.month)",
      bars: limited.prefix(12).map { line in
        .init(
          name: line.tenant, used: line.ratio(line.spent) ?? 0,
          projected: line.ratio(line.projected) ?? 0)
      },
      stages: BudgetStage.allCases.compactMap { stages[$0].map { Int64($0.billionths / 100_000) } })
    return ReportSection(
      name: ReportName.budgets.rawValue, title: "Where budgets stand",
      lead:
        "What tenants spent of \(day.month) up to and with \(day), and where they end at the rate of "
        + "the last \(min(7, day.daysSince1970 - day.month.firstDay.daysSince1970 + 1)) days.",
      blocks: (limited.isEmpty ? [] : [.chart(chart)]) + [.table(reading(limited))],
      data: data(lines),
      notes: [
        "A limit is the tenants file’s, else the latest that the month’s events name; "
          + "\(ReadingText.count(Int64(lines.count - limited.count))) "
          + "\(lines.count - limited.count == 1 ? "tenant has" : "tenants have") none.",
        "A stage is crossed on the day by whose end so much was spent: "
          + BudgetStage.allCases.compactMap { stage in
            stages[stage].map {
              "\(stage.rawValue) at \(ReadingText.share(basisPoints: $0.billionths / 100_000)) %"
            }
          }.joined(separator: ", ") + ".",
      ])
  }

  private func reading(_ lines: [Line]) -> ReportTable {
    ReportTable(
      title: "Budgets, the fullest first",
      columns: [
        .init("tenant_id", "Tenant", .text),
        .init("utilisation", "Used", .share, drawsBar: true),
        .init("projected_share", "At month’s end", .share),
        .init("runs_out_on", "Runs out on", .day),
        .init("spent_usd", "Spent", .money, addsUp: true),
        .init("limit_usd", "Limit", .money, addsUp: true),
        .init("stage", "Stage", .text), .init("since", "Since", .day),
      ],
      rows: lines.map { line in
        let stage = BudgetStage.allCases.last { line.crossed[$0] != nil }
        return [
          .name(line.tenant), .optional(share: line.ratio(line.spent)),
          .optional(share: line.ratio(line.projected)), .optional(day: line.runsOut),
          .money(Money(nanoUSD: Int64(clamping: line.spent))), .optional(money: line.limit),
          .label(stage?.rawValue ?? "normal"), .optional(day: stage.flatMap { line.crossed[$0] }),
        ]
      }
    ).limited(to: 40)
  }

  private func data(_ lines: [Line]) -> ReportTable {
    ReportTable(
      title: "Budgets",
      columns: [
        .init("tenant_id", "Tenant", .text), .init("limit_usd", "Limit", .money),
        .init("spent_usd", "Spent", .money), .init("utilisation", "Used", .share),
        .init("per_day_usd", "Per day", .money),
        .init("projected_usd", "At month’s end", .money),
        .init("runs_out_on", "Runs out on", .day), .init("watch_on", "Watch", .day),
        .init("constrained_on", "Constrained", .day),
        .init("critical_only_on", "Critical only", .day),
      ],
      rows: lines.map { line in
        [
          .name(line.tenant), .optional(money: line.limit),
          .money(Money(nanoUSD: Int64(clamping: line.spent))),
          .optional(share: line.ratio(line.spent)),
          .money(Money(nanoUSD: Int64(clamping: line.rate))),
          .money(Money(nanoUSD: Int64(clamping: line.projected))), .optional(day: line.runsOut),
        ] + BudgetStage.allCases.map { .optional(day: line.crossed[$0]) }
      })
  }
}

extension ReportTable.Cell {
  static func optional(share basisPoints: Int64?) -> Self {
    basisPoints.map { .share(basisPoints: $0) } ?? .none
  }

  static func optional(day: UTCDay?) -> Self { day.map { .day($0) } ?? .none }
}
