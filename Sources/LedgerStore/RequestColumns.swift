internal import Pricing
internal import Traffic
internal import Units

/// The columns in which what is derived of a request is stored (schema 0001).
enum RequestColumns {
  /// Without the attempt's, the share of a fee, and the text of the id.
  static let names =
    ["started_ms"] + ContextColumns.names + [
      "primary_is_stated", "attribution_conflicts", "terms_tier_id", "policy_class",
      "primary_model_id", "status", "served_model_id", "attempts", "failed_attempts",
      "unpriced_attempts", "is_downgraded", "is_ungraded", "input_tokens", "cached_input_tokens",
      "cache_write_tokens", "output_tokens", "reasoning_tokens", "cost_nano_usd",
      "wasted_nano_usd", "premium_nano_usd", "event_revenue_nano_usd", "terms_revenue_nano_usd",
      "catalog_attempts", "catalog_part_nano_usd",
    ]

  /// Of ``names`` those of texts.
  private static let areTexts = {
    let texts = Set(AttributionField.unbounded.map { $0.table + "_id" })
    return names.map(texts.contains)
  }()

  /// ``names`` from a column on; of a text 1 says that it is there.
  static func read(_ row: RawStatement, from column: Int32) -> [Int64?] {
    areTexts.enumerated().map { place, isText in
      let place = column + Int32(place)
      return isText ? row.isNull(place) ? nil : 1 : row.optionalInt(place)
    }
  }

  /// ``names`` as a request's would be written, as ``read(_:from:)`` has them.
  static func values(_ derived: RequestTable.Derived, _ dimensions: Dimensions) throws -> [Int64?] {
    let values = ColumnValues()
    try add(derived, to: values, dimensions)
    return values.values
  }

  /// Binds ``names``.
  static func add(
    _ derived: RequestTable.Derived, to row: some ColumnSink, _ dimensions: Dimensions
  ) throws {
    let chain = derived.chain
    let figures = derived.figures
    row.add(chain.startedAt.milliseconds)
    var context = chain.context
    context.primary = derived.primary
    try ContextColumns.add(context, to: row, dimensions)
    row.add(chain.context.primary != nil)
    row.add(Int64(chain.attributionConflicts))
    row.add(derived.termsTier)
    row.add(derived.policyClass.map(Code.of))
    row.add(derived.primary.model)
    row.add(Code.of(chain.status))
    row.add(derived.servedModel)
    row.add(Int64(figures.attempts))
    row.add(Int64(figures.failedAttempts))
    row.add(Int64(figures.unpricedAttempts))
    row.add(figures.isDowngraded)
    row.add(figures.isUngraded)
    row.add(figures.usage.input)
    row.add(figures.usage.cachedInput)
    row.add(figures.usage.cacheWrite)
    row.add(figures.usage.output)
    row.add(figures.usage.reasoning)
    row.add(figures.cost.nanoUSD)
    row.add(figures.cost.nanoUSD - figures.servingCost.nanoUSD)
    row.add(figures.ownPlannedCost.map { figures.servingCost.nanoUSD - $0.nanoUSD })
    row.add(chain.revenue?.nanoUSD)
    row.add(derived.termsRevenue?.nanoUSD)
    let isSeveral = figures.attemptCosts.count > 1
    row.add(isSeveral ? Int64(figures.catalogAttempts) : nil)
    row.add(isSeveral ? figures.catalogCost.nanoUSD : nil)
  }
}

/// A place in ``RequestColumns/names``.
struct StoredColumn {
  let place: Int

  private init(_ name: String) {
    guard let place = RequestColumns.names.firstIndex(of: name) else {
      preconditionFailure("stored_request is written without \(name)")
    }
    self.place = place
  }

  static let startedAt = StoredColumn("started_ms")
  static let primaryIsStated = StoredColumn("primary_is_stated")
  static let primaryModel = StoredColumn("primary_model_id")
  static let input = StoredColumn("input_tokens")
  static let cachedInput = StoredColumn("cached_input_tokens")
  static let cacheWrite = StoredColumn("cache_write_tokens")
  static let output = StoredColumn("output_tokens")
  static let reasoning = StoredColumn("reasoning_tokens")
  static let cost = StoredColumn("cost_nano_usd")
  static let wasted = StoredColumn("wasted_nano_usd")
  static let premium = StoredColumn("premium_nano_usd")
  static let eventRevenue = StoredColumn("event_revenue_nano_usd")
  static let policyClass = StoredColumn("policy_class")
  static let termsTier = StoredColumn("terms_tier_id")
  static let servedModel = StoredColumn("served_model_id")
  static let status = StoredColumn("status")
  static let unpricedAttempts = StoredColumn("unpriced_attempts")
  static let isDowngraded = StoredColumn("is_downgraded")
  static let isUngraded = StoredColumn("is_ungraded")
  static let termsRevenue = StoredColumn("terms_revenue_nano_usd")
  static let attributionConflicts = StoredColumn("attribution_conflicts")
}
