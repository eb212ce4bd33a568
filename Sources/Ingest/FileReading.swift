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
  /// Where another run could go on after these lines; not after every batch.
  var point: ReadPoint?
}

/// A place in a file up to which its lines were read.
struct ReadPoint: Sendable {
  /// Unpacked bytes that were read, among them all those lines, and their SHA-256.
  let bytes: Int64
  let sha256: [UInt8]
  /// Lines so far.
  let lines: Int64
  let format: LogFormat
  let ignoredFields: [String: Int64]
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
  private var format: LogFormat?
  private var lines: LineReader
  private var tape = JSONTape()
  private var native = NativeReader()
  private var builder = BatchBuilder()
  private var read = ReadLines()
  private var ignored = IgnoredFields()
  private let resume: ReadPoint?
  private let stride: Int64
  /// Lines so far, and up to the last point.
  private var total: Int64
  private var lastPoint: Int64

  /// Lines that are held back until one shows the format.
  private struct Held {
    let line: InputLine
    let bytes: [UInt8]
  }

  private var held: [Held] = []
  private var heldBytes = 0
  private var nearMiss: String?
  private var hasDamagedNative = false
  private static let mostHeld = 1_000
  private static let mostHeldBytes = 32 << 20

  /// What is handed over at once, at most: batches small enough to stay in the processor's cache.
  private static let mostLines = 1_024
  private static let mostBytes = 1 << 20
  /// Batches that wait for the writer.
  private static let mostWaiting = 4

  private struct Cancelled: Error {}

  /// Starts to read; the last step is an end or a failure, unless the queue is cancelled. Once a stop
  /// is asked for the file ends where it is.
  /// - Parameters:
  ///   - resume: where an earlier run got to; lines up to there are passed over.
  ///   - stride: lines between the points that are told.
  static func start(
    _ path: String, format: LogFormat?, stop: StopFlag, resume: ReadPoint? = nil,
    stride: Int64 = .max
  ) -> BoundedQueue<ReadStep> {
    let queue = BoundedQueue<ReadStep>(capacity: mostWaiting)
    DispatchQueue(label: "ingest.read").async {
      do {
        var reading = try FileReading(path, format, queue, stop, resume, stride)
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
    _ path: String, _ format: LogFormat?, _ queue: BoundedQueue<ReadStep>, _ stop: StopFlag,
    _ resume: ReadPoint?, _ stride: Int64
  ) throws(InputError) {
    self.path = path
    self.format = resume?.format ?? format
    self.queue = queue
    self.resume = resume
    self.stride = stride
    total = resume?.lines ?? 0
    lastPoint = total
    if let resume { ignored = IgnoredFields(resume.ignoredFields) }
    source = try ByteSource(path, stop: stop)
    if let resume { source.expect(resume.sha256, at: resume.bytes) }
    lines = LineReader(source)
  }

  private mutating func run() throws {
    while let line = try lines.next() {
      if let resume, line.number <= resume.lines { continue }
      if format == nil {
        try hold(line)
      } else {
        try take(line, lines.bytes)
      }
    }
    try source.checkExpectation()
    if format == nil { try settleUnknown() }
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
    total += read.counts.lines
    if total - lastPoint >= stride {
      native.flushUnknown(into: &ignored)
      read.point = ReadPoint(
        bytes: source.count, sha256: source.digestSoFar(), lines: total, format: read.format,
        ignoredFields: ignored.counts)
      lastPoint = total
    }
    let isTaken = queue.send(.lines(read))
    guard isTaken else { throw Cancelled() }
    read = ReadLines()
  }

  // MARK: the format

  private mutating func hold(_ line: InputLine) throws {
    let bytes = Array(lines.bytes)
    held.append(Held(line: line, bytes: bytes))
    heldBytes += bytes.count
    if !line.isTooLong {
      do throws(JSONFailure) {
        try tape.parse(bytes)
        format = LogFormat.of(tape)
        if format == nil { noteNearMiss() }
      } catch {
        // A damaged line may still show whose it is, but a whole one of another format knows better.
        if bytes.contains(#""request_id""#) { hasDamagedNative = true }
      }
    }
    if format != nil { return try takeHeld() }
    if held.count >= Self.mostHeld || heldBytes >= Self.mostHeldBytes { try settleUnknown() }
  }

  private mutating func noteNearMiss() {
    let root = JSONTape.root
    if tape.value("resourceSpans", in: root) != nil {
      nearMiss = "OpenTelemetry spans, which are not read yet"
    } else if tape.value("api_key", in: root) != nil, tape.value("spend", in: root) != nil {
      nearMiss =
        "LiteLLM's SpendLogs rows, which are not read yet; give its standard logging payloads"
    }
  }

  /// A file in which no line shows a format is refused whole, unless it has only blank lines.
  private mutating func settleUnknown() throws {
    let isEmpty = held.allSatisfy { $0.bytes.isBlank && !$0.line.isTooLong }
    guard isEmpty || hasDamagedNative else {
      throw InputError(
        .undecodable, path, nearMiss.map { "has \($0)" } ?? "is of no format that is known here",
        remedy: "known are "
          + LogFormat.allCases.map { "`\($0.rawValue)`" }.joined(separator: " and ")
          + "; name one with --from-format to have its lines judged singly")
    }
    format = .native
    try takeHeld()
  }

  private mutating func takeHeld() throws {
    let waiting = held
    held = []
    for one in waiting { try take(one.line, one.bytes[...]) }
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
    let reader = (format ?? .native).reader
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
      builder.append(try reader.attempt(from: tape), line: line.number)
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
  fileprivate var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}

extension [UInt8] {
  fileprivate func contains(_ text: StaticString) -> Bool {
    let wanted = Array(text.description.utf8)
    guard count >= wanted.count else { return false }
    return indices.dropLast(wanted.count - 1).contains { self[$0...].starts(with: wanted) }
  }
}
