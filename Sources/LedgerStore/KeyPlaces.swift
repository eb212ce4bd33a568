internal import CLinux

/// Places in a list by 64-bit keys that are hashes already; a key may have several. In one stretch of
/// memory, to be filled and emptied over and over.
final class KeyPlaces {
  private struct Slot {
    var key: Int64 = 0
    /// From 1; 0 is free.
    var place: Int32 = 0
  }

  // One caller at a time, so no access needs a check of its own.
  @exclusivity(unchecked) private var slots: UnsafeMutablePointer<Slot>
  /// A power of two.
  @exclusivity(unchecked) private var slotCount = 1 << 10
  @exclusivity(unchecked) private var count = 0

  init() {
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(), count: slotCount)
  }

  deinit { slots.deallocate() }

  /// The first place under a key that `matches`, in the order in which they were added.
  func place(_ key: Int64, where matches: (Int) throws -> Bool) rethrows -> Int? {
    var at = start(of: key)
    while slots[at].place != 0 {
      if slots[at].key == key, try matches(Int(slots[at].place) - 1) {
        return Int(slots[at].place) - 1
      }
      at = (at + 1) & (slotCount - 1)
    }
    return nil
  }

  /// Has the place fetched where a key is looked for first.
  func prefetch(_ key: Int64) { fl_prefetch(slots + start(of: key)) }

  func add(_ key: Int64, _ place: Int) {
    if count * 2 >= slotCount { grow() }
    enter(Slot(key: key, place: Int32(place + 1)))
    count += 1
  }

  func removeAll() {
    slots.update(repeating: Slot(), count: slotCount)
    count = 0
  }

  private func start(of key: Int64) -> Int {
    Int(truncatingIfNeeded: UInt64(bitPattern: key) >> 20) & (slotCount - 1)
  }

  private func enter(_ slot: Slot) {
    var at = start(of: slot.key)
    while slots[at].place != 0 { at = (at + 1) & (slotCount - 1) }
    slots[at] = slot
  }

  private func grow() {
    let (old, oldCount) = (slots, slotCount)
    slotCount *= 4
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(), count: slotCount)
    // Those of one key stay in their order: a row of taken slots begins behind a free one.
    let first = (0..<oldCount).first { old[$0].place == 0 } ?? 0
    for step in 0..<oldCount {
      let slot = old[(first + step) & (oldCount - 1)]
      if slot.place != 0 { enter(slot) }
    }
    old.deallocate()
  }
}
