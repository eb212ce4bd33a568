internal import Units
internal import Wording

/// The columns that a kind of file may have; raw values are their names in the header.
protocol CSVColumn: CaseIterable, Hashable, RawRepresentable<String>, Sendable {
  /// As a message calls a file with these columns: `a price file`.
  static var file: String { get }
}

/// A CSV file with a header, its cells known by their column.
struct CSVTable<Column: CSVColumn> {
  struct Row {
    let line: Int
    fileprivate let fields: [String]
    fileprivate let places: [Column: Int]

    /// What the cell says; nil if it is empty, or the file has no such column.
    subscript(column: Column) -> String? {
      guard let place = places[column], !fields[place].isEmpty else { return nil }
      return fields[place]
    }
  }

  private(set) var rows: [Row] = []
  private(set) var mistakes: [FileMistake] = []

  /// Reads all of a file; without the `needed` columns no row can be read.
  init(_ bytes: [UInt8], needed: [Column]) {
    var reader = CSVReader(bytes)
    let header: CSVRecord
    switch reader.next() {
    case .success(let record): header = record
    case .failure(let mistake):
      mistakes = [mistake]
      return
    case nil:
      mistakes = [
        FileMistake(
          line: nil, what: "the file is empty",
          remedy: "start it with the header \(Self.list(Array(Column.allCases)))")
      ]
      return
    }

    let places = places(of: header)
    let missing = needed.filter { places[$0] == nil }
    guard missing.isEmpty else {
      mistakes += missing.map {
        FileMistake(
          line: header.line, what: "the column `\($0.rawValue)` is missing", remedy: "add it")
      }
      return
    }
    while let result = reader.next() {
      switch result {
      case .success(let record):
        rows.append(Row(line: record.line, fields: record.fields, places: places))
      case .failure(let mistake): mistakes.append(mistake)
      }
    }
  }

  private mutating func places(of header: CSVRecord) -> [Column: Int] {
    var places: [Column: Int] = [:]
    var unknown: [String] = []
    for (place, name) in header.fields.enumerated() {
      if let column = Column(rawValue: name) {
        guard places[column] == nil else {
          mistakes.append(
            FileMistake(
              line: header.line, what: "the column `\(name)` stands twice",
              remedy: "keep one of the two"))
          continue
        }
        places[column] = place
      } else {
        unknown.append(name)
      }
    }
    let free = Column.allCases.filter { places[$0] == nil }
    for name in unknown {
      let remedy =
        NearestWord.of(name, in: free.lazy.map(\.rawValue), within: .half).map { "write `\($0)`" }
        ?? "the columns are \(Self.list(Array(Column.allCases)))"
      mistakes.append(
        FileMistake(
          line: header.line, what: "`\(name)` is no column of \(Column.file)", remedy: remedy))
    }
    return places
  }

  private static func list(_ columns: [Column]) -> String {
    columns.map(\.rawValue).joined(separator: ",")
  }
}

extension CSVTable.Row {
  /// What `read` makes of a cell; nil if the cell is empty, or if that is a mistake, noted.
  func optional<Value>(
    _ column: Column, _ mistakes: inout [FileMistake],
    _ read: (String) throws(UnitError) -> Value
  ) -> Value? {
    guard let text = self[column] else { return nil }
    do throws(UnitError) {
      return try read(text)
    } catch {
      mistakes.append(mistake("\(column.rawValue): \(error.what)", error.remedy))
      return nil
    }
  }

  /// What `read` makes of a cell that must not be empty; nil if there is a mistake, noted.
  func needed<Value>(
    _ column: Column, _ mistakes: inout [FileMistake],
    _ read: (String) throws(UnitError) -> Value
  ) -> Value? {
    if self[column] == nil {
      mistakes.append(mistake("\(column.rawValue) is empty", "fill it in"))
    }
    return optional(column, &mistakes, read)
  }

  func mistake(_ what: String, _ remedy: String) -> FileMistake {
    FileMistake(line: line, what: what, remedy: remedy)
  }
}
