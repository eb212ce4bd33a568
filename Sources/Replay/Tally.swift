/// The sums from which all summary measures follow, exact where nothing was estimated.
///
/// A whole request adds integers; a request that may have gone several ways adds each way by its
/// probability. Both are kept apart and only put together at the end, so that a replay which changes
/// nothing shows differences of exactly 0.
struct Tally: Sendable {
  enum Sum: Int, CaseIterable {
    // The first seven in the order of `RequestStatus`.
    case servedPrimary, servedFallback, servedCached, servedDefault, deferred, rejected, failed
    case attempts, failedAttempts, unpricedAttempts, downgraded, ungraded, unplanned
    case inputTokens, cachedInputTokens, outputTokens
    // Nano-USD.
    case cost, servingCost
    /// Of requests with a serving attempt, and of those without.
    case plannedServed, plannedUnserved
    case revenueServed, revenueLost, revenueDeferred

    var isMoney: Bool { rawValue >= Sum.cost.rawValue }
  }

  static let count = 23
  var exact = InlineArray<23, Int64>(repeating: 0)
  var expected = InlineArray<23, Double>(repeating: 0)

  mutating func add(_ sum: Sum, _ value: Int64) { exact[sum.rawValue] &+= value }
  mutating func add(_ sum: Sum, expected value: Double) { expected[sum.rawValue] += value }

  mutating func add(_ other: Tally) {
    for index in 0..<Self.count {
      exact[index] &+= other.exact[index]
      expected[index] += other.expected[index]
    }
  }

}
