internal import StrictJSON

/// Reads one JSON text from value to value without laying it out, for a reader that knows what it
/// expects.
///
/// As strict as ``JSONTape``, but it only says yes or no. After a no (nil, false) the text may be
/// good or bad: ``JSONTape`` tells which, and why.
///
/// A cursor is a bare pointer, which must not outlive the access to the bytes that it was made in. No
/// scan leaves the text, because the byte at its end, a `\n` or zero, is legal nowhere within a JSON
/// text of one line; a `\r` may stand between the text and that byte. Looking ahead takes at most
/// ``reach`` bytes past the end.
struct JSONCursor {
  /// A string or a number: where its bytes stand, without quotes.
  struct Text: Sendable {
    let start: Int32
    let count: Int32
    /// Printable ASCII without escapes.
    let isPlain: Bool
    let hasEscapes: Bool

    init(start: Int, count: Int, isPlain: Bool, hasEscapes: Bool = false) {
      self.start = Int32(truncatingIfNeeded: start)
      self.count = Int32(truncatingIfNeeded: count)
      self.isPlain = isPlain
      self.hasEscapes = hasEscapes
    }

    /// No text, or an empty one.
    static var none: Text { Text(start: 0, count: 0, isPlain: true) }
    var isEmpty: Bool { count == 0 }
  }

  /// Bytes after the text's end that must be there to be read, whatever they are.
  static var reach: Int { 64 }

  let start: UnsafeRawPointer
  /// Of the text, less than 2^31.
  let count: Int
  var at = 0

  /// A cursor at the first of `count` bytes; `\n`, `\r\n` or a zero byte comes after them.
  @inline(__always)
  init(_ start: UnsafeRawPointer, count: Int) {
    self.start = start
    self.count = count
  }

  /// Whether all of the text has been read, but for white space.
  @inline(__always)
  mutating func isAtEnd() -> Bool {
    if at == count { return true }
    skipSpace()
    return at == count
  }

  var byte: UInt8 { byte(at) }

  @inline(__always)
  func byte(_ at: Int) -> UInt8 { start.load(fromByteOffset: at, as: UInt8.self) }

  @inline(__always)
  func word(_ at: Int) -> UInt64 { start.loadUnaligned(fromByteOffset: at, as: UInt64.self) }

  /// The bytes of a text as they are written.
  @inline(__always)
  func bytes(_ text: Text) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: UInt8.self) + Int(text.start), count: Int(text.count))
  }

  /// A text with its escapes resolved.
  func string(_ text: Text) -> String {
    guard text.hasEscapes else { return String(decoding: bytes(text), as: UTF8.self) }
    return JSONTape.resolvingEscapes(of: bytes(text))
  }

  // MARK: what stands between values

  @inline(__always)
  mutating func skipSpace() {
    while byte <= 0x20, byte == 0x20 || byte == 0x09 || byte == 0x0D { at += 1 }
  }

  @inline(__always)
  mutating func take(_ wanted: UInt8) -> Bool {
    guard byte == wanted else { return false }
    at += 1
    return true
  }

  /// Takes the bytes of a run if they are the next.
  @inline(__always)
  mutating func take(_ run: JSONRun) -> Bool {
    let differing =
      (word(at) ^ run.words[0]) & run.mask[0] | (word(at + 8) ^ run.words[1]) & run.mask[1]
      | (word(at + 16) ^ run.words[2]) & run.mask[2]
      | (word(at + 24) ^ run.words[3]) & run.mask[3]
    guard differing == 0 else { return false }
    at += run.count
    return true
  }

  // MARK: values

  @inline(__always)
  mutating func takeNull() -> Bool {
    // "null" as its bytes stand in a word.
    guard UInt32(truncatingIfNeeded: UInt64(littleEndian: word(at))) == 0x6C6C_756E else {
      return false
    }
    at += 4
    return true
  }

  @inline(__always)
  mutating func takeString() -> Text? {
    guard byte == UInt8(ascii: "\"") else { return nil }
    let first = at + 1
    let end = plainEnd(first)
    guard byte(end) == UInt8(ascii: "\"") else { return takeUnusualString() }
    at = end + 1
    return Text(start: first, count: end - first, isPlain: true)
  }

  /// The end of the printable ASCII from `first` on, but quotes and backslashes.
  @inline(__always)
  func plainEnd(_ first: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    var end = first
    while true {
      let word = UInt64(littleEndian: word(end))
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      let stops =
        ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20)
          | (word &+ ones) | word) & tops
      // Only the lowest hit is exact, and that is the one asked for.
      if stops != 0 { return end + stops.trailingZeroBitCount >> 3 }
      end += 8
    }
  }

  @inline(never)
  mutating func takeUnusualString() -> Text? {
    let text = UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: UInt8.self), count: count + Self.reach)
    guard let (end, hasEscapes) = JSONTape.stringEnd(in: text.span, from: at, count: count) else {
      return nil
    }
    defer { at = end + 1 }
    return Text(start: at + 1, count: end - at - 1, isPlain: false, hasEscapes: hasEscapes)
  }

  /// A whole number without a sign, of at most 18 digits.
  @inline(__always)
  mutating func takeCount() -> Int64? {
    var value: Int64 = 0
    var end = at
    while byte(end) &- UInt8(ascii: "0") < 10 {
      value = value &* 10 &+ Int64(byte(end) &- UInt8(ascii: "0"))
      end += 1
    }
    let digits = end - at
    guard digits > 0, digits <= 18, digits == 1 || byte(at) != UInt8(ascii: "0"),
      byte(end) != UInt8(ascii: "."), byte(end) | 0x20 != UInt8(ascii: "e")
    else { return nil }
    at = end
    return value
  }

  mutating func takeNumber() -> Text? {
    func digits(_ from: Int) -> Int? {
      var end = from
      while byte(end) &- UInt8(ascii: "0") < 10 { end += 1 }
      return end > from ? end : nil
    }
    var end = at
    if byte(end) == UInt8(ascii: "-") { end += 1 }
    if byte(end) == UInt8(ascii: "0") {
      end += 1
    } else {
      guard let whole = digits(end) else { return nil }
      end = whole
    }
    if byte(end) == UInt8(ascii: ".") {
      guard let fraction = digits(end + 1) else { return nil }
      end = fraction
    }
    if byte(end) | 0x20 == UInt8(ascii: "e") {
      end += 1
      if byte(end) == UInt8(ascii: "+") || byte(end) == UInt8(ascii: "-") { end += 1 }
      guard let exponent = digits(end) else { return nil }
      end = exponent
    }
    defer { at = end }
    return Text(start: at, count: end - at, isPlain: true)
  }

  /// Passes a value by that is no object and no array.
  mutating func skipScalar() -> Bool {
    switch byte {
    case UInt8(ascii: "\""): takeString() != nil
    case UInt8(ascii: "t"): take(Self.true)
    case UInt8(ascii: "f"): take(Self.false)
    case UInt8(ascii: "n"): takeNull()
    default: takeNumber() != nil
    }
  }

  /// Passes any value by; objects and arrays, which stand within `depth` others, are laid out for it.
  mutating func skipValue(within depth: Int, _ tape: inout JSONTape) -> Bool {
    guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else { return skipScalar() }
    let rest = UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: UInt8.self) + at, count: count - at)
    do throws(JSONFailure) {
      at += try tape.parseFirstValue(of: rest, within: depth)
      return true
    } catch {
      return false
    }
  }

  private static let `true` = JSONRun("true")
  private static let `false` = JSONRun("false")
}
