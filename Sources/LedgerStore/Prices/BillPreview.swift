internal import GRDB
internal import Pricing
package import Traffic
package import Units

/// By how much a past month's bill would move if other prices had held all of it.
package struct BillPreview: Hashable, Sendable {
  package struct Part: Hashable, Sendable {
    /// At the prices in force, and at the others; by contract where one holds.
    package var before: Int128 = 0
    package var after: Int128 = 0
    package var attempts: Int64 = 0
    /// Of the attempts, those that nobody can price before, and can after.
    package var newlyPriced: Int64 = 0

    package var movement: Money { Money(nanoUSD: Int64(clamping: after - before)) }
  }

  package let month: UTCMonth
  /// Of the models whose price is another, as far as the month called them.
  package private(set) var parts: [ModelID: Part] = [:]

  /// Of all these models together.
  package var total: Part {
    parts.values.reduce(into: Part()) { sum, part in
      sum.before += part.before
      sum.after += part.after
      sum.attempts += part.attempts
      sum.newlyPriced += part.newlyPriced
    }
  }

  /// Prices every call of the month, also those whose cost the log reports: the provider's bill moves
  /// with them. Nil for a ledger without requests before `today`'s month and in it.
  static func of(
    _ prices: [ModelID: ModelPrice], _ database: Database, today: UTCDay
  ) throws -> BillPreview? {
    guard !prices.isEmpty, let month = try month(database, today: today) else { return nil }
    let dimensions = try Dimensions(database)
    let before = RateBook(try Rates(database), dimensions)
    var others = try PriceTable.histories(database)
    for (model, price) in prices { others[model] = PriceHistory([(PriceTable.beginning, price)]) }
    let after = RateBook(try Rates(database, prices: others), dimensions)
    var preview = BillPreview(month: month)
    let calls = try MonthCalls(database, month, dimensions)
    while let call = try calls.next() {
      for book in [before, after] { try book.learn([call.link], tenant: call.tenant) }
      let new = after.callPrice(of: call.link, tenant: call.tenant, on: call.day)
      let old = before.callPrice(of: call.link, tenant: call.tenant, on: call.day)
      guard new.paid != old.paid, let route = call.link.route, !call.link.usage.isEmpty else {
        continue
      }
      let was = old.paid?.cost(of: call.link.usage)
      let now = new.paid?.cost(of: call.link.usage)
      // A tier of service that neither of the two prices.
      guard was != nil || now != nil else { continue }
      var part = Part()
      part.before = Int128(was?.nanoUSD ?? 0)
      part.after = Int128(now?.nanoUSD ?? 0)
      part.attempts = 1
      part.newlyPriced = was == nil && now != nil ? 1 : 0
      preview.add(part, try dimensions.model(route.model))
    }
    return preview
  }

  private init(month: UTCMonth) { self.month = month }

  private mutating func add(_ part: Part, _ model: ModelID) {
    parts[model, default: Part()].before += part.before
    parts[model, default: Part()].after += part.after
    parts[model, default: Part()].attempts += part.attempts
    parts[model, default: Part()].newlyPriced += part.newlyPriced
  }

  /// The month before `today`'s, or where that has no requests the latest that has.
  private static func month(_ database: Database, today: UTCDay) throws -> UTCMonth? {
    let last = UTCMonth(monthsSince0: today.month.monthsSince0 - 1)
    let isKnown = try Bool.fetchOne(
      database,
      sql: "SELECT EXISTS (SELECT * FROM request WHERE day >= ? AND day < ?)",
      arguments: [last.firstDay.daysSince1970, last.next.firstDay.daysSince1970])
    if isKnown == true { return last }
    return try Int64.fetchOne(database, sql: "SELECT max(day) FROM request")
      .map { UTCDay(daysSince1970: Int($0)).month }
  }
}

/// The calls of a model in a month.
private final class MonthCalls {
  struct Call {
    let link: Link
    let tenant: Int64
    let day: UTCDay
  }

  private let rows: RawStatement
  private let dimensions: Dimensions

  init(_ database: Database, _ month: UTCMonth, _ dimensions: Dimensions) throws {
    self.dimensions = dimensions
    rows = try RawStatement(
      database,
      """
      SELECT q.started_ms, q.tenant_id, a.route_id, a.input_tokens, a.cached_input_tokens,
        a.cache_write_tokens, a.output_tokens, a.reasoning_tokens, a.usage_detail,
        a.priced_model_id
      FROM request q JOIN attempt a ON a.request_id = q.id
      WHERE q.day >= ? AND q.day < ? AND a.action = 0
      """)
    rows.add(Int64(month.firstDay.daysSince1970))
    rows.add(Int64(month.next.firstDay.daysSince1970))
  }

  func next() throws -> Call? {
    guard try rows.step() else { return nil }
    let startedAt = Timestamp(milliseconds: rows.int(0))
    let usage = Usage(
      input: rows.int(3), cachedInput: rows.int(4), cacheWrite: rows.int(5), output: rows.int(6),
      reasoning: rows.int(7), detail: UsageDetailText.detail(rows.optionalText(8)))
    let link = Link(
      startedAt: startedAt, context: Context(),
      route: try rows.optionalInt(2).map(dimensions.routeKey),
      pricedAs: rows.optionalInt(9), usage: usage)
    return Call(link: link, tenant: rows.int(1), day: startedAt.day)
  }
}
