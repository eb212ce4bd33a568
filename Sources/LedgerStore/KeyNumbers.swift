/// Numbers rows of integers in the order in which they are first met.
struct KeyNumbers {
  /// How many integers a row has.
  private let width: Int
  /// The rows, one after the other.
  private(set) var keys: [Int64] = []
  private(set) var count = 0
  /// Places of rows, by hash; -1 where there is none.
  private var slots = Array(repeating: Int32(-1), count: 256)
  private var last = -1

  init(width: Int) { self.width = width }

  /// The integers of a row.
  func key(_ number: Int) -> ArraySlice<Int64> { keys[number * width..<(number + 1) * width] }

  mutating func number(_ key: [Int64]) -> Int32 {
    if last >= 0, isKey(last, key) { return Int32(last) }
    var slot = Self.hash(key) & (slots.count - 1)
    while slots[slot] >= 0 {
      if isKey(Int(slots[slot]), key) {
        last = Int(slots[slot])
        return slots[slot]
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    keys += key
    slots[slot] = Int32(count)
    last = count
    count += 1
    if 2 * count > slots.count { grow() }
    return Int32(last)
  }

  private func isKey(_ number: Int, _ key: [Int64]) -> Bool {
    let base = number * width
    for place in 0..<width where keys[base + place] != key[place] { return false }
    return true
  }

  private static func hash(_ key: some Sequence<Int64>) -> Int {
    var hash: UInt64 = 0
    for value in key {
      hash = (hash ^ UInt64(bitPattern: value)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    return Int(truncatingIfNeeded: hash >> 16)
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: 2 * slots.count)
    for number in 0..<count {
      var slot = Self.hash(key(number)) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
  }
}
