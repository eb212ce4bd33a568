/// Gives an input's lines one by one, holding no more than one of the longest that is allowed.
///
/// Ends are `\n` or `\r\n`; the last line needs none; a byte-order mark before the first is skipped.
struct LineReader {
  /// events.md: the longest line.
  static let longest = 16 << 20
  /// What is kept of a longer one.
  static let keptOfTooLong = 2_000

  private var cutter: BlockCutter
  private var block: LineBlock
  private var lines: BlockLines
  private var line: Range<Int>?

  /// There is room for `room` bytes at first.
  init(_ source: ByteSource, longest: Int = Self.longest, room: Int = 1 << 20) {
    cutter = BlockCutter(source, longest: longest)
    lines = BlockLines(longest: longest)
    block = LineBlock(bytes: [UInt8](repeating: 0, count: room), lines: 0..<0, offset: 0)
  }

  var bytes: ArraySlice<UInt8> { block.bytes[line ?? 0..<0] }

  /// Whether the next line can be told without reading on.
  var hasWholeLine: Bool { !lines.isDone(block) || cutter.hasWholeLine }

  /// The next line; its bytes stand in ``bytes`` until the one after is asked for.
  mutating func next() throws(InputError) -> InputLine? {
    if lines.isDone(block) {
      var bytes: [UInt8] = []
      swap(&bytes, &block.bytes)
      guard let next = try cutter.next(bytes, least: 0) else {
        line = nil
        return nil
      }
      block = next
      lines.start(block)
    }
    let next = lines.next(block)
    line = next?.range
    return next
  }
}
