import Traffic

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

  /// The end of a request that is recorded whole.
  mutating func add(whole leaf: Leaf, revenue: Int64) {
    let way = leaf.way
    exact[leaf.status.place] &+= 1
    add(.attempts, way.attempts)
    add(.failedAttempts, way.failedAttempts)
    add(.unpricedAttempts, way.unpricedAttempts)
    if leaf.isDowngraded { add(.downgraded, 1) }
    if leaf.isUngraded { add(.ungraded, 1) }
    add(.inputTokens, way.input.exact)
    add(.cachedInputTokens, way.cachedInput.exact)
    add(.outputTokens, way.output.exact)
    add(.cost, way.cost.exact)
    if let serving = leaf.serving { add(.servingCost, serving.cost.exact) }
    if let planned = leaf.planned { add(.plannedServed, planned.exact) }
    add(Self.revenue(leaf.status), revenue)
  }

  /// The end of one of several ways.
  mutating func add(expected leaf: Leaf, revenue: Double) {
    let way = leaf.way
    let weight = way.weight
    expected[leaf.status.place] += weight
    add(.attempts, expected: weight * Double(way.attempts))
    add(.failedAttempts, expected: weight * Double(way.failedAttempts))
    add(.unpricedAttempts, expected: weight * Double(way.unpricedAttempts))
    if leaf.isDowngraded { add(.downgraded, expected: weight) }
    if leaf.isUngraded { add(.ungraded, expected: weight) }
    add(.inputTokens, expected: weight * way.input.value)
    add(.cachedInputTokens, expected: weight * way.cachedInput.value)
    add(.outputTokens, expected: weight * way.output.value)
    add(.cost, expected: weight * way.cost.value)
    if let serving = leaf.serving {
      add(.servingCost, expected: weight * serving.cost.value)
    }
    if let planned = leaf.planned { add(.plannedServed, expected: weight * planned.value) }
    add(Self.revenue(leaf.status), expected: revenue)
  }

  private static func revenue(_ status: RequestStatus) -> Sum {
    switch status {
    case .servedPrimary, .servedFallback, .servedCached, .servedDefault: .revenueServed
    case .deferred: .revenueDeferred
    case .rejected, .failed: .revenueLost
    }
  }
}
