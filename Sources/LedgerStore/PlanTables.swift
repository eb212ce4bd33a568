internal import GRDB
internal import Units

/// The sums behind the means of planned cost, kept up to date by what changes.
struct PlanTables {
  private struct Sum {
    var planned: Int64 = 0
    var requests: Int64 = 0
  }

  private struct Day: Hashable {
    let day: Int64
    let workflow: Int64
    let model: Int64
  }

  private struct Month: Hashable {
    let month: Int64
    let model: Int64
  }

  private var days: [Day: Sum] = [:]
  private var months: [Month: Sum] = [:]

  mutating func replace(_ old: PlanPart?, by new: PlanPart?) {
    guard old != new else { return }
    if let old { add(old, sign: -1) }
    if let new { add(new, sign: 1) }
  }

  private mutating func add(_ part: PlanPart, sign: Int64) {
    let day = Day(day: part.day, workflow: part.workflow, model: part.model)
    days[day, default: Sum()].planned += sign * part.planned.nanoUSD
    days[day, default: Sum()].requests += sign
    let month = Month(month: part.month, model: part.model)
    months[month, default: Sum()].planned += sign * part.planned.nanoUSD
    months[month, default: Sum()].requests += sign
  }

  /// Adds what changed to the tables, and forgets it.
  mutating func flush(_ database: Database) throws {
    let day = try RawStatement(
      database,
      """
      INSERT INTO plan_day (day, workflow_id, model_id, planned_nano_usd, requests)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        planned_nano_usd = planned_nano_usd + excluded.planned_nano_usd,
        requests = requests + excluded.requests
      """)
    for (key, sum) in days {
      for value in [key.day, key.workflow, key.model, sum.planned, sum.requests] { day.add(value) }
      try day.run()
    }
    let month = try RawStatement(
      database,
      """
      INSERT INTO plan_month (month, model_id, planned_nano_usd, requests)
      VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        planned_nano_usd = planned_nano_usd + excluded.planned_nano_usd,
        requests = requests + excluded.requests
      """)
    for (key, sum) in months {
      for value in [key.month, key.model, sum.planned, sum.requests] { month.add(value) }
      try month.run()
    }
    days.removeAll(keepingCapacity: true)
    months.removeAll(keepingCapacity: true)
    try database.execute(
      sql: """
        DELETE FROM plan_day WHERE requests = 0;
        DELETE FROM plan_month WHERE requests = 0
        """)
  }
}
