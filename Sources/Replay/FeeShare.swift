import Pricing
import Units

/// A tenant's monthly fee, shared over the requests served in the month (cli.md).
struct FeeShare {
  private struct Part {
    let slot: Int
    let weight: Double
    let isWhole: Bool
  }

  private let history: TenantHistory
  private var month: UTCMonth?
  private var parts: [Part] = []
  private var settled: [(slot: Int, amount: Spend)] = []

  init(_ history: TenantHistory) { self.history = history }

  /// Notes a served request; its slot is negative where it is not counted.
  mutating func add(_ request: Trace.Request, slot: Int, weight: Double, isWhole: Bool) {
    let own = request.day.month
    if own != month {
      settle()
      month = own
    }
    parts.append(Part(slot: slot, weight: weight, isWhole: isWhole))
  }

  mutating func finish(_ sums: inout WalkSums) {
    settle()
    for share in settled { sums.addRevenue(share.amount, slot: share.slot) }
  }

  private mutating func settle() {
    defer { parts.removeAll() }
    guard let month, let fee = history.fee(of: month), !parts.isEmpty else { return }
    if parts.allSatisfy(\.isWhole) {
      var shares = EqualShares(of: fee, over: Int64(parts.count))
      for part in parts {
        let share = shares.next()
        if part.slot >= 0 { settled.append((part.slot, Spend(exact: share.nanoUSD))) }
      }
    } else {
      let weight = parts.reduce(0) { $0 + $1.weight }
      for part in parts where part.slot >= 0 && weight > 0 {
        let share = Double(fee.nanoUSD) * part.weight / weight
        settled.append((part.slot, Spend(expected: share)))
      }
    }
  }
}
