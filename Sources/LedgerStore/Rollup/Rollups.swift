internal import GRDB
internal import PolicyEngine
internal import Pricing
internal import Traffic
internal import Units

/// The sums that reports read (schema 0003), kept up to date by what changes: a request is added when
/// it is derived, and taken off before it is derived again.
final class Rollups {
  private let database: Database
  private let rates: RateBook
  private let dimensions: Dimensions
  private let reasonName: RawStatement
  private var reasons: [Int64: String] = [:]
  private(set) var tables = RollupShape.all.map { CellTable(width: $0.values.count) }
  private var limits: [TenantMonth: BudgetLimit] = [:]
  private let feeOf: RawStatement
  private let providerOf: RawStatement
  private var providers: [Int64: Int64] = [:]
  /// Kept for its room.
  private var part = RequestPart()

  init(_ database: Database, _ rates: RateBook, _ dimensions: Dimensions) throws {
    self.database = database
    self.rates = rates
    self.dimensions = dimensions
    feeOf = try RawStatement(database, "SELECT fee_share_nano_usd FROM stored_request WHERE id = ?")
    providerOf = try RawStatement(database, "SELECT provider_id FROM model WHERE id = ?")
    reasonName = try RawStatement(database, "SELECT name FROM decision_reason WHERE id = ?")
  }

  // MARK: what changes

  /// Adds a request as it was just derived and written; `lines` are in the order of their positions.
  func enter(
    _ id: Int64, _ derived: RequestTable.Derived, _ lines: [StoredLine], isNew: Bool
  ) throws {
    var part = takePart()
    part.fill(derived, fee: isNew ? 0 : try fee(of: id))
    for index in lines.indices {
      let cost = derived.figures.attemptCosts[index]
      part.lines.append(
        RequestPart.Line(
          lines, index, cost: cost.amount.nanoUSD, catalog: cost.catalog?.nanoUSD,
          source: cost.source))
    }
    try add(part, sign: 1)
    self.part = part
  }

  /// Takes a request off as it is stored, before it is written anew.
  func withdraw(_ id: Int64, _ previous: RequestTable.Previous) throws {
    var part = takePart()
    part.fill(previous, fee: try fee(of: id))
    try learn(part)
    let lines = previous.lines.map(\.line)
    for index in lines.indices {
      let derived = previous.lines[index].derived
      part.lines.append(
        RequestPart.Line(
          lines, index, cost: derived[1] ?? 0, catalog: derived[0],
          source: derived[2].flatMap { Code.word(CostSource.self, $0) }))
    }
    try add(part, sign: -1)
    self.part = part
  }

  /// The share of a fee that a stored request has.
  private func fee(of request: Int64) throws -> Int64 {
    guard rates.hasFees else { return 0 }
    feeOf.add(request)
    defer { feeOf.reset() }
    return try feeOf.step() ? feeOf.int(0) : 0
  }

  /// The part that was kept, and nobody else's.
  private func takePart() -> RequestPart {
    let part = self.part
    self.part = RequestPart()
    return part
  }

  /// Notes that the share of a fee of a request changed by so much.
  func shift(fee: Int64, of part: RequestPart) {
    var row = CellRow.zero
    row[SumColumn.fee.rawValue] = fee
    addSums(part, row, sign: 1)
  }

  /// Empties the tables from a day on; its requests are to be entered again.
  func clear(from day: UTCDay?) throws {
    for shape in RollupShape.all {
      let first = day.map { shape.first(of: Int64($0.daysSince1970)) } ?? .min
      try database.execute(
        sql: "DELETE FROM \(shape.table) WHERE \(shape.time) >= ?", arguments: [first])
    }
  }

  // MARK: cells

  func add(_ part: RequestPart, sign: Int64) throws {
    let day = part.day
    addSums(part, Self.sums(of: part), sign: sign)
    addCoverage(part, day, sign: sign)
    try addAttempts(part, day, sign: sign)
    var row = CellRow.zero
    row[0] = 1
    let kind = part.firstKind
    if part.ownPlanned == nil {
      add(
        .standIns,
        CellKey(
          day, part.workflow, part.classCode, part.tenant, part.effectiveTier, part.primary,
          part.served, kind), row, sign: sign)
    }
    if kind > 0 || part.status == .servedFallback {
      row[1] = part.status.isServed ? 1 : 0
      row[2] = part.cost &- part.servingCost
      row[3] = part.servingCost
      row[4] = part.ownPlanned ?? 0
      add(.fallbacks, CellKey(day, part.workflow, kind, 0, 0, 0, 0, 0), row, sign: sign)
    }
    if part.isDowngraded { try addDowngrade(part, day, sign: sign) }
    for line in part.lines where line.budget.limit != nil { note(line) }
  }

