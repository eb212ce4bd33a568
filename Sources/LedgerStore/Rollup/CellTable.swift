/// The numbers by which a cell of a rollup is found; places that a rollup does not use are 0.
typealias CellKey = SIMD8<Int64>

/// What is added to a cell; values that a table does not have are 0.
typealias CellRow = InlineArray<32, Int64>

extension CellRow {
  static var zero: CellRow { CellRow(repeating: 0) }
}

/// Sums by key, as they change during a transaction: rows of as many numbers each, found by hashing.
struct CellTable {
  /// Numbers in a row.
  let width: Int
  private(set) var keys: [CellKey] = []
  private var values: [Int64] = []
  /// Places in `keys`, from 1; 0 is free. Its count is a power of two.
  private var slots = [Int32](repeating: 0, count: 64)
  /// Whether a sum left 64 bits.
  private(set) var isOutOfRange = false

  init(width: Int) { self.width = width }

  /// Adds a row to that of a key, or takes it off: `sign` is 1 or -1.
  mutating func add(_ key: CellKey, _ row: Span<Int64>, sign: Int64) {
    precondition(row.count >= width)
    let start = place(of: key) * width
    // All ones to take off: ones' complement and one more is the negative. Without branches, so that
    // several numbers are added at once; the sign bit of `overflow` tells of any sum that left 64 bits.
    let mask = sign >> 63
    var overflow: Int64 = 0
    let width = width
    values.withUnsafeMutableBufferPointer { values in
      row.withUnsafeBufferPointer { row in
        for index in 0..<width {
          let old = values[start &+ index]
          let added = (row[index] ^ mask) &- mask
          let sum = old &+ added
          values[start &+ index] = sum
          overflow |= (old ^ sum) & (added ^ sum)
        }
      }
    }
    if overflow < 0 { isOutOfRange = true }
  }

  /// The row of a key's place.
  func row(_ place: Int) -> ArraySlice<Int64> { values[place * width..<(place + 1) * width] }

  /// Notes that a number of a row did not fit.
  mutating func leaveRange() { isOutOfRange = true }

  mutating func removeAll() {
    keys.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    slots = [Int32](repeating: 0, count: slots.count)
    isOutOfRange = false
  }

  private mutating func place(of key: CellKey) -> Int {
    var slot = Self.hash(key) & (slots.count - 1)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if keys[place] == key { return place }
      slot = (slot + 1) & (slots.count - 1)
    }
    keys.append(key)
    values.append(contentsOf: repeatElement(0, count: width))
    slots[slot] = Int32(truncatingIfNeeded: keys.count)
    if keys.count * 2 > slots.count { grow() }
    return keys.count - 1
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 4)
    for (place, key) in keys.enumerated() {
      var slot = Self.hash(key) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(truncatingIfNeeded: place + 1)
    }
  }

  private static func hash(_ key: CellKey) -> Int {
    var hash: UInt64 = 0
    for lane in 0..<8 {
      hash = (hash ^ UInt64(bitPattern: key[lane])) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    return Int(truncatingIfNeeded: hash >> 1)
  }
}
