internal import StrictJSON
internal import Traffic
internal import Units

/// Checks and reads values that are written as nearly all are: strings without escapes, numbers that
/// fit. False or nil says only that a value is not of that kind; what it is, ``FieldReader`` tells.
///
/// ``JSONTape/root`` stands for a field left out.
struct PlainFields {
  let tape: JSONTape

  private func isGiven(_ value: Int) -> Bool { value != JSONTape.root }

  func isObject(_ value: Int) -> Bool { !isGiven(value) || tape.kind(value) == .object }

  private func string(_ value: Int) -> Range<Int>? {
    tape.kind(value) == .string ? tape.plainRange(value) : nil
  }

  /// A name, left out or good (``FieldReader/name(_:_:)``).
  func isName(_ value: Int, isNeeded: Bool = false) -> Bool {
    guard isGiven(value) else { return !isNeeded }
    guard let range = string(value), range.count <= Name.maximumBytes,
      !isNeeded || !range.isEmpty
    else { return false }
    // Control characters below a space cannot stand in a JSON string; DEL and C1 can.
    let text = tape.bytes.span.extracting(range)
    var last: UInt8 = 0
    for at in text.indices {
      let byte = text[at]
      if byte >= 0x7F, byte == 0x7F || last == 0xC2 && byte < 0xA0 { return false }
      last = byte
    }
    return true
  }

  /// A text of at most so many bytes, left out or good.
  func isText(_ value: Int, most: Int) -> Bool {
    guard isGiven(value) else { return true }
    return string(value).map { $0.count <= most } ?? false
  }

  func word<Word>(_ value: Int, _ words: [([UInt8], Word)], _ result: inout Word?) -> Bool {
    guard isGiven(value) else { return true }
    guard let range = string(value) else { return false }
    for (text, word) in words where text.count == range.count {
      if tape.bytes[range].elementsEqual(text) {
        result = word
        return true
      }
    }
    return false
  }

  func integer(_ value: Int) -> Int64? {
    guard isGiven(value), tape.kind(value) == .number else { return nil }
    return try? tape.integer(value)
  }

  /// Nil for one left out.
  func isInteger(_ value: Int, from: Int64, to: Int64) -> Bool? {
    guard isGiven(value) else { return nil }
    return integer(value).map { (from...to).contains($0) } ?? false
  }

  /// A count, 0 where it is left out; nil for an unusual one.
  func count(_ value: Int) -> Int64? {
    guard isGiven(value) else { return 0 }
    guard let number = integer(value), number >= 0 else { return nil }
    return number
  }

  func count(_ value: Int, _ result: inout Int64?) -> Bool {
    guard isGiven(value) else { return true }
    guard let number = integer(value), number >= 0 else { return false }
    result = number
    return true
  }

  func money(_ value: Int, _ result: inout Money?) -> Bool {
    guard isGiven(value) else { return true }
    guard tape.kind(value) == .number || tape.kind(value) == .string,
      let range = tape.plainRange(value)
    else { return false }
    let text = tape.bytes.span.extracting(range)
    guard !text.isEmpty, text[0] != UInt8(ascii: "-"), let money = try? Money(decimalUSD: text)
    else { return false }
    result = money
    return true
  }
}
