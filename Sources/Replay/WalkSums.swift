import Pricing
import Traffic
import Units

/// What a walk adds up, over some tenants. Parts are added in one order, whatever thread made them.
struct WalkSums {
  /// Requests of which planned cost is a mean of others.
  struct Demand {
    var exact: Int64 = 0
    var expected = 0.0

    mutating func add(_ other: Demand) {
      exact &+= other.exact
      expected += other.expected
    }
  }

  struct DemandKey: Hashable {
    let slot: Int32
    let cell: Int32
    /// A fallback served, and the primary has no price.
    let isServed: Bool
  }

  struct SlotKey: Hashable {
    let group: Int32
    let leaf: Int32
    /// -1 where tenants are not kept apart.
    let tenant: Int32
  }

  /// Own planned costs of a cell.
  struct Plan {
    var exact: Int128 = 0
    var exactCount: Int64 = 0
    var expected = 0.0
    var expectedCount = 0.0

    mutating func add(_ other: Plan) {
      exact += other.exact
      exactCount += other.exactCount
      expected += other.expected
      expectedCount += other.expectedCount
    }
  }

  struct Modelled {
    var attempts = 0.0
    /// Of these, how many begin a request.
    var starts = 0.0
    var cost = 0.0
  }

  struct Load: Hashable {
    let model: Int32
    let bin: Int32
  }

  /// A request whose replayed cost or end is not the recorded one.
  struct Change {
    let request: Int
    let costDifference: Double
  }

  private(set) var tallies: [Tally] = []
  private(set) var variances: [InlineArray<29, Double>] = []
  private(set) var slots: [SlotKey: Int] = [:]
  private(set) var slotKeys: [SlotKey] = []
  private(set) var variance = InlineArray<29, Double>(repeating: 0)
  private(set) var plans: [Plan]
  private(set) var demands: [DemandKey: Demand] = [:]
  var grounded = Modelled()
  private(set) var modelled: [Int: Modelled] = [:]
  private(set) var load: [Load: Double] = [:]
  /// Requests of which every call is recorded, and those of them that were served.
  private(set) var wholeRequests: Int64 = 0
  private(set) var wholeServed: Int64 = 0
  private(set) var requests: Int64 = 0
  /// How requests that ended one way in the log end in the replay, by places of `RequestStatus`.
  private(set) var transitions = InlineArray<49, Double>(repeating: 0)
  private(set) var changed: Int64 = 0
  private(set) var changes: [Change] = []
  static let mostChanges = 12

  init(cells: Int, months: Int) { plans = Array(repeating: Plan(), count: cells) }

  mutating func slot(group: Int32, leaf: Int32, tenant: Int32) -> Int {
    let key = SlotKey(group: group, leaf: leaf, tenant: tenant)
    if let known = slots[key] { return known }
    slots[key] = tallies.count
    slotKeys.append(key)
    tallies.append(Tally())
    variances.append(InlineArray(repeating: 0))
    return tallies.count - 1
  }

  mutating func add(
    _ leaf: Leaf, _ request: Trace.Request, _ slot: Int, _ moments: inout Moments
  ) {
    let path = leaf.path
    transitions[Int(request.status) * 7 + leaf.status.place] += path.weight
    if path.isWhole {
      add(whole: leaf, request, slot)
    } else {
      add(expected: leaf, request, slot)
      moments.add(leaf, revenue: Double(request.revenue.nanoUSD))
    }
  }

  private mutating func add(whole leaf: Leaf, _ request: Trace.Request, _ slot: Int) {
    let path = leaf.path
    let revenue = request.revenue.nanoUSD
    let cell = Int(request.planCell)
    tallies[slot].exact[leaf.status.place] &+= 1
    tallies[slot].add(.attempts, path.attempts)
    tallies[slot].add(.failedAttempts, path.failedAttempts)
    tallies[slot].add(.unpricedAttempts, path.unpricedAttempts)
    if leaf.isDowngraded { tallies[slot].add(.downgraded, 1) }
    if leaf.isUngraded { tallies[slot].add(.ungraded, 1) }
    tallies[slot].add(.inputTokens, path.input.exact)
    tallies[slot].add(.cachedInputTokens, path.cachedInput.exact)
    tallies[slot].add(.outputTokens, path.output.exact)
    tallies[slot].add(.cost, path.cost.exact)
    if let serving = leaf.serving { tallies[slot].add(.servingCost, serving.cost.exact) }
    if let planned = leaf.planned {
      tallies[slot].add(.plannedServed, planned.exact)
      plans[cell].exact += Int128(planned.exact)
      plans[cell].exactCount += 1
    } else {
      let key = DemandKey(
        slot: Int32(slot), cell: request.planCell, isServed: leaf.serving != nil)
      demands[key, default: Demand()].exact += 1
    }
    switch leaf.status {
    case .servedPrimary, .servedFallback, .servedCached, .servedDefault:
      tallies[slot].add(.revenueServed, revenue)
    case .deferred: tallies[slot].add(.revenueDeferred, revenue)
    case .rejected, .failed: tallies[slot].add(.revenueLost, revenue)
    }
    wholeRequests += 1
    if leaf.status.isServed { wholeServed += 1 }
  }

