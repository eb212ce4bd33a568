import Pricing
import Traffic
import Units

/// What a walk adds up, over some tenants. Parts are added in one order, whatever thread made them.
struct WalkSums {
  private(set) var tallies: [Tally] = []
  private(set) var variances: [InlineArray<29, Double>] = []
  private(set) var slots: [SlotKey: Int] = [:]
  private(set) var slotKeys: [SlotKey] = []
  private(set) var variance = InlineArray<29, Double>(repeating: 0)
  /// What recorded failures would come to had they not been, squared, in all and by slot.
  private(set) var flips = InlineArray<29, Double>(repeating: 0)
  private(set) var flipsOfSlots: [InlineArray<29, Double>] = []
  private(set) var plans: [Plan]
  private(set) var demands: [DemandKey: Demand] = [:]
  var grounded = Modelled()
  /// By model: calls that the log does not have.
  private(set) var modelled: [Modelled]
  private(set) var load: [Load: Double] = [:]
  /// Calls that the policy adds to the recorded ones, and that it does not make; only where limits hang
  /// on them.
  private(set) var changedCalls: [ChangedLoad.Change] = []
  /// Requests of which every call is recorded, and those of them that were served.
  private(set) var wholeRequests: Int64 = 0
  private(set) var wholeServed: Int64 = 0
  private(set) var requests: Int64 = 0
  /// How requests that ended one way in the log end in the replay, by places of `RequestStatus`.
  private(set) var transitions = InlineArray<49, Double>(repeating: 0)
  private(set) var changed: Int64 = 0
  private(set) var changes: [Change] = []
  static let mostChanges = 12

  private var lastSlot: (key: SlotKey, slot: Int)?

  /// `models` is how many the policy may call, those of the trace first.
  init(_ trace: Trace, models: Int) {
    plans = Array(repeating: Plan(), count: trace.planCells.count)
    modelled = Array(repeating: Modelled(), count: models)
  }

  mutating func slot(group: Int32, leaf: Int32, tenant: Int32) -> Int {
    let key = SlotKey(group: group, leaf: leaf, tenant: tenant)
    if let lastSlot, lastSlot.key == key { return lastSlot.slot }
    if let known = slots[key] {
      lastSlot = (key, known)
      return known
    }
    slots[key] = tallies.count
    slotKeys.append(key)
    tallies.append(Tally())
    variances.append(InlineArray(repeating: 0))
    flipsOfSlots.append(InlineArray(repeating: 0))
    return tallies.count - 1
  }

  mutating func add(
    _ leaf: Leaf, _ request: Trace.Request, _ slot: Int, _ moments: inout Moments
  ) {
    let way = leaf.way
    transitions[Int(request.status) * 7 + leaf.status.place] += way.weight
    if way.isWhole {
      add(whole: leaf, request, slot)
      if way.providerFailures > 0 { noteFlip(leaf, Double(request.revenue.nanoUSD), slot) }
    } else {
      add(expected: leaf, request, slot)
      moments.add(leaf, revenue: Double(request.revenue.nanoUSD))
    }
  }

  private mutating func add(whole leaf: Leaf, _ request: Trace.Request, _ slot: Int) {
    tallies[slot].add(whole: leaf, revenue: request.revenue.nanoUSD)
    if let planned = leaf.planned {
      plans[Int(request.planCell)].add(planned.exact)
    } else {
      let key = DemandKey(
        slot: Int32(slot), cell: request.planCell, isServed: leaf.serving != nil)
      demands[key, default: Demand()].exact += 1
    }
    wholeRequests += 1
    if leaf.status.isServed { wholeServed += 1 }
  }

  private mutating func add(expected leaf: Leaf, _ request: Trace.Request, _ slot: Int) {
    let way = leaf.way
    let cell = Int(request.planCell)
    tallies[slot].add(expected: leaf, revenue: way.weight * Double(request.revenue.nanoUSD))
    if let planned = leaf.planned {
      plans[cell].expected += way.weight * planned.value
      plans[cell].expectedCount += way.weight
    } else {
      let key = DemandKey(
        slot: Int32(slot), cell: request.planCell, isServed: leaf.serving != nil)
      demands[key, default: Demand()].expected += way.weight
    }
  }

  private mutating func noteFlip(_ leaf: Leaf, _ revenue: Double, _ slot: Int) {
    let squares = leaf.flipped(revenue: revenue)
    for index in 0..<29 {
      flips[index] += squares[index]
      flipsOfSlots[slot][index] += squares[index]
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
    plans[Int(request.planCell)].add(planned)
  }

  mutating func addRevenue(_ amount: Spend, slot: Int) {
    tallies[slot].add(.revenueServed, amount.exact)
    tallies[slot].add(.revenueServed, expected: amount.expected)
  }

  /// The models of calls that the log does not have.
  var modelledModels: [Int] { modelled.indices.filter { modelled[$0].attempts > 0 } }

  /// A call that the log has.
  mutating func noteRecorded(_ weight: Double, _ line: Trace.Line) {
    grounded.attempts += weight
    grounded.cost += weight * Double(line.cost.nanoUSD)
  }

  /// A request that goes as recorded.
  mutating func noteUnchanged() { requests += 1 }

  mutating func noteModelled(
    _ model: Int, _ weight: Double, _ cost: Double, _ bin: Int?, isStart: Bool
  ) {
    modelled[model].attempts += weight
    if isStart { modelled[model].starts += weight }
    modelled[model].cost += weight * cost
    if let bin { load[Load(model: Int32(model), bin: Int32(bin / 5)), default: 0] += weight }
  }

  mutating func noteChanged(_ calls: [ChangedLoad.Change]) { changedCalls += calls }

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
      for index in 0..<29 {
        variances[own][index] += other.variances[place][index]
        flipsOfSlots[own][index] += other.flipsOfSlots[place][index]
      }
    }
    for index in 0..<29 {
      variance[index] += other.variance[index]
      flips[index] += other.flips[index]
    }
    for cell in plans.indices { plans[cell].add(other.plans[cell]) }
    for (key, demand) in other.demands {
      let own = DemandKey(
        slot: places[Int(key.slot)], cell: key.cell, isServed: key.isServed)
      demands[own, default: Demand()].add(demand)
    }
    grounded.attempts += other.grounded.attempts
    grounded.cost += other.grounded.cost
    for (model, part) in other.modelled.enumerated() {
      modelled[model].attempts += part.attempts
      modelled[model].starts += part.starts
      modelled[model].cost += part.cost
    }
    for (key, weight) in other.load { load[key, default: 0] += weight }
    changedCalls += other.changedCalls
    wholeRequests += other.wholeRequests
    wholeServed += other.wholeServed
    requests += other.requests
    for index in 0..<49 { transitions[index] += other.transitions[index] }
    changed += other.changed
    changes += other.changes
    keepGreatest()
  }
}
