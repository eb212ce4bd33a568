/// A dictionary as Python prints it, which is how LiteLLM puts metadata into attributes of spans:
/// `{'feature': 'storefront', 'run': None}`.
enum PythonLiteral {
  /// The dictionary as JSON; nil if the text is none.
  static func json(of text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.first == UInt8(ascii: "{"), bytes.count > 1,
      bytes[1] == UInt8(ascii: "'")
    else { return nil }
    var reader = Reader(bytes: bytes)
    guard reader.value(depth: 0), reader.at == bytes.count else { return nil }
    return reader.json
  }

  private struct Reader {
    let bytes: [UInt8]
    var at = 0
    var json: [UInt8] = []

    static let deepest = 32

    mutating func value(depth: Int) -> Bool {
      guard depth < Self.deepest, at < bytes.count else { return false }
      switch bytes[at] {
      case UInt8(ascii: "{"): return list(depth, until: UInt8(ascii: "}"), isDictionary: true)
      case UInt8(ascii: "["): return list(depth, until: UInt8(ascii: "]"), isDictionary: false)
      case UInt8(ascii: "'"), UInt8(ascii: "\""): return string()
      default: return word()
      }
    }

    private mutating func list(_ depth: Int, until end: UInt8, isDictionary: Bool) -> Bool {
      json.append(bytes[at])
      at += 1
      var isFirst = true
      while at < bytes.count {
        skipSpace()
        if at < bytes.count, bytes[at] == end {
          json.append(end)
          at += 1
          return true
        }
        if !isFirst {
          guard take(",") else { return false }
          json.append(UInt8(ascii: ","))
          skipSpace()
        }
        isFirst = false
        if isDictionary {
          guard at < bytes.count,
            bytes[at] == UInt8(ascii: "'") || bytes[at] == UInt8(ascii: "\""), string()
          else { return false }
          skipSpace()
          guard take(":") else { return false }
          json.append(UInt8(ascii: ":"))
          skipSpace()
        }
        guard value(depth: depth + 1) else { return false }
      }
      return false
    }

    private mutating func skipSpace() {
      while at < bytes.count, bytes[at] == UInt8(ascii: " ") { at += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
      guard at < bytes.count, bytes[at] == UInt8(ascii: byte) else { return false }
      at += 1
      return true
    }

    private mutating func string() -> Bool {
      let quote = bytes[at]
      at += 1
      json.append(UInt8(ascii: "\""))
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        if byte == quote {
          json.append(UInt8(ascii: "\""))
          return true
        }
        if byte == UInt8(ascii: "\\") {
          guard escape() else { return false }
        } else {
          guard byte >= 0x20 else { return false }
          if byte == UInt8(ascii: "\"") { json.append(UInt8(ascii: "\\")) }
          json.append(byte)
        }
      }
      return false
    }

    /// The escapes that Python's `repr` writes.
    private mutating func escape() -> Bool {
      guard at < bytes.count else { return false }
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "'"): json.append(byte)
      case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "n"), UInt8(ascii: "r"),
        UInt8(ascii: "t"):
        json.append(UInt8(ascii: "\\"))
        json.append(byte)
      case UInt8(ascii: "x"), UInt8(ascii: "u"):
        let count = byte == UInt8(ascii: "x") ? 2 : 4
        guard at + count <= bytes.count,
          bytes[at..<at + count].allSatisfy({
            Character(Unicode.Scalar($0)).isHexDigit
          })
        else { return false }
        json.append(contentsOf: "\\u".utf8)
        json.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - count))
        json.append(contentsOf: bytes[at..<at + count])
        at += count
      default: return false
      }
      return true
    }

    private mutating func word() -> Bool {
      let start = at
      while at < bytes.count, !" ,:]}".utf8.contains(bytes[at]) { at += 1 }
      switch String(decoding: bytes[start..<at], as: UTF8.self) {
      case "None": json.append(contentsOf: "null".utf8)
      case "True": json.append(contentsOf: "true".utf8)
      case "False": json.append(contentsOf: "false".utf8)
      case let number where Double(number) != nil: json.append(contentsOf: number.utf8)
      default: return false
      }
      return true
    }
  }
}