  private mutating func add(expected leaf: Leaf, _ request: Trace.Request, _ slot: Int) {
    let path = leaf.path
    let weight = path.weight
    let revenue = weight * Double(request.revenue.nanoUSD)
    let cell = Int(request.planCell)
    tallies[slot].expected[leaf.status.place] += weight
    tallies[slot].add(.attempts, expected: weight * Double(path.attempts))
    tallies[slot].add(.failedAttempts, expected: weight * Double(path.failedAttempts))
    tallies[slot].add(.unpricedAttempts, expected: weight * Double(path.unpricedAttempts))
    if leaf.isDowngraded { tallies[slot].add(.downgraded, expected: weight) }
    if leaf.isUngraded { tallies[slot].add(.ungraded, expected: weight) }
    tallies[slot].add(.inputTokens, expected: weight * path.input.value)
    tallies[slot].add(.cachedInputTokens, expected: weight * path.cachedInput.value)
    tallies[slot].add(.outputTokens, expected: weight * path.output.value)
    tallies[slot].add(.cost, expected: weight * path.cost.value)
    if let serving = leaf.serving {
      tallies[slot].add(.servingCost, expected: weight * serving.cost.value)
    }
    if let planned = leaf.planned {
      tallies[slot].add(.plannedServed, expected: weight * planned.value)
      plans[cell].expected += weight * planned.value
      plans[cell].expectedCount += weight
    } else {
      let key = DemandKey(
        slot: Int32(slot), cell: request.planCell, isServed: leaf.serving != nil)
      demands[key, default: Demand()].expected += weight
    }
    switch leaf.status {
    case .servedPrimary, .servedFallback, .servedCached, .servedDefault:
      tallies[slot].add(.revenueServed, expected: revenue)
    case .deferred: tallies[slot].add(.revenueDeferred, expected: revenue)
    case .rejected, .failed: tallies[slot].add(.revenueLost, expected: revenue)
    }
  }

  mutating func add(_ moments: Moments, _ request: Trace.Request, _ slot: Int) {
    for index in 0..<29 {
      let own = moments.variance(index)
      variance[index] += own
      if slot >= 0 { variances[slot][index] += own }
    }
  }

  /// A request outside the period: only means of planned cost see it.
  mutating func addContext(_ request: Trace.Request, _ planned: Int64?) {
    guard let planned else { return }
    plans[Int(request.planCell)].exact += Int128(planned)
    plans[Int(request.planCell)].exactCount += 1
  }

  mutating func addRevenue(_ amount: Spend, slot: Int) {
    tallies[slot].add(.revenueServed, amount.exact)
    tallies[slot].add(.revenueServed, expected: amount.expected)
  }

  mutating func noteModelled(
    _ model: Int, _ weight: Double, _ cost: Double, _ bin: Int, isStart: Bool
  ) {
    modelled[model, default: Modelled()].attempts += weight
    if isStart { modelled[model, default: Modelled()].starts += weight }
    modelled[model, default: Modelled()].cost += weight * cost
    load[Load(model: Int32(model), bin: Int32(bin / 5)), default: 0] += weight
  }

  mutating func noteRequest(
    _ index: Int, recorded: Int64, cost: Spend, isWhole: Bool, isInStep: Bool
  ) {
    requests += 1
    guard !isWhole || !isInStep else { return }
    changed += 1
    let difference = cost.value - Double(recorded)
    changes.append(Change(request: index, costDifference: difference))
    if changes.count >= 4 * Self.mostChanges { keepGreatest() }
  }

  private mutating func keepGreatest() {
    changes.sort {
      (abs($1.costDifference), $0.request) < (abs($0.costDifference), $1.request)
    }
    changes = Array(changes.prefix(Self.mostChanges))
  }

  /// Adds the sums of other tenants.
  mutating func add(_ other: WalkSums) {
    var places: [Int32] = []
    for (place, key) in other.slotKeys.enumerated() {
      let own = slot(group: key.group, leaf: key.leaf, tenant: key.tenant)
      places.append(Int32(own))
      tallies[own].add(other.tallies[place])
      for index in 0..<29 { variances[own][index] += other.variances[place][index] }
    }
    for index in 0..<29 { variance[index] += other.variance[index] }
    for cell in plans.indices { plans[cell].add(other.plans[cell]) }
    for (key, demand) in other.demands {
      let own = DemandKey(
        slot: places[Int(key.slot)], cell: key.cell, isServed: key.isServed)
      demands[own, default: Demand()].add(demand)
    }
    grounded.attempts += other.grounded.attempts
    grounded.cost += other.grounded.cost
    for (model, part) in other.modelled {
      modelled[model, default: Modelled()].attempts += part.attempts
      modelled[model, default: Modelled()].starts += part.starts
      modelled[model, default: Modelled()].cost += part.cost
    }
    for (key, weight) in other.load { load[key, default: 0] += weight }
    wholeRequests += other.wholeRequests
    wholeServed += other.wholeServed
    requests += other.requests
    for index in 0..<49 { transitions[index] += other.transitions[index] }
    changed += other.changed
    changes += other.changes
    keepGreatest()
  }
}
