internal import GRDB
internal import Traffic
internal import Units

/// The tables of sums, made again from the requests day by day.
enum RollupCheck {
  static let check = LedgerCheck(
    "rollups", "the sums that reports read are those of the requests and their attempts")

  /// What the tables of sums come to, in the order of ``RollupShape/all``; nil where a row counts nothing,
  /// which would add nothing to it.
  static func sketches(
    _ database: Database, _ factors: SumSketch.Factors
  ) throws -> [SumSketch]? {
    var sketches: [SumSketch] = []
    for shape in RollupShape.all {
      var sketch = SumSketch()
      let rows = try RawStatement(
        database, "SELECT \(shape.columns.joined(separator: ", ")) FROM \(shape.table)")
      let width = Int32(shape.keys.count)
      while try rows.step() {
        var key = CellKey(repeating: 0)
        for lane in shape.keys.indices { key[lane] = rows.int(Int32(lane)) }
        guard rows.int(width) != 0 else { return nil }
        sketch.add(key, shape.values.indices.lazy.map { rows.int(width + Int32($0)) }, factors)
      }
      sketches.append(sketch)
    }
    return sketches
  }

  /// The latest limits that the ledger keeps of tenants' months.
  static func limits(_ database: Database) throws -> [TenantMonth: Int64] {
    var limits: [TenantMonth: Int64] = [:]
    let rows = try RawStatement(
      database, "SELECT tenant_id, month, limit_nano_usd FROM budget_limit")
    while try rows.step() {
      limits[TenantMonth(tenant: rows.int(0), month: rows.int(1))] = rows.int(2)
    }
    return limits
  }

