internal import GRDB
internal import Traffic
internal import Units

/// The requests of a ledger one by one, by their numbers.
final class StoredRequests {
  struct Row {
    let id: Int64
    let name: String
    /// What lines say that say nothing else.
    let context: Context
    /// In the order of ``StoredRequests/columns``.
    let columns: [Int64?]
  }

  /// All but the number, the name and the share of a fee, which hangs on other requests.
  static let columns = [
    "started_ms", "day", "month", "tenant_id", "tier_id", "user_id", "application_id",
    "feature_id", "workflow_id", "assistant_id", "thread_id", "session_id", "environment_id",
    "given_class", "primary_route_id", "primary_is_stated", "attribution_conflicts",
    "effective_tier_id", "traffic_class", "primary_model_id", "status", "served_model_id",
    "attempts", "failed_attempts", "unpriced_attempts", "is_downgraded", "is_ungraded",
    "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens",
    "reasoning_tokens", "cost_nano_usd", "serving_cost_nano_usd", "own_planned_nano_usd",
    "revenue_nano_usd", "catalog_attempts", "catalog_cost_nano_usd",
  ]

  private let rows: RawStatement

  init(_ database: Database) throws {
    rows = try RawStatement(
      database,
      """
      SELECT id, request_id, iif(primary_is_stated, primary_route_id, NULL),
        \(Self.columns.joined(separator: ", "))
      FROM request ORDER BY id
      """)
  }

  func next(_ dimensions: Dimensions) throws -> Row? {
    guard try rows.step() else { return nil }
    let first: Int32 = 3
    let columns = Self.columns.indices.map { rows.optionalInt(first + Int32($0)) }
    var context = Context()
    for field in AttributionField.allCases {
      context.attribution[field.index] = columns[3 + field.index] ?? 0
    }
    context.trafficClass = columns[13].flatMap { Code.word(TrafficClass.self, $0) }
    context.primary = try rows.optionalInt(2).map(dimensions.routeKey)
    return Row(id: rows.int(0), name: rows.text(1), context: context, columns: columns)
  }
}

/// The attempts of a ledger, request by request.
final class StoredAttempts {
  struct Line {
    let event: String
    let link: Link
    let position: Int64
    let index: Int64
    let hasOwnIndex: Bool
    let hasContextRow: Bool
    /// In the order of ``StoredAttempts/derivedColumns``.
    let derived: [Int64?]
  }

  /// As `AttemptCost.stored` has them.
  static let derivedColumns = [
    "catalog_cost_nano_usd", "cost_nano_usd", "cost_source", "list_nano_usd",
  ]

  private let rows: RawStatement
  private var hasRow: Bool

  init(_ database: Database) throws {
    rows = try RawStatement(
      database,
      """
      SELECT a.request_id, a.event_id, a.started_ms, a.action, a.route_id, a.outcome,
        a.input_tokens, a.cached_input_tokens, a.cache_write_tokens, a.output_tokens,
        a.reasoning_tokens, a.reported_cost_nano_usd, a.revenue_nano_usd, a.position, a.attempt,
        a.has_own_index, a.catalog_cost_nano_usd, a.cost_nano_usd, a.cost_source, c.attempt_id,
        c.tenant_id, c.tier_id, c.user_id, c.application_id, c.feature_id, c.workflow_id,
        c.assistant_id, c.thread_id, c.session_id, c.environment_id, c.given_class,
        c.primary_route_id, l.list_nano_usd, \(AttemptDetailTable.columns)
      FROM attempt a LEFT JOIN attempt_context c ON c.attempt_id = a.id
      LEFT JOIN attempt_list_cost l ON l.attempt_id = a.id
      LEFT JOIN attempt_detail d ON d.attempt_id = a.id
      ORDER BY a.request_id, a.position, a.event_id
      """)
    hasRow = try rows.step()
  }

  /// The lines of a request by their positions; requests must be asked for by rising number.
  func lines(of request: StoredRequests.Row, _ dimensions: Dimensions) throws -> [Line] {
    // Lines of no request are another check's to tell of.
    while hasRow, rows.int(0) < request.id { hasRow = try rows.step() }
    var lines: [Line] = []
    while hasRow, rows.int(0) == request.id {
      lines.append(try line(request.context, dimensions))
      hasRow = try rows.step()
    }
    return lines
  }

  private func line(_ shared: Context, _ dimensions: Dimensions) throws -> Line {
    let hasContextRow = rows.optionalInt(19) != nil
    let link = Link(
      startedAt: Timestamp(milliseconds: rows.int(2)),
      context: hasContextRow
        ? try AttemptTable.context(rows, from: 20, dimensions) : shared,
      action: Code.word(Action.self, rows.int(3)) ?? .model,
      route: try rows.optionalInt(4).map(dimensions.routeKey),
      pricedAs: AttemptDetailTable.pricedModel(rows, from: 33),
      outcome: rows.optionalInt(5).flatMap { Code.word(Outcome.self, $0) },
      usage: Usage(
        input: rows.int(6), cachedInput: rows.int(7), cacheWrite: rows.int(8),
        output: rows.int(9), reasoning: rows.int(10),
        detail: AttemptDetailTable.detail(rows, from: 33)),
      reportedCost: rows.optionalInt(11).map(Money.init(nanoUSD:)),
      revenue: rows.optionalInt(12).map(Money.init(nanoUSD:)))
    return Line(
      event: rows.text(1), link: link, position: rows.int(13), index: rows.int(14),
      hasOwnIndex: rows.int(15) == 1, hasContextRow: hasContextRow,
      derived: [16, 17, 18, 32].map { rows.optionalInt($0) })
  }
}
