import Pricing
import Traffic
import Units

/// An amount of which a part is only expected.
struct Spend {
  var exact: Int64 = 0
  var expected: Double = 0

  mutating func add(_ other: Spend) {
    exact &+= other.exact
    expected += other.expected
  }

  var value: Double { Double(exact) + expected }

  /// To the nearest nano-USD.
  var money: Money {
    if expected == 0 { return Money(nanoUSD: exact) }
    let estimate = min(9e18, max(-9e18, expected.rounded(.toNearestOrEven)))
    return Money(nanoUSD: Int64(clamping: Int128(exact) + Int128(estimate)))
  }
}

/// What one tenant has spent, replayed and recorded, as its requests are booked one by one: whole, when
/// they start, in the order of (start, request id).
struct TenantBook {
  private struct Session {
    var cost = Spend()
    /// Of the last minute.
    var starts: [Int64] = []

    mutating func note(_ own: Spend, at time: Int64, keepsStarts: Bool) {
      cost.add(own)
      guard keepsStarts else { return }
      if let first = starts.first, first < time - 60_000 {
        starts.removeAll { $0 < time - 60_000 }
      }
      starts.append(time)
    }
  }

  private var clock: MonthClock
  private var dayStart = Int64.max
  private var dayEnd = Int64.min
  /// How many months have begun.
  private(set) var months = 0
  private(set) var recordedMonth: Int64 = 0
  private(set) var replayedMonth = Spend()
  /// The variance of the month's replayed spend, in nano-USD².
  private var monthVariance = 0.0
  /// By how many standard errors the month's spend is taken to be off.
  private let spendErrors: Double
  private var classDay = InlineArray<5, Spend>(repeating: Spend())
  private var classVariance = InlineArray<5, Double>(repeating: 0)
  private var sessions: [Int32: Session] = [:]
  /// Replayed less recorded, since the trace begins.
  private var moved = Spend()
  /// What was paid in advance as of the day, and what was spent of it.
  private var prepaid: (from: UTCDay, balance: Money)?
  private var spentOfPrepaid = Spend()
  private let history: TenantHistory?
  private let guards: LoopLimits

  /// The loop guard of a policy, ``LoopLimits/none`` for most.
  struct LoopLimits {
    var requestsPerMinute: Int64?
    var costPerDay: Int64?
    var isNone: Bool { requestsPerMinute == nil && costPerDay == nil }
  }

  init(_ trace: Trace, tenant: Int32, _ guards: LoopLimits, spendErrors: Double = 0) {
    self.spendErrors = spendErrors
    self.guards = guards
    history = trace.histories[Int(tenant)]
    clock = MonthClock(starts: trace.monthStarts[tenant])
  }

  mutating func advance(to time: Timestamp) {
    if clock.turns(at: time) {
      months += 1
      recordedMonth = 0
      replayedMonth = Spend()
      monthVariance = 0
    }
    guard time.milliseconds < dayStart || time.milliseconds >= dayEnd else { return }
    let today = time.day
    dayStart = today.start.milliseconds
    dayEnd = today.advanced(by: 1).start.milliseconds
    classDay = InlineArray(repeating: Spend())
    classVariance = InlineArray(repeating: 0)
    let minuteAgo = time.milliseconds - 60_000
    sessions = sessions.compactMapValues { session in
      let recent = session.starts.filter { $0 >= minuteAgo }
      return recent.isEmpty ? nil : Session(starts: recent)
    }
    let paid = history?.prepaid(on: today)
    if paid?.from != prepaid?.from { spentOfPrepaid = Spend() }
    prepaid = paid
  }

  /// What the month has spent where its budget looks at it.
  var monthSpend: Int64 {
    guard spendErrors != 0 else { return replayedMonth.money.nanoUSD }
    var spend = replayedMonth
    spend.expected += spendErrors * monthVariance.squareRoot()
    return spend.money.nanoUSD
  }

  /// By the balance that the log states, else by what the tenants file and its payments left.
  func isPrepaidExhausted(stated: Money?) -> Bool {
    if let stated { return stated.nanoUSD &- moved.money.nanoUSD <= 0 }
    guard let prepaid else { return false }
    return spentOfPrepaid.money >= prepaid.balance
  }

  func isDailyBudgetSpent(_ trafficClass: TrafficClass, limitNanoUSD: Int64) -> Bool {
    guard limitNanoUSD != .max else { return false }
    var spend = classDay[trafficClass.place]
    let variance = classVariance[trafficClass.place]
    if spendErrors != 0 { spend.expected += spendErrors * variance.squareRoot() }
    return spend.money.nanoUSD >= limitNanoUSD
  }

  func isLooping(_ session: Int32, at time: Timestamp) -> Bool {
    guard !guards.isNone, session != 0 else { return false }
    guard let known = sessions[session] else { return false }
    if let limit = guards.requestsPerMinute {
      let recent = known.starts.count { $0 >= time.milliseconds - 60_000 }
      if Int64(recent) >= limit { return true }
    }
    return guards.costPerDay.map { known.cost.money.nanoUSD >= $0 } ?? false
  }

  mutating func book(
    _ cost: Spend, recorded: Int64, _ trafficClass: TrafficClass, session: Int32,
    at time: Timestamp, variance: Double = 0
  ) {
    monthVariance += variance
    recordedMonth &+= recorded
    replayedMonth.add(cost)
    classDay[trafficClass.place].add(cost)
    classVariance[trafficClass.place] += variance
    moved.add(cost)
    moved.exact &-= recorded
    if prepaid != nil { spentOfPrepaid.add(cost) }
    guard !guards.isNone, session != 0 else { return }
    sessions[session, default: Session()].note(
      cost, at: time.milliseconds, keepsStarts: guards.requestsPerMinute != nil)
  }
}

extension TrafficClass {
  /// Its place among all classes, from 0.
  var place: Int {
    switch self {
    case .criticalUserFacing: 0
    case .nonCriticalUserFacing: 1
    case .internalAutomation: 2
    case .batch: 3
    case .experiment: 4
    }
  }
}
