/// The lines of an input for those who want them one by one, and nothing else of ingest.
package enum InputLines {
  /// Calls `body` with each line's number, from 1, and its bytes without their end; nil for a line
  /// that is longer than a line may be (events.md: 16 MiB).
  ///
  /// `wait` is called whenever no whole line is at hand and more must be asked of the source: time to
  /// hand on what was written, as who writes the lines may wait for it.
  /// - Throws: ``InputError``, and what `body` and `wait` throw.
  package static func forEach(
    in path: String, wait: () throws -> Void,
    _ body: (_ number: Int64, _ bytes: ArraySlice<UInt8>?) throws -> Void
  ) throws {
    var lines = LineReader(try ByteSource(path))
    while true {
      if !lines.hasWholeLine { try wait() }
      guard let line = try lines.next() else { return }
      try body(line.number, line.isTooLong ? nil : lines.bytes)
    }
  }
}
