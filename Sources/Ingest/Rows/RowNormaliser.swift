internal import LedgerStore
internal import StrictJSON

/// Turns the lines of logs into rows for an engine (docs/scale.md). What a line means is said by the
/// readers that `ingest` has, file by file as there.
package struct RowNormaliser {
  private let readers: FormatReaders
  private let format: LogFormat?
  private var file: NormalisedFile?
  /// Files that have ended: their lines must not come back.
  private var ended: Set<[UInt8]> = []
  private var rows: [UInt8] = []
  private let write: ([UInt8]) throws -> Void

  private static let mostBytes = 1 << 18

  /// - Parameters:
  ///   - format: nil: told by looking.
  ///   - settings: what the user says about the logs.
  ///   - write: takes rows with their ends of lines.
  package init(
    format: LogFormat?, settings: FormatSettings, write: @escaping ([UInt8]) throws -> Void
  ) {
    self.format = format
    self.write = write
    readers = FormatReaders(settings)
  }

  /// Turns standard input into rows, the lines of one file.
  package mutating func run(file name: String) throws {
    start(name)
    var lines = LineReader(try ByteSource("-"))
    while let line = try lines.next() {
      try take(lines.bytes, tooLong: line.tooLongSHA256)
    }
    try finish()
  }

  /// Turns standard input into rows, each of its lines `file TAB encoding TAB line`: the encoding is
  /// empty, or `hex` where the line is no UTF-8. The lines of a file come one after another.
  package mutating func runByFile() throws {
    var lines = LineReader(try ByteSource("-"), longest: Self.longest)
    var name: [UInt8] = []
    while let line = try lines.next() {
      let bytes = lines.bytes
      guard let first = bytes.firstIndex(of: tab),
        let second = bytes[(first + 1)...].firstIndex(of: tab), first > bytes.startIndex
      else { throw Self.refusal(line.number, "has no file and encoding before it") }
      if file == nil || !bytes[..<first].elementsEqual(name) {
        try endFile()
        name = Array(bytes[..<first])
        guard !ended.contains(name) else {
          throw Self.refusal(line.number, "goes back to a file that had ended")
        }
        start(String(decoding: name, as: UTF8.self))
      }
      let text = try Self.text(
        bytes[(second + 1)...], encoding: bytes[(first + 1)..<second], at: line.number)
      let isTooLong = line.isTooLong || text.count > LineReader.longest
      try take(text, tooLong: isTooLong ? Digest.sha256(Array(text)) : nil)
    }
    try finish()
  }

  private mutating func start(_ name: String) {
    file = NormalisedFile(name, format, readers)
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>, tooLong: [UInt8]?) throws {
    try file?.take(bytes, tooLong: tooLong, &rows)
    if rows.count >= Self.mostBytes { try flush() }
  }

  private mutating func endFile() throws {
    guard var last = file else { return }
    file = nil
    ended.insert(Array(last.name.utf8))
    try last.finish(&rows)
  }

  private mutating func finish() throws {
    try endFile()
    try flush()
  }

  private mutating func flush() throws {
    try write(rows)
    rows.removeAll(keepingCapacity: true)
  }

  // MARK: lines by file

  /// A line of the longest as hexadecimal digits, its file and its encoding.
  private static let longest = 2 * LineReader.longest + 8_192

  private static func text(
    _ bytes: ArraySlice<UInt8>, encoding: ArraySlice<UInt8>, at line: Int64
  ) throws -> ArraySlice<UInt8> {
    if encoding.isEmpty { return bytes.last == 0x0D ? bytes.dropLast() : bytes }
    guard encoding.elementsEqual("hex".utf8),
      let text = Hex.bytes(String(decoding: bytes, as: UTF8.self))
    else { throw refusal(line, "has an encoding that is neither empty nor `hex`") }
    return text.last == 0x0D ? text.dropLast() : text[...]
  }

  private static func refusal(_ line: Int64, _ what: String) -> InputError {
    InputError(
      .undecodable, "standard input:\(line)", what,
      remedy: "give `file TAB encoding TAB line`, the lines of a file one after another")
  }
}

private let tab = UInt8(ascii: "\t")
