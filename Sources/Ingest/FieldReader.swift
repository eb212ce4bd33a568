internal import StrictJSON
internal import Traffic
internal import Units

/// Reads typed values out of a record. A null is the same as a field left out.
struct FieldReader {
  let tape: JSONTape

  /// The value of a member; nil where it is left out or null.
  func member(_ key: StaticString, of object: Int?) -> Int? {
    present(tape.value(key, in: object))
  }

  func present(_ value: Int?) -> Int? {
    guard let value, tape.kind(value) != .null else { return nil }
    return value
  }

  /// A member whose empty string is the same as one left out, as with attribution.
  func filled(_ value: Int?) -> Int? {
    guard let value, tape.isText(value, "") else { return value }
    return tape.kind(value) == .string ? nil : value
  }

  func object(_ value: Int?, _ field: String) throws(Rejection) -> Int? {
    guard let value = present(value) else { return nil }
    guard tape.kind(value) == .object else { throw wrongType(value, field, "an object") }
    return value
  }

  /// A text of any length.
  func text(_ value: Int?, _ field: String) throws(Rejection) -> String? {
    guard let value = present(value) else { return nil }
    guard tape.kind(value) == .string else { throw wrongType(value, field, "a string") }
    return tape.text(value)
  }

  /// A text cut to `bytes` at the end of a character.
  func text(_ value: Int?, _ field: String, cutAt bytes: Int) throws(Rejection) -> String? {
    try text(value, field).map { $0.cut(at: bytes) }
  }

  /// A name of identity or attribution; an empty one is the same as one left out.
  func name(_ value: Int?, _ field: String) throws(Rejection) -> Name? {
    guard let text = try text(value, field), !text.isEmpty else { return nil }
    let count = text.utf8.count
    guard count <= Name.maximumBytes else {
      throw Rejection(
        .badName, "`\(field)` has \(count) bytes; at most \(Name.maximumBytes) are allowed")
    }
    guard !text.hasControlCharacter else {
      throw Rejection(.badName, "`\(field)` has a control character; none is allowed")
    }
    return Name(text)
  }

  /// One of a set of words.
  func word<Word: RawRepresentable & CaseIterable>(
    _ value: Int?, _ field: String, as type: Word.Type
  ) throws(Rejection) -> Word? where Word.RawValue == String {
    guard let text = try text(value, field) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let allowed = Word.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    throw Rejection(
      .unknownWord, "`\(field)` is `\(text.cut(at: 64).printable)`; it may be \(allowed)")
  }

  /// A whole number, not negative.
  func count(_ value: Int?, _ field: String) throws(Rejection) -> Int64? {
    guard let number = try integer(value, field) else { return nil }
    guard number >= 0 else {
      throw Rejection(.negative, "`\(field)` is \(number); it must not be negative")
    }
    return number
  }

  func integer(_ value: Int?, _ field: String) throws(Rejection) -> Int64? {
    guard let value = present(value) else { return nil }
    guard tape.kind(value) == .number else { throw wrongType(value, field, "a whole number") }
    do {
      return try tape.integer(value)
    } catch {
      switch error {
      case .notWhole:
        throw Rejection(
          .badNumber, "`\(field)` is \(source(value)); it must be a whole number, written plainly")
      case .outOfRange:
        throw Rejection(.outOfRange, "`\(field)` is \(source(value)); it must fit 64 bits")
      }
    }
  }

  /// An amount of USD, as a number or a decimal string, not negative.
  func money(_ value: Int?, _ field: String) throws(Rejection) -> Money? {
    guard let value = present(value) else { return nil }
    guard tape.kind(value) == .number || tape.kind(value) == .string else {
      throw wrongType(value, field, "a decimal number")
    }
    let money: Money
    do throws(DecimalText.Failure) {
      money = try tape.withTextBytes(value) {
        (bytes: Span<UInt8>) throws(DecimalText.Failure) -> Money in
        try Money(decimalUSD: bytes)
      }
    } catch {
      switch error {
      case .malformed:
        throw Rejection(.badNumber, "`\(field)` is \(source(value)); it must be a decimal number")
      case .outOfRange:
        throw Rejection(
          .outOfRange, "`\(field)` is \(source(value)); it must fit 64 bits of nano-USD")
      }
    }
    guard !tape.withTextBytes(value, { DecimalText.isNegative($0) }) else {
      throw Rejection(.negative, "`\(field)` is \(source(value)); money must not be negative")
    }
    return money
  }

  func wrongType(_ value: Int, _ field: String, _ wanted: String) -> Rejection {
    Rejection(.wrongType, "`\(field)` is \(tape.kind(value).name); it must be \(wanted)")
  }

  private func source(_ value: Int) -> String {
    String(decoding: tape.source(value).prefix(64), as: UTF8.self)
  }
}

extension String {
  /// The text cut to at most `bytes` bytes, at the end of a Unicode scalar.
  func cut(at bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: bytes)
    while utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
    return String(self[..<end])
  }

  /// C0, DEL and C1.
  var hasControlCharacter: Bool {
    var last: UInt8 = 0
    for byte in utf8 {
      if byte < 0x20 || byte == 0x7F || (last == 0xC2 && byte < 0xA0) { return true }
      last = byte
    }
    return false
  }

  /// On one line, whatever it holds.
  var printable: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }
}
