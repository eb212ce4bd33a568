/// A table of sums (schema 0005): what its rows are found by, and what they sum.
struct RollupShape: Sendable {
  let table: String
  let keys: [String]
  /// The first counts what the row is of: a row that counts nothing is none.
  let values: [String]

  /// Measures of requests, cut three ways: by workflow and class, tenant and tier, primary and served.
  static let sums = RollupShape(
    table: "daily_sum", keys: ["cut", "day", "a", "b"], values: SumColumn.allCases.map(\.name))

  /// Requests without a planned cost of their own, for which a mean stands in.
  static let standIns = RollupShape(
    table: "daily_stand_in",
    keys: [
      "day", "workflow_id", "traffic_class", "tenant_id", "tier_id", "primary_model_id",
      "served_model_id", "kind",
    ], values: ["requests"])

  /// Calls of models by how they ended.
  static let attempts = RollupShape(
    table: "daily_attempt", keys: ["day", "model_id", "result"],
    values: [
      "attempts", "cost_nano_usd", "followed", "misused", "misused_nano_usd", "unpriced",
      "compared",
      "reported_nano_usd", "catalog_nano_usd",
    ])

  /// Calls of providers by the hour in which their request started.
  static let hours = RollupShape(
    table: "hourly_attempt", keys: ["hour", "provider_id"],
    values: [
      "attempts", "failures", "failed_nano_usd", "followed", "misused", "misused_nano_usd",
    ])

  /// Requests that failed at first or fell back, by the kind of their first failure.
  static let fallbacks = RollupShape(
    table: "daily_fallback", keys: ["day", "workflow_id", "kind"],
    values: [
      "requests", "served", "wasted_nano_usd", "serving_nano_usd", "own_planned_nano_usd",
    ])

  /// Downgraded requests by what brought the lesser answer about.
  static let downgrades = RollupShape(
    table: "daily_downgrade", keys: ["day", "workflow_id", "traffic_class", "tier_id", "cause"],
    values: ["requests", "below_floor"])

  /// Requests by the hour in which they started, and what they lack of attribution.
  static let requests = RollupShape(
    table: "hourly_request", keys: ["hour"],
    values: [
      "requests", "downgraded", "without_tier", "without_user", "without_application",
      "without_feature", "without_workflow", "without_assistant", "without_thread",
      "without_session", "without_environment", "attribution_conflicts",
    ])

  static let all = [sums, standIns, attempts, hours, fallbacks, downgrades, requests]

  var columns: [String] { keys + values }

  /// The column of the time, in days or hours since 1970.
  var time: String { keys.contains("day") ? "day" : "hour" }

  /// The first value of ``time`` on a UTC day.
  func first(of day: Int64) -> Int64 { time == "day" ? day : day * 24 }
}

/// How `daily_sum` groups requests; raw values are its `cut`, and `a` and `b` what stands there.
enum SumCut: Int64, CaseIterable {
  /// `workflow_id` (0: none) and `traffic_class` (-1: none).
  case workflow = 1
  /// `tenant_id` and the effective tier (0: none).
  case tenant = 2
  /// The model asked for and the one that served (0: none).
  case model = 3
}

/// The columns that `daily_sum` sums, by their places in a row.
enum SumColumn: Int, CaseIterable {
  case requests
  // By the numbers of statuses.
  case servedPrimary, servedFallback, servedCached, servedDefault, deferred, rejected, failed
  case attempts, failedAttempts, unpricedAttempts, downgraded, ungraded
  /// Requests of which an attempt failed, and those of them that were served all the same.
  case hit, rescued
  case inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens
  case cost, servingCost
  /// Of the requests that have one; `daily_stand_in` has the others.
  case ownPlanned
  // Without the share of a fee, which served requests alone have.
  case servedRevenue, deferredRevenue, lostRevenue, fee
  /// Attempts that prices say the cost of, and that cost.
  case catalogAttempts, catalogCost

  /// In the table.
  var name: String {
    switch self {
    case .requests: "requests"
    case .servedPrimary: "served_primary"
    case .servedFallback: "served_fallback"
    case .servedCached: "served_cached"
    case .servedDefault: "served_default"
    case .deferred: "deferred"
    case .rejected: "rejected"
    case .failed: "failed"
    case .attempts: "attempts"
    case .failedAttempts: "failed_attempts"
    case .unpricedAttempts: "unpriced_attempts"
    case .downgraded: "downgraded"
    case .ungraded: "ungraded"
    case .hit: "hit"
    case .rescued: "rescued"
    case .inputTokens: "input_tokens"
    case .cachedInputTokens: "cached_input_tokens"
    case .cacheWriteTokens: "cache_write_tokens"
    case .outputTokens: "output_tokens"
    case .reasoningTokens: "reasoning_tokens"
    case .cost: "cost_nano_usd"
    case .servingCost: "serving_cost_nano_usd"
    case .ownPlanned: "own_planned_nano_usd"
    case .servedRevenue: "served_revenue_nano_usd"
    case .deferredRevenue: "deferred_revenue_nano_usd"
    case .lostRevenue: "lost_revenue_nano_usd"
    case .fee: "fee_nano_usd"
    case .catalogAttempts: "catalog_attempts"
    case .catalogCost: "catalog_cost_nano_usd"
    }
  }
}
