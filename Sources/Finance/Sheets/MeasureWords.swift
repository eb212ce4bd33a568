package import Pricing

extension CountMeasure {
  /// As a column of a sheet for people is headed.
  package var words: String {
    switch self {
    case .requests: "Requests"
    case .served: "Served requests"
    case .servedPrimary: "Served by primary"
    case .servedFallback: "Served by fallback"
    case .servedCached: "Served from cache"
    case .servedDefault: "Served by default answer"
    case .deferred: "Deferred requests"
    case .rejected: "Rejected requests"
    case .failed: "Failed requests"
    case .attempts: "Model calls"
    case .failedAttempts: "Failed model calls"
    case .unpricedAttempts: "Model calls without a price"
    case .downgraded: "Downgraded requests"
    case .ungraded: "Ungraded requests"
    case .unplanned: "Requests without a planned cost"
    case .inputTokens: "Input tokens"
    case .cachedInputTokens: "Cached input tokens"
    case .outputTokens: "Output tokens"
    }
  }
}

extension MoneyMeasure {
  /// As a column of a sheet for people is headed, without its unit.
  package var words: String {
    switch self {
    case .cost: "Cost"
    case .wasted: "Wasted cost"
    case .plannedCost: "Planned cost"
    case .revenue: "Revenue of served requests"
    case .plannedMargin: "Planned margin"
    case .lostRevenue: "Lost revenue"
    case .deferredRevenue: "Deferred revenue"
    case .retryWaste: "Retry waste"
    case .routePriceEffect: "Route price effect"
    case .avoidedCost: "Avoided cost"
    case .actualMargin: "Actual margin"
    }
  }
}
