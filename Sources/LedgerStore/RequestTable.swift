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

  private let previous: RawStatement
  private let name: RawStatement
  private let insert: RawStatement
  private let update: RawStatement
  private let keys: KeyIndex
  private var nextID: Int64
  private var lastWritten: Int64
  /// Requests that were written for the first time.
  private(set) var newCount = 0

  init(_ database: Database) throws {
    nextID = (try Int64.fetchOne(database, sql: "SELECT max(id) FROM request") ?? 0) + 1
    lastWritten = nextID - 1
    keys = try KeyIndex(database, "request_key")
    name = try RawStatement(database, "SELECT request_id FROM request WHERE id = ?")
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
      id, started_ms, day, month, tenant_id, tier_id, user_id, application_id, feature_id,
      workflow_id, assistant_id, thread_id, session_id, environment_id, given_class,
      primary_route_id, primary_is_stated, attribution_conflicts, effective_tier_id,
      traffic_class, primary_model_id, status, served_model_id, attempts, failed_attempts,
      unpriced_attempts, is_downgraded, is_ungraded, input_tokens, cached_input_tokens,
      cache_write_tokens, output_tokens, reasoning_tokens, cost_nano_usd, serving_cost_nano_usd,
      own_planned_nano_usd, revenue_nano_usd, catalog_attempts, catalog_cost_nano_usd
      """.split { $0 == "," || $0.isWhitespace }
    insert = try RawStatement(
      database,
      """
      INSERT INTO request (\(columns.joined(separator: ", ")), request_id)
      VALUES (?\(String(repeating: ", ?", count: columns.count)))
      """)
    func parameter(_ column: Substring) -> String {
      "?\((columns.firstIndex(of: column) ?? 0) + 1)"
    }
    update = try RawStatement(
      database,
      """
      UPDATE request SET \(columns.dropFirst().map { "\($0) = \(parameter($0))" }
        .joined(separator: ", ")),
        fee_share_nano_usd = iif(tenant_id = \(parameter("tenant_id"))
          AND month = \(parameter("month")), fee_share_nano_usd, 0)
      WHERE id = ?1
      """)
  }

  /// The number of a request that the table has.
  func id(_ key: Int64, name text: ArraySlice<UInt8>) throws -> Int64? {
    try keys.row(key) { id in
      name.add(id)
      defer { name.reset() }
      return try name.step() && name.isText(0, text)
    }
  }

  /// The number of the next new request.
  func newID() -> Int64 {
    defer { nextID += 1 }
    return nextID
  }

  /// Whether the table has no row of a request yet; new ones are written in the order of their numbers.
  func isNew(_ id: Int64) -> Bool { id > lastWritten }

  /// For messages.
  func name(of id: Int64) throws -> String {
    name.add(id)
    defer { name.reset() }
    return try name.step() ? name.text(0) : "?"
  }

  /// Writes the keys of new requests, if there are `least`.
  func flush(least: Int) throws {
    if keys.freshCount >= least { try keys.flush() }
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

  /// A request's own id, for a new one.
  struct NewName {
    let text: ArraySlice<UInt8>
    let key: Int64
  }

  /// Writes a request, or what is derived of it anew.
  func write(
    _ id: Int64, new: NewName?, _ derived: Derived, primary: RouteKey, _ dimensions: Dimensions
  ) throws {
    let write = new == nil ? update : insert
    let chain = derived.chain
    let figures = derived.figures
    let day = chain.startedAt.day
    write.add(id)
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
    write.add(Int64(figures.catalogAttempts))
    write.add(figures.catalogCost.nanoUSD)
    if let new {
      write.add(text: new.text)
      keys.add(new.key, id)
      newCount += 1
      lastWritten = id
    }
    try write.run()
  }
}
