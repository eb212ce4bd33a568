package import LedgerStore
internal import StrictJSON

/// What became of one file.
package struct FileResult: Sendable {
  package enum Status: Sendable {
    case ingested
    /// The ledger has this content already, under this or another name or packing.
    case unchanged
    /// Nothing of it was taken.
    case failed(InputError)
  }

  package let path: String
  package let status: Status
  package let format: LogFormat?
  package let counts: LineCounts
  /// Requests that the ledger did not have before.
  package let newRequests: Int
}

/// Takes log files into a ledger, each of them whole or not at all.
///
/// A large file is taken in several transactions. Reports see nothing of it before the last, and a run
/// that was cut short is gone on with by the next that is given the file.
package struct FileIngest {
  private let ledger: Ledger
  /// As long as the ledger is open nobody else changes them.
  private let rates: Rates
  /// Nil: told by looking.
  private let format: LogFormat?
  private let limits: UnpackingLimits
  private let readers: FormatReaders
  private let stride: Int64
  private let watch: IngestWatch

  /// Lines of one transaction.
  package static let usualStride: Int64 = 250_000

  package init(
    _ ledger: Ledger, format: LogFormat?, settings: FormatSettings = FormatSettings(),
    limits: UnpackingLimits = UnpackingLimits(),
    stride: Int64 = usualStride, watch: IngestWatch = IngestWatch()
  ) throws {
    self.ledger = ledger
    rates = try ledger.read { try Rates($0) }
    self.limits = limits
    self.format = format
    readers = FormatReaders(settings)
    self.stride = stride
    self.watch = watch
  }

  /// The path of the file that an earlier run left half taken in, if there is one: to be taken first.
  package func pathToResume() throws -> String? {
    try ledger.read { try Staging.file($0)?.path }
  }

  /// - Throws: ``LedgerError`` if the ledger cannot be written, ``Stopped`` if a stop was asked for;
  ///   what is wrong with the file is in the result.
  package func ingest(_ path: String) throws -> FileResult {
    do {
      try watch.stop.check()
      if path != "-", try ledger.read({ try FileTable($0).hasFiles() }) {
        let raw = try RawFile.sha256(path, stop: watch.stop)
        if try ledger.read({ try FileTable($0).file(rawSHA256: raw) }) != nil {
          return unchanged(path)
        }
      }
      return try take(path)
    } catch let known as KnownContent {
      try ledger.write { database in
        try Staging.discard(database)
        try FileTable(database).enterCopy(rawSHA256: known.rawSHA256, of: known.file)
      }
      return unchanged(path)
    } catch let error as InputError {
      // The sum of a file that was left in the middle says nothing of it.
      try watch.stop.check()
      try ledger.write(Staging.discard)
      return failed(path, error)
    } catch let error as LedgerError where error.kind == .data {
      // Amounts that no sum can hold are the file's fault, and no other file's.
      try ledger.write(Staging.discard)
      return failed(
        path, InputError(.undecodable, path, error.what, remedy: error.remedy))
    }
  }

  /// Takes a file, from where an earlier run got to if the file still begins as it did.
  private func take(_ path: String) throws -> FileResult {
    do {
      return try ledger.writeInParts { database, parts in
        let staged = try Staging.file(database).flatMap { staged in
          staged.path == path && ReadPoint(staged) != nil ? staged : nil
        }
        let files = try FileTable(database)
        var pass = FilePass(
          path, files: files, fileID: try files.nextID(),
          writer: try LedgerWriter(database, rates: rates, resumes: staged != nil),
          readers: readers,
          watch: watch)
        return try pass.run(format, limits, from: staged, stride: stride) {
          try Staging.save(database, $0)
          try parts.next()
        }
      }
    } catch let error as InputError where error.kind == .changed && path != "-" {
      // What came through a pipe cannot be read again: that run ends with the error. A stop cuts the
      // file short; that is no change.
      try watch.stop.check()
      try ledger.write(Staging.discard)
      return try take(path)
    }
  }

  private func failed(_ path: String, _ error: InputError) -> FileResult {
    FileResult(
      path: path, status: .failed(error), format: nil, counts: LineCounts(), newRequests: 0)
  }

  private func unchanged(_ path: String) -> FileResult {
    FileResult(
      path: path, status: .unchanged, format: nil, counts: LineCounts(), newRequests: 0)
  }
}

/// Thrown at the end of a file that turns out to be known, to undo what was taken of it.
private struct KnownContent: Error {
  let file: Int64
  let rawSHA256: [UInt8]
}

/// One taking of one file: its lines are read on another thread and come here in their order.
private struct FilePass {
  private let path: String
  private let files: FileTable
  private let writer: LedgerWriter
  private let readers: FormatReaders
  private let watch: IngestWatch
  private let fileID: Int64
  private var counts = LineCounts()
  /// Of the runs before this one.
  private var earlierRequests = 0
  /// Lines that were made safe; nil while nothing is staged.
  private var stagedLines: Int64?
  private var tape = JSONTape()

  init(
    _ path: String, files: FileTable, fileID: Int64, writer: LedgerWriter,
    readers: FormatReaders, watch: IngestWatch
  ) {
    self.path = path
    self.files = files
    self.fileID = fileID
    self.writer = writer
    self.readers = readers
    self.watch = watch
  }

