internal import Pricing
internal import Traffic

extension CellRow {
  /// What a request adds to its cells of `daily_sum`, by ``SumColumn``.
  init(measuresOf part: RequestPart) {
    self = .zero
    var calls: Int64 = 0
    var failures: Int64 = 0
    for line in part.lines {
      if line.isCall { calls += 1 }
      if line.isFailure { failures += 1 }
      if line.source == .catalog {
        self[.catalogAttempts] += 1
        // A damaged ledger may hold any number; verify must live to tell.
        self[.catalogCost] &+= line.cost
      }
    }
    self[.requests] = 1
    self[SumColumn.servedPrimary.rawValue + Int(Code.of(part.status))] = 1
    self[.attempts] = calls
    self[.failedAttempts] = failures
    self[.unpricedAttempts] = part.unpricedAttempts
    self[.downgraded] = part.isDowngraded ? 1 : 0
    self[.ungraded] = part.isUngraded ? 1 : 0
    self[.hit] = failures > 0 ? 1 : 0
    self[.rescued] = failures > 0 && part.status.isServed ? 1 : 0
    self[.inputTokens] = part.usage.input
    self[.cachedInputTokens] = part.usage.cachedInput
    self[.cacheWriteTokens] = part.usage.cacheWrite
    self[.outputTokens] = part.usage.output
    self[.reasoningTokens] = part.usage.reasoning
    self[.cost] = part.cost
    self[.servingCost] = part.servingCost
    self[.ownPlanned] = part.ownPlanned ?? 0
    switch part.status {
    case .servedPrimary, .servedFallback, .servedCached, .servedDefault:
      self[.servedRevenue] = part.revenue
    case .deferred: self[.deferredRevenue] = part.revenue
    case .rejected, .failed: self[.lostRevenue] = part.revenue
    }
    self[.fee] = part.fee
  }

  subscript(column: SumColumn) -> Int64 {
    get { self[column.rawValue] }
    set { self[column.rawValue] = newValue }
  }
}
