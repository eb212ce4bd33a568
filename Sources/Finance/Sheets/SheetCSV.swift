/// CSV that a spreadsheet opens without surprises (RFC 4180): CRLF, quotes where they are needed.
package enum SheetCSV {
  package enum Cell: Hashable, Sendable {
    /// A name: guarded against being taken for a formula or a number.
    case text(String)
    /// A text of our own, such as a day.
    case plain(String)
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
    case .plain(let text): text
    case .number(let digits): digits
    case .none: ""
    }
  }

  /// A text that a spreadsheet would take for a formula (OWASP, "CSV injection") or for a number or a
  /// day, which it would write otherwise, gets a leading apostrophe; so does one that already has it, so
  /// that taking one away gives every text back.
  private static func guarded(_ text: String) -> String {
    let bare = text.unicodeScalars.drop { $0 == "'" }
    return isFormula(bare) || isNumber(bare) ? "'" + text : text
  }

  private static func isFormula(_ text: Substring.UnicodeScalarView) -> Bool {
    switch text.first {
    case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": true
    default: false
    }
  }

  /// Digits that lose some, as there are more than fifteen or zeros in front; and digits with what
  /// stands in decimals, powers of ten, days and times.
  private static func isNumber(_ text: Substring.UnicodeScalarView) -> Bool {
    guard let first = text.first, first.isDigit || first == "." else { return false }
    if text.allSatisfy(\.isDigit) { return text.count > 15 || first == "0" && text.count > 1 }
    return text.allSatisfy { $0.isDigit || ".,:/-+ %eE".unicodeScalars.contains($0) }
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

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
