/// Texts as the FOCUS validator takes them.
///
/// FOCUS allows any text; its validator (2.2.1) refuses other letters than ASCII's, and reads a column
/// of digits alone as numbers. What it would not take gets a prefix and its bytes escaped, so that two
/// names never become one.
enum FocusText {
  /// What the specification (NullHandling) does not want to see in place of a null, and words that
  /// are read as another type.
  private static let words: Set<String> = [
    "n/a", "na", "not applicable", "none", "null", "nil", "unknown", "true", "false", "inf", "nan",
    "infinity",
  ]

  static func of(_ name: String, prefix: String) -> String {
    guard let first = name.utf8.first else { return "" }
    let isPlain =
      first.isLetter && !words.contains(name.lowercased()) && !name.hasPrefix(prefix)
      && name.utf8.last != UInt8(ascii: " ")
      && name.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "%") }
    if isPlain { return name }
    var text = prefix
    for byte in name.utf8 {
      if (0x21..<0x7F).contains(byte), byte != UInt8(ascii: "%") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text +=
          "%" + String(byte >> 4, radix: 16, uppercase: true)
          + String(byte & 15, radix: 16, uppercase: true)
      }
    }
    return text
  }

  /// A text as JSON, in ASCII.
  static func json(_ text: String) -> String {
    var json = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5C: json += "\\" + String(UnicodeScalar(UInt8(unit)))
      case 0x20..<0x7F: json += String(UnicodeScalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      }
    }
    return json + "\""
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
}
