internal import LedgerStore
internal import StrictJSON
package import Traffic

/// The first entries of a log as the ledger would keep them, and what was seen on the way.
package struct LogPreview: Sendable {
  /// An attempt as it would be kept, with what a context above it fills in.
  package struct Line: Sendable {
    package var attempt: Attempt
    /// Fields that were taken from something near. The others were given, or are none.
    package var inferred: Set<AttributionField>
  }

  package let path: String
  /// As the file is packed: `plain`, `zstd`, `gzip`.
  package let packing: String
  package fileprivate(set) var format: LogFormat?
  /// How a record of the log shows the format.
  package fileprivate(set) var marks = ""
  package fileprivate(set) var lines: [Line] = []
  /// Entries that say something of a request and are no attempt.
  package fileprivate(set) var contexts = 0
  package fileprivate(set) var rejected: [(number: Int64, rejection: Rejection)] = []
  package fileprivate(set) var blank = 0
  /// Fields that nobody reads, by name, with the entries that have them.
  package fileprivate(set) var ignored = IgnoredFields()
  /// There is more in the log.
  package fileprivate(set) var isCut = false

  package var entries: Int { lines.count + contexts + rejected.count }

  /// Reads the first `limit` entries of a log; nothing is written.
  /// - Throws: ``InputError`` if it cannot be read, or is of no known format.
  package static func read(
    _ path: String, format: LogFormat?, settings: FormatSettings, limit: Int
  ) throws -> LogPreview {
    var reading = try PreviewReading(path, format, FormatReaders(settings), limit: limit)
    return try reading.run()
  }

  fileprivate init(path: String, packing: String) {
    self.path = path
    self.packing = packing
  }
}

/// Reads a preview.
private struct PreviewReading {
  private struct Enough: Error {}

  private let readers: FormatReaders
  private let limit: Int
  private var format: LogFormat?
  private var sniffer: FormatSniffer
  private var source: LineReader
  private var stream: EntryStream?
  private var tape = JSONTape()
  private var preview: LogPreview
  private var contexts: [Name: RequestContext] = [:]

  init(_ path: String, _ format: LogFormat?, _ readers: FormatReaders, limit: Int) throws {
    let bytes = try ByteSource(path)
    source = LineReader(bytes)
    preview = LogPreview(path: path, packing: bytes.packing.rawValue)
    self.format = format
    self.readers = readers
    self.limit = limit
    sniffer = FormatSniffer(readers)
  }

  mutating func run() throws -> LogPreview {
    var held: [(RecordPlace, [UInt8])] = []
    do {
      while let line = try source.next() {
        let place = RecordPlace(line)
        if format == nil {
          held.append((place, Array(source.bytes)))
          format = try sniffer.take(place, source.bytes)
          guard format != nil else {
            guard sniffer.records < 1_000 else { break }
            continue
          }
          for (place, bytes) in held { try take(place, bytes[...]) }
          held = []
        } else {
          try take(place, source.bytes)
        }
      }
      if format == nil {
        format = try sniffer.finish()
        guard format != nil || sniffer.hasDamagedNative else {
          throw sniffer.refusal(preview.path)
        }
        for (place, bytes) in held { try take(place, bytes[...]) }
      }
      if var stream {
        self.stream = nil
        try stream.finish { try look($0, $1) }
      }
    } catch is Enough {
      preview.isCut = true
    }
    preview.format = format ?? .native
    preview.marks = readers[format ?? .native].marks
    for place in preview.lines.indices { fill(&preview.lines[place]) }
    return preview
  }

  private mutating func take(_ place: RecordPlace, _ bytes: ArraySlice<UInt8>) throws {
    if format == .native { return try look(place, bytes) }
    var stream = self.stream ?? EntryStream(readers[format ?? .native])
    self.stream = nil
    defer { self.stream = stream }
    try stream.take(place, bytes) { try look($0, $1) }
  }

  private mutating func look(_ place: RecordPlace, _ bytes: ArraySlice<UInt8>) throws {
    guard preview.entries < limit else { throw Enough() }
    guard !place.isTooLong else {
      return preview.rejected.append(
        (place.number, Rejection(.lineTooLong, "it is longer than a record may be")))
    }
    guard !bytes.isBlank else {
      preview.blank += 1
      return
    }
    let reader = readers[format ?? .native]
    do throws(JSONFailure) {
      try tape.parse(bytes)
    } catch {
      return preview.rejected.append((place.number, Rejection(error)))
    }
    reader.knownFields.countUnknown(in: tape, &preview.ignored)
    do throws(Rejection) {
      guard tape.kind(JSONTape.root) == .object else {
        throw Rejection(
          .notAnObject, "it is \(tape.kind(JSONTape.root).name); it must be an object")
      }
      let entry = try reader.entry(from: tape)
      switch entry.content {
      case .attempt(let attempt):
        preview.lines.append(LogPreview.Line(attempt: attempt, inferred: entry.inferred))
      case .context(let context):
        preview.contexts += 1
        if contexts[context.requestID] == nil { contexts[context.requestID] = context }
      }
    } catch {
      preview.rejected.append((place.number, error))
    }
  }

  /// As the ledger does, from the contexts that the preview has seen.
  private func fill(_ line: inout LogPreview.Line) {
    var next: Name? = line.attempt.requestID
    var seen: Set<Name> = []
    while let name = next, seen.insert(name).inserted, let context = contexts[name] {
      for field in AttributionField.allCases {
        let isMissing =
          line.attempt.attribution[field] == nil
          || field == .tenant && line.attempt.attribution[field] == AttributionRules.unattributed
        guard isMissing, let given = context.attribution[field] else { continue }
        line.attempt.attribution[field] = given
        line.inferred.remove(field)
      }
      next = context.parentID
    }
  }
}
