/// Where a record stands: its number, from 1, and its first byte in the unpacked input.
///
/// Records are counted as lines are, of which most logs have one for each.
struct RecordPlace {
  var number: Int64
  let offset: Int64
  /// SHA-256 of a record that is longer than one may be; its bytes are then the first ones only.
  var tooLongSHA256: [UInt8]?

  var isTooLong: Bool { tooLongSHA256 != nil }
}

/// A record's bytes, and where it stands.
struct FramedRecord {
  let place: RecordPlace
  /// JSON, or what should be.
  let bytes: [UInt8]
}

/// Cuts the lines of a log into records: one a line, several on one, or one over many.
protocol RecordFramer {
  /// Takes the next line in and hands on the records that end in it.
  mutating func take(
    _ line: RecordPlace, _ bytes: ArraySlice<UInt8>, _ body: (FramedRecord) throws -> Void) throws

  /// Hands on what is left at the end of the log.
  mutating func finish(_ body: (FramedRecord) throws -> Void) throws
}

/// JSON values that stand as they like: a line each, joined without a break, pretty-printed over many
/// lines, or as the elements of one list. Blank lines between them are records without bytes.
///
/// Of what is damaged only one record is lost: a string never goes over a line's end, and a line that
/// begins with `{` begins a value, since pretty-printed members are indented.
struct JSONFramer: RecordFramer {
  /// The longest value over several lines. Traces come as one document of any size.
  static let longest = 64 << 20

  private var records: Int64 = 0
  private var value: [UInt8] = []
  private var offset: Int64 = 0
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// The value at hand began on an earlier line.
  private var goesOn = false
  /// Inside a list that is the whole log.
  private var isInList = false
  private var hasRecords = false
  /// Values of this log go over several lines.
  private var spansLines = false

  private mutating func next(at offset: Int64, tooLong: [UInt8]? = nil) -> RecordPlace {
    records += 1
    return RecordPlace(number: records, offset: offset, tooLongSHA256: tooLong)
  }

  mutating func take(
    _ line: RecordPlace, _ bytes: ArraySlice<UInt8>, _ body: (FramedRecord) throws -> Void
  ) throws {
    if line.isTooLong {
      try giveUp(body)
      return try body(
        FramedRecord(
          place: next(at: line.offset, tooLong: line.tooLongSHA256), bytes: Array(bytes)))
    }
    if depth > 0, bytes.first == UInt8(ascii: "{") { try giveUp(body) }
    var at = bytes.startIndex
    let isBlank = depth == 0 && bytes.isBlank
    while at < bytes.endIndex {
      if depth == 0 {
        guard skipBetween(bytes, &at) else { break }
        offset = line.offset + Int64(at - bytes.startIndex)
        guard bytes[at] == UInt8(ascii: "{") || bytes[at] == UInt8(ascii: "[") else {
          try scalar(bytes, &at, body)
          continue
        }
      }
      let start = at
      let isWhole = scan(bytes, &at)
      value.append(contentsOf: bytes[start..<at])
      if isWhole { try emit(body) }
    }
    if isBlank, !isInList {
      try body(FramedRecord(place: next(at: line.offset), bytes: []))
    } else if depth > 0 {
      try endLine(body)
    }
  }

  mutating func finish(_ body: (FramedRecord) throws -> Void) throws { try giveUp(body) }

  /// What is not whole at the end of its line goes on in the next one, if this log does that.
  private mutating func endLine(_ body: (FramedRecord) throws -> Void) throws {
    // A brace alone on its line begins a pretty-printed value, a cut line of JSON lines hardly ever.
    let mayGoOn = spansLines || goesOn || !hasRecords || value.count <= 2
    guard !isInString, mayGoOn, value.count <= Self.longest else { return try giveUp(body) }
    value.append(UInt8(ascii: "\n"))
    goesOn = true
  }

  /// Skips white space, and the signs of a list around its elements; false at the end of the line.
  private mutating func skipBetween(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> Bool {
    while at < bytes.endIndex {
      switch bytes[at] {
      case 0x20, 0x09, 0x0D: break
      case UInt8(ascii: ",") where isInList: break
      case UInt8(ascii: "]") where isInList: isInList = false
      case UInt8(ascii: "[") where !isInList && beginsList(bytes, at): isInList = true
      default: return true
      }
      at += 1
    }
    return false
  }

  /// A list of objects, or one whose elements come on the next lines, is a list of records.
  private func beginsList(_ bytes: ArraySlice<UInt8>, _ at: Int) -> Bool {
    guard !hasRecords else { return false }
    let next = bytes[(at + 1)...].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
    return next == nil || next == UInt8(ascii: "{") || next == UInt8(ascii: "]")
  }

  /// Scans on until the value ends; false at the end of the line.
  private mutating func scan(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> Bool {
    while at < bytes.endIndex {
      let byte = bytes[at]
      at += 1
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return true }
      default: break
      }
    }
    return false
  }

  /// What begins no object is a record up to the end of the line, or of the list's element.
  private mutating func scalar(
    _ bytes: ArraySlice<UInt8>, _ at: inout Int, _ body: (FramedRecord) throws -> Void
  ) throws {
    let start = at
    while at < bytes.endIndex,
      !isInList || bytes[at] != UInt8(ascii: ",") && bytes[at] != UInt8(ascii: "]")
    {
      at += 1
    }
    value.append(contentsOf: bytes[start..<at])
    try emit(body)
  }

  private mutating func emit(_ body: (FramedRecord) throws -> Void) throws {
    if goesOn { spansLines = true }
    hasRecords = true
    let record = FramedRecord(place: next(at: offset), bytes: value)
    reset()
    try body(record)
  }

  /// Hands on what there is of a value that does not end.
  private mutating func giveUp(_ body: (FramedRecord) throws -> Void) throws {
    guard depth > 0 || !value.isEmpty else { return }
    let isTooLong = value.count > Self.longest
    let record = FramedRecord(
      place: next(at: offset, tooLong: isTooLong ? Digest.sha256(value) : nil),
      bytes: isTooLong ? Array(value.prefix(LineReader.keptOfTooLong)) : value)
    reset()
    try body(record)
  }

  private mutating func reset() {
    value.removeAll(keepingCapacity: value.count < 1 << 20)
    depth = 0
    isInString = false
    isEscaped = false
    goesOn = false
  }
}
