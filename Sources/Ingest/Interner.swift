internal import LedgerStore
internal import Traffic
internal import Glibc

/// Numbers for names, from 1, by their bytes.
struct Interner {
  /// By the lowest bits of a name's key or the next free slot; 0 is free.
  private var slots = [Int32](repeating: 0, count: 256)
  private var entries: [(key: Int64, start: Int, count: Int)] = []
  private var text: [UInt8] = []

  var count: Int { entries.count }
  /// Memory that the names take, about.
  var bytes: Int { text.count + 32 * entries.count }

  /// The number of a name, and its key if it is new.
  mutating func number(of name: Span<UInt8>) -> (number: Int32, newKey: Int64?) {
    let key = TextKey.of(name)
    var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.key == key, isText(entry.start, entry.count, name) { return (slots[slot], nil) }
      slot = (slot + 1) & (slots.count - 1)
    }
    entries.append((key, text.count, name.count))
    name.withUnsafeBufferPointer { text.append(contentsOf: $0) }
    slots[slot] = Int32(entries.count)
    if 2 * entries.count > slots.count { grow() }
    return (Int32(entries.count), key)
  }

  func name(_ number: Int32) -> ArraySlice<UInt8> {
    let entry = entries[Int(number) - 1]
    return text[entry.start..<entry.start + entry.count]
  }

  private func isText(_ start: Int, _ count: Int, _ name: Span<UInt8>) -> Bool {
    guard count == name.count else { return false }
    return text.withUnsafeBytes { text in
      name.withUnsafeBytes { name in
        isSame(text[start..<start + count], name)
      }
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: 2 * slots.count)
    for place in entries.indices {
      var slot = Int(truncatingIfNeeded: entries[place].key) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(place + 1)
    }
  }
}

private func isSame(
  _ text: Slice<UnsafeRawBufferPointer>, _ other: UnsafeRawBufferPointer
) -> Bool {
  let text = UnsafeRawBufferPointer(rebasing: text)
  guard let start = text.baseAddress, let otherStart = other.baseAddress else { return true }
  return memcmp(start, otherStart, other.count) == 0
}

/// The names of a run by kind (``EventBatch/newNames``), and its routes.
struct NameBook {
  private var names = [Interner](repeating: Interner(), count: EventBatch.nameKinds)
  private var routes = Interner()

  /// A book that takes more is started anew: a log may have any number of names.
  private static let mostBytes = 128 << 20

  var isFull: Bool { names.reduce(routes.bytes) { $0 + $1.bytes } > Self.mostBytes }

  /// The number of a name, which is told to the batch if it is new.
  mutating func number(of name: Span<UInt8>, kind: Int, _ batch: inout EventBatch) -> Int32 {
    let (number, newKey) = names[kind].number(of: name)
    if let newKey {
      batch.newNames[kind].append(
        EventBatch.NewName(name: Name(String(copying: name)), key: newKey))
    }
    return number
  }

  /// The number of a route by its parts, between which zero bytes stand; no name has one.
  mutating func route(_ parts: Span<UInt8>, _ batch: inout EventBatch) -> Int32 {
    let (number, newKey) = routes.number(of: parts)
    if newKey != nil {
      let names = routes.name(number).split(separator: 0, omittingEmptySubsequences: false)
        .map { Name(String(decoding: $0, as: UTF8.self)) }
      batch.newRoutes.append(
        Route(
          model: ModelID(provider: names[0], model: names[1]),
          group: names.count > 2 ? names[2] : nil))
    }
    return number
  }
}

extension String {
  init(copying text: Span<UInt8>) {
    self = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
