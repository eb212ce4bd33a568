internal import GRDB

/// The stored keys of one kind (schema 0001, `key_run` and `key_chunk`): runs as they came, of which
/// those of about one size are merged, so that each key is written a few times and few runs are asked.
///
/// A run's keys lie in 2^n chunks by their highest n bits, in no order; of a key its highest 40 bits
/// are kept. A chunk has, one after the other, the lowest 32 bits of each key's 40, the highest 8 of
/// each, and the row numbers, of as many bytes as they need, all with the lowest byte first.
final class KeyRuns {
  enum Kind: Int64, CaseIterable {
    case request, event
  }

  private struct Run {
    let id: Int64
    let bits: Int
    let numberBytes: Int
    let count: Int

    /// Runs of one class are merged: each is at most eight times as large as another.
    var sizeClass: Int { (Int.bitWidth - count.leadingZeroBitCount) / 3 }
  }

  typealias Entry = (key: Int64, value: Int64)

  private let database: Database
  private let kind: Kind
  private let find: RawStatement
  private let insert: RawStatement
  private let insertRun: RawStatement
  private var runs: [Run] = [] {
    didSet { bySize = Self.bySize(runs) }
  }
  /// The largest first.
  private var bySize: [Run] = []
  /// Of all runs.
  private(set) var count = 0

  private static let bitsOfRunID = 20
  /// Small, so that a look-up reads a part of a page.
  private static let wantedChunk = 64
  private static let mostOfClass = 8

  init(_ database: Database, _ kind: Kind) throws {
    self.database = database
    self.kind = kind
    find = try RawStatement(database, "SELECT entries FROM key_chunk WHERE id = ?")
    insert = try RawStatement(database, "INSERT INTO key_chunk (id, entries) VALUES (?, ?)")
    insertRun = try RawStatement(
      database,
      "INSERT INTO key_run (id, kind, bits, number_bytes, keys) VALUES (?, ?, ?, ?, ?)")
    let stored = try RawStatement(
      database, "SELECT id, bits, number_bytes, keys FROM key_run WHERE kind = ? ORDER BY id")
    stored.add(kind.rawValue)
    while try stored.step() {
      runs.append(
        Run(
          id: stored.int(0), bits: Int(stored.int(1)), numberBytes: Int(stored.int(2)),
          count: Int(stored.int(3))))
    }
    count = runs.reduce(0) { $0 + $1.count }
    // What is set in an initializer tells no observer.
    bySize = Self.bySize(runs)
  }

  private static func bySize(_ runs: [Run]) -> [Run] { runs.sorted { $0.count > $1.count } }

  /// The row under a key that `matches`, of which there is one at most: not every row that is found under
  /// it has it. The largest runs are asked first, as most keys are there.
  func row(_ key: Int64, where matches: (Int64) throws -> Bool) throws -> Int64? {
    let wanted = Self.kept(key)
    var found: [Int64] = []
    for run in bySize {
      found.removeAll(keepingCapacity: true)
      try withChunk(of: run, Int(wanted >> UInt64(40 - run.bits))) { chunk in
        chunk.search(wanted) { found.append($0) }
      }
      for row in found where try matches(row) { return row }
    }
    return nil
  }

  /// Calls `body` with the highest 40 bits of every key, as a key, and its row number.
  func forEach(_ body: (Int64, Int64) -> Void) throws {
    for run in runs {
      for place in 0..<1 << run.bits {
        try withChunk(of: run, place) { chunk in chunk.forEach { body($0.key, $0.value) } }
      }
    }
  }

  /// The same of the keys whose highest `bits` bits are `part`.
  func forEach(part: Int, bits: Int, _ body: (Int64, Int64) -> Void) throws {
    for run in runs {
      let finer = run.bits - bits
      let places =
        finer >= 0 ? part << finer..<(part + 1) << finer : part >> -finer..<(part >> -finer) + 1
      for place in places {
        try withChunk(of: run, place) { chunk in
          chunk.forEach { entry in
            if bits == 0 || Int(UInt64(bitPattern: entry.key) >> UInt64(64 - bits)) == part {
              body(entry.key, entry.value)
            }
          }
        }
      }
    }
  }

  /// A key as ``forEach(_:)`` gives it.
  static func rounded(_ key: Int64) -> Int64 { Int64(bitPattern: kept(key) << 24) }

  /// Writes new keys, and merges what has become too many.
  func append(_ keys: KeyBuckets) throws {
    guard keys.count > 0 else { return }
    try WriteBehind.settle(database)
    let bits = Self.bits(for: keys.count)
    var largest: Int64 = 0
    keys.forEach { largest = max(largest, $0.value) }
    let run = try newRun(bits: bits, width: Self.width(for: largest), count: keys.count)
    let common = min(bits, keys.bits)
    for prefix in 0..<1 << common {
      try write(
        keys.entries(prefix: prefix, bits: common), bits: bits, below: common, prefix: prefix,
        of: run)
    }
    runs.append(run)
    count += keys.count
    try mergeWhereMany()
  }

  /// A key, its highest 40 bits, and the number of its row.
  struct Place: Hashable {
    let key: Int64
    let row: Int64
  }

