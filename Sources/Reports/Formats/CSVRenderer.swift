import Units

/// A table as CSV (RFC 4180), exact: money with nine digits after the point, shares as decimals of 1.
///
/// Lines end in LF alone. Spreadsheets and parsers take it as they take CRLF, and the tools a log is
/// read with (`cut`, `awk`, `diff`) do not find a CR in the last column. The total is left out: who
/// adds up a column wants each amount once.
package enum CSVRenderer {
  package static func text(_ table: ReportTable) -> String {
    var text = line(table.columns.map(\.name))
    for row in table.rows { text += line(row.map(field)) }
    return text
  }

  /// Fields that are quoted where they need it, as a line.
  package static func line(_ fields: [String]) -> String {
    fields.joined(separator: ",") + "\n"
  }

  private static func field(_ cell: ReportTable.Cell) -> String {
    switch cell {
    case .none: ""
    case .label(let text), .name(let text): field(text)
    case .count(let count): String(count)
    case .money(let money): money.description
    case .share(let basisPoints): DecimalText.text(Int128(basisPoints), places: 4)
    case .day(let day): day.description
    case .change(let basisPoints): DecimalText.text(Int128(basisPoints), places: 4)
    case .trend(let amounts): amounts.map(String.init).joined(separator: " ")
    }
  }

  /// A text as a field: quoted where it must be, and harmless.
  package static func field(_ text: String) -> String { quoted(guarded(text)) }

  /// A text that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, "CSV
  /// injection"). So does one that already looks guarded: taking one apostrophe away gives every text
  /// back.
  private static func guarded(_ text: String) -> String {
    switch text.unicodeScalars.first(where: { $0 != "'" }) {
    case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": "'" + text
    default: text
    }
  }

  private static func quoted(_ text: String) -> String {
    // By scalars: Swift takes CR LF for one character that is neither.
    let scalars = text.unicodeScalars
    guard scalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) || text.isEmpty else {
      return text
    }
    var quoted = "\""
    for scalar in scalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
