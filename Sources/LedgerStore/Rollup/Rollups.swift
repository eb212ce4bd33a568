internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// The sums that reports read (schema 0005), kept up to date by what changes: a request is added when
/// it is derived, and taken off before it is derived again.
final class Rollups {
  private let database: Database
  private let rates: RateBook
  private let attempts: AttemptCells
  private let downgrades: DowngradeCells
  let cells = RollupCells()
  private let limits = BudgetLimits()
  private let feeOf: RawStatement
  /// Kept for its room, as nobody else holds a part for long.
  private let part = RequestPart()

  init(_ database: Database, _ rates: RateBook, _ dimensions: Dimensions) throws {
    self.database = database
    self.rates = rates
    attempts = try AttemptCells(database, rates)
    downgrades = try DowngradeCells(database, rates, dimensions)
    feeOf = try RawStatement(database, "SELECT fee_share_nano_usd FROM stored_request WHERE id = ?")
  }

  // MARK: what changes

  /// Adds a request as it was just derived and written; `lines` are in the order of their positions.
  func enter(
    _ id: Int64, _ derived: RequestTable.Derived, _ lines: [StoredLine], isNew: Bool
  ) throws {
    part.fill(derived, fee: isNew ? 0 : try fee(of: id))
    for index in lines.indices {
      let cost = derived.figures.attemptCosts[index]
      part.lines.append(
        RequestPart.Line(
          lines[index], cost: cost.amount.nanoUSD, catalog: cost.catalog?.nanoUSD,
          source: cost.source))
    }
    try add(part, sign: 1)
  }

  /// Adds a new request of one line.
  func enter(_ derived: RequestTable.Derived, only line: StoredLine) throws {
    part.fill(derived, fee: 0)
    let cost = derived.figures.attemptCosts[0]
    part.lines.append(
      RequestPart.Line(
        line, cost: cost.amount.nanoUSD, catalog: cost.catalog?.nanoUSD, source: cost.source))
    try add(part, sign: 1)
  }

  /// Takes a request off as it is stored, before it is written anew.
  func withdraw(_ id: Int64, _ previous: RequestTable.Previous) throws {
    part.fill(previous, fee: try fee(of: id))
    try learn(part)
    for line in previous.lines {
      let derived = line.derived
      part.lines.append(
        RequestPart.Line(
          line.line, cost: derived[1] ?? 0, catalog: derived[0],
          source: derived[2].flatMap { Code.word(CostSource.self, $0) }))
    }
    try add(part, sign: -1)
  }

  /// The share of a fee that a stored request has.
  private func fee(of request: Int64) throws -> Int64 {
    guard rates.hasFees else { return 0 }
    feeOf.add(request)
    defer { feeOf.reset() }
    return try feeOf.step() ? feeOf.int(0) : 0
  }

  /// Notes that the share of a fee of a request changed by so much.
  func shift(fee: Int64, of part: RequestPart) {
    var row = CellRow.zero
    row[.fee] = fee
    addMeasures(of: part, row, sign: 1)
  }

  /// Empties the tables from a day on; its requests are to be entered again.
  func clear(from day: UTCDay?) throws {
    for shape in RollupShape.all {
      let first = day.map { shape.first(of: Int64($0.daysSince1970)) } ?? .min
      try database.execute(
        sql: "DELETE FROM \(shape.table) WHERE \(shape.time) >= ?", arguments: [first])
    }
    try StandInSums.clear(database, from: day)
    try MonthSums.renew(from: day, database)
  }

  // MARK: cells

  /// Adds a request to its cells, or takes it off.
  func add(_ part: RequestPart, sign: Int64) throws {
    addMeasures(of: part, CellRow(measuresOf: part), sign: sign)
    addHour(part, sign: sign)
    try attempts.add(part, to: cells, sign: sign)
    addDetours(part, sign: sign)
    if part.isDowngraded { try downgrades.add(part, to: cells, sign: sign) }
    for line in part.lines where line.budget.limit != nil { limits.note(line) }
  }

  private func addMeasures(of part: RequestPart, _ row: CellRow, sign: Int64) {
    let day = part.day
    func add(_ cut: SumCut, _ a: Int64, _ b: Int64) {
      cells[.sums].add(CellKey(cut.rawValue, day, a, b, 0, 0, 0, 0), row.span, sign: sign)
    }
    add(.workflow, part.workflow, part.classCode)
    add(.tenant, part.tenant, part.effectiveTier)
    add(.model, part.primary, part.served)
  }

  private func addHour(_ part: RequestPart, sign: Int64) {
    let fields = AttributionField.allCases.count
    var row = NarrowRow.zero
    row[0] = 1
    row[1] = part.isDowngraded ? 1 : 0
    // The tenant is always given, and comes first.
    for field in 1..<fields where part.attribution[field] == 0 { row[1 + field] = 1 }
    row[1 + fields] = part.attributionConflicts
    cells.add(
      .requests, CellKey(part.startedAt.hoursSince1970, 0, 0, 0, 0, 0, 0, 0), row, sign: sign)
  }

  /// A request without a planned cost of its own, and one that failed at first or fell back.
  private func addDetours(_ part: RequestPart, sign: Int64) {
    let kind = part.firstKind
    var row = NarrowRow.zero
    row[0] = 1
    if part.ownPlanned == nil {
      cells.add(
        .standIns,
        CellKey(
          part.day, part.workflow, part.classCode, part.tenant, part.effectiveTier, part.primary,
          part.served, kind), row, sign: sign)
    }
    guard kind > 0 || part.status == .servedFallback else { return }
    row[1] = part.status.isServed ? 1 : 0
    row[2] = part.cost &- part.servingCost
    row[3] = part.servingCost
    row[4] = part.ownPlanned ?? 0
    cells.add(
      .fallbacks, CellKey(part.day, part.workflow, kind, 0, 0, 0, 0, 0), row, sign: sign)
  }

  // MARK: writing

  /// Adds what changed to the tables, and forgets it; the sums of plans are up to date.
  func flush() throws {
    let days = Set(cells[.requests].keys.map { $0[0] / 24 }).sorted()
    let months = MonthSums(database)
    try months.add(cells[.sums])
    try cells.flush(database)
    try limits.flush(database)
    try CalendarTable.add(days, database)
    try StandInSums.renew(days, months, database)
    try months.settle()
  }

  /// Makes all rows anew, from the requests.
  static func rebuild(_ database: Database) throws {
    guard try Int.fetchOne(database, sql: "SELECT 1 FROM stored_request LIMIT 1") != nil else {
      return
    }
    let dimensions = try Dimensions(database)
    let rollups = try Rollups(database, RateBook(try Rates(database), dimensions), dimensions)
    try rollups.clear(from: nil)
    try StoredParts(database, dimensions).forEach(nil) { part in
      try rollups.learn(part)
      try rollups.add(part, sign: 1)
    }
    try rollups.flush()
  }

  /// The models of a part that was read and not derived.
  func learn(_ part: RequestPart) throws { if part.served != 0 { try rates.learn(part.served) } }
}