  /// Removes keys.
  func remove(where isGone: (Place) -> Bool) throws {
    let replace = try RawStatement(database, "UPDATE key_chunk SET entries = ? WHERE id = ?")
    for (index, run) in runs.enumerated() {
      var left = 0
      for place in 0..<1 << run.bits {
        var kept: [Entry] = []
        var total = 0
        try withChunk(of: run, place) { chunk in
          chunk.forEach { entry in
            total += 1
            if !isGone(Place(key: entry.key, row: entry.value)) { kept.append(entry) }
          }
        }
        left += kept.count
        let id = run.id << Self.bitsOfRunID | Int64(place)
        if kept.isEmpty {
          try database.execute(sql: "DELETE FROM key_chunk WHERE id = ?", arguments: [id])
        } else if kept.count < total {
          replace.add(blob: KeyChunk.bytes(kept, numberBytes: run.numberBytes).span)
          replace.add(id)
          try replace.run()
        }
      }
      count -= run.count - left
      runs[index] = Run(id: run.id, bits: run.bits, numberBytes: run.numberBytes, count: left)
      try database.execute(
        sql: left == 0
          ? "DELETE FROM key_run WHERE id = ?1" : "UPDATE key_run SET keys = ?2 WHERE id = ?1",
        arguments: left == 0 ? [run.id] : [run.id, left])
    }
    runs.removeAll { $0.count == 0 }
  }

  // MARK: merging

  private func mergeWhereMany() throws {
    let classes = Dictionary(grouping: runs, by: \.sizeClass)
    guard
      let many = classes.filter({ $0.value.count >= Self.mostOfClass })
        .min(by: { $0.key < $1.key })?.value
    else { return }
    let total = many.reduce(0) { $0 + $1.count }
    let bits = Self.bits(for: total)
    let run = try newRun(
      bits: bits, width: many.map(\.numberBytes).max() ?? 8, count: total)
    // In parts as coarse as the coarsest run has them.
    let common = min(bits, many.map(\.bits).min() ?? 0)
    var entries: [Entry] = []
    for prefix in 0..<1 << common {
      entries.removeAll(keepingCapacity: true)
      for old in many {
        let parts = 1 << (old.bits - common)
        for part in 0..<parts {
          try withChunk(of: old, prefix * parts + part) { chunk in
            chunk.forEach { entries.append($0) }
          }
        }
      }
      try write(entries, bits: bits, below: common, prefix: prefix, of: run)
    }
    for old in many {
      try database.execute(
        sql: "DELETE FROM key_chunk WHERE id >= ? AND id < ?; DELETE FROM key_run WHERE id = ?",
        arguments: [
          old.id << Self.bitsOfRunID, (old.id + 1) << Self.bitsOfRunID, old.id,
        ])
    }
    let merged = Set(many.map(\.id))
    runs.removeAll { merged.contains($0.id) }
    runs.append(run)
    try mergeWhereMany()
  }

  private func newRun(bits: Int, width: Int, count: Int) throws -> Run {
    let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM key_run") ?? 0
    let run = Run(id: last + 1, bits: bits, numberBytes: width, count: count)
    for value in [run.id, kind.rawValue, Int64(bits), Int64(width), Int64(count)] {
      insertRun.add(value)
    }
    try insertRun.run()
    return run
  }

  /// Writes the chunks of a run whose keys begin with the `below` bits of `prefix`.
  private func write(
    _ entries: [Entry], bits: Int, below: Int, prefix: Int, of run: Run
  ) throws {
    let parts = 1 << (bits - below)
    func part(_ key: Int64) -> Int { Int(Self.kept(key) >> UInt64(40 - bits)) & (parts - 1) }
    // Sorted by counting.
    var ends = [Int](repeating: 0, count: parts)
    for entry in entries { ends[part(entry.key)] += 1 }
    var sum = 0
    for place in ends.indices {
      sum += ends[place]
      ends[place] = sum - ends[place]
    }
    var order = [Entry](repeating: (0, 0), count: entries.count)
    for entry in entries {
      let place = part(entry.key)
      order[ends[place]] = entry
      ends[place] += 1
    }
    var start = 0
    for place in 0..<parts {
      let chunk = KeyChunk.bytes(
        order[start..<ends[place]], numberBytes: run.numberBytes)
      start = ends[place]
      guard !chunk.isEmpty else { continue }
      insert.add(run.id << Self.bitsOfRunID | Int64(prefix * parts + place))
      insert.add(blob: chunk.span)
      try insert.run()
    }
  }

  private func withChunk(of run: Run, _ place: Int, _ body: (KeyChunk) -> Void) throws {
    find.add(run.id << Self.bitsOfRunID | Int64(place))
    defer { find.reset() }
    guard try find.step() else { return }
    body(KeyChunk(find.rawBytes(0), numberBytes: run.numberBytes))
  }

  private static func bits(for count: Int) -> Int {
    let chunks = max(1, count / wantedChunk)
    return min(bitsOfRunID, Int.bitWidth - 1 - chunks.leadingZeroBitCount)
  }

  private static func width(for largest: Int64) -> Int {
    max(3, (Int64.bitWidth - largest.leadingZeroBitCount + 7) / 8)
  }

  private static func kept(_ key: Int64) -> UInt64 { UInt64(bitPattern: key) >> 24 }
}
