/// The numbers by which a cell of a rollup is found; places that a rollup does not use are 0.
typealias CellKey = SIMD8<Int64>

/// What is added to a cell; values that a table does not have are 0.
typealias CellRow = InlineArray<32, Int64>

/// The same for the tables of few values: less to clear for each row.
typealias NarrowRow = InlineArray<12, Int64>

extension InlineArray where Element == Int64 {
  static var zero: Self { Self(repeating: 0) }
}

/// Sums by key, as they change during a transaction: rows of as many numbers each, found by hashing.
final class CellTable {
  /// Numbers in a row.
  let width: Int
  // One caller adds at a time, so no access needs a check of its own.
  @exclusivity(unchecked) private(set) var keys: [CellKey] = []
  /// The rows one after the other, of which there is room for `room`: an array would be asked for its
  /// owners at every row.
  @exclusivity(unchecked) private var values: UnsafeMutablePointer<Int64>
  @exclusivity(unchecked) private var room = 64
  /// Places in `keys`, from 1; 0 is free. Their count is a power of two.
  @exclusivity(unchecked) private var slots: UnsafeMutablePointer<Int32>
  @exclusivity(unchecked) private var slotCount = 256
  /// Whether a sum left 64 bits.
  @exclusivity(unchecked) private(set) var isOutOfRange = false

  init(width: Int) {
    self.width = width
    values = .allocate(capacity: room * width)
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: 0, count: slotCount)
  }

  deinit {
    values.deallocate()
    slots.deallocate()
  }

  /// Adds a row to that of a key, or takes it off: `sign` is 1 or -1.
  func add(_ key: CellKey, _ row: Span<Int64>, sign: Int64) {
    precondition(row.count >= width)
    // The place first: to make one may move the rows.
    let place = place(of: key)
    let sums = values + place * width
    // All ones to take off: ones' complement and one more is the negative. Without branches, so that
    // several numbers are added at once; the sign bit of `overflow` tells of any sum that left 64 bits.
    let mask = sign >> 63
    var overflow: Int64 = 0
    let width = width
    row.withUnsafeBufferPointer { row in
      for index in 0..<width {
        let old = sums[index]
        let added = (row[index] ^ mask) &- mask
        let sum = old &+ added
        sums[index] = sum
        overflow |= (old ^ sum) & (added ^ sum)
      }
    }
    if overflow < 0 { isOutOfRange = true }
  }

  /// The row of a key's place, until something is added.
  func row(_ place: Int) -> UnsafeBufferPointer<Int64> {
    precondition(keys.indices.contains(place))
    return UnsafeBufferPointer(start: values + place * width, count: width)
  }

  /// Notes that a number of a row did not fit.
  func leaveRange() { isOutOfRange = true }

  func removeAll() {
    keys.removeAll(keepingCapacity: true)
    slots.update(repeating: 0, count: slotCount)
    isOutOfRange = false
  }

  private func place(of key: CellKey) -> Int {
    var slot = Self.hash(key) & (slotCount - 1)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if keys[place] == key { return place }
      slot = (slot + 1) & (slotCount - 1)
    }
    if keys.count == room { makeRoom() }
    (values + keys.count * width).initialize(repeating: 0, count: width)
    keys.append(key)
    slots[slot] = Int32(truncatingIfNeeded: keys.count)
    if keys.count * 2 > slotCount { spread() }
    return keys.count - 1
  }

  private func makeRoom() {
    let larger = LargeMemory.allocate(Int64.self, count: 2 * room * width)
    larger.moveInitialize(from: values, count: room * width)
    values.deallocate()
    values = larger
    room *= 2
  }

  private func spread() {
    slots.deallocate()
    slotCount *= 4
    slots = LargeMemory.allocate(Int32.self, count: slotCount)
    slots.initialize(repeating: 0, count: slotCount)
    for (place, key) in keys.enumerated() {
      var slot = Self.hash(key) & (slotCount - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
      slots[slot] = Int32(truncatingIfNeeded: place + 1)
    }
  }

  /// A sum of products with odd numbers, mixed.
  @inline(__always)
  private static func hash(_ key: CellKey) -> Int {
    var hash: UInt64 = 0
    for lane in 0..<8 {
      hash = (hash &+ UInt64(bitPattern: key[lane])) &* 0x9E37_79B9_7F4A_7C15
    }
    return Int(truncatingIfNeeded: (hash ^ hash >> 32) &* 0xD6E8_FEB8_6659_FD93 >> 24)
  }
}
