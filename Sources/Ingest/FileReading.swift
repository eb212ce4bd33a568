internal import Dispatch
internal import LedgerStore
internal import StrictJSON
internal import Traffic

/// Some lines of a file, read and judged as far as that can be done without the ledger.
struct ReadLines: Sendable {
  var format = LogFormat.native
  var events = EventBatch()
  /// Where the lines of the events stand, and their bytes: of a line in conflict they are kept.
  var lines: [(line: InputLine, bytes: Range<Int>)] = []
  var bytes: [UInt8] = []
  /// In the order of their lines.
  var rejected: [RejectedLine] = []
  /// Lines, and those of them that were rejected or blank.
  var counts = LineCounts()
  /// How far the file was read for it, and how long it is; nil where nobody knows yet.
  var position: Int64 = 0
  var size: Int64?
}

/// What is known of a file once all of it has been read.
struct ReadFile: Sendable {
  let format: LogFormat
  let contentSHA256: [UInt8]
  let rawSHA256: [UInt8]
  let bytes: Int64
  let ignoredFields: [String: Int64]
}

enum ReadStep: Sendable {
  case lines(ReadLines)
  case end(ReadFile)
  case failed(InputError)
}

/// Reads one file on a thread of its own, beside the ledger's writer.
struct FileReading {
  private let path: String
  private let source: ByteSource
  private let queue: BoundedQueue<ReadStep>
  private let readers: FormatReaders
  private var format: LogFormat?
  /// In every format but the native one, whose entries are its lines.
  private var entries: EntryStream?
  private var lines: LineReader
  private var tape = JSONTape()
  private var native = NativeReader()
  private var builder = BatchBuilder()
  private var read = ReadLines()
  private var ignored = IgnoredFields()

  /// Lines that are held back until one shows the format.
  private struct Held {
    let line: InputLine
    let bytes: [UInt8]
  }

  private var held: [Held] = []
  private var heldBytes = 0
  private var sniffer: FormatSniffer
  private static let mostHeldRecords = 1_000
  private static let mostHeldBytes = JSONFramer.longest + LineReader.longest

  /// What is handed over at once, at most: batches small enough to stay in the processor's cache.
  private static let mostLines = 1_024
  private static let mostBytes = 1 << 20
  /// Batches that wait for the writer.
  private static let mostWaiting = 4

  private struct Cancelled: Error {}

  /// Starts to read; the last step is an end or a failure, unless the queue is cancelled. Once a stop
  /// is asked for the file ends where it is.
  static func start(
    _ path: String, format: LogFormat?, _ readers: FormatReaders, stop: StopFlag
  ) -> BoundedQueue<ReadStep> {
    let queue = BoundedQueue<ReadStep>(capacity: mostWaiting)
    DispatchQueue(label: "ingest.read").async {
      do {
        var reading = try FileReading(path, format, readers, queue, stop)
        try reading.run()
      } catch let error as InputError {
        _ = queue.send(.failed(error))
      } catch {
        // Nobody waits for the rest.
      }
    }
    return queue
  }

  private init(
    _ path: String, _ format: LogFormat?, _ readers: FormatReaders,
    _ queue: BoundedQueue<ReadStep>, _ stop: StopFlag
  ) throws(InputError) {
    self.path = path
    self.format = format
    self.readers = readers
    self.queue = queue
    sniffer = FormatSniffer(readers)
    source = try ByteSource(path, stop: stop)
    lines = LineReader(source)
  }

  private mutating func run() throws {
    while let line = try lines.next() {
      switch format {
      case nil: try hold(line)
      case .native: try take(line, lines.bytes)
      default: try takeForeign(line, lines.bytes)
      }
    }
    if format == nil {
      format = try sniffer.finish()
      try format == nil ? settleUnknown() : takeHeld()
    }
    try finishForeign()
    native.flushUnknown(into: &ignored)
    try send()
    _ = queue.send(
      .end(
        ReadFile(
          format: format ?? .native, contentSHA256: source.finishDigest(),
          rawSHA256: source.finishRawDigest(), bytes: source.count,
          ignoredFields: ignored.counts)))
  }

  private mutating func send() throws(Cancelled) {
    read.events = builder.take()
    read.format = format ?? .native
    read.position = source.packedCount
    read.size = source.packedSize
    let isTaken = queue.send(.lines(read))
    guard isTaken else { throw Cancelled() }
    read = ReadLines()
  }

  // MARK: the format

