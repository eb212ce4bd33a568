internal import GRDB
internal import Units

/// The sums of whole months (schema 0008), kept up with those of their days.
enum MonthSums {
  static let shape = RollupShape(
    table: "monthly_sum", keys: ["cut", "month", "a", "b"], values: RollupShape.sums.values)

  /// What cells of days add to those of their months.
  static func cells(of days: CellTable) -> CellTable {
    let months = CellTable(width: shape.values.count)
    if days.isOutOfRange { months.leaveRange() }
    for (place, key) in days.keys.enumerated() {
      var row = CellRow.zero
      for (index, value) in days.row(place).enumerated() { row[index] = value }
      months.add(
        CellKey(key[0], month(of: key[1]), key[2], key[3], 0, 0, 0, 0), row.span, sign: 1)
    }
    return months
  }

  /// The number of the month of a day that is counted since 1970.
  static func month(of day: Int64) -> Int64 {
    Int64(UTCDay(daysSince1970: Int(day)).month.monthsSince0)
  }

  /// Takes a day's stand-ins off its month (`sign` -1), or adds them: they change as a whole.
  static func fold(standInsOf day: Int64, sign: Int64, _ database: Database) throws {
    try RollupWriter.within64Bits {
      try database.execute(
        sql: """
          UPDATE monthly_sum SET
            stood_in_nano_usd = monthly_sum.stood_in_nano_usd + :sign * s.planned,
            waiting = monthly_sum.waiting + :sign * s.waiting
          FROM (\(standIns)) s
          WHERE monthly_sum.cut = s.cut AND monthly_sum.month = :month
            AND monthly_sum.a = s.a AND monthly_sum.b = s.b
          """, arguments: ["day": day, "month": month(of: day), "sign": sign])
      try database.execute(
        sql: """
          INSERT INTO monthly_wait (cut, month, a, b, model_id, requests)
          SELECT cut, month, a, b, model_id, :sign * requests FROM stand_in_sum
          WHERE cut IN (1, 2, 3) AND day = :day AND model_id <> 0
          ON CONFLICT DO UPDATE SET requests = requests + excluded.requests
          """, arguments: ["day": day, "sign": sign])
    }
  }

  /// What stands in for planned costs on the day `:day`, by the cells of the sums.
  static let standIns = """
    SELECT cut, a, b, sum(planned_nano_usd) AS planned,
      sum(iif(model_id = 0, 0, requests)) AS waiting
    FROM stand_in_sum WHERE cut IN (1, 2, 3) AND day = :day GROUP BY cut, a, b
    """

  /// Makes the months from that of a day on anew, from the sums of days that are left.
  static func renew(from day: UTCDay?, _ database: Database) throws {
    let month = day.map { Int64($0.month.monthsSince0) } ?? .min
    try database.execute(
      sql: "DELETE FROM monthly_sum WHERE month >= ?", arguments: [month])
    try database.execute(
      sql: "DELETE FROM monthly_wait WHERE month >= ?", arguments: [month])
    guard let day else { return }
    let days: StatementArguments = [
      "month": month, "first": Int64(day.month.firstDay.daysSince1970),
      "day": Int64(day.daysSince1970),
    ]
    let values = shape.values + ["stood_in_nano_usd", "waiting"]
    try database.execute(
      sql: """
        INSERT INTO monthly_sum (cut, month, a, b, \(values.joined(separator: ", ")))
        SELECT cut, :month, a, b, \(values.map { "sum(\($0))" }.joined(separator: ", "))
        FROM daily_sum WHERE cut IN (1, 2, 3) AND day >= :first AND day < :day GROUP BY cut, a, b
        """, arguments: days)
    try database.execute(
      sql: """
        INSERT INTO monthly_wait (cut, month, a, b, model_id, requests)
        SELECT cut, :month, a, b, model_id, sum(requests) FROM stand_in_sum
        WHERE cut IN (1, 2, 3) AND day >= :first AND day < :day AND model_id <> 0
        GROUP BY cut, a, b, model_id
        """, arguments: days)
  }
}
