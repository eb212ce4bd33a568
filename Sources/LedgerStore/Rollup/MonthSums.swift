internal import GRDB
internal import Units

/// The sums of whole months (schema 0008), kept up with those of their days during one writing of sums.
///
/// What changed is added to rows of months as it is to rows of days. Where a sum would leave 64 bits,
/// and where a month is kept by its days because one did, the month is made anew from its days at the
/// end (``settle()``): so how a month is kept follows from its days alone, whatever came in what order.
final class MonthSums {
  /// `day` is 0 for a whole month.
  private static let shape = RollupShape(
    table: "monthly_sum", keys: ["cut", "month", "day", "a", "b"],
    values: RollupShape.sums.values)

  /// With what stands in, as rows are made anew.
  static let wholeShape = RollupShape(
    table: shape.table, keys: shape.keys,
    values: shape.values + ["stood_in_nano_usd", "waiting"])

  private let database: Database
  /// Months that are to be made anew.
  private var remade: Set<Int64> = []

  init(_ database: Database) { self.database = database }

  /// The number of the month of a day that is counted since 1970.
  static func month(of day: Int64) -> Int64 {
    Int64(UTCDay(daysSince1970: Int(day)).month.monthsSince0)
  }

  // MARK: what changes

  /// Adds what cells of days add to those days.
  func add(_ days: CellTable) throws {
    let cells = CellTable(width: Self.shape.values.count)
    var months: [Int64: Bool] = [:]
    // Neighbours are mostly of one day.
    var (day, month, isWhole) = (Int64.min, Int64(0), true)
    for (place, key) in days.keys.enumerated() {
      if key[1] != day {
        (day, month) = (key[1], Self.month(of: key[1]))
        isWhole = try months[month] ?? !isKeptByDays(month)
        months[month] = isWhole
      }
      guard isWhole else { continue }
      var row = CellRow.zero
      for (index, value) in days.row(place).enumerated() { row[index] = value }
      cells.add(CellKey(key[0], month, 0, key[2], key[3], 0, 0, 0), row.span, sign: 1)
    }
    remade = Set(months.filter { !$0.value }.keys)
    do {
      try RollupWriter.add(cells, to: Self.shape, database)
    } catch let error as LedgerError where error == RollupWriter.tooLarge {
      remade.formUnion(months.keys)
    }
  }

