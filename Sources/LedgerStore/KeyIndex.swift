internal import GRDB

/// Finds the rows of a table by the ``TextKey`` of a text of theirs, in place of an index on the text.
///
/// New keys are kept in memory and written in the order of the keys, many at a time: so a write
/// touches each page of the tree once, where an index on texts in no order would touch one a row.
final class KeyIndex {
  private let find: RawStatement
  private let insert: RawStatement
  private var fresh = KeyMap()
  private var filter: KeyFilter

  /// `table` has the columns `key` and `id`.
  init(_ database: Database, _ table: String) throws {
    find = try RawStatement(database, "SELECT id FROM \(table) WHERE key = ?")
    insert = try RawStatement(database, "INSERT INTO \(table) (key, id) VALUES (?, ?)")
    let isEmpty = try Bool.fetchOne(database, sql: "SELECT NOT EXISTS (SELECT * FROM \(table))")
    filter = KeyFilter(knowsAll: isEmpty ?? false)
  }

  /// Keys that are not written yet.
  var freshCount: Int { fresh.count }

  /// The row under `key` that `matches`: not every row under a key has the text that is looked for.
  func row(_ key: Int64, where matches: (Int64) throws -> Bool) throws -> Int64? {
    if let id = try fresh.value(key, where: matches) { return id }
    guard filter.mayHave(key) else { return nil }
    find.add(key)
    defer { find.reset() }
    while try find.step() {
      let id = find.int(0)
      if try matches(id) { return id }
    }
    return nil
  }

  func add(_ key: Int64, _ id: Int64) { fresh.add(key, id) }

  /// Writes the new keys.
  func flush() throws {
    for (key, id) in fresh.sorted() {
      insert.add(key)
      insert.add(id)
      try insert.run()
      filter.add(key)
    }
    fresh.removeAll()
  }
}

/// Numbers by 64-bit keys that are hashes already; a key may have several.
struct KeyMap {
  /// The place of an entry and one, by its key's lowest bits or the next free slot; 0 is free.
  private var slots = [Int32](repeating: 0, count: 1024)
  private var entries: [(key: Int64, value: Int64)] = []

  var count: Int { entries.count }

  func value(_ key: Int64, where matches: (Int64) throws -> Bool) rethrows -> Int64? {
    var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.key == key, try matches(entry.value) { return entry.value }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  mutating func add(_ key: Int64, _ value: Int64) {
    entries.append((key, value))
    if 2 * entries.count > slots.count {
      slots = [Int32](repeating: 0, count: 2 * slots.count)
      for place in entries.indices { enter(place) }
    } else {
      enter(entries.count - 1)
    }
  }

  private mutating func enter(_ place: Int) {
    var slot = Int(truncatingIfNeeded: entries[place].key) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(place + 1)
  }

  /// By rising key, then value.
  func sorted() -> [(key: Int64, value: Int64)] {
    entries.sorted { ($0.key, $0.value) < ($1.key, $1.value) }
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    for slot in slots.indices { slots[slot] = 0 }
  }
}

/// Tells of most keys that are not in a table that they are not: a Bloom filter that grows, of three
/// bits a key, wrong about 1 key in 100.
struct KeyFilter {
  /// Each twice as large as the one before; the last takes new keys.
  private var layers: [[UInt64]] = []
  private var room = 0
  /// Whether it was told of every key; otherwise any may be there.
  private var knowsAll: Bool

  private static let firstKeys = 1 << 18
  private static let bitsPerKey = 16
  /// 16 million keys in 33 MB; a ledger with more is asked itself.
  private static let mostLayers = 6

  init(knowsAll: Bool) { self.knowsAll = knowsAll }

  func mayHave(_ key: Int64) -> Bool {
    guard knowsAll else { return true }
    let bits = Self.spread(key)
    for layer in layers {
      let word = layer[Int(truncatingIfNeeded: bits.word) & (layer.count - 1)]
      if word & bits.mask == bits.mask { return true }
    }
    return false
  }

  mutating func add(_ key: Int64) {
    guard knowsAll else { return }
    if room == 0 {
      guard layers.count < Self.mostLayers else {
        knowsAll = false
        layers = []
        return
      }
      room = Self.firstKeys << layers.count
      layers.append([UInt64](repeating: 0, count: room * Self.bitsPerKey / 64))
    }
    room -= 1
    let bits = Self.spread(key)
    let last = layers.count - 1
    layers[last][Int(truncatingIfNeeded: bits.word) & (layers[last].count - 1)] |= bits.mask
  }

  /// The word of a key, and its bits in it.
  private static func spread(_ key: Int64) -> (word: UInt64, mask: UInt64) {
    let mixed = UInt64(bitPattern: key) &* 0x9E37_79B9_7F4A_7C15
    let mask =
      1 << (mixed >> 58) | 1 << (mixed >> 52 & 63) | 1 << (mixed >> 46 & 63) as UInt64
    return (mixed >> 8, mask)
  }
}