  /// Goes on from what earlier runs `staged`; every `stride` lines `stage` makes safe what was taken.
  mutating func run(
    _ format: LogFormat?, _ limits: UnpackingLimits, from staged: StagedFile?, stride: Int64,
    _ stage: (StagedFile) throws -> Void
  ) throws -> FileResult {
    if let staged {
      counts = staged.counts
      stagedLines = counts.lines
      earlierRequests = staged.newRequests
    }
    let reading = ReadingFile(
      path, format: format, readers, stop: watch.stop, limits: limits,
      resume: staged.flatMap(ReadPoint.init), stride: stride)
    // After an error here, the other threads must not wait for someone to take what they read.
    defer { reading.cancel() }
    while let step = reading.next() {
      // A stop ends the reading, so what comes then may not be all of the file.
      try watch.stop.check()
      switch step {
      case .lines(let lines):
        try take(lines)
        if let point = lines.point { try self.stage(at: point, stage) }
        watch.tell(
          IngestWatch.Progress(
            path: path, bytes: lines.block.position, size: lines.block.size, lines: counts.lines))
        reading.recycle(lines)
      case .end(let file):
        // While the sums are written, the last lines are brought into the ledger as those before them.
        if let stagedLines, counts.lines - stagedLines >= stride / Self.leastRest {
          try self.stage(at: ReadPoint(end: file, lines: counts.lines), stage)
        }
        return try finish(file)
      case .failed(let error): throw error
      }
    }
    preconditionFailure("the reading ended without an end")
  }

  /// A part of a stride is worth a transaction of its own at the end.
  private static let leastRest: Int64 = 8

  private mutating func stage(
    at point: ReadPoint, _ stage: (StagedFile) throws -> Void
  ) throws {
    try writer.stage()
    try stage(progress(at: point))
    stagedLines = counts.lines
  }

  private func progress(at point: ReadPoint) -> StagedFile {
    StagedFile(
      file: fileID, path: path, format: point.format.rawValue, counts: counts,
      newRequests: earlierRequests + writer.newRequests, prefixBytes: point.prefix.bytes,
      prefixSHA256: point.prefix.sha256, ignoredFields: point.ignoredFields)
  }

  private mutating func take(_ read: ReadLines) throws {
    counts = counts + read.counts
    try writer.learn(read.events)
    var rejected = read.rejected[...]
    for place in read.events.events.indices {
      let line = read.events.events[place].line
      while let first = rejected.first, first.line < line {
        try files.reject(first, file: fileID)
        rejected.removeFirst()
      }
      switch try writer.admit(place, of: read.events, file: fileID) {
      case .accepted: counts.accepted += 1
      case .duplicate: counts.duplicates += 1
      case .conflict:
        counts.conflicts += 1
        try quarantine(place, of: read)
      }
    }
    for line in rejected { try files.reject(line, file: fileID) }
  }

  private mutating func quarantine(_ place: Int, of read: ReadLines) throws {
    let (line, bytes) = read.line(place)
    let name = read.events.text(read.events.events[place].event)
    let rejection = Rejection(
      .conflict, "`\(name)` is on record with another content; the first is kept")
    // It was laid out once, so it can be again.
    try tape.parse(bytes)
    let known = readers[read.format].knownFields
    try files.reject(
      rejection.line(line, bytes, excerpt: known.projection(of: tape)), file: fileID)
  }

  private func finish(_ file: ReadFile) throws -> FileResult {
    try writer.settle()
    if let known = try files.file(contentSHA256: file.unpacked.contentSHA256) {
      throw KnownContent(file: known, rawSHA256: file.unpacked.rawSHA256)
    }
    try writer.finish()
    try files.finishStaging()
    guard counts.areConserved else {
      throw LedgerError(
        .data, "\(path): \(counts.lines) lines do not add up", remedy: "please report this")
    }
    try files.enter(
      id: fileID, path: path, format: file.format.rawValue,
      contentSHA256: file.unpacked.contentSHA256,
      bytes: file.unpacked.bytes, counts: counts, ignoredFields: file.ignoredFields)
    try files.enterCopy(rawSHA256: file.unpacked.rawSHA256, of: fileID)
    return FileResult(
      path: path, status: .ingested, format: file.format, counts: counts,
      newRequests: earlierRequests + writer.newRequests)
  }
}

extension ReadPoint {
  fileprivate init(end file: ReadFile, lines: Int64) {
    self.init(
      prefix: FilePrefix(bytes: file.unpacked.bytes, sha256: file.unpacked.contentSHA256),
      lines: lines, format: file.format, ignoredFields: file.ignoredFields)
  }

  /// Nil if the file's format is one that this program does not know.
  fileprivate init?(_ staged: StagedFile) {
    guard let format = LogFormat(rawValue: staged.format) else { return nil }
    self.init(
      prefix: FilePrefix(bytes: staged.prefixBytes, sha256: staged.prefixSHA256),
      lines: staged.counts.lines, format: format, ignoredFields: staged.ignoredFields)
  }
}
