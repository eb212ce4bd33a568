internal import Units

/// What the served requests of a tenant's month have of its fee: at most two shares, a nano-dollar
/// apart, of which the larger are the first requests'.
struct FeeMarks {
  /// By start, then by the bytes of the id.
  struct Order: Comparable {
    let startedMilliseconds: Int64
    let name: [UInt8]

    static func < (left: Order, right: Order) -> Bool {
      left.startedMilliseconds != right.startedMilliseconds
        ? left.startedMilliseconds < right.startedMilliseconds
        : left.name.lexicographicallyPrecedes(right.name)
    }
  }

  private struct Share {
    let value: Int64
    var count: Int64
    var first: Order
    var last: Order
  }

  private var shares: [Share] = []
  /// There are more than two shares, so no fee was shared equally.
  private var isUneven = false

  mutating func add(_ value: Int64, at order: Order) {
    add(Share(value: value, count: 1, first: order, last: order))
  }

  mutating func add(_ other: FeeMarks) {
    if other.isUneven { isUneven = true }
    for share in other.shares { add(share) }
  }

  private mutating func add(_ share: Share) {
    guard let place = shares.firstIndex(where: { $0.value == share.value }) else {
      if shares.count < 2 { shares.append(share) } else { isUneven = true }
      return
    }
    shares[place].count += share.count
    shares[place].first = min(shares[place].first, share.first)
    shares[place].last = max(shares[place].last, share.last)
  }

  /// Whether they are the equal shares of `fee`, as ``EqualShares`` gives them.
  func isSharing(_ fee: Money) -> Bool {
    guard !isUneven else { return false }
    var rest = shares.reduce(0) { $0 + $1.count }
    var due = EqualShares(of: fee, over: rest)
    guard let first = shares.min(by: { $0.first < $1.first }) else { return true }
    guard first.value == due.next().nanoUSD else { return false }
    guard let second = shares.first(where: { $0.value != first.value }) else {
      // One value for all: nothing was left over.
      return fee.nanoUSD == first.value.multipliedReportingOverflow(by: rest).partialValue
    }
    let (share, left) = fee.nanoUSD.quotientAndRemainder(dividingBy: rest)
    rest -= first.count
    return second.value == share && left.magnitude == UInt64(first.count)
      && first.last < second.first
  }
}
