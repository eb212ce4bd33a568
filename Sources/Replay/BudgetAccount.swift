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

  mutating func allowance(_ note: TracePart.Note, _ row: TraceRow) -> Trace.Allowance {
    let time = Timestamp(milliseconds: row.startedMilliseconds)
    if clock.turns(at: time) {
      noted = Trace.noAmount
      booked = 0
    }
    var limit = note.limitNanoUSD
    if limit != Trace.noAmount {
      noted = limit
    } else {
      if day != time.day {
        day = time.day
        ofTerms = history?.terms(on: time.day)?.monthlyBudget?.nanoUSD
      }
      limit = ofTerms ?? noted
    }
    let spent = note.spentNanoUSD
    let offset = spent == Trace.noAmount ? 0 : spent &- booked
    booked &+= row.costNanoUSD
    return Trace.Allowance(limitNanoUSD: limit, spentOffsetNanoUSD: offset)
  }
}
