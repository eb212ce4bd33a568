internal import Pricing
internal import Traffic
internal import Units

/// A line of a request by the ledger's numbers: all that the ledger keeps of it.
struct StoredLine {
  /// The text of its event's id.
  var event: ArraySlice<UInt8>
  var contentHash: Int64
  var position: Int64
  /// The log's own index; nil where it has none.
  var index: Int64?
  var link: Link
  var route: Int64?
  var failure: Failure?
  var latencyMilliseconds: Int64?
  var budget: BudgetSnapshot
  var decisionStep: Int64?
  var decisionReason: Int64?
  var file: Int64
  var line: Int64

  /// events.md: by position; ties are broken by the bytes of the event ids.
  static func precedes(_ left: StoredLine, _ right: StoredLine) -> Bool {
    if left.position != right.position { return left.position < right.position }
    return left.event.lexicographicallyPrecedes(right.event)
  }
}

/// The columns that an attempt has wherever it is stored (schema 0001).
enum LineColumns {
  /// What most lines do not have comes last.
  static let names = [
    "content_hash", "event_id", "position", "own_index", "action", "route_id", "outcome",
    "latency_ms", "budget_limit_nano_usd", "budget_spent_nano_usd", "decision_step",
    "decision_reason_id", "file_id", "line", "cost_source", "prepaid_balance_nano_usd",
    "catalog_cost_nano_usd", "failure_kind", "failure_word", "http_status", "failure_message",
    "is_retry", "answered_model_id", "usage_detail", "priced_model_id", "list_cost_nano_usd",
  ]

  static func add(
    _ line: StoredLine, cost: AttemptCost, request: ArraySlice<UInt8>, to row: some RowSink
  ) {
    row.add(line.contentHash)
    row.add(eventID: line.event.span, request: request.span, position: line.position)
    row.add(line.position)
    row.add(line.index)
    row.add(Code.of(line.link.action))
    row.add(line.route)
    row.add(line.link.outcome.map(Code.of))
    row.add(line.latencyMilliseconds)
    row.add(line.budget.limit?.nanoUSD)
    row.add(line.budget.spent?.nanoUSD)
    row.add(line.decisionStep)
    row.add(line.decisionReason)
    row.add(line.file)
    row.add(line.line)
    row.add(cost.source.map(Code.of))
    row.add(line.budget.prepaidBalance?.nanoUSD)
    row.add(cost.catalog?.nanoUSD)
    if let failure = line.failure {
      row.add(Code.of(failure.kind))
      row.add(failure.word)
      row.add(failure.httpStatus)
      row.add(failure.message)
    } else {
      row.skip(4)
    }
    row.add(optional: line.link.isRetry ? 1 : 0)
    row.add(line.link.answeredAs)
    row.add(UsageDetailText.text(line.link.usage.detail))
    row.add(line.link.pricedAs)
    row.add(cost.list?.nanoUSD)
  }

  static func addNone(to row: some RowSink) { row.skip(Int32(names.count)) }

  /// Reads a line whose columns begin at `column`, and what was derived of it.
  static func read(
    _ row: RawStatement, from column: Int32, request: [UInt8], startedAt: Timestamp,
    context: Context, usage: Usage, cost: Int64, revenue: Int64?, _ dimensions: Dimensions
  ) throws -> DerivedLine {
    func money(_ offset: Int32) -> Money? {
      row.optionalInt(column + offset).map(Money.init(nanoUSD:))
    }
    let position = row.int(column + 2)
    var usage = usage
    usage.detail = UsageDetailText.detail(row.optionalText(column + 23))
    let route = row.optionalInt(column + 5)
    let source = row.optionalInt(column + 14)
    let failure = row.optionalInt(column + 17).map { kind in
      Failure(
        kind: Code.word(FailureKind.self, kind) ?? .unknown,
        word: row.optionalText(column + 18), httpStatus: row.optionalInt(column + 19),
        message: row.optionalText(column + 20))
    }
    var line = StoredLine(
      event: row.eventID(column + 1, request: request, position: position)[...],
      contentHash: row.int(column), position: position, index: row.optionalInt(column + 3),
      link: Link(
        startedAt: startedAt, context: context,
        action: Code.word(Action.self, row.int(column + 4)) ?? .model,
        route: try route.map(dimensions.routeKey), pricedAs: row.optionalInt(column + 24),
        outcome: row.optionalInt(column + 6).flatMap { Code.word(Outcome.self, $0) },
        usage: usage, reportedCost: source == 0 ? Money(nanoUSD: cost) : nil,
        revenue: revenue.map(Money.init(nanoUSD:))),
      route: route, failure: failure, latencyMilliseconds: row.optionalInt(column + 7),
      budget: BudgetSnapshot(limit: money(8), spent: money(9), prepaidBalance: money(15)),
      decisionStep: row.optionalInt(column + 10), decisionReason: row.optionalInt(column + 11),
      file: row.int(column + 12), line: row.int(column + 13))
    line.link.isRetry = row.int(column + 21) == 1
    line.link.answeredAs = row.optionalInt(column + 22)
    return DerivedLine(
      line: line,
      derived: [row.optionalInt(column + 16), cost, source, row.optionalInt(column + 25)])
  }
}

/// A stored line, and what is kept of what it cost.
struct DerivedLine {
  var line: StoredLine
  /// `catalog_cost_nano_usd`, `cost_nano_usd`, `cost_source` and `list_cost_nano_usd`.
  let derived: [Int64?]
  /// Whether it says otherwise of its request than the lowest attempt, in a row of its own.
  var hasOwnContext = false
  /// `request_day`, if it is stored in `stored_attempt`.
  var requestDay: Int64?
}

extension AttemptCost {
  /// As `catalog_cost_nano_usd`, `cost_nano_usd`, `cost_source` and `list_cost_nano_usd` keep it.
  var stored: [Int64?] { [catalog?.nanoUSD, amount.nanoUSD, source.map(Code.of), list?.nanoUSD] }
}
