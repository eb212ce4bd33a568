/// The measures of a replay, tenant by tenant.
struct TenantMeasures {
  private let bySlot: [(key: WalkSums.SlotKey, measures: ReplayedMeasures)]

  init(_ sums: WalkSums, _ trace: Trace) {
    let tallies = PlannedMeans(sums, trace).completed()
    bySlot = zip(sums.slotKeys, tallies).map { key, tally in
      (key, ReplayedMeasures.rounded([tally]).total)
    }
  }

  var ofAll: [Int32: ReplayedMeasures] { sums { _ in true } }

  /// Of one group's part.
  func ofSlot(_ slot: WalkSums.SlotKey) -> [Int32: ReplayedMeasures] {
    sums { $0.group == slot.group && $0.leaf == slot.leaf }
  }

  private func sums(where isMeant: (WalkSums.SlotKey) -> Bool) -> [Int32: ReplayedMeasures] {
    var sums: [Int32: ReplayedMeasures] = [:]
    for slot in bySlot where isMeant(slot.key) {
      sums[slot.key.tenant, default: .zero].add(slot.measures)
    }
    return sums
  }
}
