internal import Synchronization
internal import Traffic

/// Numbers texts from 1 as they are met; several threads may ask.
final class TextNumbers: Sendable {
  fileprivate struct Entry {
    let key: Int64
    let start: Int
    let count: Int
  }

  fileprivate struct State {
    var entries: [Entry] = []
    var bytes: [UInt8] = []
    /// Places in `entries`, by the lowest bits of their keys or the next free slot; -1 where it is free.
    var slots = Array(repeating: Int32(-1), count: 256)
  }

  private let state = Mutex(State())

  func number(of text: Span<UInt8>) -> Int64 {
    let key = TextKey.of(text)
    return text.withUnsafeBufferPointer { text in
      state.withLock { $0.number(of: text, key: key) }
    }
  }

  func name(_ number: Int64) -> Name {
    state.withLock { state in
      let entry = state.entries[Int(number) - 1]
      return Name(
        String(decoding: state.bytes[entry.start..<entry.start + entry.count], as: UTF8.self))
    }
  }
}

extension TextNumbers.State {
  fileprivate mutating func number(of text: UnsafeBufferPointer<UInt8>, key: Int64) -> Int64 {
    var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = entries[Int(slots[slot])]
      if entry.key == key, entry.count == text.count,
        bytes[entry.start..<entry.start + entry.count].elementsEqual(text)
      {
        return Int64(slots[slot]) + 1
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = entries.count
    slots[slot] = Int32(number)
    entries.append(.init(key: key, start: bytes.count, count: text.count))
    bytes.append(contentsOf: text)
    if 2 * entries.count > slots.count { grow() }
    return Int64(number) + 1
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: 2 * slots.count)
    for (number, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.key) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
  }
}
