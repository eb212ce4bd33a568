internal import GRDB
internal import Units

/// What requests without a planned cost of their own add to the sums of each cut (`stand_in_sum`): their
/// number times the mean of their day, workflow and primary, made anew for each day that changed.
///
/// Where the day has no such mean that of the month stands in. It changes with every day of the month,
/// so it is looked up when the sums are read.
enum StandInSums {
  static let shape = RollupShape(
    table: "stand_in_sum", keys: ["cut", "day", "a", "b", "month", "model_id"],
    values: ["requests", "unserved", "planned_nano_usd", "avoided_nano_usd"])

  /// Makes the rows of some days, counted since 1970, from the stand-ins and means that are stored, and
  /// tells the sums of the days and of their months.
  static func renew(_ days: [Int64], _ months: MonthSums, _ database: Database) throws {
    let remove = try RawStatement(
      database, "DELETE FROM stand_in_sum WHERE cut IN (1, 2, 3) AND day = ?")
    for day in days {
      try months.fold(standInsOf: day, sign: -1)
      remove.add(day)
      try remove.run()
    }
    try RollupWriter.add(cells(of: days, database), to: shape, database)
    for day in days {
      try months.fold(standInsOf: day, sign: 1)
      try tell(day, database)
    }
  }

  /// Writes what stands in on a day beside its sums.
  private static func tell(_ day: Int64, _ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE daily_sum SET stood_in_nano_usd = 0, waiting = 0
        WHERE cut IN (1, 2, 3) AND day = ? AND (stood_in_nano_usd <> 0 OR waiting <> 0)
        """, arguments: [day])
    try RollupWriter.within64Bits {
      try database.execute(
        sql: """
          UPDATE daily_sum SET stood_in_nano_usd = s.planned, waiting = s.waiting
          FROM (\(MonthSums.standIns)) s
          WHERE daily_sum.cut = s.cut AND daily_sum.day = :day
            AND daily_sum.a = s.a AND daily_sum.b = s.b
          """, arguments: ["day": day])
    }
  }

  /// The rows of some days as they should be.
  static func cells(of days: [Int64], _ database: Database) throws -> CellTable {
    let standIns = try RawStatement(
      database,
      """
      SELECT s.workflow_id, s.traffic_class, s.tenant_id, s.tier_id, s.primary_model_id,
        s.served_model_id, s.requests, d.mean_nano_usd
      FROM daily_stand_in s
      LEFT JOIN plan_day d
        ON d.day = s.day AND d.workflow_id = s.workflow_id AND d.model_id = s.primary_model_id
      WHERE s.day = ?
      """)
    let cells = CellTable(width: shape.values.count)
    for day in days {
      let month = Int64(UTCDay(daysSince1970: Int(day)).month.monthsSince0)
      standIns.add(day)
      while try standIns.step() { add(standIns, day, month, to: cells) }
    }
    return cells
  }

  private static func add(
    _ row: RawStatement, _ day: Int64, _ month: Int64, to cells: CellTable
  ) {
    let (primary, served, requests) = (row.int(4), row.int(5), row.int(6))
    let mean = row.optionalInt(7)
    let (planned, isOver) = requests.multipliedReportingOverflow(by: mean ?? 0)
    if isOver { cells.leaveRange() }
    var values = CellRow.zero
    values[0] = requests
    values[1] = served == 0 ? requests : 0
    values[2] = planned
    values[3] = served == 0 ? planned : 0
    func add(_ cut: SumCut, _ a: Int64, _ b: Int64) {
      cells.add(
        CellKey(
          cut.rawValue, day, a, b, mean == nil ? month : 0, mean == nil ? primary : 0, 0, 0),
        values.span, sign: 1)
    }
    add(.workflow, row.int(0), row.int(1))
    add(.tenant, row.int(2), row.int(3))
    add(.model, primary, served)
  }

  /// Empties the table from a day on.
  static func clear(_ database: Database, from day: UTCDay?) throws {
    try database.execute(
      sql: "DELETE FROM stand_in_sum WHERE day >= ?",
      arguments: [day.map { Int64($0.daysSince1970) } ?? .min])
  }
}
