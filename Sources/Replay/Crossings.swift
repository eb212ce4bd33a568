package import PolicyEngine
import Traffic
package import Units

/// The days on which tenants first reached each stage of their month's budget, as recorded and as
/// replayed.
package struct Crossings: Sendable {
  package struct Key: Hashable, Sendable {
    package let tenant: Int32
    package let month: UTCMonth
    package let stage: BudgetStage
  }

  package struct Days: Hashable, Sendable {
    package var recorded: UTCDay?
    package var replayed: UTCDay?
  }

  package private(set) var days: [Key: Days] = [:]
  private let before: Policy?
  private let after: Policy

  init(before: Policy?, after: Policy) {
    self.before = before
    self.after = after
  }

  mutating func note(_ request: Trace.Request, _ book: TenantBook, _ rank: UInt8) {
    guard let limit = request.limit else { return }
    let offset = request.spentOffsetNanoUSD
    if let stage = before?.stage(
      at: book.recordedUtilisation(limit: limit, offsetNanoUSD: offset))
    {
      note(request, stage) { $0.recorded = $0.recorded ?? request.startedAt.day }
    }
    if rank > 0,
      let stage = after.stage(at: book.utilisation(limit: limit, offsetNanoUSD: offset))
    {
      note(request, stage) { $0.replayed = $0.replayed ?? request.startedAt.day }
    }
  }

  private mutating func note(
    _ request: Trace.Request, _ reached: BudgetStage, _ set: (inout Days) -> Void
  ) {
    for stage in BudgetStage.allCases where stage <= reached {
      let key = Key(
        tenant: request.tenant, month: request.startedAt.day.month, stage: stage)
      set(&days[key, default: Days()])
    }
  }

  mutating func add(_ other: Crossings) {
    days.merge(other.days) { own, _ in own }
  }
}