  private static func sums(of part: RequestPart) -> CellRow {
    var row = CellRow.zero
    var calls: Int64 = 0
    var failures: Int64 = 0
    for line in part.lines {
      if line.isCall { calls += 1 }
      if line.isFailure { failures += 1 }
      if line.source == .catalog {
        row[SumColumn.catalogAttempts.rawValue] += 1
        // A damaged ledger may hold any number; verify must live to tell.
        row[SumColumn.catalogCost.rawValue] &+= line.cost
      }
    }
    row[SumColumn.requests.rawValue] = 1
    row[SumColumn.servedPrimary.rawValue + Int(Code.of(part.status))] = 1
    row[SumColumn.attempts.rawValue] = calls
    row[SumColumn.failedAttempts.rawValue] = failures
    row[SumColumn.unpricedAttempts.rawValue] = part.unpricedAttempts
    row[SumColumn.downgraded.rawValue] = part.isDowngraded ? 1 : 0
    row[SumColumn.ungraded.rawValue] = part.isUngraded ? 1 : 0
    row[SumColumn.hit.rawValue] = failures > 0 ? 1 : 0
    row[SumColumn.rescued.rawValue] = failures > 0 && part.status.isServed ? 1 : 0
    row[SumColumn.inputTokens.rawValue] = part.usage.input
    row[SumColumn.cachedInputTokens.rawValue] = part.usage.cachedInput
    row[SumColumn.cacheWriteTokens.rawValue] = part.usage.cacheWrite
    row[SumColumn.outputTokens.rawValue] = part.usage.output
    row[SumColumn.reasoningTokens.rawValue] = part.usage.reasoning
    row[SumColumn.cost.rawValue] = part.cost
    row[SumColumn.servingCost.rawValue] = part.servingCost
    row[SumColumn.ownPlanned.rawValue] = part.ownPlanned ?? 0
    let revenue: SumColumn =
      switch part.status {
      case .servedPrimary, .servedFallback, .servedCached, .servedDefault: .servedRevenue
      case .deferred: .deferredRevenue
      case .rejected, .failed: .lostRevenue
      }
    row[revenue.rawValue] = part.revenue
    row[SumColumn.fee.rawValue] = part.fee
    return row
  }

  private func addSums(_ part: RequestPart, _ row: CellRow, sign: Int64) {
    let day = part.day
    let row = row.span
    func key(_ cut: SumCut, _ a: Int64, _ b: Int64) -> CellKey {
      CellKey(cut.rawValue, day, a, b, 0, 0, 0, 0)
    }
    let sums = Place.sums.rawValue
    tables[sums].add(key(.workflow, part.workflow, part.classCode), row, sign: sign)
    tables[sums].add(key(.tenant, part.tenant, part.effectiveTier), row, sign: sign)
    tables[sums].add(key(.model, part.primary, part.served), row, sign: sign)
  }

  private func addCoverage(_ part: RequestPart, _ day: Int64, sign: Int64) {
    var row = CellRow.zero
    row[0] = 1
    // The tenant is always given, and comes first.
    for field in 1..<Self.fields where part.attribution[field] == 0 { row[field] = 1 }
    row[Self.fields] = part.attributionConflicts
    add(.coverage, CellKey(day, 0, 0, 0, 0, 0, 0, 0), row, sign: sign)
  }

  private static let fields = AttributionField.allCases.count

  private func addAttempts(_ part: RequestPart, _ day: Int64, sign: Int64) throws {
    let hour = part.startedAt.hoursSince1970
    for (index, line) in part.lines.enumerated() where line.isCall {
      var row = CellRow.zero
      var hourRow = CellRow.zero
      row[0] = 1
      row[1] = line.cost
      hourRow[0] = 1
      if line.isFailure {
        hourRow[1] = 1
        hourRow[2] = line.cost
        if let next = part.lines[(index + 1)...].first(where: \.isCall) {
          let isMisused = !isRetryable(line, part)
          row[2] = 1
          row[3] = isMisused ? 1 : 0
          row[4] = isMisused ? next.cost : 0
          hourRow[3] = row[2]
          hourRow[4] = row[3]
          hourRow[5] = row[4]
        }
      }
      if line.source == .unpriced { row[5] = 1 }
      if let reported = line.reported, let catalog = line.catalog {
        row[6] = 1
        row[7] = reported
        row[8] = catalog
      }
      let result = line.isFailure ? Code.of(line.failure ?? .unknown) + 1 : 0
      add(.attempts, CellKey(day, line.model, result, 0, 0, 0, 0, 0), row, sign: sign)
      let provider = try provider(of: line.model)
      add(.hours, CellKey(hour, provider, 0, 0, 0, 0, 0, 0), hourRow, sign: sign)
    }
  }

