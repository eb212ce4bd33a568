import Traffic

/// Values by two names, found without hashing: requests name few models and tiers, so ordering by
/// length settles most comparisons, and a lookup touches hardly more bytes than those it is given.
struct NameTable<Value: Sendable>: Sendable {
  /// Trivial, with ranges into `bytes`; in the order of ``compare(_:_:_:)``.
  private struct Entry: Sendable {
    let first: Range<Int>
    let second: Range<Int>
    let value: Value
  }

  private var entries: [Entry] = []
  private var bytes: [UInt8] = []

  /// `rows` have distinct pairs of names.
  init(_ rows: [(first: Name, second: Name, value: Value)]) {
    let sorted = rows.sorted { left, right in
      let (leftSecond, rightSecond) = (left.second.text.utf8, right.second.text.utf8)
      let (leftFirst, rightFirst) = (left.first.text.utf8, right.first.text.utf8)
      if leftSecond.count != rightSecond.count { return leftSecond.count < rightSecond.count }
      if leftFirst.count != rightFirst.count { return leftFirst.count < rightFirst.count }
      return left.second == right.second ? left.first < right.first : left.second < right.second
    }
    for row in sorted {
      let start = bytes.count
      bytes.append(contentsOf: row.first.text.utf8)
      let middle = bytes.count
      bytes.append(contentsOf: row.second.text.utf8)
      entries.append(
        Entry(first: start..<middle, second: middle..<bytes.count, value: row.value))
    }
  }

  func value(_ first: Name, _ second: Name) -> Value? {
    let first = first.text.utf8.span
    let second = second.text.utf8.span
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      let order = compare(first, second, entries[middle])
      if order == 0 { return entries[middle].value }
      if order < 0 { high = middle } else { low = middle + 1 }
    }
    return nil
  }

  /// Negative where the names come before the entry: by the lengths, then by the bytes.
  private func compare(_ first: Span<UInt8>, _ second: Span<UInt8>, _ entry: Entry) -> Int {
    if second.count != entry.second.count { return second.count - entry.second.count }
    if first.count != entry.first.count { return first.count - entry.first.count }
    let order = compareBytes(second, entry.second)
    return order != 0 ? order : compareBytes(first, entry.first)
  }

  private func compareBytes(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    let known = bytes.span.extracting(range)
    for index in text.indices where text[index] != known[index] {
      return Int(text[index]) - Int(known[index])
    }
    return 0
  }
}
