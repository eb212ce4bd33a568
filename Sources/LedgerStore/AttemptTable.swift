internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// The lines of a gateway's log in the ledger.
final class AttemptTable {
  private let database: Database
  private let insert: RawStatement
  private let identity: RawStatement
  private let links: RawStatement
  private let update: RawStatement
  private let insertContext: RawStatement
  private let deleteContext: RawStatement
  private let details: AttemptDetailTable
  private let keys: KeyIndex
  private var nextID: Int64

  /// A stored line, as its request's derivation needs it.
  struct Stored {
    let id: Int64
    var link: Link
    let index: Int64
    let hasOwnIndex: Bool
    let hasContextRow: Bool
    /// What its `catalog_cost_nano_usd`, `cost_nano_usd`, `cost_source` and list cost say.
    let derived: [Int64?]
  }

  private static let contextColumns = """
    tenant_id, tier_id, user_id, application_id, feature_id, workflow_id, assistant_id, thread_id,
    session_id, environment_id, given_class, primary_route_id
    """

  init(_ database: Database) throws {
    self.database = database
    insert = try RawStatement(
      database,
      """
      INSERT INTO attempt (id, request_id, event_id, content_hash, position, attempt,
        has_own_index, started_ms, action, route_id, outcome, failure_kind, failure_word,
        http_status, failure_message, latency_ms, input_tokens, cached_input_tokens,
        cache_write_tokens, output_tokens, reasoning_tokens, reported_cost_nano_usd,
        revenue_nano_usd, budget_limit_nano_usd, budget_spent_nano_usd, prepaid_balance_nano_usd,
        decision_step, decision_reason_id, file_id, line, catalog_cost_nano_usd, cost_nano_usd,
        cost_source)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
        ?, ?, ?, ?)
      """)
    identity = try RawStatement(
      database, "SELECT event_id, content_hash FROM attempt WHERE id = ?")
    keys = try KeyIndex(database, "event_key")
    nextID = (try Int64.fetchOne(database, sql: "SELECT max(id) FROM attempt") ?? 0) + 1
    links = try RawStatement(
      database,
      """
      SELECT a.id, a.started_ms, a.action, a.route_id, a.outcome, a.input_tokens,
        a.cached_input_tokens, a.cache_write_tokens, a.output_tokens, a.reasoning_tokens,
        a.reported_cost_nano_usd, a.revenue_nano_usd, a.attempt, a.has_own_index,
        a.catalog_cost_nano_usd, a.cost_nano_usd, a.cost_source, c.attempt_id,
        c.tenant_id, c.tier_id, c.user_id, c.application_id, c.feature_id, c.workflow_id,
        c.assistant_id, c.thread_id, c.session_id, c.environment_id, c.given_class,
        c.primary_route_id, l.list_nano_usd, \(AttemptDetailTable.columns)
      FROM attempt a LEFT JOIN attempt_context c ON c.attempt_id = a.id
      LEFT JOIN attempt_list_cost l ON l.attempt_id = a.id
      LEFT JOIN attempt_detail d ON d.attempt_id = a.id
      WHERE a.request_id = ? ORDER BY a.position, a.event_id
      """)
    update = try RawStatement(
      database,
      """
      UPDATE attempt SET catalog_cost_nano_usd = ?, cost_nano_usd = ?, cost_source = ?, attempt = ?
      WHERE id = ?
      """)
    insertContext = try RawStatement(
      database,
      """
      INSERT OR REPLACE INTO attempt_context (attempt_id, \(Self.contextColumns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    deleteContext = try RawStatement(
      database, "DELETE FROM attempt_context WHERE attempt_id = ?")
    details = try AttemptDetailTable(database)
  }

  /// The content hash under which an event id is on record.
  func contentHash(_ key: Int64, event: ArraySlice<UInt8>) throws -> SIMD2<UInt64>? {
    var hash: SIMD2<UInt64>?
    _ = try keys.row(key) { id in
      identity.add(id)
      defer { identity.reset() }
      guard try identity.step(), identity.isText(0, event) else { return false }
      hash = identity.hash(1)
      return true
    }
    return hash
  }

  /// Enters a line that the ledger does not have; `place` is where it stands in its request if its log
  /// has no index.
  func enter(_ line: PendingLine, text: ArraySlice<UInt8>, cost: AttemptCost, place: Int)
    throws -> Int64
  {
    let id = nextID
    nextID += 1
    let event = line.event
    insert.add(id)
    insert.add(line.request)
    insert.add(text: text)
    insert.add(hash: event.contentHash)
    insert.add(event.position)
    insert.add(event.index ?? Int64(place))
    insert.add(event.index != nil)
    insert.add(event.startedAt.milliseconds)
    insert.add(Code.of(event.action))
    insert.add(line.route)
    insert.add(event.outcome.map(Code.of))
    insert.add(event.failure.map { Code.of($0.kind) })
    insert.add(event.failure?.word)
    insert.add(event.failure?.httpStatus)
    insert.add(event.failure?.message)
    insert.add(event.latencyMilliseconds)
    insert.add(event.usage.input)
    insert.add(event.usage.cachedInput)
    insert.add(event.usage.cacheWrite)
    insert.add(event.usage.output)
    insert.add(event.usage.reasoning)
    insert.add(event.reportedCost?.nanoUSD)
    insert.add(event.revenue?.nanoUSD)
    insert.add(event.budget.limit?.nanoUSD)
    insert.add(event.budget.spent?.nanoUSD)
    insert.add(event.budget.prepaidBalance?.nanoUSD)
    insert.add(event.decisionStep)
    insert.add(line.decisionReason)
    insert.add(line.file)
    insert.add(event.line)
    insert.add(cost.catalog?.nanoUSD)
    insert.add(cost.amount.nanoUSD)
    insert.add(cost.source.map(Code.of))
    try insert.run()
    try details.enter(id, event.usage.detail, pricedAs: line.link.pricedAs)
    try details.settle(id, list: cost.list, before: nil)
    keys.add(event.eventKey, id)
    return id
  }

  /// Writes the keys of new lines, if there are `least`.
  func flush(least: Int) throws {
    if keys.freshCount >= least { try keys.flush() }
  }

  /// The lines of a request in the order of their positions. Lines without a context of their own
  /// have the request's.
  func lines(of request: Int64, context: Context?, _ dimensions: Dimensions) throws -> [Stored] {
    var lines: [Stored] = []
    links.add(request)
    while try links.step() {
      let hasContextRow = links.optionalInt(17) != nil
      var own = context ?? Context()
      if hasContextRow { own = try Self.context(links, from: 18, dimensions) }
      let usage = Usage(
        input: links.int(5), cachedInput: links.int(6), cacheWrite: links.int(7),
        output: links.int(8), reasoning: links.int(9),
        detail: AttemptDetailTable.detail(links, from: 31))
      let link = Link(
        startedAt: Timestamp(milliseconds: links.int(1)), context: own,
        action: Code.word(Action.self, links.int(2)) ?? .model,
        route: try links.optionalInt(3).map(dimensions.routeKey),
        pricedAs: AttemptDetailTable.pricedModel(links, from: 31),
        outcome: links.optionalInt(4).flatMap { Code.word(Outcome.self, $0) }, usage: usage,
        reportedCost: links.optionalInt(10).map(Money.init(nanoUSD:)),
        revenue: links.optionalInt(11).map(Money.init(nanoUSD:)))
      lines.append(
        Stored(
          id: links.int(0), link: link, index: links.int(12), hasOwnIndex: links.int(13) == 1,
          hasContextRow: hasContextRow,
          derived: [14, 15, 16, 30].map { links.optionalInt($0) }))
    }
    return lines
  }

  /// Writes what follows from prices and from the attempt's place, if it is not what stands there.
  func settle(_ line: Stored, cost: AttemptCost, place: Int) throws {
    let derived = cost.stored
    let index = line.hasOwnIndex ? line.index : Int64(place)
    guard derived != line.derived || index != line.index else { return }
    try details.settle(line.id, list: cost.list, before: line.derived[3])
    for value in derived[..<3] { update.add(value) }
    update.add(index)
    update.add(line.id)
    try update.run()
  }

  /// Keeps a context of its own for a line.
  func enter(_ context: Context, of line: Int64, _ dimensions: Dimensions) throws {
    insertContext.add(line)
    try Self.add(context, to: insertContext, dimensions)
    try insertContext.run()
  }

  /// Keeps a line's own context where it is not the request's.
  func settle(_ line: Stored, differs: Bool, isNew: Bool, _ dimensions: Dimensions) throws {
    if differs, isNew || !line.hasContextRow {
      try enter(line.link.context, of: line.id, dimensions)
    } else if !differs, line.hasContextRow {
      deleteContext.add(line.id)
      try deleteContext.run()
    }
  }

  // MARK: contexts

  /// Reads the twelve columns of a context.
  static func context(
    _ row: RawStatement, from column: Int32, _ dimensions: Dimensions
  ) throws -> Context {
    var context = Context()
    for field in AttributionField.allCases {
      context.attribution[field.index] = row.int(column + Int32(field.index))
    }
    context.trafficClass = row.optionalInt(column + 10).flatMap {
      Code.word(TrafficClass.self, $0)
    }
    context.primary = try row.optionalInt(column + 11).map(dimensions.routeKey)
    return context
  }

  /// Binds the twelve columns of a context.
  static func add(
    _ context: Context, to statement: RawStatement, _ dimensions: Dimensions
  ) throws {
    for field in AttributionField.allCases {
      let id = context.attribution[field.index]
      statement.add(id == 0 ? nil : id)
    }
    statement.add(context.trafficClass.map(Code.of))
    statement.add(try context.primary.map(dimensions.routeID))
  }
}

extension AttemptCost {
  /// As `catalog_cost_nano_usd`, `cost_nano_usd`, `cost_source` and `attempt_list_cost` keep it.
  var stored: [Int64?] { [catalog?.nanoUSD, amount.nanoUSD, source.map(Code.of), list?.nanoUSD] }
}