  private func provider(of model: Int64) throws -> Int64 {
    if let known = providers[model] { return known }
    providerOf.add(model)
    defer { providerOf.reset() }
    let provider = try providerOf.step() ? providerOf.int(0) : 0
    providers[model] = provider
    return provider
  }

  /// By the policy in force, else by policy.md's defaults.
  private func isRetryable(_ line: RequestPart.Line, _ part: RequestPart) -> Bool {
    let kind = line.failure ?? .unknown
    guard let policy = rates.policy(on: part.startedAt.day) else {
      return kind.isProviderFailure && (kind != .streamDropped || line.outputTokens < 1)
    }
    return policy.isRetryable(kind, outputTokens: line.outputTokens)
  }

  private func addDowngrade(_ part: RequestPart, _ day: Int64, sign: Int64) throws {
    let answer = part.lines.firstIndex { line in
      switch part.status {
      case .servedCached: line.action == .cachedResponse
      case .servedDefault: line.action == .defaultResponse
      default: line.isCall && line.outcome == .success
      }
    }
    guard let answer else { return }
    let policy = rates.policy(on: part.startedAt.day)
    let model = part.served == 0 ? nil : try dimensions.model(part.served)
    let cause = try DowngradeCause(
      part, policy: policy, answer: answer, reason: try reason(part.lines[answer].reason),
      model: model,
      hasPremium: {
        let tier =
          part.effectiveTier == 0 ? nil : try dimensions.name(part.effectiveTier, of: .tier)
        return policy?.hasPremium(tier) ?? false
      })
    var isBelowFloor = false
    if let policy, let trafficClass = part.trafficClass, part.served != 0,
      let grade = rates.grade(of: part.served, on: part.startedAt.day)
    {
      isBelowFloor =
        grade < (policy.definition.classes[trafficClass] ?? ClassPolicy()).qualityFloor
    }
    var row = CellRow.zero
    row[0] = 1
    row[1] = isBelowFloor ? 1 : 0
    add(
      .downgrades,
      CellKey(day, part.workflow, part.classCode, part.effectiveTier, Code.of(cause), 0, 0, 0),
      row, sign: sign)
  }

  private func reason(_ id: Int64) throws -> String? {
    guard id != 0 else { return nil }
    if let known = reasons[id] { return known }
    reasonName.add(id)
    defer { reasonName.reset() }
    let name = try reasonName.step() ? reasonName.text(0) : ""
    reasons[id] = name
    return name
  }

  /// Takes note of the limit that a line's budget names. Lines are never taken back, so the latest
  /// stays the latest.
  private func note(_ line: RequestPart.Line) {
    guard let limit = line.budget.limit, line.tenant != 0 else { return }
    let key = TenantMonth(
      tenant: line.tenant, month: Int64(line.startedAt.day.month.monthsSince0))
    let new = BudgetLimit(at: line.startedAt.milliseconds, limit: limit.nanoUSD)
    if limits[key].map({ $0 < new }) ?? true { limits[key] = new }
  }

  /// As in ``RollupShape/all``.
  private enum Place: Int {
    case sums, standIns, attempts, hours, fallbacks, downgrades, coverage
  }

  private func add(_ place: Place, _ key: CellKey, _ row: CellRow, sign: Int64) {
    tables[place.rawValue].add(key, row.span, sign: sign)
  }

  // MARK: writing

  /// Adds what changed to the tables, and forgets it.
  func flush() throws {
    for (place, shape) in RollupShape.all.enumerated() {
      try RollupWriter.add(tables[place], to: shape, database)
      tables[place].removeAll()
    }
    try RollupWriter.add(limits, database)
    limits.removeAll()
  }

  /// Makes all rows anew, from the requests of a ledger that has none.
  static func rebuild(_ database: Database) throws {
    guard try Int.fetchOne(database, sql: "SELECT 1 FROM stored_request LIMIT 1") != nil else {
      return
    }
    let dimensions = try Dimensions(database)
    let rollups = try Rollups(database, RateBook(try Rates(database), dimensions), dimensions)
    try StoredParts(database, dimensions).forEach(nil) { part in
      try rollups.learn(part)
      try rollups.add(part, sign: 1)
    }
    try rollups.flush()
  }

  /// The models of a part that was read and not derived.
  func learn(_ part: RequestPart) throws { if part.served != 0 { try rates.learn(part.served) } }
}

struct TenantMonth: Hashable {
  let tenant: Int64
  let month: Int64
}

/// The latest limit of a month that events named, ties by the larger.
struct BudgetLimit: Hashable, Comparable {
  let at: Int64
  let limit: Int64

  static func < (left: BudgetLimit, right: BudgetLimit) -> Bool {
    (left.at, left.limit) < (right.at, right.limit)
  }
}
