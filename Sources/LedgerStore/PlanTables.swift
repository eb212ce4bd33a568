internal import GRDB
internal import Units

/// The sums behind the means of planned cost, kept up to date by what changes.
final class PlanTables {
  private struct Sum {
    /// Wide, as what is taken off and what is added may each be large.
    var planned: Int128 = 0
    var requests: Int64 = 0

    mutating func add(_ part: PlanPart, sign: Int64) {
      planned += Int128(sign) * Int128(part.planned.nanoUSD)
      requests += sign
    }
  }

  private let database: Database
  /// By day, workflow and model.
  private let days = NumberTable<Sum>()
  /// By month and model.
  private let months = NumberTable<Sum>()

  init(_ database: Database) { self.database = database }

  func replace(_ old: PlanPart?, by new: PlanPart?) {
    guard old != new else { return }
    if let old { add(old, sign: -1) }
    if let new { add(new, sign: 1) }
  }

  private func add(_ part: PlanPart, sign: Int64) {
    days.update(SIMD4(part.day, part.workflow, part.model, 0), first: Sum()) {
      $0.add(part, sign: sign)
    }
    months.update(SIMD4(part.month, part.model, 0, 0), first: Sum()) {
      $0.add(part, sign: sign)
    }
  }

  /// Adds what changed to the tables, and forgets it.
  func flush() throws {
    guard !days.keys.isEmpty || !months.keys.isEmpty else { return }
    let day = try RawStatement(
      database,
      """
      INSERT INTO plan_day (day, workflow_id, model_id, planned_nano_usd, requests)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        planned_nano_usd = planned_nano_usd + excluded.planned_nano_usd,
        requests = requests + excluded.requests
      """)
    try days.forEach { key, sum in
      let planned = try Self.planned(sum)
      for value in [key[0], key[1], key[2], planned, sum.requests] { day.add(value) }
      try Self.run(day)
    }
    let month = try RawStatement(
      database,
      """
      INSERT INTO plan_month (month, model_id, planned_carry, planned_nano_usd, requests)
      VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        planned_carry = planned_carry + excluded.planned_carry
          + ((planned_nano_usd + excluded.planned_nano_usd) >> 62),
        planned_nano_usd = (planned_nano_usd + excluded.planned_nano_usd) & \(Self.mask),
        requests = requests + excluded.requests
      """)
    try months.forEach { key, sum in
      let (carry, planned) = Self.parts(sum.planned)
      for value in [key[0], key[1], carry, planned, sum.requests] { month.add(value) }
      try month.run()
    }
    days.removeAll()
    months.removeAll()
    try database.execute(
      sql: """
        DELETE FROM plan_day WHERE requests = 0;
        DELETE FROM plan_month WHERE requests = 0
        """)
  }

  private static let tooLarge = LedgerError(
    .data, "the planned costs of a day are outside 64 bits of nano-USD",
    remedy: "mend the costs in the log")

  private static let mask: Int64 = 1 << 62 - 1

  /// A sum as `plan_month` keeps it: `carry` times 2^62 and what is left, from 0 on.
  private static func parts(_ planned: Int128) -> (carry: Int64, planned: Int64) {
    (Int64(planned >> 62), Int64(planned & Int128(mask)))
  }

  private static func planned(_ sum: Sum) throws(LedgerError) -> Int64 {
    guard let planned = Int64(exactly: sum.planned) else { throw tooLarge }
    return planned
  }

  /// SQLite makes a number too large a floating one, which a STRICT table does not take.
  private static func run(_ statement: RawStatement) throws {
    do {
      try statement.run()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      throw tooLarge
    }
  }
}
