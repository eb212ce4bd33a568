package import LedgerStore
internal import StrictJSON
internal import Traffic

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
  private let watch: IngestWatch

  package init(_ ledger: Ledger, format: LogFormat?, watch: IngestWatch = IngestWatch()) {
    self.ledger = ledger
    self.format = format
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
        var pass = try FilePass(
          path, format: format, files: files, writer: try LedgerWriter(database), watch: watch)
        return try pass.run()
      }
    } catch let known as KnownContent {
      try ledger.write { try FileTable($0).enterCopy(rawSHA256: known.rawSHA256, of: known.file) }
      return unchanged(path)
    } catch let error as InputError {
      // A file that was left in the middle looks cut.
      try watch.stop.check()
      return FileResult(
        path: path, status: .failed(error), format: nil, counts: LineCounts(), newRequests: 0)
    }
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

/// One reading of one file.
private struct FilePass {
  private let path: String
  private let files: FileTable
  private let writer: LedgerWriter
  private let watch: IngestWatch
  private let source: ByteSource
  private let fileID: Int64
  private var format: LogFormat?
  private var lines: LineReader
  private var tape = JSONTape()
  private var hash = ContentHash()
  private var counts = LineCounts()
  private var ignored = IgnoredFields()

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

  /// events.md: what the quarantine keeps of a line.
  private static let excerptBytes = 2_000

  init(
    _ path: String, format: LogFormat?, files: FileTable, writer: LedgerWriter,
    watch: IngestWatch
  ) throws {
    self.path = path
    self.format = format
    self.files = files
    self.writer = writer
    self.watch = watch
    source = try ByteSource(path, stop: watch.stop)
    lines = LineReader(source)
    fileID = try files.nextID()
  }

  mutating func run() throws -> FileResult {
    while let line = try lines.next() {
      try watch.beat(path, lines: line.number, of: source)
      if format == nil {
        try hold(line)
      } else {
        try take(line, lines.bytes)
      }
    }
    try watch.stop.check()
    if format == nil { try settleUnknown() }

    let content = source.finishDigest()
    let raw = source.finishRawDigest()
    if let known = try files.file(contentSHA256: content) {
      throw KnownContent(file: known, rawSHA256: raw)
    }
    try writer.finish()
    guard counts.areConserved else {
      throw LedgerError(
        .data, "\(path): \(counts.lines) lines do not add up", remedy: "please report this")
    }
    try files.enter(
      id: fileID, path: path, format: (format ?? .native).rawValue, contentSHA256: content,
      bytes: source.count, counts: counts, ignoredFields: ignored.counts)
    try files.enterCopy(rawSHA256: raw, of: fileID)
    return FileResult(
      path: path, status: .ingested, format: format, counts: counts,
      newRequests: writer.newRequests)
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
    counts.lines += 1
    if line.isTooLong {
      // Nobody looked whether it is well-formed: any part of it may be a prompt.
      return try reject(
        line, bytes,
        Rejection(.lineTooLong, "the line is longer than \(LineReader.longest) bytes"),
        excerpt: [])
    }
    if bytes.isBlank {
      counts.blank += 1
      return
    }
    let reader = (format ?? .native).reader
    do throws(JSONFailure) {
      try tape.parse(bytes)
    } catch {
      return try reject(line, bytes, Rejection(error), excerpt: excerpt(bytes, after: error))
    }
    guard tape.kind(JSONTape.root) == .object else {
      let found = tape.kind(JSONTape.root).name
      return try reject(
        line, bytes, Rejection(.notAnObject, "the line is \(found); it must be an object"),
        excerpt: reader.knownFields.projection(of: tape))
    }
    reader.knownFields.countUnknown(in: tape, &ignored)
    let attempt: Attempt
    do throws(Rejection) {
      attempt = try reader.attempt(from: tape)
    } catch {
      return try reject(line, bytes, error, excerpt: reader.knownFields.projection(of: tape))
    }
    let entry = LedgerWriter.Entry(
      attempt: attempt, contentHash: hash.of(attempt), line: line.number)
    switch try writer.admit(entry, file: fileID) {
    case .accepted: counts.accepted += 1
    case .duplicate: counts.duplicates += 1
    case .conflict:
      counts.conflicts += 1
      try quarantine(
        line, bytes, .conflict(of: attempt), excerpt: reader.knownFields.projection(of: tape))
    }
  }

  /// What may be kept of a line that is no JSON of ours: all of a damaged one, but of one that is
  /// well-formed otherwise only the known fields.
  private mutating func excerpt(_ bytes: ArraySlice<UInt8>, after failure: JSONFailure) -> [UInt8] {
    switch failure.code {
    case .syntax, .encoding: return Array(bytes.prefix(Self.excerptBytes))
    case .depth: return []
    case .duplicateKey:
      do throws(JSONFailure) {
        try tape.parse(bytes, allowingDuplicateKeys: true)
        return (format ?? .native).reader.knownFields.projection(of: tape)
      } catch {
        return Array(bytes.prefix(Self.excerptBytes))
      }
    }
  }

  private mutating func reject(
    _ line: InputLine, _ bytes: ArraySlice<UInt8>, _ rejection: Rejection,
    excerpt: [UInt8]? = nil
  ) throws {
    counts.rejected += 1
    try quarantine(line, bytes, rejection, excerpt: excerpt)
  }

  private func quarantine(
    _ line: InputLine, _ bytes: ArraySlice<UInt8>, _ rejection: Rejection, excerpt: [UInt8]?
  ) throws {
    let sha256 = line.tooLongSHA256 ?? Digest.sha256(Array(bytes))
    try files.reject(
      RejectedLine(
        line: line.number, byteOffset: line.offset, code: rejection.code.rawValue,
        reason: rejection.reason, sha256: sha256,
        excerpt: Array((excerpt ?? Array(bytes)).prefix(Self.excerptBytes))),
      file: fileID)
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
