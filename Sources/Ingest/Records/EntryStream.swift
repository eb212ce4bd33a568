internal import StrictJSON

/// The entries of a log of a known format, in any but the native one, whose entries are its lines.
struct EntryStream {
  private let reader: any SourceFormat
  private var framer: (any RecordFramer)?
  private var tape = JSONTape()
  private var count: Int64 = 0

  init(_ reader: any SourceFormat) { self.reader = reader }

  /// Takes the next line in and hands on the entries of the records that end in it. Entries are counted
  /// from 1; one without bytes is a blank line.
  mutating func take(
    _ line: RecordPlace, _ bytes: ArraySlice<UInt8>,
    _ body: (RecordPlace, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var framer = self.framer ?? FormatSniffer.framer(for: bytes)
    self.framer = nil
    defer { self.framer = framer }
    try framer.take(line, bytes) { try open($0, body) }
  }

  /// Hands on what is left at the end of the log.
  mutating func finish(_ body: (RecordPlace, ArraySlice<UInt8>) throws -> Void) throws {
    guard var framer else { return }
    self.framer = nil
    try framer.finish { try open($0, body) }
  }

  private mutating func open(
    _ record: FramedRecord, _ body: (RecordPlace, ArraySlice<UInt8>) throws -> Void
  ) throws {
    var place = record.place
    func hand(on bytes: ArraySlice<UInt8>) throws {
      count += 1
      place.number = count
      try body(place, bytes)
    }
    guard !place.isTooLong, !record.bytes.isBlank, (try? tape.parse(record.bytes)) != nil,
      let inside = reader.entries(of: tape)
    else { return try hand(on: record.bytes[...]) }
    // A record that tells of no call is as good as a blank line.
    if inside.isEmpty { try hand(on: []) }
    for entry in inside { try hand(on: entry[...]) }
  }
}
