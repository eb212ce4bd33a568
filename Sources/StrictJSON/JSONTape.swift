internal import Glibc

/// One JSON text, checked strictly and laid out flat, so that a reader can look at any part of it
/// without making objects. Made once and used again for every line.
///
/// Nodes stand in the order of the text: an object is followed by key, value, key, value …, an array
/// by its elements; each node knows where the next one after its whole value stands.
package struct JSONTape: Sendable {
  package enum Kind: UInt8, Sendable {
    case object, array, string, number, `true`, `false`, null

    /// As an error message calls it.
    package var name: String {
      switch self {
      case .object: "an object"
      case .array: "an array"
      case .string: "a string"
      case .number: "a number"
      case .true, .false: "a boolean"
      case .null: "null"
      }
    }
  }

  struct Node: Sendable {
    let kind: Kind
    var hasEscapes = false
    /// The bytes of the value; of a string without its quotes.
    var start: Int32
    var end: Int32 = 0
    /// The node after this value.
    var next: Int32 = 0
  }

  /// A place in the tape.
  package typealias Index = Int

  @inlinable package static var root: Index { 0 }
  /// Deeper nesting is refused. RFC 8259 leaves the limit open.
  package static let maximumDepth = 512
  /// Longer texts are not laid out; events.md ends a line at 16 MiB.
  package static let maximumBytes = 1 << 30

  /// The text, and then zero bytes, at which every scan stops.
  package private(set) var bytes: [UInt8] = []
  private(set) var nodes: [Node] = []
  private(set) var count = 0
  private var scanner = Scanner()

  static let slack = 8

  package init() {}

  /// Lays out `text`; what was laid out before is gone.
  ///
  /// A key that stands twice in an object is an error unless `allowingDuplicateKeys`.
  /// - Throws: ``JSONFailure`` if it is not one JSON value.
  package mutating func parse(
    _ text: some Collection<UInt8>, allowingDuplicateKeys: Bool = false
  ) throws(JSONFailure) {
    try take(text)
    let laidOut = bytes
    scanner.allowsDuplicateKeys = allowingDuplicateKeys
    try scanner.scan(laidOut.span, count: count, into: &nodes)
  }

  /// Lays out the value with which `text` starts, which stands within `depth` containers.
  /// - Returns: how many bytes it has.
  /// - Throws: ``JSONFailure`` if it is no JSON value.
  package mutating func parseFirstValue(
    of text: some Collection<UInt8>, within depth: Int
  ) throws(JSONFailure) -> Int {
    try take(text)
    let laidOut = bytes
    scanner.allowsDuplicateKeys = false
    return try scanner.scan(
      laidOut.span, count: count, into: &nodes, isWhole: false, depth: depth)
  }

  private mutating func take(_ text: some Collection<UInt8>) throws(JSONFailure) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text)
    count = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: Self.slack))
    nodes.removeAll(keepingCapacity: true)
    guard count <= Self.maximumBytes else {
      throw JSONFailure(.syntax, at: 0, "the text is longer than \(Self.maximumBytes) bytes")
    }
  }

  /// Where the bytes of the string or number at `index` stand in ``bytes``; nil for a string with
  /// escapes, whose text they are not.
  package func plainRange(_ index: Index) -> Range<Int>? {
    let node = nodes[index]
    return node.hasEscapes ? nil : Int(node.start)..<Int(node.end)
  }

  package func kind(_ index: Index) -> Kind { nodes[index].kind }

  /// The node after the whole value at `index`.
  package func after(_ index: Index) -> Index { Int(nodes[index].next) }

  /// Calls `body` with each key and value of the object at `index`, in order.
  package func forEachMember<E: Error>(
    of index: Index, _ body: (_ key: Index, _ value: Index) throws(E) -> Void
  ) throws(E) {
    let end = after(index)
    var key = index + 1
    while key < end {
      try body(key, key + 1)
      key = after(key + 1)
    }
  }

  /// Calls `body` with each element of the array at `index`, in order.
  package func forEachElement<E: Error>(
    of index: Index, _ body: (Index) throws(E) -> Void
  ) throws(E) {
    let end = after(index)
    var element = index + 1
    while element < end {
      try body(element)
      element = after(element)
    }
  }

  /// The value of `key` in the object at `index`; nil without one, or where that is no object.
  package func value(_ key: StaticString, in index: Index?) -> Index? {
    guard let index, nodes[index].kind == .object else { return nil }
    let end = after(index)
    var at = index + 1
    while at < end {
      if isText(at, key) { return at + 1 }
      at = after(at + 1)
    }
    return nil
  }

  /// Whether the string at `index` is `text`.
  package func isText(_ index: Index, _ text: StaticString) -> Bool {
    let node = nodes[index]
    let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    // By bytes: `String` takes the Kelvin sign for a K.
    if node.hasEscapes { return self.text(index).utf8.elementsEqual(expected) }
    let length = Int(node.end - node.start)
    guard length == expected.count else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      memcmp(bytes.baseAddress.unsafelyUnwrapped + Int(node.start), text.utf8Start, length) == 0
    }
  }

  /// The string at `index`, its escapes resolved.
  package func text(_ index: Index) -> String {
    let node = nodes[index]
    let raw = bytes[Int(node.start)..<Int(node.end)]
    guard node.hasEscapes else { return String(decoding: raw, as: UTF8.self) }
    return String(decoding: Unescaped.bytes(of: raw), as: UTF8.self)
  }

  /// Where the quote stands that ends the string that starts at `quote` in a text of `count` bytes, and
  /// whether there are escapes in it; nil for a string that is none. At least ``slack`` bytes must
  /// follow the text, of which the first is legal nowhere in a string.
  package static func stringEnd(
    in text: Span<UInt8>, from quote: Int, count: Int
  ) -> (end: Int, hasEscapes: Bool)? {
    do throws(JSONFailure) {
      let found = try Scanner.stringEnd(text, quote, count)
      return found.end < count ? found : nil
    } catch {
      return nil
    }
  }

  /// The text of a string that was found well-formed.
  package static func resolvingEscapes(of raw: UnsafeBufferPointer<UInt8>) -> String {
    String(decoding: Unescaped.bytes(of: raw), as: UTF8.self)
  }

  /// The bytes of the string or number at `index` as they stand in the text.
  package func withRawBytes<R, E: Error>(
    _ index: Index, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    let node = nodes[index]
    return try body(bytes.span.extracting(Int(node.start)..<Int(node.end)))
  }

  /// The bytes of the string at `index`, its escapes resolved, or of the number.
  package func withTextBytes<R, E: Error>(
    _ index: Index, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    let node = nodes[index]
    guard node.hasEscapes else { return try withRawBytes(index, body) }
    let resolved = Unescaped.bytes(of: bytes[Int(node.start)..<Int(node.end)])
    return try body(resolved.span)
  }

  /// The value at `index` as it stands in the text; a string with its quotes.
  package func source(_ index: Index) -> ArraySlice<UInt8> {
    let node = nodes[index]
    let quote = node.kind == .string ? 1 : 0
    return bytes[Int(node.start) - quote..<Int(node.end) + quote]
  }

  package enum IntegerFailure: Error, Sendable {
    /// A fraction or an exponent.
    case notWhole
    /// Outside 64 bits.
    case outOfRange
  }

  /// The number at `index` if it is written as a whole number of 64 bits.
  package func integer(_ index: Index) throws(IntegerFailure) -> Int64 {
    let node = nodes[index]
    var at = Int(node.start)
    let isNegative = bytes[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    var value: Int64 = 0
    for byte in bytes[at..<Int(node.end)] {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { throw .notWhole }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, overflow2) =
        isNegative
        ? tens.subtractingReportingOverflow(Int64(digit))
        : tens.addingReportingOverflow(Int64(digit))
      guard !overflow, !overflow2 else { throw .outOfRange }
      value = next
    }
    return value
  }
}
