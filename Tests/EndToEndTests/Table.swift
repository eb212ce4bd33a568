import Foundation
import Testing
import Units

/// A CSV file that the program wrote, by its header; no cell of it holds a line end.
struct Table {
  let rows: [[String: String]]

  init(rows: [[String: String]]) { self.rows = rows }

  init(_ data: Data) throws {
    var text = String(decoding: data, as: UTF8.self)
    if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
    let lines = text.split(separator: "\r\n").map { Self.cells(String($0)) }
    let header = try #require(lines.first)
    rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  private static func cells(_ line: String) -> [String] {
    var cells = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)
      }
    }
    return cells
  }

  /// The exact sum of a column over some rows, in 10^-24 USD.
  func sum(_ column: String, where matches: ([String: String]) -> Bool = { _ in true }) throws
    -> Int128
  {
    try rows.filter(matches).reduce(0) { sum, row in
      let bytes = Array(try #require(row[column]).utf8)
      return sum + (try DecimalText.integer(in: bytes.span, places: 24))
    }
  }
}
