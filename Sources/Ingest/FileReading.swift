internal import LedgerStore
internal import StrictJSON
internal import Traffic

/// Judges the lines of one file on a thread of its own.
struct FileReading {
  private let path: String
  private let unpacking: Unpacking
  private let queue: BoundedQueue<ReadStep>
  private let readers: FormatReaders
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

  /// Blocks that are held back until a record shows the format.
  private var held: [LineBlock] = []
  private var heldBytes = 0
  private var sniffer: FormatSniffer
  private static let mostHeldRecords = 1_000
  private static let mostHeldBytes = JSONFramer.longest + LineReader.longest

  /// In every format but the native one, whose entries are its lines.
  private var entries: EntryStream?
  /// Bytes of such entries on their way to the writer, and the block that they were read of.
  private var entryBytes: [UInt8] = []
  private var source = LineBlock(bytes: [], lines: 0..<0, offset: 0)

  /// What is handed over at once, at most: batches small enough to stay in the processor's cache.
  private static let mostLines = 1_024
  private static let mostEntryBytes = 1 << 20

  private struct Cancelled: Error {}

  init(
    _ path: String, _ format: LogFormat?, _ readers: FormatReaders, _ unpacking: Unpacking,
    _ queue: BoundedQueue<ReadStep>, _ resume: ReadPoint?, _ stride: Int64
  ) {
    self.path = path
    self.format = resume?.format ?? format
    self.unpacking = unpacking
    self.queue = queue
    self.readers = readers
    sniffer = FormatSniffer(readers)
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
        if format == nil {
          format = try sniffer.finish()
          try format == nil ? settleUnknown() : takeHeld()
        }
        try finishEntries()
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
    var lines = BlockLines(longest: LineReader.longest)
    lines.start(block)
    while format == nil, sniffer.records < Self.mostHeldRecords, let line = lines.next(block) {
      format = try sniffer.take(RecordPlace(line), block.bytes[line.range])
    }
    if format != nil {
      held.append(block)
      return try takeHeld()
    }
    // Others wait for the memory of blocks: what is held is a copy.
    var copy = block
    copy.bytes = Array(block.bytes)
    copy.shares = 0
    unpacking.pool.recycle(block)
    held.append(copy)
    heldBytes += copy.bytes.count
    if sniffer.records >= Self.mostHeldRecords || heldBytes >= Self.mostHeldBytes {
      try settleUnknown()
    }
  }

  /// A file in which no record shows a format is refused whole, unless it has only blank lines.
  private mutating func settleUnknown() throws {
    guard sniffer.hasDamagedNative || held.allSatisfy(\.isBlank) else {
      throw sniffer.refusal(path)
    }
    format = .native
    try takeHeld()
  }

  private mutating func takeHeld() throws {
    let waiting = held
    held = []
    for block in waiting { try take(block) }
  }

  // MARK: entries that are not lines

  private mutating func takeEntries(of block: LineBlock) throws {
    var entries = self.entries ?? EntryStream(readers[format ?? .native])
    self.entries = nil
    source.position = block.position
    source.size = block.size
    lines.start(block)
    while let line = lines.next(block) {
      try entries.take(RecordPlace(line), block.bytes[line.range]) { try take($0, $1) }
    }
    self.entries = entries
    unpacking.pool.recycle(block)
  }

  private mutating func finishEntries() throws {
    guard var entries else { return }
    self.entries = nil
    try entries.finish { try take($0, $1) }
    try sendEntries()
  }

  private mutating func take(_ place: RecordPlace, _ bytes: ArraySlice<UInt8>) throws {
    read.counts.lines += 1
    let start = entryBytes.count
    let line = InputLine(place, start..<start + bytes.count)
    if judge(line, bytes) {
      entryBytes.append(contentsOf: bytes)
      read.lines.append(line.range)
      read.places.append(place)
    }
    if read.counts.lines >= Self.mostLines || entryBytes.count >= Self.mostEntryBytes {
      try sendEntries()
    }
  }

  private mutating func sendEntries() throws(Cancelled) {
    var block = source
    swap(&block.bytes, &entryBytes)
    try send(block, isLast: false)
  }

  // MARK: a line

  private mutating func take(_ block: LineBlock) throws {
    guard format == .native else { return try takeEntries(of: block) }
    lines.start(block)
    while let line = lines.next(block) {
      guard line.number > passedOver else { continue }
      read.counts.lines += 1
      if takeQuickly(line, block) || judge(line, block.bytes[line.range]) {
        read.lines.append(line.range)
      }
      if read.counts.lines >= Self.mostLines, !lines.isDone(block) {
        try send(block, isLast: false)
      }
    }
    try send(block, isLast: true)
  }

  /// Puts a line into the batch; false for one that is blank or rejected.
  private mutating func judge(_ line: InputLine, _ bytes: ArraySlice<UInt8>) -> Bool {
    if line.isTooLong {
      // Nobody looked whether it is well-formed: any part of it may be a prompt.
      return reject(
        line, bytes,
        Rejection(.lineTooLong, "the line is longer than \(LineReader.longest) bytes"),
        excerpt: [])
    }
    if bytes.isBlank {
      read.counts.blank += 1
      return false
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
    reader.knownFields.countUnknown(in: tape, &ignored)
    if format == .native { native.learn(tape) }
    do throws(Rejection) {
      builder.append(try reader.entry(from: tape), line: line.number)
      return true
    } catch {
      return reject(line, bytes, error, excerpt: reader.knownFields.projection(of: tape))
    }
  }

  /// The way of nearly all native lines; false for a line that is left to the way of all lines.
  private mutating func takeQuickly(_ line: InputLine, _ block: LineBlock) -> Bool {
    guard !line.isTooLong else { return false }
    return block.bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      let cursor = JSONCursor(base + line.range.lowerBound, count: line.range.count)
      return native.append(cursor, line: line.number, to: &builder)
    }
  }

  private mutating func reject(
    _ line: InputLine, _ bytes: ArraySlice<UInt8>, _ rejection: Rejection, excerpt: [UInt8]
  ) -> Bool {
    read.counts.rejected += 1
    read.rejected.append(rejection.line(line, bytes, excerpt: excerpt))
    return false
  }
}

extension Collection where Element == UInt8 {
  /// Whether there is nothing but JSON's white space.
  var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}

extension LineBlock {
  /// Whether its lines are blank.
  fileprivate var isBlank: Bool {
    tooLongSHA256 == nil
      && bytes[lines].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
  }
}
