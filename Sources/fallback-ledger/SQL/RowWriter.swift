import LedgerStore
import Reports

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
    let isNumeric = columns.indices.map { column in
      !kept.isEmpty
        && kept.allSatisfy { row in
          switch row[column] {
          case .null, .integer, .real: true
          case .text, .blob: false
          }
        }
    }
    return ReportTable(
      title: count == 1 ? "1 row" : "\(ReadingText.count(Int64(count))) rows",
      columns: zip(columns, isNumeric).map { .init($0, $0, $1 ? .count : .text) },
      rows: kept.map { row in
        row.map { value in value == .null ? .none : .name(value.text) }
      })
  }
}

extension FreeQuery.Value {
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
