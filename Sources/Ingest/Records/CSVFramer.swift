internal import StrictJSON

/// Rows of a CSV (RFC 4180) as JSON objects by the names of its header: every value is a string, and
/// one that is empty without quotes is null, as databases write it.
struct CSVFramer: RecordFramer {
  private var header: [String] = []
  private var rows: Int64 = 0
  private var row: [UInt8] = []
  private var offset: Int64 = 0
  private var isQuoted = false

  static let longestRow = 16 << 20

  mutating func take(
    _ line: RecordPlace, _ bytes: ArraySlice<UInt8>, _ body: (FramedRecord) throws -> Void
  ) throws {
    if row.isEmpty { offset = line.offset }
    guard !line.isTooLong, row.count + bytes.count <= Self.longestRow else {
      row = []
      isQuoted = false
      rows += 1
      return try body(
        FramedRecord(
          place: RecordPlace(
            number: rows, offset: offset,
            tooLongSHA256: line.tooLongSHA256 ?? Digest.sha256(Array(bytes))), bytes: []))
    }
    if isQuoted { row.append(0x0A) }
    row.append(contentsOf: bytes)
    for byte in bytes where byte == UInt8(ascii: "\"") { isQuoted.toggle() }
    if !isQuoted { try endRow(body) }
  }

  mutating func finish(_ body: (FramedRecord) throws -> Void) throws {
    guard !row.isEmpty else { return }
    isQuoted = false
    try endRow(body)
  }

  private mutating func endRow(_ body: (FramedRecord) throws -> Void) throws {
    defer { row.removeAll(keepingCapacity: row.count < 1 << 20) }
    let cells = Self.cells(of: row)
    if header.isEmpty {
      // Before the header there may be blank lines.
      if !row.isEmpty { header = (cells ?? []).map { Self.text($0.text) } }
      return
    }
    rows += 1
    let place = RecordPlace(number: rows, offset: offset)
    guard !row.isEmpty else { return try body(FramedRecord(place: place, bytes: [])) }
    guard let cells, cells.count == header.count else {
      // No JSON: it goes to the quarantine as it stands.
      return try body(FramedRecord(place: place, bytes: row))
    }
    try body(FramedRecord(place: place, bytes: object(cells)))
  }

  private func object(_ cells: [Cell]) -> [UInt8] {
    var text = JSONText()
    text.open()
    for (name, cell) in zip(header, cells) {
      text.member(name)
      if cell.isQuoted || !cell.text.isEmpty {
        text.value(string: cell.text)
      } else {
        text.value("null".utf8)
      }
    }
    text.close()
    return text.bytes
  }

  private struct Cell {
    var text: [UInt8] = []
    var isQuoted = false
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The values of a row; nil where quotes do not fit.
  private static func cells(of row: [UInt8]) -> [Cell]? {
    var cells: [Cell] = []
    var at = 0
    while true {
      var cell = Cell()
      if at < row.count, row[at] == UInt8(ascii: "\"") {
        cell.isQuoted = true
        at += 1
        while true {
          guard at < row.count else { return nil }
          if row[at] == UInt8(ascii: "\"") {
            at += 1
            guard at < row.count, row[at] == UInt8(ascii: "\"") else { break }
          }
          cell.text.append(row[at])
          at += 1
        }
        guard at == row.count || row[at] == UInt8(ascii: ",") else { return nil }
      } else {
        while at < row.count, row[at] != UInt8(ascii: ",") {
          guard row[at] != UInt8(ascii: "\"") else { return nil }
          cell.text.append(row[at])
          at += 1
        }
      }
      cells.append(cell)
      guard at < row.count else { return cells }
      at += 1
    }
  }

  /// The header as a record without values, for telling the format; nil where a line is none.
  static func headerRecord(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    guard let names = cells(of: Array(line)), names.count > 1 else { return nil }
    var text = JSONText()
    text.open()
    for name in names {
      guard !name.text.isEmpty else { return nil }
      text.member(Self.text(name.text))
      text.value("null".utf8)
    }
    text.close()
    return text.bytes
  }
}
