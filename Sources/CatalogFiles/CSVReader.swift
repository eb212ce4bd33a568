/// One row of a CSV file.
package struct CSVRecord: Hashable, Sendable {
  /// The line on which it starts, from 1.
  package let line: Int
  package let fields: [String]

  package init(line: Int, fields: [String]) {
    self.line = line
    self.fields = fields
  }
}

/// Reads CSV as RFC 4180 has it, row by row; a row that breaks the rules is told, and reading goes on
/// behind it.
///
/// Rows end in LF or CR LF, the last may go without. Fields in double quotes may hold commas, line
/// breaks and doubled quotes; spaces belong to their field. The first row sets the number of fields.
/// A byte-order mark at the start and lines with nothing on them are skipped.
package struct CSVReader: IteratorProtocol, Sequence, Sendable {
  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  private var width: Int?

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    at = bytes.count - bytes.withoutByteOrderMark.count
  }

  package mutating func next() -> Result<CSVRecord, FileMistake>? {
    while takeLineEnd() {}
    guard at < bytes.count else { return nil }
    let record: CSVRecord
    do throws(FileMistake) {
      record = try self.record()
    } catch {
      skipLine()
      return .failure(error)
    }
    guard let width else {
      width = record.fields.count
      return .success(record)
    }
    guard record.fields.count == width else {
      return .failure(
        FileMistake(
          line: record.line,
          what: "the row has \(Self.fields(record.fields.count)) where the header has \(width)",
          remedy: "give each column one field, and quote a field with a comma in it"))
    }
    return .success(record)
  }

  private static func fields(_ count: Int) -> String { count == 1 ? "1 field" : "\(count) fields" }

  private mutating func record() throws(FileMistake) -> CSVRecord {
    let start = line
    var fields = [try field()]
    while at < bytes.count, !takeLineEnd() {
      // Fields end at a comma, a line's end or the file's.
      at += 1
      fields.append(try field())
    }
    return CSVRecord(line: start, fields: fields)
  }

  private mutating func field() throws(FileMistake) -> String {
    let start = line
    let content =
      at < bytes.count && bytes[at] == Self.quote ? try quotedField() : try plainField()
    guard let text = String(validating: content, as: UTF8.self) else {
      throw FileMistake(
        line: start, what: "the bytes are not valid UTF-8", remedy: "save the file as UTF-8")
    }
    return text
  }

  private mutating func plainField() throws(FileMistake) -> ArraySlice<UInt8> {
    let start = at
    while at < bytes.count, bytes[at] != Self.comma, !isAtLineEnd {
      switch bytes[at] {
      case Self.quote:
        throw FileMistake(
          line: line, what: "a quote stands inside a field that does not start with one",
          remedy: "put the whole field in quotes and double the quote")
      case Self.carriageReturn:
        throw FileMistake(
          line: line, what: "a carriage return stands without a line feed",
          remedy: "end lines with LF or CR LF")
      default: at += 1
      }
    }
    return bytes[start..<at]
  }

  private mutating func quotedField() throws(FileMistake) -> ArraySlice<UInt8> {
    let opened = line
    at += 1
    var content: ArraySlice<UInt8> = []
    var start = at
    while true {
      guard at < bytes.count else {
        throw FileMistake(
          line: opened, what: "a quote opens here and is not closed",
          remedy: "close it, and double a quote that belongs to the text")
      }
      if bytes[at] == Self.lineFeed { line += 1 }
      guard bytes[at] == Self.quote else {
        at += 1
        continue
      }
      content += bytes[start..<at]
      at += 1
      guard at < bytes.count, bytes[at] == Self.quote else { break }
      start = at  // The second quote of two is content.
      at += 1
    }
    guard at == bytes.count || bytes[at] == Self.comma || isAtLineEnd else {
      throw FileMistake(
        line: line, what: "text follows a closing quote",
        remedy: "end the field there, and double a quote that belongs to the text")
    }
    return content
  }

  private var isAtLineEnd: Bool {
    bytes[at] == Self.lineFeed
      || bytes[at] == Self.carriageReturn && at + 1 < bytes.count && bytes[at + 1] == Self.lineFeed
  }

  private mutating func takeLineEnd() -> Bool {
    guard at < bytes.count, isAtLineEnd else { return false }
    at += bytes[at] == Self.lineFeed ? 1 : 2
    line += 1
    return true
  }

  private mutating func skipLine() {
    while at < bytes.count, !takeLineEnd() { at += 1 }
  }
}

extension [UInt8] {
  /// All but the UTF-8 byte-order mark that some editors write first.
  var withoutByteOrderMark: ArraySlice<UInt8> {
    starts(with: [0xEF, 0xBB, 0xBF]) ? self[3...] : self[...]
  }
}
