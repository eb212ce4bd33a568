internal import CLinux
internal import Dispatch
internal import LedgerStore
internal import StrictJSON
internal import Traffic

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
  /// Where another run could go on after these lines; not after every batch.
  var point: ReadPoint?

  /// The line of an event by its place among them, and its bytes.
  func line(_ place: Int) -> (InputLine, ArraySlice<UInt8>) {
    let range = lines[place]
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

/// A file being read on two threads beside the ledger's writer: one unpacks it, one judges its lines.
final class ReadingFile: Sendable {
  private let unpacking: Unpacking
  private let steps = BoundedQueue<ReadStep>(capacity: mostWaiting)
  private let threads = DispatchGroup()

  /// Batches that wait for the writer, which takes in none while it derives requests. A batch holds
  /// about a megabyte.
  private static let mostWaiting = 16

  /// Starts to read; the last step is an end or a failure, unless the reading is cancelled. Once a stop
  /// is asked for the file ends where it is.
  /// Lines up to `resume`, where an earlier run got to, are passed over; a point to go on from is told
  /// every `stride` lines.
  init(
    _ path: String, format: LogFormat?, stop: StopFlag, resume: ReadPoint? = nil,
    stride: Int64 = .max
  ) {
    let unpacking = Unpacking(path, stop: stop, expected: resume?.prefix, threads)
    let steps = steps
    self.unpacking = unpacking
    DispatchQueue(label: "ingest.read").async(group: threads) {
      fl_name_thread("read")
      defer { unpacking.cancel() }
      do {
        var reading = FileReading(path, format, unpacking, steps, resume, stride)
        try reading.run()
      } catch let error as InputError {
        _ = steps.send(.failed(error))
      } catch {
        // Nobody waits for the rest.
      }
    }
  }

  /// Waits for the next step; nil once the reading is cancelled.
  func next() -> ReadStep? { steps.receive() }

  /// Has the memory of lines used again that have been dealt with.
  func recycle(_ lines: consuming ReadLines) {
    if lines.isLastOfBlock { unpacking.pool.recycle(lines.block) }
  }

  /// Ends both threads, and waits for them: a program that ends must not take from under them what they
  /// use. One that waits for input that does not come uses nothing, and is not waited for.
  func cancel() {
    steps.cancel()
    unpacking.cancel()
    _ = threads.wait(timeout: .now() + .milliseconds(500))
  }
}

/// Judges the lines of one file on a thread of its own.
struct FileReading {
  private let path: String
  private let unpacking: Unpacking
  private let queue: BoundedQueue<ReadStep>
  private var format: LogFormat?
  private var lines = BlockLines(longest: LineReader.longest)
  private var tape = JSONTape()
  private var native = NativeReader()
  private var builder = BatchBuilder()
  private var read = ReadLines()
  private var ignored = IgnoredFields()
  /// Lines that an earlier run took.
  private let passedOver: Int64
  private let stride: Int64
  /// Lines so far, and up to the last point.
  private var total: Int64
  private var lastPoint: Int64

  /// Blocks that are held back until a line shows the format.
  private var held: [LineBlock] = []
  private var heldLines = 0
  private var heldBytes = 0
  private var nearMiss: String?
  private var hasDamagedNative = false
  private static let mostHeld = 1_000
  /// Half of what the pool has: who waits for more must get it.
  private static let mostHeldBytes = BlockPool.shares / 2 * BlockPool.share - LineReader.longest

  /// What is handed over at once, at most: batches small enough to stay in the processor's cache.
  private static let mostLines = 1_024

  private struct Cancelled: Error {}

  init(
    _ path: String, _ format: LogFormat?, _ unpacking: Unpacking, _ queue: BoundedQueue<ReadStep>,
    _ resume: ReadPoint?, _ stride: Int64
  ) {
    self.path = path
    self.format = resume?.format ?? format
    self.unpacking = unpacking
    self.queue = queue
    self.stride = stride
    passedOver = resume?.lines ?? 0
    total = passedOver
    lastPoint = passedOver
    if let resume { ignored = IgnoredFields(resume.ignoredFields) }
  }

  mutating func run() throws {
    while let step = unpacking.next() {
      switch step {
      case .block(let block):
        if format == nil { try hold(block) } else { try take(block) }
      case .end(let file):
        if format == nil { try settleUnknown() }
        native.flushUnknown(into: &ignored)
        let end = ReadFile(
          format: format ?? .native, unpacked: file, ignoredFields: ignored.counts)
        _ = queue.send(.end(end))
        return
      case .failed(let error): throw error
      }
    }
  }

  private mutating func send(_ block: LineBlock, isLast: Bool) throws(Cancelled) {
    read.events = builder.take()
    read.format = format ?? .native
    total += read.counts.lines
    if isLast, total - lastPoint >= stride {
      native.flushUnknown(into: &ignored)
      read.point = ReadPoint(
        prefix: block.prefix, lines: total, format: read.format, ignoredFields: ignored.counts)
      lastPoint = total
    }
    read.block = block
    read.isLastOfBlock = isLast
    var sent = ReadLines()
    swap(&sent, &read)
    guard queue.send(.lines(sent)) else { throw Cancelled() }
  }

  // MARK: the format

  private mutating func hold(_ block: LineBlock) throws {
    held.append(block)
    heldBytes += block.bytes.count
    var lines = BlockLines(longest: LineReader.longest)
    lines.start(block)
    while format == nil, heldLines < Self.mostHeld, let line = lines.next(block) {
      heldLines += 1
      if !line.isTooLong { look(at: block.bytes[line.range]) }
    }
    if format != nil { return try takeHeld() }
    if heldLines >= Self.mostHeld || heldBytes >= Self.mostHeldBytes { try settleUnknown() }
  }

  private mutating func look(at bytes: ArraySlice<UInt8>) {
    do throws(JSONFailure) {
      try tape.parse(bytes)
      format = LogFormat.of(tape)
      if format == nil { noteNearMiss() }
    } catch {
      // A damaged line may still show whose it is, but a whole one of another format knows better.
      if bytes.contains(#""request_id""#) { hasDamagedNative = true }
    }
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
    guard hasDamagedNative || held.allSatisfy(\.isBlank) else {
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
    for block in waiting { try take(block) }
  }

  // MARK: a line

  private mutating func take(_ block: LineBlock) throws {
    lines.start(block)
    while let line = lines.next(block) {
      guard line.number > passedOver else { continue }
      read.counts.lines += 1
      judge(line, block)
      if read.counts.lines >= Self.mostLines, !lines.isDone(block) {
        try send(block, isLast: false)
      }
    }
    try send(block, isLast: true)
  }

  private mutating func judge(_ line: InputLine, _ block: LineBlock) {
    if format == .native, !line.isTooLong, takeQuickly(line, block) {
      return read.lines.append(line.range)
    }
    let bytes = block.bytes[line.range]
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
    reader.knownFields.countUnknown(in: tape, &ignored)
    if format == .native { native.learn(tape) }
    do throws(Rejection) {
      builder.append(try reader.attempt(from: tape), line: line.number)
      read.lines.append(line.range)
    } catch {
      reject(line, bytes, error, excerpt: reader.knownFields.projection(of: tape))
    }
  }

  /// The way of nearly all native lines; false for a line that is left to the way of all lines.
  private mutating func takeQuickly(_ line: InputLine, _ block: LineBlock) -> Bool {
    block.bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      let cursor = JSONCursor(base + line.range.lowerBound, count: line.range.count)
      return native.append(cursor, line: line.number, to: &builder)
    }
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

extension LineBlock {
  /// Whether its lines are blank.
  fileprivate var isBlank: Bool {
    tooLongSHA256 == nil
      && bytes[lines].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
  }
}

extension ArraySlice<UInt8> {
  fileprivate func contains(_ text: StaticString) -> Bool {
    let wanted = Array(text.description.utf8)
    guard count >= wanted.count else { return false }
    return indices.dropLast(wanted.count - 1).contains { self[$0...].starts(with: wanted) }
  }
}
