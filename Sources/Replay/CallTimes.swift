import Units

/// Calls by group and time, to count those of a group within some time before another one.
struct CallTimes: Sendable {
  /// A call counts as so many units, so that shares of calls add up exactly in any order.
  static let unit = Int64(1) << 20

  /// Groups above, milliseconds below, in rising order.
  private let keys: [UInt64]
  /// Units before each key, and all at the end; nil where each key is one call.
  private let before: [Int64]?

  private static let timeBits = UInt64(37)
  static let mostGroups = 1 << (64 - Int(timeBits))

  /// Calls that count as one each.
  init(_ keys: [UInt64]) {
    self.keys = keys.sorted()
    before = nil
  }

  /// Calls that count as more or less than one, or less than none.
  init(_ parts: [(key: UInt64, units: Int64)]) {
    let sorted = parts.sorted { $0.key < $1.key }
    var keys: [UInt64] = []
    var before: [Int64] = [0]
    for part in sorted {
      if keys.last == part.key {
        before[before.count - 1] += part.units
      } else {
        keys.append(part.key)
        before.append((before.last ?? 0) + part.units)
      }
    }
    self.keys = keys
    self.before = before
  }

  static func key(_ group: Int, _ milliseconds: Int64) -> UInt64 {
    UInt64(group) << timeBits | UInt64(max(0, milliseconds)) & (1 << timeBits - 1)
  }

  /// Units of a group's calls in `time`, whose end is not part of it.
  func units(_ group: Int, in time: Range<Int64>) -> Int64 {
    guard !keys.isEmpty else { return 0 }
    let end = place(Self.key(group, time.upperBound), in: 0..<keys.count)
    let start = place(Self.key(group, time.lowerBound), before: end)
    guard let before else { return Int64(end - start) * Self.unit }
    return before[end] - before[start]
  }

  /// Of the first key that is not below another one, which is known to be in a range or at its end.
  private func place(_ key: UInt64, in range: Range<Int>) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// As above where it is known to be at or before `end`, and mostly near it.
  private func place(_ key: UInt64, before end: Int) -> Int {
    var step = 1
    while end - step >= 0, keys[end - step] >= key { step *= 2 }
    return place(key, in: max(0, end - step)..<end)
  }
}
