internal import StrictJSON

/// JSON as a format puts it together from parts of a record, for a reader that wants it otherwise.
struct JSONText {
  private(set) var bytes: [UInt8] = []

  mutating func open() {
    separate()
    bytes.append(UInt8(ascii: "{"))
  }

  mutating func close() { bytes.append(UInt8(ascii: "}")) }

  /// A key of a member whose value comes next.
  mutating func key(_ key: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: key.description.utf8)
    bytes.append(contentsOf: "\":".utf8)
  }

  /// A key as it stands in a record, with its quotes.
  mutating func key(source: ArraySlice<UInt8>) {
    separate()
    bytes.append(contentsOf: source)
    bytes.append(UInt8(ascii: ":"))
  }

  /// A key that is plain text.
  mutating func member(_ key: String) {
    separate()
    value(string: key.utf8)
    bytes.append(UInt8(ascii: ":"))
  }

  /// A value that is JSON already.
  mutating func value(_ json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

  mutating func value(string text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let hex = String(byte, radix: 16)
        bytes.append(contentsOf: "\\u00\(hex.utf8.count < 2 ? "0" : "")\(hex)".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A value without the white space and the escapes that it does not need.
  static func compact(_ tape: JSONTape, _ value: JSONTape.Index) -> [UInt8] {
    var text = JSONText()
    text.add(tape, value)
    return text.bytes
  }

  private mutating func add(_ tape: JSONTape, _ value: JSONTape.Index) {
    switch tape.kind(value) {
    case .object:
      bytes.append(UInt8(ascii: "{"))
      tape.forEachMember(of: value) { key, member in
        separate()
        self.value(string: tape.text(key).utf8)
        bytes.append(UInt8(ascii: ":"))
        add(tape, member)
      }
      bytes.append(UInt8(ascii: "}"))
    case .array:
      bytes.append(UInt8(ascii: "["))
      var isFirst = true
      tape.forEachElement(of: value) { element in
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        add(tape, element)
      }
      bytes.append(UInt8(ascii: "]"))
    case .string: self.value(string: tape.text(value).utf8)
    case .number, .true, .false, .null: self.value(tape.source(value))
    }
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// A comma between two members, and none before the first or a value.
  private mutating func separate() {
    guard let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: ":") else {
      return
    }
    bytes.append(UInt8(ascii: ","))
  }
}
