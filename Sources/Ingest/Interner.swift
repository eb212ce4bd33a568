internal import Glibc
internal import LedgerStore

/// Numbers for names, from 1, by their bytes.
final class Interner {
  /// A name of at most 16 bytes is in `words`; of a longer one they are its key and where it stands in
  /// `text`.
  fileprivate struct Slot {
    var words: (UInt64, UInt64) = (0, 0)
    /// 0 where the slot is free.
    var number: Int32 = 0
    var count: Int32 = 0
  }

  /// By the lowest bits of a name's key or the next free slot.
  // One caller at a time, so no access needs a check of its own.
  @exclusivity(unchecked) private var slots: UnsafeMutablePointer<Slot>
  /// A power of two.
  @exclusivity(unchecked) private var slotCount = 64
  @exclusivity(unchecked) private var text: [UInt8] = []
  @exclusivity(unchecked) private(set) var count = 0

  init() {
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(), count: slotCount)
  }

  deinit { slots.deallocate() }

  private static let mostInSlot = 16

  /// Memory that the names take, about.
  var bytes: Int { text.count + slotCount * MemoryLayout<Slot>.stride }

  /// The number of a name, and whether it is new; `key` is its ``TextKey``.
  func number(of name: Span<UInt8>, key: Int64) -> (number: Int32, isNew: Bool) {
    let isShort = name.count <= Self.mostInSlot
    var words = isShort ? Self.words(name) : (UInt64(bitPattern: key), 0)
    let mask = slotCount - 1
    var place = Int(truncatingIfNeeded: key) & mask
    while true {
      let slot = slots[place]
      if slot.number == 0 { break }
      if slot.words.0 == words.0, Int(slot.count) == name.count,
        isShort ? slot.words.1 == words.1 : isText(at: Int(slot.words.1), name)
      {
        return (slot.number, false)
      }
      place = (place + 1) & mask
    }
    if !isShort {
      words.1 = UInt64(text.count)
      name.withUnsafeBufferPointer { text.append(contentsOf: $0) }
    }
    count += 1
    slots[place] = Slot(
      words: words, number: Int32(truncatingIfNeeded: count),
      count: Int32(truncatingIfNeeded: name.count))
    // Past five eighths the rows of taken slots grow long.
    if 8 * count > 5 * slotCount { grow() }
    return (Int32(truncatingIfNeeded: count), true)
  }

  /// The bytes of a name of at most 16, and zero bytes after them.
  @inline(__always)
  private static func words(_ name: Span<UInt8>) -> (UInt64, UInt64) {
    let raw = name.bytes
    let count = name.count
    func word(_ at: Int) -> UInt64 {
      UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
    }
    guard count < 8 else {
      // What the last eight bytes share with the first is shifted out; all of it, of eight.
      return (word(0), word(count - 8) >> UInt64(8 * (16 - count)))
    }
    var low: UInt64 = 0
    for at in 0..<count { low |= UInt64(name[at]) << UInt64(8 * at) }
    return (low, 0)
  }

  private func isText(at start: Int, _ name: Span<UInt8>) -> Bool {
    text.withUnsafeBytes { text in
      name.withUnsafeBytes { name in
        precondition(start >= 0 && start <= text.count - name.count)
        guard let first = text.baseAddress, let other = name.baseAddress else { return true }
        return memcmp(first + start, other, name.count) == 0
      }
    }
  }

  private func grow() {
    let old = UnsafeMutableBufferPointer(start: slots, count: slotCount)
    slotCount *= 2
    slots = LargeMemory.allocate(Slot.self, count: slotCount)
    slots.initialize(repeating: Slot(), count: slotCount)
    let mask = slotCount - 1
    defer { old.deallocate() }
    for slot in old where slot.number != 0 {
      var place = Int(truncatingIfNeeded: key(slot)) & mask
      while slots[place].number != 0 { place = (place + 1) & mask }
      slots[place] = slot
    }
  }

  private func key(_ slot: Slot) -> Int64 {
    guard slot.count <= Self.mostInSlot else { return Int64(bitPattern: slot.words.0) }
    return withUnsafeBytes(of: (slot.words.0.littleEndian, slot.words.1.littleEndian)) {
      TextKey.of($0.bindMemory(to: UInt8.self).span.extracting(first: Int(slot.count)))
    }
  }
}
