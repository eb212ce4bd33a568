internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// What stored requests add to the rollups.
final class StoredParts {
  private let dimensions: Dimensions
  private let ofDay: RawStatement
  private let all: RawStatement
  private let lines: RawStatement

  private static let columns = """
    id, started_ms, tenant_id, tier_id, user_id, application_id, feature_id, workflow_id,
    assistant_id, thread_id, session_id, environment_id, traffic_class, effective_tier_id,
    primary_model_id, served_model_id, status, unpriced_attempts, is_downgraded, is_ungraded,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    cost_nano_usd, serving_cost_nano_usd, own_planned_nano_usd, revenue_nano_usd,
    fee_share_nano_usd, attribution_conflicts
    """

  init(_ database: Database, _ dimensions: Dimensions) throws {
    self.dimensions = dimensions
    ofDay = try RawStatement(
      database,
      """
      SELECT \(Self.columns) FROM request
      WHERE day = ? ORDER BY id
      """)
    all = try RawStatement(database, "SELECT \(Self.columns) FROM request ORDER BY id")
    lines = try RawStatement(
      database,
      """
      SELECT a.action, a.route_id, a.outcome, a.failure_kind, a.output_tokens, a.cost_nano_usd,
        a.cost_source, a.reported_cost_nano_usd, a.catalog_cost_nano_usd, a.decision_step,
        a.decision_reason_id, a.budget_limit_nano_usd, a.budget_spent_nano_usd, a.started_ms,
        c.tenant_id
      FROM attempt a LEFT JOIN attempt_context c ON c.request_id = a.request_id AND c.place = a.place
      WHERE a.request_id = ? ORDER BY a.place
      """)
  }

  /// Every request of a UTC day by its number since 1970, or all there are.
  func forEach(_ day: Int64?, _ body: (RequestPart) throws -> Void) throws {
    let rows = day == nil ? all : ofDay
    if let day { rows.add(day) }
    defer { rows.reset() }
    let part = RequestPart()
    while try rows.step() {
      try fill(part, from: rows)
      try body(part)
    }
  }

  private func fill(_ part: RequestPart, from row: RawStatement) throws {
    part.startedAt = Timestamp(milliseconds: row.int(1))
    for field in AttributionField.allCases {
      let column = 2 + Int32(field.index)
      part.attribution[field.index] =
        field.unboundedPlace == nil ? row.int(column) : row.isNull(column) ? 0 : 1
    }
    part.trafficClass = row.optionalInt(12).flatMap { Code.word(TrafficClass.self, $0) }
    part.effectiveTier = row.int(13)
    part.primary = row.int(14)
    part.served = row.int(15)
    part.status = Code.word(RequestStatus.self, row.int(16)) ?? .failed
    part.unpricedAttempts = row.int(17)
    part.isDowngraded = row.int(18) == 1
    part.isUngraded = row.int(19) == 1
    part.usage = Usage(
      input: row.int(20), cachedInput: row.int(21), cacheWrite: row.int(22), output: row.int(23),
      reasoning: row.int(24))
    part.cost = row.int(25)
    part.servingCost = row.int(26)
    part.ownPlanned = row.optionalInt(27)
    part.revenue = row.int(28)
    part.fee = row.int(29)
    part.attributionConflicts = row.int(30)
    part.lines.removeAll(keepingCapacity: true)
    lines.add(row.int(0))
    defer { lines.reset() }
    while try lines.step() { part.lines.append(try line(tenant: part.tenant)) }
  }

