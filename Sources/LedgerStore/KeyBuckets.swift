/// Numbers by 64-bit keys that are hashes already; a key may have several. Cheap to add to: a search
/// walks over one bucket, and comes only where a filter did not already say no.
final class KeyBuckets {
  typealias Entry = (key: Int64, value: Int64)

  private struct Bucket {
    var entries: UnsafeMutablePointer<Entry>
    var count = 0
    var room: Int
  }

  /// In memory of their own, as an array would be asked for its owners at every key.
  private let buckets: UnsafeMutablePointer<Bucket>
  // One caller at a time, so no access needs a check of its own.
  @exclusivity(unchecked) private(set) var count = 0
  let bits: Int

  private static let firstRoom = 16

  /// With 2^`bits` buckets, by the highest bits of the keys.
  init(bits: Int) {
    self.bits = bits
    buckets = .allocate(capacity: 1 << bits)
    for place in 0..<1 << bits {
      (buckets + place).initialize(
        to: Bucket(entries: .allocate(capacity: Self.firstRoom), room: Self.firstRoom))
    }
  }

  deinit {
    for place in 0..<1 << bits { buckets[place].entries.deallocate() }
    buckets.deallocate()
  }

  func value(_ key: Int64, where matches: (Int64) throws -> Bool) rethrows -> Int64? {
    for entry in entries(of: place(key)) where entry.key == key {
      if try matches(entry.value) { return entry.value }
    }
    return nil
  }

  func add(_ key: Int64, _ value: Int64) {
    let bucket = buckets + place(key)
    if bucket.pointee.count == bucket.pointee.room { makeRoom(bucket) }
    (bucket.pointee.entries + bucket.pointee.count).initialize(to: (key, value))
    bucket.pointee.count += 1
    count += 1
  }

  private func makeRoom(_ bucket: UnsafeMutablePointer<Bucket>) {
    let old = bucket.pointee
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * old.room)
    larger.moveInitialize(from: old.entries, count: old.count)
    old.entries.deallocate()
    bucket.pointee.entries = larger
    bucket.pointee.room = 2 * old.room
  }

  func removeAll() {
    for place in 0..<1 << bits { buckets[place].count = 0 }
    count = 0
  }

  func forEach(_ body: (Entry) throws -> Void) rethrows {
    for place in 0..<1 << bits { try entries(of: place).forEach(body) }
  }

  /// Those whose keys begin with the same `bits` bits, at most as many as the buckets go by.
  func entries(prefix: Int, bits: Int) -> [Entry] {
    let together = 1 << (self.bits - bits)
    return (prefix * together..<(prefix + 1) * together).flatMap { entries(of: $0) }
  }

  private func entries(of place: Int) -> UnsafeBufferPointer<Entry> {
    UnsafeBufferPointer(start: buckets[place].entries, count: buckets[place].count)
  }

  private func place(_ key: Int64) -> Int {
    Int(truncatingIfNeeded: UInt64(bitPattern: key) >> (64 - bits))
  }
}
