internal import Glibc
internal import StrictJSON

/// Some whole lines of an input, one after another.
struct LineBlock: Sendable {
  /// The lines, and ``JSONCursor/reach`` bytes after them, of which the first is zero where the last
  /// line has no end.
  var bytes: [UInt8]
  /// Where the lines stand in ``bytes``, with their ends.
  let lines: Range<Int>
  /// Of the first line in the unpacked input, from 0.
  let offset: Int64
  /// The block is the first bytes of one line that is longer than a line may be; this is the SHA-256
  /// of all of them.
  var tooLongSHA256: [UInt8]?
  /// Shares of a ``BlockPool`` that the block holds.
  var shares = 0
  /// What of the file was unpacked for it, all its lines and those before among it.
  var prefix = FilePrefix(bytes: 0, sha256: [])
  /// How far the file was read for it, and how long it is; nil where nobody knows yet.
  var position: Int64 = 0
  var size: Int64?
}

/// A line of an input without its end, and where it stands.
struct InputLine {
  /// From 1.
  let number: Int64
  /// Of its first byte in the unpacked input, from 0.
  let offset: Int64
  /// Where it stands in its block; of a line that was longer than a line may be, its first bytes.
  let range: Range<Int>
  /// SHA-256 of all bytes before the `\n` of such a line.
  var tooLongSHA256: [UInt8]?

  var isTooLong: Bool { tooLongSHA256 != nil }
}

/// Goes through the lines of blocks.
struct BlockLines {
  private let longest: Int
  private var number: Int64 = 0
  private var at = 0

  init(longest: Int) { self.longest = longest }

  /// Begins with the lines of another block.
  mutating func start(_ block: LineBlock) { at = block.lines.lowerBound }

  /// Whether all lines of the block have been told.
  func isDone(_ block: LineBlock) -> Bool { at >= block.lines.upperBound }

  mutating func next(_ block: LineBlock) -> InputLine? {
    let left = block.lines.upperBound - at
    guard left > 0 else { return nil }
    number += 1
    let start = at
    let offset = block.offset + Int64(start - block.lines.lowerBound)
    if let tooLong = block.tooLongSHA256 {
      at = block.lines.upperBound
      return InputLine(number: number, offset: offset, range: block.lines, tooLongSHA256: tooLong)
    }
    var end = block.lines.upperBound
    at = end
    let newline = block.bytes.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress, let hit = memchr(base + start, 0x0A, left) else {
        return nil
      }
      return UnsafeRawPointer(hit) - base
    }
    if let newline {
      end = newline
      at = newline + 1
    }
    let whole = start..<end
    if end > start, block.bytes[end - 1] == 0x0D { end -= 1 }
    guard end - start > longest else {
      return InputLine(number: number, offset: offset, range: start..<end)
    }
    return InputLine(
      number: number, offset: offset,
      range: start..<start + min(longest, LineReader.keptOfTooLong),
      tooLongSHA256: Digest.sha256(Array(block.bytes[whole])))
  }
}
