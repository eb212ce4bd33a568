internal import Glibc

/// Rows of whole tenants that came in any order, brought into the order of (file, line), in which one
/// machine would have read their lines: of two lines with one id the first stays on both.
///
/// What does not fit into memory waits as sorted runs in a folder.
final class SortedRows {
  /// A row's JSON, and where its line stands.
  struct Row {
    /// One object a name.
    let file: FileName
    let line: Int64
    let json: [UInt8]

    static func precedes(_ left: Row, _ right: Row) -> Bool {
      if left.file === right.file { return left.line < right.line }
      return left.file.bytes.lexicographicallyPrecedes(right.file.bytes)
    }
  }

  /// Shared by the rows of a file, so that most comparisons are of numbers.
  final class FileName {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  private let folder: String
  private let mostBytes: Int
  private var reader = EventRowReader()
  private var rows: [Row] = []
  private var bytes = 0
  private var runs: [String] = []
  private let names = FileNames()

  /// - Parameters:
  ///   - folder: for runs; nobody else's.
  ///   - mostBytes: of rows in memory.
  init(in folder: String, mostBytes: Int) {
    self.folder = folder
    self.mostBytes = mostBytes
  }

  func append(_ json: ArraySlice<UInt8>) throws {
    let place = try reader.place(json)
    rows.append(Row(file: names.name(place.file), line: place.line, json: Array(json)))
    bytes += json.count + 96
    if bytes >= mostBytes { try spill() }
  }

  /// Hands on the rows in their order.
  /// - Throws: what `body` throws, ``InputError`` if two rows are of one line.
  func forEach(_ body: (Row) throws -> Void) throws {
    rows.sort(by: Row.precedes)
    var sources = try runs.map { try Run($0, names) }
    var inMemory = rows[...]
    var last: Row?
    while true {
      // Few runs: a partition of gigabytes has a dozen.
      var best: Int?
      for place in sources.indices {
        guard let row = sources[place].row else { continue }
        if let other = best.flatMap({ sources[$0].row }), !Row.precedes(row, other) { continue }
        best = place
      }
      let row: Row
      if let place = best, let first = sources[place].row,
        inMemory.first.map({ Row.precedes(first, $0) }) ?? true
      {
        row = first
        try sources[place].advance()
      } else if let first = inMemory.popFirst() {
        row = first
      } else {
        return
      }
      if let last, row.line > 0, !Row.precedes(last, row) {
        throw InputError(
          .undecodable, "standard input",
          "has two rows of line \(row.line) of \(String(decoding: row.file.bytes, as: UTF8.self).printable)",
          remedy: "give every row that `scale normalise` printed once")
      }
      last = row
      try body(row)
    }
  }

  private func spill() throws {
    rows.sort(by: Row.precedes)
    let path = "\(folder)/rows-\(runs.count)"
    guard let file = fopen(path, "wxe") else { throw Self.writeError(path) }
    for row in rows {
      let written = row.json.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
      guard written == row.json.count, putc(0x0A, file) == 0x0A else {
        fclose(file)
        throw Self.writeError(path)
      }
    }
    guard fclose(file) == 0 else { throw Self.writeError(path) }
    runs.append(path)
    rows.removeAll(keepingCapacity: true)
    bytes = 0
  }

  private static func writeError(_ path: String) -> InputError {
    InputError(
      .unwritable, path, "cannot be written (\(String(cString: strerror(errno))))",
      remedy: "make room, or name a larger folder in TMPDIR")
  }

  /// The names of files so far.
  private final class FileNames {
    private var known: [[UInt8]: FileName] = [:]
    private var last: FileName?

    func name(_ text: String) -> FileName {
      if let last, last.bytes.elementsEqual(text.utf8) { return last }
      let bytes = Array(text.utf8)
      let name = known[bytes] ?? FileName(bytes)
      known[bytes] = name
      last = name
      return name
    }
  }

  /// A sorted run being read back.
  private struct Run {
    private let names: FileNames
    private var lines: LineReader
    private var reader = EventRowReader()
    private(set) var row: Row?

    init(_ path: String, _ names: FileNames) throws {
      self.names = names
      lines = LineReader(try ByteSource(path), longest: 64 << 20)
      try advance()
    }

    mutating func advance() throws {
      row = nil
      guard try lines.next() != nil else { return }
      let place = try reader.place(lines.bytes)
      row = Row(file: names.name(place.file), line: place.line, json: Array(lines.bytes))
    }
  }
}
