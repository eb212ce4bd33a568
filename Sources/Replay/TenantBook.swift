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
    let estimate = min(9e18, max(-9e18, expected.rounded(.toNearestOrEven)))
    return Money(nanoUSD: Int64(clamping: Int128(exact) + Int128(estimate)))
  }
}

/// What one tenant has spent, replayed and recorded, as its requests are booked one by one: whole, when
/// they start, in the order of (start, request id).
struct TenantBook {
  private struct Session {
    var cost = Spend()
    var starts: [Int64] = []
  }

  private var month: UTCMonth?
  private var day: UTCDay?
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
  private var prepaid: (from: UTCDay, spent: Spend)?
  private let history: TenantHistory?
  private let guards: LoopLimits

  /// The loop guard of a policy, ``LoopLimits/none`` for most.
  struct LoopLimits {
    var requestsPerMinute: Int64?
    var costPerDay: Int64?
    var isNone: Bool { requestsPerMinute == nil && costPerDay == nil }
  }

  init(_ history: TenantHistory?, _ guards: LoopLimits, spendErrors: Double = 0) {
    self.spendErrors = spendErrors
    self.history = history
    self.guards = guards
  }

  mutating func advance(to time: Timestamp) {
    let today = time.day
    guard today != day else { return }
    day = today
    classDay = InlineArray(repeating: Spend())
    classVariance = InlineArray(repeating: 0)
    let minuteAgo = time.milliseconds - 60_000
    sessions = sessions.compactMapValues { session in
      let recent = session.starts.filter { $0 >= minuteAgo }
      return recent.isEmpty ? nil : Session(starts: recent)
    }
    guard today.month != month else { return }
    month = today.month
    recordedMonth = 0
    replayedMonth = Spend()
    monthVariance = 0
  }

  /// Of the month's limit, with what the log's account has beside the ledger's.
  func utilisation(limit: Money?, offsetNanoUSD: Int64) -> Ratio? {
    limit.flatMap {
      var spend = replayedMonth
      if spendErrors != 0 { spend.expected += spendErrors * monthVariance.squareRoot() }
      return Ratio(Money(nanoUSD: spend.money.nanoUSD &+ offsetNanoUSD), of: $0)
    }
  }

  /// As ``utilisation(limit:offsetNanoUSD:)``, where a line states what was spent.
  func utilisation(limit: Money?, stated: Money) -> Ratio? {
    utilisation(limit: limit, offsetNanoUSD: stated.nanoUSD &- recordedMonth)
  }

  func recordedUtilisation(limit: Money?, offsetNanoUSD: Int64) -> Ratio? {
    limit.flatMap { Ratio(Money(nanoUSD: recordedMonth &+ offsetNanoUSD), of: $0) }
  }

  /// By the balance that the log states, else by the tenants file's.
  func isPrepaidExhausted(stated: Money?) -> Bool {
    if let stated { return stated.nanoUSD &- moved.money.nanoUSD <= 0 }
    guard let day, let terms = history?.prepaid(on: day) else { return false }
    guard let prepaid, prepaid.from == terms.from else { return terms.balance <= .zero }
    return prepaid.spent.money >= terms.balance
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
    let known = sessions[session] ?? Session()
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
    if let day, let terms = history?.prepaid(on: day) {
      if prepaid?.from != terms.from { prepaid = (terms.from, Spend()) }
      prepaid?.spent.add(cost)
    }
    guard !guards.isNone, session != 0 else { return }
    let minuteAgo = time.milliseconds - 60_000
    sessions[session, default: Session()].cost.add(cost)
    sessions[session]?.starts.removeAll { $0 < minuteAgo }
    sessions[session]?.starts.append(time.milliseconds)
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
