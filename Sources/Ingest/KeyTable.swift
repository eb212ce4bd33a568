internal import StrictJSON

/// The keys of one kind of object, by which a cursor passes from member to member.
///
/// A log's records mostly have their keys in one order: the key that followed another last time is
/// looked for after it first. Keys that no one reads are learnt as they are met, up to a number, and
/// counted.
struct KeyTable {
  /// How far an object has been read.
  struct Walk {
    /// A bit for each key met.
    fileprivate var seen: UInt64 = 0
    /// The key met last and 1; 0 before the first.
    fileprivate var last = 0
    /// The object has come to its end.
    fileprivate(set) var isClosed = false
  }

  private let known: Int
  private var names: [[UInt8]]
  /// The keys with their quotes and colons.
  private var runs: [JSONRun]
  /// By the key met last and 1: the one that came after it the last time.
  private var successors: [Int]
  /// By key less the known ones: how many objects had it.
  private var counts: [Int64] = []
  /// Unknown keys of objects that are not counted yet.
  private var met: [Int] = []

  /// As many as there are bits in a walk.
  private static let most = 64

  /// A table of keys, each known by its place here.
  init(_ names: [StaticString]) {
    known = names.count
    self.names = names.map {
      Array(UnsafeBufferPointer(start: $0.utf8Start, count: $0.utf8CodeUnitCount))
    }
    runs = self.names.compactMap(Self.run)
    precondition(runs.count == known && known <= Self.most, "a key is too long for a run")
    successors = Array(0...known)
    successors[known] = 0
  }

  private static func run(_ name: [UInt8]) -> JSONRun? {
    JSONRun([UInt8(ascii: "\"")] + name + Array("\":".utf8))
  }

  /// Passes by the next key, whose value the cursor then stands at. Nil at the end of the object,
  /// where the walk is closed, and for anything unusual, where it is not.
  @inline(__always)
  mutating func next(_ cursor: inout JSONCursor, _ walk: inout Walk) -> Int? {
    cursor.skipSpace()
    if walk.last == 0 {
      guard cursor.take(UInt8(ascii: "{")) else { return nil }
      cursor.skipSpace()
      if cursor.take(UInt8(ascii: "}")) { return close(&walk) }
    } else {
      if cursor.take(UInt8(ascii: "}")) { return close(&walk) }
      guard cursor.take(UInt8(ascii: ",")) else { return nil }
      cursor.skipSpace()
    }
    var key = successors[walk.last]
    if !cursor.take(runs[key]) {
      guard let found = find(&cursor, after: walk.last) else { return nil }
      key = found
    }
    let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: key)
    guard walk.seen & bit == 0 else { return nil }
    walk.seen |= bit
    walk.last = key + 1
    if key >= known { met.append(key - known) }
    cursor.skipSpace()
    return key
  }

  private func close(_ walk: inout Walk) -> Int? {
    walk.isClosed = true
    return nil
  }

  /// The key at the cursor, wherever it stands in the table.
  @inline(never)
  private mutating func find(_ cursor: inout JSONCursor, after last: Int) -> Int? {
    guard let text = cursor.takeString(), text.isPlain else { return nil }
    let bytes = cursor.bytes(text)
    guard let key = names.firstIndex(where: { $0.elementsEqual(bytes) }) else { return nil }
    cursor.skipSpace()
    guard cursor.take(UInt8(ascii: ":")) else { return nil }
    successors[last] = key
    return key
  }

  // MARK: keys that no one reads

  /// Forgets the unknown keys of a record that is read in another way.
  mutating func forget() { met.removeAll(keepingCapacity: true) }

  /// Counts the unknown keys that were passed by.
  mutating func count() {
    for key in met { counts[key] += 1 }
    met.removeAll(keepingCapacity: true)
  }

  /// Takes note of an unknown key, so that it can be passed by; some are not worth it.
  mutating func learn(_ name: Span<UInt8>) {
    guard names.count < Self.most, name.count <= JSONRun.most - 3 else { return }
    let name = name.withUnsafeBufferPointer { Array($0) }
    guard !names.contains(name), let run = Self.run(name) else { return }
    names.append(name)
    runs.append(run)
    successors.append(0)
    counts.append(0)
  }

  /// Hands over the counts of unknown keys, by their names after `prefix`.
  mutating func flush(_ prefix: String, into ignored: inout IgnoredFields) {
    for (place, count) in counts.enumerated() where count > 0 {
      ignored.add(prefix + String(decoding: names[known + place], as: UTF8.self), count: count)
      counts[place] = 0
    }
  }
}
