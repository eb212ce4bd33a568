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
  private let stages: (before: [BudgetStage], after: [BudgetStage])
  private var before: BudgetLadder
  private var after: BudgetLadder
  /// The tenant's month, and how many stages were reached in it.
  private var month = -1
  private var reached: (before: UInt8, after: UInt8) = (0, 0)

  init(before: Policy?, after: Policy) {
    stages = (before?.stagesByThreshold ?? [], after.stagesByThreshold)
    self.before = before?.stageLadder ?? BudgetLadder([])
    self.after = after.stageLadder
  }

  /// Another tenant's requests follow.
  mutating func begin() { month = -1 }

  mutating func note(_ request: Trace.Request, _ book: TenantBook) {
    guard request.limitNanoUSD != Trace.noAmount else { return }
    if book.months != month {
      month = book.months
      reached = (0, 0)
    }
    let offset = request.spentOffsetNanoUSD
    let ranks = (
      before: before.rank(
        spentNanoUSD: book.recordedMonth &+ offset, limitNanoUSD: request.limitNanoUSD),
      after: after.rank(
        spentNanoUSD: book.monthSpend &+ offset, limitNanoUSD: request.limitNanoUSD)
    )
    if ranks.before > reached.before {
      for stage in stages.before[Int(reached.before)..<Int(ranks.before)] {
        note(request, stage) { $0.recorded = $0.recorded ?? request.day }
      }
      reached.before = ranks.before
    }
    if ranks.after > reached.after {
      for stage in stages.after[Int(reached.after)..<Int(ranks.after)] {
        note(request, stage) { $0.replayed = $0.replayed ?? request.day }
      }
      reached.after = ranks.after
    }
  }

  private mutating func note(
    _ request: Trace.Request, _ stage: BudgetStage, _ set: (inout Days) -> Void
  ) {
    let key = Key(tenant: request.tenant, month: request.day.month, stage: stage)
    set(&days[key, default: Days()])
  }

  mutating func add(_ other: Crossings) {
    days.merge(other.days) { own, _ in own }
  }
}

extension Policy {
  /// In the order of their thresholds.
  fileprivate var stagesByThreshold: [BudgetStage] {
    definition.stages.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
  }

  fileprivate var stageLadder: BudgetLadder { BudgetLadder(definition.stages.values.sorted()) }
}
