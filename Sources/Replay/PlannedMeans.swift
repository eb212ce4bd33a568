import Units

/// Puts means where a request shows no planned cost of its own (events.md, "Planned cost"): of the same
/// day, kind of work and primary, else of the same month and primary, else 0 and counted.
struct PlannedMeans {
  private let sums: WalkSums
  private let trace: Trace
  private let months: [WalkSums.Plan]

  init(_ sums: WalkSums, _ trace: Trace) {
    self.sums = sums
    self.trace = trace
    var months = trace.planMonths.map { _ in WalkSums.Plan() }
    for (cell, plan) in sums.plans.enumerated() {
      months[Int(trace.planCells[cell].month)].add(plan)
    }
    self.months = months
  }

  /// The tallies of all slots, complete.
  func completed() -> [Tally] {
    var tallies = sums.tallies
    let keys = sums.demands.keys.sorted {
      ($0.slot, $0.cell, $0.isServed ? 1 : 0) < ($1.slot, $1.cell, $1.isServed ? 1 : 0)
    }
    for key in keys {
      guard let demand = sums.demands[key] else { continue }
      add(demand, key, to: &tallies[Int(key.slot)])
    }
    return tallies
  }

  private func add(_ demand: WalkSums.Demand, _ key: WalkSums.DemandKey, to tally: inout Tally) {
    let sum: Tally.Sum = key.isServed ? .plannedServed : .plannedUnserved
    let cell = sums.plans[Int(key.cell)]
    let plan =
      cell.isEmpty ? months[Int(trace.planCells[Int(key.cell)].month)] : cell
    guard !plan.isEmpty else {
      tally.add(.unplanned, demand.exact)
      tally.add(.unplanned, expected: demand.expected)
      return
    }
    if plan.expectedCount == 0 {
      let mean = plan.exact.dividedHalfEven(by: Int128(plan.exactCount))
      tally.add(sum, Int64(clamping: mean * Int128(demand.exact)))
      tally.add(sum, expected: Double(mean) * demand.expected)
    } else {
      let mean =
        (Double(plan.exact) + plan.expected) / (Double(plan.exactCount) + plan.expectedCount)
      tally.add(sum, expected: mean * (Double(demand.exact) + demand.expected))
    }
  }
}

extension WalkSums.Plan {
  fileprivate var isEmpty: Bool { exactCount == 0 && expectedCount <= 1e-9 }
}
