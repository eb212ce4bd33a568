package import Pricing
package import Units

/// The summary measures of a replay. Counts are in millionths, as they may be expected values; both
/// they and amounts are integers, so that what adds up on paper adds up here.
package struct ReplayedMeasures: Hashable, Sendable {
  /// In the order of `CountMeasure`.
  package private(set) var counts: [Int128]
  /// In the order of `MoneyMeasure`, in nano-USD.
  package private(set) var amounts: [Int128]

  package static let millionths: Int128 = 1_000_000

  init(_ sum: (Tally.Sum) -> Int128) {
    let served =
      sum(.servedPrimary) + sum(.servedFallback) + sum(.servedCached) + sum(.servedDefault)
    let all = served + sum(.deferred) + sum(.rejected) + sum(.failed)
    // Chances of one request add up to 1 but for their rounding.
    let requests = all.dividedHalfEven(by: Self.millionths) * Self.millionths
    counts = [
      requests, served, sum(.servedPrimary), sum(.servedFallback), sum(.servedCached),
      sum(.servedDefault), sum(.deferred), sum(.rejected), sum(.failed), sum(.attempts),
      sum(.failedAttempts), sum(.unpricedAttempts), sum(.downgraded), sum(.ungraded),
      sum(.unplanned), sum(.inputTokens), sum(.cachedInputTokens), sum(.outputTokens),
    ]
    let planned = sum(.plannedServed) + sum(.plannedUnserved)
    let wasted = sum(.cost) - sum(.servingCost)
    let revenue = sum(.revenueServed)
    let missed = sum(.revenueLost) + sum(.revenueDeferred)
    amounts = [
      sum(.cost), wasted, planned, revenue, revenue + missed - planned, -sum(.revenueLost),
      -sum(.revenueDeferred), -wasted, sum(.plannedServed) - sum(.servingCost),
      sum(.plannedUnserved), revenue - sum(.cost),
    ]
  }

  package static let zero = ReplayedMeasures { _ in 0 }

  mutating func add(_ other: ReplayedMeasures) {
    for place in counts.indices { counts[place] += other.counts[place] }
    for place in amounts.indices { amounts[place] += other.amounts[place] }
  }

  /// In millionths.
  package subscript(measure: CountMeasure) -> Int128 { counts[MeasureRow.place(measure)] }

  package subscript(measure: MoneyMeasure) -> Money {
    Money(nanoUSD: Int64(clamping: amounts[MeasureRow.place(measure) - counts.count]))
  }

  /// In the order of ``MeasureRow``: counts, and amounts in nano-USD.
  package func value(_ place: Int) -> Double {
    place < counts.count
      ? Double(counts[place]) / 1e6 : Double(amounts[place - counts.count])
  }

  /// Measures of groups that add up to those of all of them: each is the rounded sum so far less what
  /// the groups before it have.
  static func rounded(_ tallies: [Tally]) -> (groups: [ReplayedMeasures], total: ReplayedMeasures) {
    let sums = Tally.Sum.allCases
    var exact = sums.map { _ in Int128(0) }
    var expected = sums.map { _ in 0.0 }
    var done = sums.map { _ in Int128(0) }
    let groups = tallies.map { tally in
      var own = sums.map { _ in Int128(0) }
      for (place, sum) in sums.enumerated() {
        let scale = sum.isMoney ? 1 : millionths
        exact[place] += Int128(tally.exact[place]) * scale
        expected[place] += tally.expected[place] * Double(scale)
        let all = exact[place] + Int128(expected[place].rounded(.toNearestOrEven))
        own[place] = all - done[place]
        done[place] = all
      }
      return ReplayedMeasures { own[$0.rawValue] }
    }
    return (groups, ReplayedMeasures { done[$0.rawValue] })
  }
}
