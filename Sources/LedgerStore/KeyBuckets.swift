/// Numbers by 64-bit keys that are hashes already; a key may have several. Cheap to add to: a search
/// walks over one bucket, and comes only where a filter did not already say no.
struct KeyBuckets {
  typealias Entry = (key: Int64, value: Int64)

  private(set) var buckets: [[Entry]]
  private(set) var count = 0
  let bits: Int

  /// With 2^`bits` buckets, by the highest bits of the keys.
  init(bits: Int) {
    buckets = [[Entry]](repeating: [], count: 1 << bits)
    self.bits = bits
  }

  func value(_ key: Int64, where matches: (Int64) throws -> Bool) rethrows -> Int64? {
    for entry in buckets[place(key)] where entry.key == key {
      if try matches(entry.value) { return entry.value }
    }
    return nil
  }

  mutating func add(_ key: Int64, _ value: Int64) {
    buckets[place(key)].append((key, value))
    count += 1
  }

  mutating func removeAll() {
    for place in buckets.indices { buckets[place].removeAll(keepingCapacity: true) }
    count = 0
  }

  private func place(_ key: Int64) -> Int {
    Int(truncatingIfNeeded: UInt64(bitPattern: key) >> (64 - bits))
  }
}
