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

/// Takes log files into a ledger, each in one transaction: all of it, or nothing.
package struct FileIngest {
  private let ledger: Ledger
  /// Nil: told by looking.
  private let format: LogFormat?
  private let readers: FormatReaders
  private let watch: IngestWatch

  package init(
    _ ledger: Ledger, format: LogFormat?, settings: FormatSettings = FormatSettings(),
    watch: IngestWatch = IngestWatch()
  ) {
    self.ledger = ledger
    self.format = format
    readers = FormatReaders(settings)
    self.watch = watch
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
      return try ledger.write { database in
        let files = try FileTable(database)
        var pass = FilePass(
          path, files: files, fileID: try files.nextID(), writer: try LedgerWriter(database),
          readers: readers, watch: watch)
        return try pass.run(format)
      }
    } catch let known as KnownContent {
      try ledger.write { try FileTable($0).enterCopy(rawSHA256: known.rawSHA256, of: known.file) }
      return unchanged(path)
    } catch let error as InputError {
      // The sum of a file that was left in the middle says nothing of it.
      try watch.stop.check()
      return failed(path, error)
    } catch let error as LedgerError where error.kind == .data {
      // Amounts that no sum can hold are the file's fault, and no other file's.
      return failed(
        path, InputError(.undecodable, path, error.what, remedy: error.remedy))
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

  mutating func run(_ format: LogFormat?) throws -> FileResult {
    let steps = FileReading.start(path, format: format, readers, stop: watch.stop)
    // After an error here, the other thread must not wait for someone to take what it read.
    defer { steps.cancel() }
    while true {
      let step = steps.receive()
      // A stop ends the reading, so what comes then may not be all of the file.
      try watch.stop.check()
      switch step {
      case .lines(let lines):
        try take(lines)
        watch.tell(
          IngestWatch.Progress(
            path: path, bytes: lines.position, size: lines.size, lines: counts.lines))
      case .end(let file): return try finish(file)
      case .failed(let error): throw error
      }
    }
  }

  private mutating func take(_ read: ReadLines) throws {
    counts = counts + read.counts
    try writer.learn(read.events)
    var rejected = read.rejected[...]
    for (place, event) in read.events.events.enumerated() {
      while let first = rejected.first, first.line < event.line {
        try files.reject(first, file: fileID)
        rejected.removeFirst()
      }
      switch try writer.admit(event, of: read.events, file: fileID) {
      case .accepted: counts.accepted += 1
      case .duplicate: counts.duplicates += 1
      case .conflict:
        counts.conflicts += 1
        try quarantine(event, place, of: read)
      }
    }
    for line in rejected { try files.reject(line, file: fileID) }
  }

  private mutating func quarantine(
    _ event: EventBatch.Event, _ place: Int, of read: ReadLines
  ) throws {
    let (line, range) = read.lines[place]
    let bytes = read.bytes[range]
    let name = read.events.text(event.event)
    let rejection = Rejection(
      .conflict, "`\(name)` is on record with another content; the first is kept")
    // It was laid out once, so it can be again.
    try tape.parse(bytes)
    let known = readers[read.format].knownFields
    try files.reject(
      rejection.line(line, bytes, excerpt: known.projection(of: tape)), file: fileID)
  }

  private func finish(_ file: ReadFile) throws -> FileResult {
    if let known = try files.file(contentSHA256: file.contentSHA256) {
      throw KnownContent(file: known, rawSHA256: file.rawSHA256)
    }
    try writer.finish()
    guard counts.areConserved else {
      throw LedgerError(
        .data, "\(path): \(counts.lines) lines do not add up", remedy: "please report this")
    }
    try files.enter(
      id: fileID, path: path, format: file.format.rawValue, contentSHA256: file.contentSHA256,
      bytes: file.bytes, counts: counts, ignoredFields: file.ignoredFields)
    try files.enterCopy(rawSHA256: file.rawSHA256, of: fileID)
    return FileResult(
      path: path, status: .ingested, format: file.format, counts: counts,
      newRequests: writer.newRequests)
  }
}
