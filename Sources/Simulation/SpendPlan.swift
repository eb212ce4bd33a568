import Pricing
import Traffic
import Units

/// What the company expects to spend if nothing fails: the measure for tenants' budgets.
struct SpendPlan {
  /// In the month of which the world has most, in nano-USD.
  private let month: Int128

  /// `prices` are those of the workflows' primaries, in the same order.
  init(
    _ workflows: [Workflow], prices: [ModelPrice?], requests: Int, firstDay: UTCDay, days: Int
  ) {
    var cost: Int128 = 0
    var calls: Int128 = 0
    for (workflow, price) in zip(workflows, prices) {
      // Twice the mean number of turns, to stay among integers.
      let weight = Int128(workflow.weight * (workflow.turns.lowerBound + workflow.turns.upperBound))
      let mean = SeededGenerator.meanSizePermille
      let usage = Usage(
        input: Int64(workflow.inputTokens * mean / 1000),
        output: Int64(workflow.outputTokens * mean / 1000))
      cost += weight * Int128(price?.cost(of: usage)?.nanoUSD ?? 0)
      calls += weight
    }
    var inMonth: [UTCMonth: Int] = [:]
    for day in 0..<days { inMonth[firstDay.advanced(by: day).month, default: 0] += 1 }
    let most = inMonth.values.max() ?? days
    month = cost * Int128(requests) * Int128(most) / (calls * Int128(days))
  }

  /// A share of the plan in whole cents, at least one.
  func budget(percent: Int, weight: Int, of sum: Int) -> Money {
    let nano = month * Int128(percent) * Int128(weight) / (100 * Int128(sum))
    let cent: Int128 = 10_000_000
    let cents = min(max(nano / cent, 1), Int128(Int64.max) / cent)
    return Money(nanoUSD: Int64(cents * cent))
  }
}
