internal import LedgerStore

/// Some lines of a file, read and judged as far as that can be done without the ledger.
struct ReadLines: Sendable {
  var format = LogFormat.native
  var events = EventBatch()
  /// Where the lines of the events stand in the block: of a line in conflict the bytes are kept.
  var lines: [Range<Int>] = []
  var block = LineBlock(bytes: [], lines: 0..<0, offset: 0)
  /// No more lines come of the block, so that it may be used again.
  var isLastOfBlock = false
  /// In the order of their lines.
  var rejected: [RejectedLine] = []
  /// Lines, and those of them that were rejected or blank.
  var counts = LineCounts()
  /// Where the entries of another format than the native one stand in their log; the block then holds
  /// their bytes alone.
  var places: [RecordPlace] = []
  /// Where another run could go on after these lines; not after every batch.
  var point: ReadPoint?

  /// The line of an event by its place among them, and its bytes.
  func line(_ place: Int) -> (InputLine, ArraySlice<UInt8>) {
    let range = lines[place]
    if !places.isEmpty { return (InputLine(places[place], range), block.bytes[range]) }
    return (
      InputLine(
        number: events.events[place].line,
        offset: block.offset + Int64(range.lowerBound - block.lines.lowerBound), range: range),
      block.bytes[range]
    )
  }
}

/// A place in a file up to which its lines were read.
struct ReadPoint: Sendable {
  let prefix: FilePrefix
  /// Lines so far.
  let lines: Int64
  let format: LogFormat
  let ignoredFields: [String: Int64]
}

/// What is known of a file once all of it has been read.
struct ReadFile: Sendable {
  let format: LogFormat
  let unpacked: UnpackedFile
  let ignoredFields: [String: Int64]
}

enum ReadStep: Sendable {
  case lines(ReadLines)
  case end(ReadFile)
  case failed(InputError)
}

extension InputLine {
  /// A record as the quarantine speaks of lines.
  init(_ place: RecordPlace, _ range: Range<Int>) {
    self.init(
      number: place.number, offset: place.offset, range: range,
      tooLongSHA256: place.tooLongSHA256)
  }
}

extension RecordPlace {
  init(_ line: InputLine) {
    self.init(number: line.number, offset: line.offset, tooLongSHA256: line.tooLongSHA256)
  }
}
