internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// What a request's own planned cost adds to the means that stand in for others.
struct PlanPart: Hashable {
  let day: Int64
  let month: Int64
  /// 0 for none.
  let workflow: Int64
  let model: Int64
  let planned: Money
}

/// Requests as they are derived from their attempts.
final class RequestTable {
  /// What the ledger last derived for a request.
  struct Previous {
    let month: Int64
    /// With the primary only if the lowest attempt states one.
    let context: Context
    let plan: PlanPart?

    var tenant: Int64 { context.attribution[AttributionField.tenant.index] }
  }

  private let find: RawStatement
  private let previous: RawStatement
  private let write: RawStatement
  /// Requests from this number on have not been written yet.
  private var firstUnwritten: Int64
  private var nextID: Int64
  /// Requests met since the last derivation.
  private var known: [Name: Int64] = [:]
  /// Requests that were written for the first time.
  private(set) var newCount = 0

  init(_ database: Database) throws {
    nextID = (try Int64.fetchOne(database, sql: "SELECT max(id) FROM request") ?? 0) + 1
    firstUnwritten = nextID
    find = try RawStatement(database, "SELECT id FROM request WHERE request_id = ?")
    previous = try RawStatement(
      database,
      """
      SELECT tenant_id, tier_id, user_id, application_id, feature_id, workflow_id, assistant_id,
        thread_id, session_id, environment_id, given_class,
        iif(primary_is_stated, primary_route_id, NULL), day, month, primary_model_id,
        own_planned_nano_usd
      FROM request WHERE id = ?
      """)
    let columns = """
      request_id, started_ms, day, month, tenant_id, tier_id, user_id, application_id, feature_id,
      workflow_id, assistant_id, thread_id, session_id, environment_id, given_class,
      primary_route_id, primary_is_stated, attribution_conflicts, effective_tier_id,
      traffic_class, primary_model_id, status, served_model_id, attempts, failed_attempts,
      unpriced_attempts, is_downgraded, is_ungraded, input_tokens, cached_input_tokens,
      cache_write_tokens, output_tokens, reasoning_tokens, cost_nano_usd, serving_cost_nano_usd,
      own_planned_nano_usd, revenue_nano_usd
      """
    let names = columns.split { $0 == "," || $0.isWhitespace }
    write = try RawStatement(
      database,
      """
      INSERT INTO request (id, \(columns)) VALUES (?\(String(repeating: ", ?", count: names.count)))
      ON CONFLICT (id) DO UPDATE SET \(names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")),
        fee_share_nano_usd = iif(
          tenant_id = excluded.tenant_id AND month = excluded.month, fee_share_nano_usd, 0)
      """)
  }

  /// Requests whose names are held in memory.
  var knownCount: Int { known.count }

  /// The number of a request; a new one gets the next.
  func id(_ name: Name) throws -> Int64 {
    if let id = known[name] { return id }
    find.add(name.text)
    var id = try find.step() ? find.int(0) : nil
    find.reset()
    if id == nil {
      id = nextID
      nextID += 1
    }
    known[name] = id
    return id ?? 0
  }

  /// Whether the table has no row of a request yet.
  func isUnwritten(_ id: Int64) -> Bool { id >= firstUnwritten }

  /// After a derivation the table has them all, and they are looked up there again.
  func didDerive() {
    known.removeAll(keepingCapacity: true)
    firstUnwritten = nextID
  }

  func previous(_ id: Int64, _ dimensions: Dimensions) throws -> Previous? {
    previous.add(id)
    defer { previous.reset() }
    guard try previous.step() else { return nil }
    let context = try AttemptTable.context(previous, from: 0, dimensions)
    let plan = previous.optionalInt(15).map {
      PlanPart(
        day: previous.int(12), month: previous.int(13),
        workflow: context.attribution[AttributionField.workflow.index],
        model: previous.int(14), planned: Money(nanoUSD: $0))
    }
    return Previous(month: previous.int(13), context: context, plan: plan)
  }

  /// Everything that is derived for a request and stored with it.
  struct Derived {
    let chain: Chain
    let figures: RequestFigures
    let trafficClass: TrafficClass?
    let effectiveTier: Int64?
    let revenue: Money
    let servedModel: Int64?
  }

  /// Writes a request; `name` is needed for a new one.
  func write(
    _ id: Int64, name: String, isNew: Bool, _ derived: Derived, primary: RouteKey,
    _ dimensions: Dimensions
  ) throws {
    if isNew { newCount += 1 }
    let chain = derived.chain
    let figures = derived.figures
    let day = chain.startedAt.day
    write.add(id)
    write.add(name)
    write.add(chain.startedAt.milliseconds)
    write.add(Int64(day.daysSince1970))
    write.add(Int64(day.month.monthsSince0))
    var context = chain.context
    context.primary = primary
    try AttemptTable.add(context, to: write, dimensions)
    write.add(chain.context.primary != nil)
    write.add(Int64(chain.attributionConflicts))
    write.add(derived.effectiveTier)
    write.add(derived.trafficClass.map(Code.of))
    write.add(primary.model)
    write.add(Code.of(chain.status))
    write.add(derived.servedModel)
    write.add(Int64(figures.attempts))
    write.add(Int64(figures.failedAttempts))
    write.add(Int64(figures.unpricedAttempts))
    write.add(figures.isDowngraded)
    write.add(figures.isUngraded)
    write.add(figures.usage.input)
    write.add(figures.usage.cachedInput)
    write.add(figures.usage.cacheWrite)
    write.add(figures.usage.output)
    write.add(figures.usage.reasoning)
    write.add(figures.cost.nanoUSD)
    write.add(figures.servingCost.nanoUSD)
    write.add(figures.ownPlannedCost?.nanoUSD)
    write.add(derived.revenue.nanoUSD)
    try write.run()
  }
}
