import Pricing

extension CountMeasure {
  /// For the head of a column.
  var title: String {
    switch self {
    case .requests: "Requests"
    case .served: "Served"
    case .servedPrimary: "Served by primary"
    case .servedFallback: "Served by fallback"
    case .servedCached: "Served from cache"
    case .servedDefault: "Served a default"
    case .deferred: "Deferred"
    case .rejected: "Rejected"
    case .failed: "Failed"
    case .attempts: "Attempts"
    case .failedAttempts: "Failed attempts"
    case .unpricedAttempts: "Unpriced attempts"
    case .downgraded: "Downgraded"
    case .ungraded: "Ungraded"
    case .unplanned: "Unplanned"
    case .inputTokens: "Input tokens"
    case .cachedInputTokens: "Cached input tokens"
    case .outputTokens: "Output tokens"
    }
  }

  /// The counts that divide the requests among them, in the order of their statuses.
  static let endings: [CountMeasure] = [
    .servedPrimary, .servedFallback, .servedCached, .servedDefault, .deferred, .rejected, .failed,
  ]
}

extension MoneyMeasure {
  /// For the head of a column.
  var title: String {
    switch self {
    case .cost: "Cost"
    case .wasted: "Wasted"
    case .plannedCost: "Planned cost"
    case .revenue: "Revenue"
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

extension GroupField {
  /// For the head of a column.
  var title: String {
    switch self {
    case .tenant: "Tenant"
    case .tier: "Tier"
    case .user: "User"
    case .application: "Application"
    case .feature: "Feature"
    case .workflow: "Workflow"
    case .assistant: "Assistant"
    case .thread: "Thread"
    case .session: "Session"
    case .environment: "Environment"
    case .trafficClass: "Traffic class"
    case .primary: "Primary"
    case .servedBy: "Served by"
    case .status: "Status"
    case .day: "Day"
    case .month: "Month"
    }
  }

  /// Whether the order of its values means something.
  var isTime: Bool {
    switch self {
    case .day, .month: true
    case .tenant, .tier, .user, .application, .feature, .workflow, .assistant, .thread, .session,
      .environment, .trafficClass, .primary, .servedBy, .status:
      false
    }
  }
}
