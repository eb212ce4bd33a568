package import Units

/// A JSON value whose objects keep the order in which their keys were given.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// The text of a JSON number: exact, never through floating point.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])
  /// JSON text that stands as it was written, on one line.
  case source(String)

  /// cli.md: a decimal string with nine digits after the point.
  package static func money(_ money: Money) -> JSONValue { .string(money.description) }

  package static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

/// Writes JSON, indented by two spaces or on one line.
package enum JSONWriter {
  /// The value without any white space, and a line feed: a line of JSONL.
  package static func line(_ value: JSONValue) -> String {
    var text = ""
    write(compact: value, to: &text)
    return text + "\n"
  }

  private static func write(compact value: JSONValue, to text: inout String) {
    switch value {
    case .null, .bool, .integer, .number, .string, .source: write(value, indent: 0, to: &text)
    case .array(let values):
      text += "["
      for (place, value) in values.enumerated() {
        if place > 0 { text += "," }
        write(compact: value, to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (place, member) in members.enumerated() {
        if place > 0 { text += "," }
        write(member.key, to: &text)
        text += ":"
        write(compact: member.value, to: &text)
      }
      text += "}"
    }
  }

  /// The value and a line feed.
  package static func text(_ value: JSONValue) -> String {
    var text = ""
    write(value, indent: 0, to: &text)
    return text + "\n"
  }

  private static func write(_ value: JSONValue, indent: Int, to text: inout String) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let digits): text += digits
    case .string(let value): write(value, to: &text)
    case .source(let json): for scalar in json.unicodeScalars { write(visible: scalar, to: &text) }
    case .array(let values):
      list(values, between: ("[", "]"), indent: indent, to: &text) { value, text in
        write(value, indent: indent + 1, to: &text)
      }
    case .object(let members):
      list(members, between: ("{", "}"), indent: indent, to: &text) { member, text in
        write(member.key, to: &text)
        text += ": "
        write(member.value, indent: indent + 1, to: &text)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], between brackets: (String, String), indent: Int, to text: inout String,
    _ element: (Element, inout String) -> Void
  ) {
    text += brackets.0
    var separator = ""
    for each in elements {
      text += separator + "\n" + String(repeating: "  ", count: indent + 1)
      element(each, &text)
      separator = ","
    }
    if !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += brackets.1
  }

  /// RFC 8259. Also escapes what a terminal obeys or does not show, which means the same to a parser.
  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default: write(visible: scalar, to: &text)
      }
    }
    text += "\""
  }

  /// A scalar of a string, as an escape if it would not be seen.
  private static func write(visible scalar: Unicode.Scalar, to text: inout String) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      }
    default: text.unicodeScalars.append(scalar)
    }
  }
}

extension ReportTable {
  /// `{"rows":[{COLUMN:value,…}],"total":{…}}` with exact figures; `total` only where there is one.
  package var json: JSONValue {
    func object(_ row: Row) -> JSONValue {
      .object(zip(columns, row).map { ($0.name, $1.json) })
    }
    var members: [(key: String, value: JSONValue)] = [("rows", .array(rows.map(object)))]
    if let total { members.append(("total", object(total))) }
    return .object(members)
  }
}

extension ReportTable.Cell {
  fileprivate var json: JSONValue {
    switch self {
    case .none: .null
    case .label(let text), .name(let text): .string(text)
    case .count(let count): .integer(count)
    case .money(let money): .money(money)
    case .share(let basisPoints): .number(DecimalText.shortText(Int128(basisPoints), places: 4))
    case .day(let day): .string(day.description)
    case .change(let basisPoints): .number(DecimalText.shortText(Int128(basisPoints), places: 4))
    case .trend(let amounts): .array(amounts.map(JSONValue.integer))
    }
  }
}
