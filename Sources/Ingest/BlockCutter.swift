internal import StrictJSON

/// Cuts an input into blocks of whole lines, holding no more than one of the longest that is allowed.
///
/// Lines end with `\n`; the last needs no end; a byte-order mark before the first is skipped.
struct BlockCutter {
  private let source: ByteSource
  private let longest: Int
  /// Asked for more shares of memory than one, for a long line.
  private let pool: BlockPool?
  /// What was read past the last block, in which a line may end only after a line that was too long.
  private var rest: ArraySlice<UInt8> = []
  /// Of the rest's first byte in the unpacked input.
  private var offset: Int64 = 0
  private var isAtStart = true
  private var isAtEnd = false

  private static let slack = JSONCursor.reach

  init(_ source: ByteSource, longest: Int, pool: BlockPool? = nil) {
    self.source = source
    self.longest = longest
    self.pool = pool
  }

  /// Whether the next line can be told without reading on.
  var hasWholeLine: Bool { rest.contains(0x0A) }

  /// The next lines, in `bytes`: as many as there are in `least` bytes, and at least one. Nil at the
  /// end, and where the pool is cancelled.
  mutating func next(_ bytes: consuming [UInt8], least: Int) throws(InputError) -> LineBlock? {
    var bytes = bytes
    var shares = 1
    guard reserve(rest.count + Self.slack + 1, &bytes, &shares) else { return nil }
    var end = rest.count
    bytes.replaceSubrange(0..<end, with: rest)
    rest = []
    var cut = Self.lastNewline(bytes, 0..<end) ?? 0
    var start = 0
    while true {
      if isAtStart, end >= 3 || isAtEnd {
        isAtStart = false
        if bytes[..<end].starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
      }
      if isAtEnd || !isAtStart && cut > 0 && end >= least { break }
      if cut == 0, end - start > longest + 1 {
        return try tooLong(&bytes, start..<end, shares)
      }
      if end + Self.slack == bytes.count {
        guard reserve(bytes.count + 1, &bytes, &shares) else { return nil }
      }
      let source = source
      let (from, room) = (end, bytes.count - end - Self.slack)
      let count = try bytes.fill(from: from) { (bytes) throws(InputError) in
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]))
      }
      isAtEnd = count == 0
      end += count
      cut = Self.lastNewline(bytes, from..<end) ?? cut
    }
    if isAtEnd { cut = end }
    guard cut > start else {
      pool?.release(shares)
      return nil
    }
    defer { offset += Int64(cut) }
    rest = ArraySlice(Array(bytes[cut..<end]))
    if isAtEnd { bytes[end] = 0 }
    var block = LineBlock(bytes: bytes, lines: start..<cut, offset: offset + Int64(start))
    describe(&block, shares)
    return block
  }

  private func describe(_ block: inout LineBlock, _ shares: Int) {
    block.shares = shares
    block.position = source.packedCount
    block.size = source.packedSize
    block.prefix = source.prefix
  }

  /// Makes room for `count` bytes and for what a long line takes; false if the pool is cancelled.
  private func reserve(_ count: Int, _ bytes: inout [UInt8], _ shares: inout Int) -> Bool {
    guard count > bytes.count else { return true }
    // Not more than the longest line needs, if that is enough.
    let doubled = 2 * bytes.count
    let most = longest + BlockPool.share + Self.slack
    let wanted = max(count, doubled > most && bytes.count < most ? most : doubled)
    if let pool {
      let needed = (wanted + BlockPool.share - 1) / BlockPool.share
      guard pool.acquire(needed - shares) else { return false }
      shares = max(shares, needed)
    }
    bytes.append(contentsOf: repeatElement(0, count: wanted - bytes.count))
    return true
  }

  /// Reads past a line that is too long, keeping its first bytes.
  private mutating func tooLong(
    _ bytes: inout [UInt8], _ range: Range<Int>, _ shares: Int
  ) throws(InputError) -> LineBlock {
    let kept = Array(bytes[range].prefix(min(longest, LineReader.keptOfTooLong)))
    let digest = Digest()
    var length = 0
    func take(_ part: Range<Int>) {
      bytes.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[part])) }
      length += part.count
    }
    var part = range
    while true {
      if let newline = bytes[part].firstIndex(of: 0x0A) {
        take(part.lowerBound..<newline)
        length += 1
        rest = ArraySlice(Array(bytes[newline + 1..<part.upperBound]))
        break
      }
      take(part)
      let source = source
      let room = min(bytes.count, BlockPool.share)
      let count = try bytes.fill { (bytes) throws(InputError) in
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]))
      }
      isAtEnd = count == 0
      if isAtEnd { break }
      part = 0..<count
    }
    defer { offset += Int64(range.lowerBound + length) }
    var block = LineBlock(
      bytes: kept, lines: 0..<kept.count, offset: offset + Int64(range.lowerBound),
      tooLongSHA256: digest.finish())
    describe(&block, shares)
    return block
  }

  /// The place after the last `\n` in a range.
  private static func lastNewline(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
    bytes[range].lastIndex(of: 0x0A).map { $0 + 1 }
  }
}
