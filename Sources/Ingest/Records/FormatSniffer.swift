internal import StrictJSON

/// Tells a log's format by its first records.
struct FormatSniffer {
  private let readers: FormatReaders
  private var framer: (any RecordFramer)?
  private var tape = JSONTape()
  /// Records that showed no format.
  private(set) var records = 0
  /// A damaged line says `request_id`, as native ones do.
  private(set) var hasDamagedNative = false
  private var nearMiss: String?

  init(_ readers: FormatReaders) { self.readers = readers }

  /// JSON begins with a brace or a bracket; other lines of several values are a CSV's header.
  static func framer(for line: ArraySlice<UInt8>) -> any RecordFramer {
    switch line.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
    case UInt8(ascii: "{"), UInt8(ascii: "["), nil: JSONFramer()
    default: CSVFramer.headerRecord(line) == nil ? JSONFramer() : CSVFramer()
    }
  }

  /// Whether a file is a table with the header of a log that is read here.
  static func isCSVLog(_ path: String) -> Bool {
    guard let source = try? ByteSource(path) else { return false }
    var lines = LineReader(source)
    guard let line = try? lines.next(), !line.isTooLong else { return false }
    var sniffer = FormatSniffer(FormatReaders(FormatSettings()))
    _ = sniffer.start(with: lines.bytes)
    return sniffer.header != nil
  }

  /// Looks at the next line; the format, once a record shows one.
  mutating func take(_ line: RecordPlace, _ bytes: ArraySlice<UInt8>) throws -> LogFormat? {
    if framer == nil, !bytes.isBlank { framer = start(with: bytes) }
    if let found = header {
      header = nil
      return found
    }
    return try look { framer, body in try framer.take(line, bytes, body) }
  }

  /// The format that the last record shows, if it had no end before.
  mutating func finish() throws -> LogFormat? {
    try look { framer, body in try framer.finish(body) }
  }

  /// What a CSV's header showed.
  private var header: LogFormat?

  /// A line that is no CSV's header of ours is looked at as JSON.
  private mutating func start(with line: ArraySlice<UInt8>) -> any RecordFramer {
    let framer = Self.framer(for: line)
    guard framer is CSVFramer, let record = CSVFramer.headerRecord(line) else {
      return JSONFramer()
    }
    guard (try? tape.parse(record)) != nil else { return JSONFramer() }
    header = readers.format(of: tape)
    return header == nil ? JSONFramer() : framer
  }

  private mutating func look(
    _ step: (inout any RecordFramer, (FramedRecord) throws -> Void) throws -> Void
  ) throws -> LogFormat? {
    guard var framer else { return nil }
    self.framer = nil
    defer { self.framer = framer }
    var found: LogFormat?
    try step(&framer) { record in
      guard found == nil, !record.place.isTooLong else { return }
      found = look(at: record.bytes)
    }
    return found
  }

  private mutating func look(at bytes: [UInt8]) -> LogFormat? {
    guard !bytes.isBlank else { return nil }
    records += 1
    do throws(JSONFailure) {
      try tape.parse(bytes)
    } catch {
      // A damaged line may still show whose it is, but a whole one of another format knows better.
      if bytes.contains(#""request_id""#) { hasDamagedNative = true }
      return nil
    }
    let found = readers.format(of: tape)
    if found == nil, nearMiss == nil { nearMiss = NearMiss.of(tape) }
    return found
  }

  /// Why a file of no known format is not taken.
  func refusal(_ path: String) -> InputError {
    let known = LogFormat.allCases.filter { $0 != .custom }.map { "`\($0.rawValue)`" }
    return InputError(
      .undecodable, path, nearMiss ?? "is of no format that is known here",
      remedy: "known are \(known.dropLast().joined(separator: ", ")) and "
        + "\(known.last ?? ""); name one with --from-format to have its lines judged singly, or "
        + "describe the log in a mapping file (--mapping; docs/formats.md)")
  }
}

/// What a record nearly is.
enum NearMiss {
  static func of(_ record: JSONTape) -> String? {
    let root = JSONTape.root
    func has(_ key: StaticString) -> Bool { record.value(key, in: root) != nil }
    if has("resourceMetrics") { return "has OpenTelemetry metrics, not traces" }
    if has("resourceLogs") { return "has OpenTelemetry logs, not traces" }
    if has("resource_spans") {
      return "has `resource_spans`: OTLP's JSON says `resourceSpans`"
    }
    if has("litellm_call_id") || has("response_cost") {
      return "looks like LiteLLM's, but has not all of `litellm_call_id`, `startTime` and `status`"
    }
    if has("spend"), has("api_key") || has("call_type") {
      return "looks like LiteLLM's SpendLogs, but has not all of `request_id`, `call_type` and "
        + "`startTime`"
    }
    return nil
  }
}

extension Collection<UInt8> {
  func contains(_ text: StaticString) -> Bool {
    let wanted = Array(text.description.utf8)
    guard count >= wanted.count else { return false }
    return indices.dropLast(wanted.count - 1).contains { self[$0...].starts(with: wanted) }
  }
}
