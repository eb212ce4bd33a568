package import LedgerStore
internal import Scale
internal import Traffic

/// Takes rows of whole tenants into a ledger of their own, by the writer that takes in files.
package struct RowIngest {
  /// What is known of a run beside the ledger that it made.
  package struct Outcome: Sendable {
    /// Rows of lines; those of whole files are apart.
    package fileprivate(set) var rows: Int64 = 0
    /// Keys of tenants that had rows.
    package fileprivate(set) var tenants: Set<[UInt8]> = []
    /// By file: times that it ended, and lines of its text.
    package fileprivate(set) var files: [String: (streams: Int64, textLines: Int64)] = [:]
  }

  private let sorted: SortedRows
  private var outcome = Outcome()

  /// - Parameters:
  ///   - folder: a private one for what does not fit into memory.
  ///   - mostBytes: of rows in memory.
  package init(scratch folder: String, mostBytes: Int) {
    sorted = SortedRows(in: folder, mostBytes: mostBytes)
  }

  /// Reads standard input to its end and takes all of it into the ledger, which must be new.
  /// - Throws: ``InputError`` if a line is no row of `scale normalise`.
  package mutating func run(into ledger: Ledger, stop: StopFlag) throws -> Outcome {
    try read(stop)
    outcome = try ledger.write { database in
      var load = RowLoad(
        writer: try LedgerWriter(database), files: try FileTable(database), outcome: outcome)
      try sorted.forEach { row in
        if load.count % 1_024 == 0 { try stop.check() }
        try load.take(row)
      }
      try load.finish()
      return load.outcome
    }
    return outcome
  }

  private mutating func read(_ stop: StopFlag) throws {
    var lines = LineReader(try ByteSource("-", stop: stop), longest: 64 << 20)
    while let line = try lines.next() {
      let bytes = lines.bytes
      let place = "standard input:\(line.number)"
      guard !line.isTooLong, let tab = bytes.firstIndex(of: UInt8(ascii: "\t")) else {
        throw Self.refusal(place, "has no key before it")
      }
      do {
        try sorted.append(bytes[(tab + 1)...])
      } catch let foreign as EventRowReader.Foreign {
        throw Self.refusal(place, foreign.what)
      }
      if bytes.first != UInt8(ascii: "!") { outcome.tenants.insert(Array(bytes[..<tab])) }
    }
    try stop.check()
  }

  static func refusal(_ place: String, _ what: String) -> InputError {
    InputError(
      .undecodable, place, what, remedy: "give rows that `scale normalise` of this version printed")
  }
}

/// Rows in the order of their lines on their way into the ledger.
private struct RowLoad {
  private let writer: LedgerWriter
  private let files: FileTable
  private var reader = EventRowReader()
  private var builder = BatchBuilder()
  private var waiting = 0
  private var file: (id: Int64, name: SortedRows.FileName)?
  private var format = "native"
  private var counts = LineCounts()
  private(set) var count = 0
  private(set) var outcome: RowIngest.Outcome

  private static let mostLines = 1_024

  init(writer: LedgerWriter, files: FileTable, outcome: RowIngest.Outcome) {
    self.writer = writer
    self.files = files
    self.outcome = outcome
  }

  mutating func take(_ row: SortedRows.Row) throws {
    count += 1
    if file?.name !== row.file {
      try endFile()
      file = (try files.nextID(), row.file)
    }
    switch try reader.read(row.json[...]) {
    case .entry(let entry):
      outcome.rows += 1
      builder.append(entry, line: row.line)
      waiting += 1
      if waiting >= Self.mostLines { try admit() }
    case .rejected(let code, let reason):
      outcome.rows += 1
      counts.lines += 1
      counts.rejected += 1
      try reject(row.line, code: code, reason: reason)
    case .file(let format, let textLines, let blank):
      self.format = format
      counts.lines += blank
      counts.blank += blank
      let name = String(decoding: row.file.bytes, as: UTF8.self)
      let known = outcome.files[name] ?? (0, 0)
      outcome.files[name] = (known.streams + 1, known.textLines + textLines)
    }
  }

  mutating func finish() throws {
    try endFile()
    try writer.finish()
  }

  private mutating func admit() throws {
    let batch = builder.take()
    waiting = 0
    guard let file else { return }
    try writer.learn(batch)
    for (place, event) in batch.events.enumerated() {
      counts.lines += 1
      switch try writer.admit(place, of: batch, file: file.id) {
      case .accepted: counts.accepted += 1
      case .duplicate: counts.duplicates += 1
      case .conflict:
        counts.conflicts += 1
        let rejection = Rejection(
          .conflict,
          "`\(batch.text(event.event))` is on record with another content; the first is kept")
        try reject(event.line, code: rejection.code.rawValue, reason: rejection.reason)
      }
    }
  }

  private func reject(_ line: Int64, code: String, reason: String) throws {
    guard let file else { return }
    // What the line was stands in its row, which the engine keeps.
    try files.reject(
      RejectedLine(
        line: line, byteOffset: 0, code: code, reason: reason,
        sha256: [UInt8](repeating: 0, count: 32), excerpt: []), file: file.id)
  }

  private mutating func endFile() throws {
    try admit()
    guard let file else { return }
    try files.enter(
      id: file.id, path: String(decoding: file.name.bytes, as: UTF8.self), format: format,
      contentSHA256: Digest.sha256(file.name.bytes), bytes: 0, counts: counts, ignoredFields: [:])
    self.file = nil
    format = "native"
    counts = LineCounts()
  }
}
