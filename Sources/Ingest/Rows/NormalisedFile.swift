internal import LedgerStore
internal import Scale
internal import StrictJSON

/// One log on its way into rows: its lines come one by one, and its format is told as `ingest` tells it.
struct NormalisedFile {
  let name: String
  private let readers: FormatReaders
  private var format: LogFormat?
  private var sniffer: FormatSniffer
  /// Lines that wait until a record shows the format.
  private var held: [(place: RecordPlace, bytes: [UInt8])] = []
  private var heldBytes = 0
  private var entries: EntryStream?
  private var tape = JSONTape()
  private var row = EventRow()
  private var textLines: Int64 = 0
  private var blank: Int64 = 0
  private var offset: Int64 = 0

  private static let mostHeldRecords = 1_000
  private static let mostHeldBytes = JSONFramer.longest + LineReader.longest

  init(_ name: String, _ format: LogFormat?, _ readers: FormatReaders) {
    self.name = name
    self.format = format
    self.readers = readers
    sniffer = FormatSniffer(readers)
  }

  /// Takes the next line in, without its end.
  mutating func take(
    _ line: ArraySlice<UInt8>, tooLong: [UInt8]?, _ rows: inout [UInt8]
  ) throws {
    textLines += 1
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = textLines == 1 && line.starts(with: mark) ? line.dropFirst(3) : line
    let place = RecordPlace(number: textLines, offset: offset, tooLongSHA256: tooLong)
    offset += Int64(line.count) + 1
    guard format == nil else { return try open(place, bytes, &rows) }
    format = try sniffer.take(place, bytes)
    held.append((place, Array(bytes)))
    heldBytes += bytes.count
    if format != nil { return try takeHeld(&rows) }
    if sniffer.records >= Self.mostHeldRecords || heldBytes >= Self.mostHeldBytes {
      try settleUnknown(&rows)
    }
  }

  /// Ends the file with a row of what it came to.
  mutating func finish(_ rows: inout [UInt8]) throws {
    if format == nil {
      format = try sniffer.finish()
      try format == nil ? settleUnknown(&rows) : takeHeld(&rows)
    }
    if var entries {
      self.entries = nil
      try entries.finish { judge($0, $1, &rows) }
    }
    row.append(
      file: name, format: format ?? .native, textLines: textLines, blank: blank, to: &rows)
  }

  /// As `ingest`: a file in which no record shows a format is refused, unless it has only blank lines.
  private mutating func settleUnknown(_ rows: inout [UInt8]) throws {
    guard sniffer.hasDamagedNative || held.allSatisfy({ $0.bytes.isBlank }) else {
      throw sniffer.refusal(name)
    }
    format = .native
    try takeHeld(&rows)
  }

  private mutating func takeHeld(_ rows: inout [UInt8]) throws {
    let waiting = held
    held = []
    for (place, bytes) in waiting { try open(place, bytes[...], &rows) }
  }

  /// Hands on the entries of a line: of a native log, itself.
  private mutating func open(
    _ place: RecordPlace, _ bytes: ArraySlice<UInt8>, _ rows: inout [UInt8]
  ) throws {
    guard format != .native else { return judge(place, bytes, &rows) }
    var entries = self.entries ?? EntryStream(readers[format ?? .native])
    self.entries = nil
    try entries.take(place, bytes) { judge($0, $1, &rows) }
    self.entries = entries
  }

  private mutating func judge(
    _ place: RecordPlace, _ bytes: ArraySlice<UInt8>, _ rows: inout [UInt8]
  ) {
    let line = place.number
    guard !place.isTooLong else {
      let rejection = Rejection(
        .lineTooLong, "the line is longer than \(LineReader.longest) bytes")
      return row.append(rejection, excerpt: [], file: name, line: line, to: &rows)
    }
    guard !bytes.isBlank else {
      blank += 1
      return
    }
    let reader = readers[format ?? .native]
    do throws(JSONFailure) {
      try tape.parse(bytes)
    } catch {
      let kept = reader.kept(of: bytes, after: error, &tape)
      return row.append(Rejection(error), excerpt: kept, file: name, line: line, to: &rows)
    }
    do throws(Rejection) {
      guard tape.kind(JSONTape.root) == .object else {
        let found = tape.kind(JSONTape.root).name
        throw Rejection(.notAnObject, "the line is \(found); it must be an object")
      }
      row.append(try reader.entry(from: tape), file: name, line: line, to: &rows)
    } catch {
      let kept = reader.knownFields.projection(of: tape)
      row.append(error, excerpt: kept, file: name, line: line, to: &rows)
    }
  }
}
