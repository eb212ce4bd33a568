/// Checks a JSON text and lays out its nodes, without recursion.
///
/// The text is followed by zero bytes. A zero byte is legal nowhere in JSON, so every scan stops
/// there, and no scan reads further than ``JSONTape/slack`` bytes past the text.
struct Scanner: Sendable {
  private struct Container {
    let node: Int32
    let isObject: Bool
    /// Where its keys start in `keys`.
    let firstKey: Int
    /// A bit for each key by its hash: a key whose bit is not there yet is new.
    var seen = SIMD4<UInt64>(repeating: 0)
    /// The keys as bytes, once there are many.
    var many: Set<[UInt8]>?
  }

  var allowsDuplicateKeys = false
  /// Open containers, innermost last, and the keys of those that are objects.
  private var open: [Container] = []
  private var keys: [(hash: UInt64, node: Int32)] = []

  /// An object with more keys than this has them in a set.
  private static let fewKeys = 48

  /// Lays out the one value of a text, or the first one of it, which stands within `depth` containers.
  /// - Returns: where the value ends, and the text too if the value is to be all of it.
  @discardableResult
  mutating func scan(
    _ text: Span<UInt8>, count: Int, into nodes: inout [JSONTape.Node], isWhole: Bool = true,
    depth: Int = 0
  ) throws(JSONFailure) -> Int {
    open.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    var at = Self.skipSpace(text, 0)
    value: while true {
      switch text[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = text[at] == UInt8(ascii: "{")
        guard depth + open.count < JSONTape.maximumDepth else {
          throw JSONFailure(
            .depth, at: at, "values are nested deeper than \(JSONTape.maximumDepth)")
        }
        open.append(
          Container(node: Int32(nodes.count), isObject: isObject, firstKey: keys.count))
        nodes.append(.init(kind: isObject ? .object : .array, start: Int32(at)))
        at = Self.skipSpace(text, at + 1)
        if text[at] == UInt8(ascii: isObject ? "}" : "]") {
          at = close(at, &nodes)
        } else {
          if isObject { at = try key(text, at, count, &nodes) }
          continue value
        }
      case UInt8(ascii: "\""):
        at = try string(text, at, count, &nodes)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        at = try number(text, at, count, &nodes)
      case UInt8(ascii: "t"):
        at = try literal("true", .true, text, at, count, &nodes)
      case UInt8(ascii: "f"):
        at = try literal("false", .false, text, at, count, &nodes)
      case UInt8(ascii: "n"):
        at = try literal("null", .null, text, at, count, &nodes)
      default:
        throw unexpected(text, at, count, wanted: "a value")
      }

      // Only the flag: a copy of the container would make every new key copy its set of keys.
      while let isObject = open.last?.isObject {
        at = Self.skipSpace(text, at)
        switch text[at] {
        case UInt8(ascii: ","):
          at = Self.skipSpace(text, at + 1)
          if isObject { at = try key(text, at, count, &nodes) }
          continue value
        case UInt8(ascii: "}") where isObject,
          UInt8(ascii: "]") where !isObject:
          at = close(at, &nodes)
        default:
          throw unexpected(
            text, at, count, wanted: isObject ? "`,` or `}`" : "`,` or `]`")
        }
      }
      guard isWhole else { return at }
      at = Self.skipSpace(text, at)
      guard at == count else { throw unexpected(text, at, count, wanted: "the end") }
      return at
    }
  }

  private mutating func close(_ at: Int, _ nodes: inout [JSONTape.Node]) -> Int {
    let container = open.removeLast()
    keys.removeSubrange(container.firstKey...)
    nodes[Int(container.node)].end = Int32(at + 1)
    nodes[Int(container.node)].next = Int32(nodes.count)
    return at + 1
  }

  /// A key, its colon and the space around it.
  private mutating func key(
    _ text: Span<UInt8>, _ start: Int, _ count: Int, _ nodes: inout [JSONTape.Node]
  ) throws(JSONFailure) -> Int {
    guard text[start] == UInt8(ascii: "\"") else {
      throw unexpected(text, start, count, wanted: "a key in double quotes")
    }
    let index = nodes.count
    var at = try string(text, start, count, &nodes)
    guard allowsDuplicateKeys || enter(nodes[index], at: index, text, nodes) else {
      let name = Self.bytes(nodes[index], text)
      throw JSONFailure(
        .duplicateKey, at: start,
        "the key `\(String(decoding: name.prefix(64), as: UTF8.self))` stands twice in one object")
    }
    at = Self.skipSpace(text, at)
    guard text[at] == UInt8(ascii: ":") else {
      throw unexpected(text, at, count, wanted: "`:`")
    }
    return Self.skipSpace(text, at + 1)
  }