  /// What follows from other tables than the requests'.
  static func checkRest(_ database: Database, _ breaches: inout BreachList) throws {
    for day in try days(database, ofRequests: false) {
      try compare(
        StandInSums.cells(of: [day], database), StandInSums.shape,
        range(StandInSums.shape, day), database, &breaches)
    }
    try checkMonths(database, &breaches)
    try checkCalendar(database, &breaches)
  }

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    let dimensions = try Dimensions(database)
    let rates = RateBook(try Rates(database), dimensions)
    let stored = try StoredParts(database, dimensions)
    for day in try days(database) {
      let rollups = try Rollups(database, rates, dimensions)
      try stored.forEach(day) { part in
        try rollups.learn(part)
        try rollups.add(part, sign: 1)
      }
      for (place, shape) in RollupShape.all.enumerated() {
        try compare(rollups.cells.all[place], shape, range(shape, day), database, &breaches)
      }
      try compare(
        StandInSums.cells(of: [day], database), StandInSums.shape,
        range(StandInSums.shape, day), database, &breaches)
    }
    try checkMonths(database, &breaches)
    try checkLimits(database, &breaches)
    try checkCalendar(database, &breaches)
  }

  /// Every day that a request or a sum is of, or a sum alone.
  private static func days(_ database: Database, ofRequests: Bool = true) throws -> [Int64] {
    let sums = (RollupShape.all + [StandInSums.shape]).map { shape in
      shape.time == "day"
        ? "SELECT day FROM \(shape.table)" : "SELECT hour / 24 FROM \(shape.table)"
    }
    let all = (ofRequests ? ["SELECT day FROM request"] : []) + sums
    return try Int64.fetchAll(
      database, sql: "\(all.joined(separator: " UNION ")) ORDER BY 1")
  }

  /// The rows of a UTC day in a table, by its time.
  private static func range(
    _ shape: RollupShape, _ day: Int64
  ) -> (column: String, values: ClosedRange<Int64>) {
    (shape.time, shape.first(of: day)...shape.first(of: day + 1) - 1)
  }

  /// Holds the rows of a table within a range of a column to what they should be.
  private static func compare(
    _ cells: CellTable, _ shape: RollupShape, _ range: (column: String, values: ClosedRange<Int64>),
    _ database: Database, _ breaches: inout BreachList
  ) throws {
    var expected: [[Int64]: [Int64]] = [:]
    for (place, key) in cells.keys.enumerated() {
      expected[(0..<shape.keys.count).map { key[$0] }] = Array(cells.row(place))
    }
    let rows = try RawStatement(
      database,
      """
      SELECT \(shape.columns.joined(separator: ", ")) FROM \(shape.table)
      WHERE \(range.column) BETWEEN ? AND ?
      """)
    rows.add(range.values.lowerBound)
    rows.add(range.values.upperBound)
    while try rows.step() {
      let key = shape.keys.indices.map { rows.int(Int32($0)) }
      let found = shape.values.indices.map { rows.int(Int32(shape.keys.count + $0)) }
      let wanted = expected.removeValue(forKey: key)
      if found != wanted { report(shape, key, found: found, wanted, &breaches) }
    }
    for (key, wanted) in expected.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      report(shape, key, found: nil, wanted, &breaches)
    }
  }

  private static func report(
    _ shape: RollupShape, _ key: [Int64], found: [Int64]?, _ wanted: [Int64]?,
    _ breaches: inout BreachList
  ) {
    let names = zip(shape.keys, key).map { "\($0) \($1)" }.joined(separator: ", ")
    guard let found, let wanted else {
      breaches.add(
        "\(shape.table), \(names)", found: found == nil ? "no row" : "a row",
        expected: wanted == nil ? "none, as no request is of it" : "a row")
      return
    }
    for (column, (found, wanted)) in zip(shape.values, zip(found, wanted)) where found != wanted {
      breaches.add(
        "\(shape.table), \(names), \(column)", found: String(found), expected: String(wanted))
    }
  }

  /// Those of the years that a ledger may have days of, and of some more.
  private static let knownMonths = Int64(0)..<120_000

  /// What stands in beside sums of days, and sums of months, are held to the sums and stand-ins of days.
  private static func checkMonths(_ database: Database, _ breaches: inout BreachList) throws {
    try checkRows(
      "daily_sum", "day", kept: "SELECT cut, day, a, b, stood_in_nano_usd, waiting FROM daily_sum",
      wanted: """
        SELECT d.cut, d.day, d.a, d.b, ifnull(sum(s.planned_nano_usd), 0),
          ifnull(sum(iif(s.model_id = 0, 0, s.requests)), 0)
        FROM daily_sum d LEFT JOIN stand_in_sum s
          ON s.cut = d.cut AND s.day = d.day AND s.a = d.a AND s.b = d.b
        GROUP BY d.cut, d.day, d.a, d.b
        """, [], database, &breaches)
    for month in try months(database) {
      // Whether a month is kept whole is for its days to say, never for what is kept of it.
      let isKnown = knownMonths.contains(month)
      let (rows, isWhole) =
        isKnown
        ? try MonthSums.rows(of: month, database)
        : (CellTable(width: MonthSums.wholeShape.values.count), true)
      try compare(rows, MonthSums.wholeShape, ("month", month...month), database, &breaches)
      let kept = """
        SELECT cut, month, day, a, b, model_id, requests FROM monthly_wait WHERE month = \(month)
        """
      try checkRows(
        "monthly_wait", "month", kept: kept,
        wanted: isKnown ? MonthSums.waits(isWhole: isWhole) : kept + " AND false",
        isKnown ? MonthSums.daysArguments(of: month) : [], database, &breaches)
    }
  }

  /// Every month that a sum of a day or a month is of.
  private static func months(_ database: Database) throws -> [Int64] {
    try Int64.fetchAll(
      database,
      sql: """
        SELECT month FROM monthly_sum UNION SELECT month FROM monthly_wait
        UNION SELECT 12 * strftime('%Y', day * 86400, 'unixepoch')
          + strftime('%m', day * 86400, 'unixepoch') - 1 AS month
        FROM (SELECT DISTINCT day FROM daily_sum) WHERE month IS NOT NULL ORDER BY 1
        """)
  }

  /// Holds rows to others that should be the same.
  private static func checkRows(
    _ table: String, _ key: String, kept: String, wanted: String, _ arguments: StatementArguments,
    _ database: Database, _ breaches: inout BreachList
  ) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT cut, \(key), a, b, max(is_kept), max(is_wanted) FROM (
          SELECT *, 1 AS is_kept, 0 AS is_wanted FROM (\(kept) EXCEPT \(wanted))
          UNION ALL SELECT *, 0, 1 FROM (\(wanted) EXCEPT \(kept)))
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """, arguments: arguments)
    while let row = try rows.next() {
      let numbers: [Int64] = (0..<6).map { row[$0] }
      breaches.add(
        "\(table), cut \(numbers[0]), \(key) \(numbers[1]), a \(numbers[2]), b \(numbers[3])",
        found: numbers[4] == 0 ? "no row" : "other sums",
        expected: numbers[5] == 0 ? "no row" : "the sums of its days")
    }
  }

  private static func checkLimits(_ database: Database, _ breaches: inout BreachList) throws {
    let rows = try RawStatement(
      database,
      """
      WITH named AS (
        SELECT 12 * strftime('%Y', a.started_ms / 1000, 'unixepoch')
            + strftime('%m', a.started_ms / 1000, 'unixepoch') - 1 AS month,
          coalesce(c.tenant_id, r.tenant_id) AS tenant_id, a.started_ms AS at_ms,
          a.budget_limit_nano_usd AS limit_nano_usd
        FROM attempt a JOIN request r ON r.id = a.request_id
        LEFT JOIN attempt_context c ON c.request_id = a.request_id AND c.place = a.place
        WHERE a.budget_limit_nano_usd IS NOT NULL),
      last AS (SELECT month AS m, tenant_id AS t, max(at_ms) AS at FROM named GROUP BY 1, 2),
      latest AS (
        SELECT month, tenant_id, max(limit_nano_usd) AS limit_nano_usd
        FROM named JOIN last ON m = month AND t = tenant_id AND at = at_ms GROUP BY 1, 2)
      SELECT month, tenant_id, sum(kept), sum(wanted) FROM (
        SELECT month, tenant_id, limit_nano_usd AS kept, 0 AS wanted FROM budget_limit
        UNION ALL SELECT month, tenant_id, 0, limit_nano_usd FROM latest)
      GROUP BY month, tenant_id HAVING sum(kept) <> sum(wanted) ORDER BY 1, 2
      """)
    while try rows.step() {
      breaches.add(
        "budget_limit of tenant number \(rows.int(1)) in \(UTCMonth(monthsSince0: Int(rows.int(0))))",
        found: rows.text(2), expected: rows.text(3))
    }
  }

  private static func checkCalendar(_ database: Database, _ breaches: inout BreachList) throws {
    let rows = try RawStatement(
      database,
      """
      SELECT h.day, ifnull(c.name || ' of ' || c.month, 'no day') AS found,
        date(h.day * 86400, 'unixepoch') || ' of '
          || substr(date(h.day * 86400, 'unixepoch'), 1, 7) AS expected
      FROM (SELECT DISTINCT hour / 24 AS day FROM hourly_request) h
      LEFT JOIN calendar c ON c.day = h.day
      WHERE found <> expected ORDER BY h.day
      """)
    while try rows.step() {
      breaches.add(
        "calendar, day number \(rows.int(0))", found: rows.text(1), expected: rows.text(2))
    }
  }
}
