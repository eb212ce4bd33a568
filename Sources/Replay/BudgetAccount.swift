import Pricing
import Traffic
import Units

/// What a tenant was allowed and had spent, as its requests come.
struct BudgetAccount {
  private let history: TenantHistory?
  private var clock: MonthClock
  private var noted = Trace.noAmount
  private var booked: Int64 = 0
  private var day: UTCDay?
  private var ofTerms: Int64?

  init(_ trace: TraceColumns, tenant: Int32) {
    history = trace.histories[Int(tenant)]
    clock = MonthClock(starts: trace.monthStarts[tenant])
  }

  /// The request's limit, and by how much what the log says was spent, ``Trace/noAmount`` where it does
  /// not, differs from what was booked.
  mutating func allowance(
    at time: Timestamp, stated: Int64, spent: Int64, cost: Int64
  ) -> (limitNanoUSD: Int64, spentOffsetNanoUSD: Int64) {
    if clock.turns(at: time) {
      noted = Trace.noAmount
      booked = 0
    }
    var limit = stated
    if limit != Trace.noAmount {
      noted = limit
    } else {
      if day != time.day {
        day = time.day
        ofTerms = history?.terms(on: time.day)?.monthlyBudget?.nanoUSD
      }
      limit = ofTerms ?? noted
    }
    let offset = spent == Trace.noAmount ? 0 : spent &- booked
    booked &+= cost
    return (limit, offset)
  }
}
