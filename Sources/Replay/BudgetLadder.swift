import Units

/// How many of some thresholds a month's spend has reached. A threshold of a limit is an amount: it is
/// found once for each limit, not by a division for each request.
struct BudgetLadder: Sendable {
  /// Rising.
  let ratios: [Ratio]
  private var limitNanoUSD = Trace.noAmount
  /// The least spend that reaches each threshold of the limit.
  private var amounts: [Int64]

  init(_ ratios: [Ratio]) {
    self.ratios = ratios
    amounts = ratios.map { _ in .max }
  }

  /// The limit is ``Trace/noAmount`` without one, which reaches nothing.
  mutating func rank(spentNanoUSD: Int64, limitNanoUSD limit: Int64) -> UInt8 {
    guard limit > 0, (ratios.first ?? .zero) > .zero else {
      return slowRank(spentNanoUSD, limit)
    }
    if limit != limitNanoUSD { set(limit) }
    var rank: UInt8 = 0
    for amount in amounts where spentNanoUSD >= amount { rank += 1 }
    return rank
  }

  private mutating func set(_ limit: Int64) {
    limitNanoUSD = limit
    for place in ratios.indices {
      // Dividing cuts towards zero, so a threshold is reached by the first spend at or above it.
      let product = Int128(ratios[place].billionths) * Int128(limit)
      amounts[place] = Int64(clamping: (product + 999_999_999) / 1_000_000_000)
    }
  }

  private func slowRank(_ spent: Int64, _ limit: Int64) -> UInt8 {
    guard limit != Trace.noAmount,
      let ratio = Ratio(Money(nanoUSD: spent), of: Money(nanoUSD: limit))
    else { return 0 }
    return UInt8(ratios.count { ratio >= $0 })
  }
}