  private func isKeptByDays(_ month: Int64) throws -> Bool {
    try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM monthly_sum
          WHERE cut IN (1, 2, 3) AND month = ? AND day > 0)
        """, arguments: [month]) ?? false
  }

  /// Takes a day's stand-ins off its month (`sign` -1), or adds them: they change as a whole.
  func fold(standInsOf day: Int64, sign: Int64) throws {
    let month = Self.month(of: day)
    guard !remade.contains(month) else { return }
    do {
      try RollupWriter.within64Bits {
        try database.execute(
          sql: """
            UPDATE monthly_sum SET
              stood_in_nano_usd = monthly_sum.stood_in_nano_usd + :sign * s.planned,
              waiting = monthly_sum.waiting + :sign * s.waiting
            FROM (\(Self.standIns)) s
            WHERE monthly_sum.cut = s.cut AND monthly_sum.month = :month AND monthly_sum.day = 0
              AND monthly_sum.a = s.a AND monthly_sum.b = s.b
            """, arguments: ["day": day, "month": month, "sign": sign])
      }
    } catch let error as LedgerError where error == RollupWriter.tooLarge {
      remade.insert(month)
      return
    }
    try database.execute(
      sql: """
        INSERT INTO monthly_wait (cut, month, day, a, b, model_id, requests)
        SELECT cut, month, 0, a, b, model_id, :sign * requests FROM stand_in_sum
        WHERE cut IN (1, 2, 3) AND day = :day AND model_id <> 0
        ON CONFLICT DO UPDATE SET requests = requests + excluded.requests
        """, arguments: ["day": day, "sign": sign])
  }

  /// What stands in for planned costs on the day `:day`, by the cells of the sums.
  static let standIns = """
    SELECT cut, a, b, sum(planned_nano_usd) AS planned,
      sum(iif(model_id = 0, 0, requests)) AS waiting
    FROM stand_in_sum WHERE cut IN (1, 2, 3) AND day = :day GROUP BY cut, a, b
    """

  /// Makes anew what could not be added up, now that all of its days are written.
  func settle() throws {
    for month in remade.sorted() { try Self.remake(month, database) }
    remade = []
    try database.execute(sql: "DELETE FROM monthly_wait WHERE requests = 0")
  }

  // MARK: from the days

  /// Makes the months from that of a day on anew, from the sums of days that are left.
  static func renew(from day: UTCDay?, _ database: Database) throws {
    let month = day.map { Int64($0.month.monthsSince0) } ?? .min
    for table in ["monthly_sum", "monthly_wait"] {
      try database.execute(sql: "DELETE FROM \(table) WHERE month >= ?", arguments: [month])
    }
    if day != nil { try remake(month, database) }
  }

  private static func remake(_ month: Int64, _ database: Database) throws {
    for table in ["monthly_sum", "monthly_wait"] {
      try database.execute(
        sql: "DELETE FROM \(table) WHERE cut IN (1, 2, 3) AND month = ?", arguments: [month])
    }
    let (rows, isWhole) = try rows(of: month, database)
    try RollupWriter.add(rows, to: wholeShape, database)
    try database.execute(
      sql: """
        INSERT INTO monthly_wait (cut, month, day, a, b, model_id, requests)
        \(waits(isWhole: isWhole))
        """, arguments: daysArguments(of: month))
  }

  /// The rows of a month by the sums of its days, and whether they are of the whole month: they are
  /// where all of its sums fit.
  static func rows(
    of month: Int64, _ database: Database
  ) throws -> (cells: CellTable, isWhole: Bool) {
    let whole = try cells(of: month, database) { _ in 0 }
    guard whole.isOutOfRange else { return (whole, true) }
    return (try cells(of: month, database) { $0 }, false)
  }

  private static func cells(
    of month: Int64, _ database: Database, _ part: (Int64) -> Int64
  ) throws -> CellTable {
    let cells = CellTable(width: wholeShape.values.count)
    let rows = try RawStatement(
      database,
      """
      SELECT cut, day, a, b, \(wholeShape.values.joined(separator: ", ")) FROM daily_sum
      WHERE cut IN (1, 2, 3) AND day >= ? AND day < ? ORDER BY cut, day, a, b
      """)
    for end in days(of: month) { rows.add(end) }
    while try rows.step() {
      var row = CellRow.zero
      for index in wholeShape.values.indices { row[index] = rows.int(4 + Int32(index)) }
      cells.add(
        CellKey(rows.int(0), month, part(rows.int(1)), rows.int(2), rows.int(3), 0, 0, 0),
        row.span, sign: 1)
    }
    return cells
  }

  /// The requests of the days from `:first` to before `:end` that wait for the mean of their month, as
  /// `monthly_wait` has them of a month that is kept whole, or by its days.
  static func waits(isWhole: Bool) -> String {
    """
    SELECT cut, month, \(isWhole ? "0" : "day"), a, b, model_id, sum(requests)
    FROM stand_in_sum
    WHERE cut IN (1, 2, 3) AND day >= :first AND day < :end AND model_id <> 0
    GROUP BY cut, month, 3, a, b, model_id
    """
  }

  static func daysArguments(of month: Int64) -> StatementArguments {
    let days = days(of: month)
    return ["first": days[0], "end": days[1]]
  }

  /// The first day of a month and that after its last, counted since 1970.
  private static func days(of month: Int64) -> [Int64] {
    let month = UTCMonth(monthsSince0: Int(month))
    return [month.firstDay, month.next.firstDay].map { Int64($0.daysSince1970) }
  }
}
