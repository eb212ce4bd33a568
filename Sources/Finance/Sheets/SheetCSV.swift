/// CSV that a spreadsheet opens without surprises (RFC 4180): CRLF, quotes where they are needed.
package enum SheetCSV {
  package enum Cell: Hashable, Sendable {
    /// A name: guarded against being taken for a formula or a number.
    case text(String)
    /// Digits that stand as they are, a minus sign included.
    case number(String)
    case none
  }

  /// UTF-8 without it is read as the machine's own code page.
  package static let byteOrderMark = "\u{FEFF}"

  package static func line(_ cells: [Cell]) -> String {
    line(fields: cells.map(field))
  }

  /// Texts as they are.
  package static func line(fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func field(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): guarded(text)
    case .number(let digits): digits
    case .none: ""
    }
  }

  /// A text that a spreadsheet would take for a formula (OWASP, "CSV injection"), or would round as it
  /// takes it for a number of more than fifteen digits, gets a leading apostrophe; so does one that
  /// already has it, so that taking one away gives every text back.
  private static func guarded(_ text: String) -> String {
    let isLongNumber =
      !text.isEmpty && text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
      && (text.utf8.count > 15 || text.utf8.first == UInt8(ascii: "0"))
    if isLongNumber { return "'" + text }
    return switch text.unicodeScalars.first(where: { $0 != "'" }) {
    case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": "'" + text
    default: text
    }
  }

  private static func quoted(_ text: String) -> String {
    // By scalars: Swift takes CR LF for one character that is neither.
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
      return text
    }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
