/// Values by four numbers, for tables that are asked at every line: found by a product, where a dictionary
/// guards itself against keys that were chosen to collide. Those here are the ledger's own numbers.
final class NumberTable<Value> {
  typealias Key = SIMD4<Int64>

  // One caller at a time, so no access needs a check of its own.
  @exclusivity(unchecked) private(set) var keys: [Key] = []
  /// In the order of ``keys``.
  @exclusivity(unchecked) private var values: [Value] = []
  /// Places in `keys`, from 1; 0 is free. Their count is a power of two.
  @exclusivity(unchecked) private var slots = [Int32](repeating: 0, count: 256)

  /// The value of a key, which is entered with a first value if it is new.
  @inline(__always)
  func update(_ key: Key, first: @autoclosure () -> Value, _ body: (inout Value) -> Void) {
    var slot = Self.hash(key) & (slots.count - 1)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if keys[place] == key { return body(&values[place]) }
      slot = (slot + 1) & (slots.count - 1)
    }
    var value = first()
    body(&value)
    keys.append(key)
    values.append(value)
    slots[slot] = Int32(keys.count)
    if keys.count * 2 > slots.count { spread() }
  }

  /// The value of a key, if it was entered.
  @inline(__always)
  subscript(key: Key) -> Value? {
    var slot = Self.hash(key) & (slots.count - 1)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if keys[place] == key { return values[place] }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// All keys and their values, in the order in which they came.
  func forEach(_ body: (Key, Value) throws -> Void) rethrows {
    for (key, value) in zip(keys, values) { try body(key, value) }
  }

  func removeAll() {
    guard !keys.isEmpty else { return }
    keys.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    slots = [Int32](repeating: 0, count: slots.count)
  }

  private func spread() {
    slots = [Int32](repeating: 0, count: slots.count * 4)
    for (place, key) in keys.enumerated() {
      var slot = Self.hash(key) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(place + 1)
    }
  }

  private static func hash(_ key: Key) -> Int {
    var hash: UInt64 = 0
    for lane in 0..<4 {
      hash = (hash &+ UInt64(bitPattern: key[lane])) &* 0x9E37_79B9_7F4A_7C15
    }
    return Int(truncatingIfNeeded: (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93 >> 24)
  }
}