  /// Notes a key of the innermost object; false if it has it already.
  private mutating func enter(
    _ node: JSONTape.Node, at index: Int, _ text: Span<UInt8>, _ nodes: [JSONTape.Node]
  ) -> Bool {
    let last = open.count - 1
    if open[last].many != nil {
      return open[last].many?.insert(Self.bytes(node, text)).inserted ?? false
    }
    let hash = Self.hash(node, text)
    let (word, bit) = (Int(hash >> 62), 1 << (hash >> 56 & 63) as UInt64)
    if open[last].seen[word] & bit != 0 {
      for other in keys[open[last].firstKey...] where other.hash == hash {
        if Self.bytes(nodes[Int(other.node)], text) == Self.bytes(node, text) { return false }
      }
    }
    open[last].seen[word] |= bit
    keys.append((hash, Int32(index)))
    if keys.count - open[last].firstKey > Self.fewKeys {
      open[last].many = Set(
        keys[open[last].firstKey...].map { Self.bytes(nodes[Int($0.node)], text) })
    }
    return true
  }

  private static func bytes(_ node: JSONTape.Node, _ text: Span<UInt8>) -> [UInt8] {
    let raw = (Int(node.start)..<Int(node.end)).map { text[$0] }
    return node.hasEscapes ? Unescaped.bytes(of: raw) : raw
  }

  /// Of the key's text: the same however it is written.
  private static func hash(_ node: JSONTape.Node, _ text: Span<UInt8>) -> UInt64 {
    guard node.hasEscapes else { return hash(text, Int(node.start)..<Int(node.end)) }
    let bytes = bytes(node, text)
    let padded = bytes + [UInt8](repeating: 0, count: JSONTape.slack)
    return hash(padded.span, 0..<bytes.count)
  }

  /// Eight bytes at a time; `text` goes on for as many past the range.
  private static func hash(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    let raw = text.bytes
    var hash = UInt64(truncatingIfNeeded: range.count) &* 0x9E37_79B9_7F4A_7C15
    var at = range.lowerBound
    while at < range.upperBound {
      var word = UInt64(
        littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
      let left = range.upperBound - at
      if left < 8 { word &= (1 << (8 * UInt64(left))) - 1 }
      hash = (hash ^ word) &* 0xE703_7ED1_A0B4_28DB
      hash ^= hash >> 32
      at += 8
    }
    return hash &* 0x8EBC_6AF0_9C88_C6E3
  }

  // MARK: scalars

  private func literal(
    _ word: StaticString, _ kind: JSONTape.Kind, _ text: Span<UInt8>, _ start: Int, _ count: Int,
    _ nodes: inout [JSONTape.Node]
  ) throws(JSONFailure) -> Int {
    for offset in 0..<word.utf8CodeUnitCount where text[start + offset] != word.utf8Start[offset] {
      throw unexpected(text, start, count, wanted: "a value")
    }
    return append(kind, start, start + word.utf8CodeUnitCount, &nodes)
  }

  private func append(
    _ kind: JSONTape.Kind, _ start: Int, _ end: Int, hasEscapes: Bool = false,
    _ nodes: inout [JSONTape.Node]
  ) -> Int {
    nodes.append(
      .init(
        kind: kind, hasEscapes: hasEscapes, start: Int32(start), end: Int32(end),
        next: Int32(nodes.count + 1)))
    return end
  }

  private func number(
    _ text: Span<UInt8>, _ start: Int, _ count: Int, _ nodes: inout [JSONTape.Node]
  ) throws(JSONFailure) -> Int {
    func digits(_ from: Int) throws(JSONFailure) -> Int {
      var at = from
      while text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
      guard at > from else { throw unexpected(text, at, count, wanted: "a digit") }
      return at
    }
    var at = start
    if text[at] == UInt8(ascii: "-") { at += 1 }
    at = text[at] == UInt8(ascii: "0") ? at + 1 : try digits(at)
    if text[at] == UInt8(ascii: ".") { at = try digits(at + 1) }
    if text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
      at = try digits(at)
    }
    return append(.number, start, at, &nodes)
  }

