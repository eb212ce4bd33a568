import LedgerStore
import Reports
import Units

/// Prints rows of any columns: json and csv as they come, tables once their widths are known.
final class RowWriter {
  private let columns: [String]
  private let format: TableFormat
  private var count = 0
  /// What is written and not yet handed on.
  private var text = ""
  /// Rows of a table, which is laid out at the end.
  private var kept: [[FreeQuery.Value]] = []

  /// More than anyone reads; what is for machines has no such end.
  private static let mostKept = 10_000

  init(columns: [String], format: TableFormat) {
    self.columns = Self.distinct(columns)
    self.format = format
    if format == .csv { text = CSVRenderer.line(columns.map { CSVRenderer.field($0) }) }
  }

  func write(_ row: [FreeQuery.Value]) throws {
    count += 1
    switch format {
    case .json:
      text += (count == 1 ? "[" : ",\n ") + Self.json(columns, row)
    case .csv:
      text += CSVRenderer.line(
        row.map { value in
          switch value {
          case .text(let text): CSVRenderer.field(text)
          case .null, .integer, .real, .blob: value.text
          }
        })
    case .table, .markdown:
      if kept.count < Self.mostKept { kept.append(row) }
    }
    if text.utf8.count > 1 << 16 { try flush() }
  }

  func finish() throws {
    switch format {
    case .json: text += count == 0 ? "[]\n" : "]\n"
    case .csv: break
    case .table: if count > 0 { text = Output.renderer.text(table) }
    case .markdown: if count > 0 { text = MarkdownRenderer.text(table, level: 0) }
    }
    try flush()
    if count == 0 { Output.note("no rows") }
    if count > kept.count, format == .table || format == .markdown {
      Output.note(
        "shown are the first \(kept.count) of \(count) rows; --format csv or json prints them all")
    }
  }

  private func flush() throws {
    try Output.data(text)
    text = ""
  }

  /// A key stands once in a JSON object: the second `id` is `id_2`.
  private static func distinct(_ names: [String]) -> [String] {
    var used: Set<String> = []
    return names.map { name in
      var distinct = name
      var number = 1
      while !used.insert(distinct).inserted {
        number += 1
        distinct = "\(name)_\(number)"
      }
      return distinct
    }
  }

  private static func json(_ columns: [String], _ row: [FreeQuery.Value]) -> String {
    let object = JSONValue.object(
      zip(columns, row).map { column, value in
        switch value {
        case .null: (column, .null)
        case .integer(let number): (column, .integer(number))
        // Infinity is no JSON number.
        case .real(let number):
          (column, number.isFinite ? .number(value.text) : .string(value.text))
        case .text, .blob: (column, .string(value.text))
        }
      })
    return String(JSONWriter.line(object).dropLast())
  }

  private var table: ReportTable {
    let kinds = columns.indices.map(kind(of:))
    return ReportTable(
      title: count == 1 ? "1 row" : "\(ReadingText.count(Int64(count))) rows",
      columns: zip(columns, kinds).map { .init($0, $0, $1) },
      rows: kept.map { row in
        row.map { value in value == .null ? .none : .name(value.readingText) }
      }.aligned(columns.indices.filter { kinds[$0] == .count && format == .table }))
  }

  /// Numbers stand to the right; of times nothing is cut.
  private func kind(of column: Int) -> ReportTable.Kind {
    let values = kept.map { $0[column] }.filter { $0 != .null }
    if values.allSatisfy(\.isNumber) { return .count }
    return values.allSatisfy(\.isTime) ? .day : .text
  }
}

extension [ReportTable.Row] {
  /// The rows with the decimal points of some columns of numbers below each other.
  fileprivate func aligned(_ columns: [Int]) -> Self {
    var rows = self
    for column in columns {
      func places(_ text: String) -> Int { text.drop { $0 != "." }.count }
      let texts = rows.map { row in if case .name(let text) = row[column] { text } else { "" } }
      let most = texts.reduce(0) { Swift.max($0, places($1)) }
      for (index, text) in texts.enumerated() where !text.isEmpty {
        rows[index][column] = .name(
          text + String(repeating: " ", count: most - places(text)))
      }
    }
    return rows
  }
}

extension FreeQuery.Value {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .real: true
    case .null, .text, .blob: false
    }
  }

  /// A month, a day or a time of it, as the views write them.
  fileprivate var isTime: Bool {
    guard case .text(let text) = self, (7...24).contains(text.utf8.count) else { return false }
    let form = Array("0000-00-00T00:00:00.000Z".utf8)
    return zip(text.utf8, form).allSatisfy { byte, like in
      like == UInt8(ascii: "0")
        ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == like
    }
  }

  /// For tables: numbers without an exponent, rounded to the places of nano-USD.
  fileprivate var readingText: String {
    guard case .real(let number) = self else { return text }
    let whole = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    let isLong = text.contains("e") || text.drop { $0 != "." }.count > 10
    guard isLong, abs(number) < 1e6, abs(number) >= 1e-9 else { return whole }
    let digits = DecimalText.text(Int128((number * 1e9).rounded()), places: 9)
    let zeros = digits.reversed().prefix { $0 == "0" }.count
    return String(digits.dropLast(zeros)).trimmingPoint
  }

  /// As SQL and every format shows it: blobs in hexadecimal digits, null as nothing.
  fileprivate var text: String {
    switch self {
    case .null: ""
    case .integer(let number): String(number)
    case .real(let number): "\(number)"
    case .text(let text): text
    case .blob(let bytes):
      bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
  }
}

extension String {
  fileprivate var trimmingPoint: String { hasSuffix(".") ? String(dropLast()) : self }
}