  private mutating func hold(_ line: InputLine) throws {
    let bytes = Array(lines.bytes)
    held.append(Held(line: line, bytes: bytes))
    heldBytes += bytes.count
    format = try sniffer.take(line.place, bytes[...])
    if format != nil { return try takeHeld() }
    if sniffer.records >= Self.mostHeldRecords || heldBytes >= Self.mostHeldBytes {
      try settleUnknown()
    }
  }

  /// A file in which no line shows a format is refused whole, unless it has only blank lines.
  private mutating func settleUnknown() throws {
    let isEmpty = held.allSatisfy { $0.bytes.isBlank && !$0.line.isTooLong }
    guard isEmpty || sniffer.hasDamagedNative else { throw sniffer.refusal(path) }
    format = .native
    try takeHeld()
  }

  private mutating func takeHeld() throws {
    let waiting = held
    held = []
    for one in waiting {
      if format == .native {
        try take(one.line, one.bytes[...])
      } else {
        try takeForeign(one.line, one.bytes[...])
      }
    }
  }

  // MARK: entries that are not lines

  private mutating func takeForeign(_ line: InputLine, _ bytes: ArraySlice<UInt8>) throws {
    var entries = self.entries ?? EntryStream(readers[format ?? .native])
    self.entries = nil
    defer { self.entries = entries }
    try entries.take(line.place, bytes) { try take(InputLine($0), $1) }
  }

  private mutating func finishForeign() throws {
    guard var entries else { return }
    try entries.finish { try take(InputLine($0), $1) }
  }

  // MARK: a line

  private mutating func take(_ line: InputLine, _ bytes: ArraySlice<UInt8>) throws {
    read.counts.lines += 1
    judge(line, bytes)
    if read.counts.lines >= Self.mostLines || read.bytes.count >= Self.mostBytes { try send() }
  }

  private mutating func judge(_ line: InputLine, _ bytes: ArraySlice<UInt8>) {
    if line.isTooLong {
      // Nobody looked whether it is well-formed: any part of it may be a prompt.
      return reject(
        line, bytes,
        Rejection(.lineTooLong, "the line is longer than \(LineReader.longest) bytes"),
        excerpt: [])
    }
    if bytes.isBlank {
      read.counts.blank += 1
      return
    }
    let reader = readers[format ?? .native]
    do throws(JSONFailure) {
      try tape.parse(bytes)
    } catch {
      return reject(
        line, bytes, Rejection(error), excerpt: reader.kept(of: bytes, after: error, &tape))
    }
    guard tape.kind(JSONTape.root) == .object else {
      let found = tape.kind(JSONTape.root).name
      return reject(
        line, bytes, Rejection(.notAnObject, "the line is \(found); it must be an object"),
        excerpt: reader.knownFields.projection(of: tape))
    }
    if format == .native {
      native.layOut(tape, &ignored)
      if native.append(tape, line: line.number, to: &builder) { return keep(line, bytes) }
    } else {
      reader.knownFields.countUnknown(in: tape, &ignored)
    }
    do throws(Rejection) {
      builder.append(try reader.entry(from: tape), line: line.number)
      keep(line, bytes)
    } catch {
      reject(line, bytes, error, excerpt: reader.knownFields.projection(of: tape))
    }
  }

  /// Keeps the bytes of an event's line.
  private mutating func keep(_ line: InputLine, _ bytes: ArraySlice<UInt8>) {
    let start = read.bytes.count
    read.bytes.append(contentsOf: bytes)
    read.lines.append((line, start..<read.bytes.count))
  }

  private mutating func reject(
    _ line: InputLine, _ bytes: ArraySlice<UInt8>, _ rejection: Rejection, excerpt: [UInt8]
  ) {
    read.counts.rejected += 1
    read.rejected.append(rejection.line(line, bytes, excerpt: excerpt))
  }
}

extension InputLine {
  fileprivate var place: RecordPlace {
    RecordPlace(number: number, offset: offset, tooLongSHA256: tooLongSHA256)
  }

  fileprivate init(_ place: RecordPlace) {
    self.init(number: place.number, offset: place.offset, tooLongSHA256: place.tooLongSHA256)
  }
}

extension Rejection {
  /// The line as the quarantine keeps it.
  func line(
    _ line: InputLine, _ bytes: ArraySlice<UInt8>, excerpt: [UInt8]
  ) -> RejectedLine {
    RejectedLine(
      line: line.number, byteOffset: line.offset, code: code.rawValue, reason: reason,
      sha256: line.tooLongSHA256 ?? Digest.sha256(Array(bytes)),
      excerpt: Array(excerpt.prefix(LineJudge.excerptBytes)))
  }
}

extension Collection where Element == UInt8 {
  /// Whether there is nothing but JSON's white space.
  var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