  private func string(
    _ text: Span<UInt8>, _ quote: Int, _ count: Int, _ nodes: inout [JSONTape.Node]
  ) throws(JSONFailure) -> Int {
    let (end, hasEscapes) = try Self.stringEnd(text, quote, count)
    return append(.string, quote + 1, end, hasEscapes: hasEscapes, &nodes) + 1
  }

  /// Where the quote stands that ends the string which starts at `quote`.
  @inline(__always)
  static func stringEnd(
    _ text: Span<UInt8>, _ quote: Int, _ count: Int
  ) throws(JSONFailure) -> (end: Int, hasEscapes: Bool) {
    var at = quote + 1
    var hasEscapes = false
    while true {
      at = plainEnd(text, at)
      let byte = text[at]
      if byte == UInt8(ascii: "\"") {
        return (at, hasEscapes)
      } else if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        at = try escape(text, at, count)
      } else if byte >= 0x80 {
        let length = utf8Length(text, at)
        guard length > 0 else { throw JSONFailure(.encoding, at: at, "the bytes are not UTF-8") }
        at += length
      } else {
        throw at >= count
          ? JSONFailure(.syntax, at: at, "the line ends inside a string")
          : JSONFailure(.syntax, at: at, "a control character stands in a string")
      }
    }
  }

  /// The end of the run of bytes that need no look: ASCII but quotes, backslashes and controls.
  @inline(__always)
  private static func plainEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    let raw = text.bytes
    var at = start
    while at + 8 <= text.count {
      let word = raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      let stops =
        ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) | word) & tops
      // Only the lowest hit is exact, and that is the one asked for.
      if stops != 0 { return at + stops.trailingZeroBitCount >> 3 }
      at += 8
    }
    while text[at] >= 0x20, text[at] < 0x80, text[at] != 0x22, text[at] != 0x5C { at += 1 }
    return at
  }

  /// The end of the escape at `start`.
  private static func escape(
    _ text: Span<UInt8>, _ start: Int, _ count: Int
  ) throws(JSONFailure) -> Int {
    switch text[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      let unit = try hexUnit(text, start + 2)
      if unit & 0xFC00 == 0xD800 {
        guard text[start + 6] == UInt8(ascii: "\\"), text[start + 7] == UInt8(ascii: "u"),
          try hexUnit(text, start + 8) & 0xFC00 == 0xDC00
        else { throw JSONFailure(.encoding, at: start, "an escaped surrogate stands alone") }
        return start + 12
      }
      guard unit & 0xFC00 != 0xDC00 else {
        throw JSONFailure(.encoding, at: start, "an escaped surrogate stands alone")
      }
      return start + 6
    default:
      throw JSONFailure(.syntax, at: start, "the escape is none of JSON's")
    }
  }

  private static func hexUnit(_ text: Span<UInt8>, _ start: Int) throws(JSONFailure) -> UInt16 {
    var unit: UInt16 = 0
    for at in start..<start + 4 {
      guard at < text.count, let digit = Unescaped.hexValue(text[at]) else {
        throw JSONFailure(.syntax, at: min(at, text.count), "`\\u` needs four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  /// The length of the well-formed UTF-8 sequence of 2 to 4 bytes at `at`, or 0.
  private static func utf8Length(_ text: Span<UInt8>, _ at: Int) -> Int {
    func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      at + offset < text.count && range.contains(text[at + offset])
    }
    switch text[at] {
    case 0xC2...0xDF: return follows(1) ? 2 : 0
    case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : 0
    case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : 0
    case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : 0
    case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : 0
    case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : 0
    case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
  }

  @inline(__always)
  private static func skipSpace(_ text: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    while text[at] == 0x20 || text[at] == 0x09 || text[at] == 0x0A || text[at] == 0x0D { at += 1 }
    return at
  }

  private func unexpected(
    _ text: Span<UInt8>, _ at: Int, _ count: Int, wanted: String
  ) -> JSONFailure {
    if at >= count { return JSONFailure(.syntax, at: at, "the line ends where \(wanted) belongs") }
    let byte = text[at]
    if byte >= 0x80, Self.utf8Length(text, at) == 0 {
      return JSONFailure(.encoding, at: at, "the bytes are not UTF-8")
    }
    let found =
      (0x21..<0x7F).contains(byte) ? "`\(Character(Unicode.Scalar(byte)))`" : "byte \(byte)"
    return JSONFailure(.syntax, at: at, "\(found) stands where \(wanted) belongs")
  }
}