  private func line(tenant: Int64) throws -> RequestPart.Line {
    func money(_ column: Int32) -> Money? {
      lines.optionalInt(column).map(Money.init(nanoUSD:))
    }
    return RequestPart.Line(
      action: Code.word(Action.self, lines.int(0)) ?? .model,
      model: try lines.optionalInt(1).map { try dimensions.routeKey($0).model } ?? 0,
      outcome: lines.optionalInt(2).flatMap { Code.word(Outcome.self, $0) },
      failure: lines.optionalInt(3).flatMap { Code.word(FailureKind.self, $0) },
      outputTokens: lines.int(4), cost: lines.int(5),
      source: lines.optionalInt(6).flatMap { Code.word(CostSource.self, $0) },
      reported: lines.optionalInt(7), catalog: lines.optionalInt(8), step: lines.optionalInt(9),
      reason: lines.int(10), budget: BudgetSnapshot(limit: money(11), spent: money(12)),
      startedAt: Timestamp(milliseconds: lines.int(13)),
      tenant: lines.optionalInt(14) ?? tenant)
  }
}

extension RequestPart {
  /// From what was just derived; lines are to be added.
  func fill(_ derived: RequestTable.Derived, fee: Int64) {
    let chain = derived.chain
    let figures = derived.figures
    let tier = chain.context.attribution[AttributionField.tier.index]
    startedAt = chain.startedAt
    attribution = chain.context.attribution
    trafficClass = chain.context.trafficClass ?? derived.policyClass
    effectiveTier = tier == 0 ? derived.termsTier ?? 0 : tier
    primary = derived.primary.model
    served = derived.servedModel ?? 0
    status = chain.status
    unpricedAttempts = Int64(figures.unpricedAttempts)
    isDowngraded = figures.isDowngraded
    isUngraded = figures.isUngraded
    usage = figures.usage
    cost = figures.cost.nanoUSD
    servingCost = figures.servingCost.nanoUSD
    ownPlanned = figures.ownPlannedCost?.nanoUSD
    revenue = (chain.revenue ?? derived.termsRevenue)?.nanoUSD ?? 0
    self.fee = fee
    attributionConflicts = Int64(chain.attributionConflicts)
    lines.removeAll(keepingCapacity: true)
  }

  /// From what is stored; lines are to be added.
  func fill(_ previous: RequestTable.Previous, fee: Int64) {
    func value(_ column: StoredColumn) -> Int64? { previous.columns[column.place] }
    startedAt = Timestamp(milliseconds: value(.startedAt) ?? 0)
    attribution = previous.context.attribution
    trafficClass =
      previous.context.trafficClass
      ?? value(.policyClass).flatMap { Code.word(TrafficClass.self, $0) }
    let tier = attribution[AttributionField.tier.index]
    effectiveTier = tier == 0 ? value(.termsTier) ?? 0 : tier
    primary = value(.primaryModel) ?? 0
    served = value(.servedModel) ?? 0
    status = value(.status).flatMap { Code.word(RequestStatus.self, $0) } ?? .failed
    unpricedAttempts = value(.unpricedAttempts) ?? 0
    isDowngraded = value(.isDowngraded) == 1
    isUngraded = value(.isUngraded) == 1
    usage = Usage(
      input: value(.input) ?? 0, cachedInput: value(.cachedInput) ?? 0,
      cacheWrite: value(.cacheWrite) ?? 0, output: value(.output) ?? 0,
      reasoning: value(.reasoning) ?? 0)
    cost = value(.cost) ?? 0
    servingCost = cost &- (value(.wasted) ?? 0)
    ownPlanned = value(.premium).map { servingCost &- $0 }
    revenue = value(.eventRevenue) ?? value(.termsRevenue) ?? 0
    self.fee = fee
    attributionConflicts = value(.attributionConflicts) ?? 0
    lines.removeAll(keepingCapacity: true)
  }
}

extension RequestPart.Line {
  /// A line, and what is derived of its cost.
  init(_ line: StoredLine, cost: Int64, catalog: Int64?, source: CostSource?) {
    let link = line.link
    self.init(
      action: link.action, model: link.route?.model ?? 0, outcome: link.outcome,
      failure: line.failure?.kind, outputTokens: link.usage.output, cost: cost,
      source: source, reported: link.reportedCost?.nanoUSD, catalog: catalog,
      step: line.decisionStep, reason: line.decisionReason ?? 0,
      budget: line.budget, startedAt: link.startedAt,
      tenant: link.context.attribution[AttributionField.tenant.index])
  }
}
