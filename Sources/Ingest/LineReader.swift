internal import Glibc

/// A line of an input without its end, and where it stands.
struct InputLine {
  /// From 1.
  let number: Int64
  /// Of its first byte in the unpacked input, from 0.
  let offset: Int64
  /// SHA-256 of all bytes before the `\n` of a line that was longer than a line may be; its bytes are
  /// then the first ones only.
  let tooLongSHA256: [UInt8]?

  var isTooLong: Bool { tooLongSHA256 != nil }
}

/// Cuts an input into lines, holding no more than one of the longest that is allowed.
///
/// Ends are `\n` or `\r\n`; the last line needs none; a byte-order mark before the first is skipped.
struct LineReader {
  /// events.md: the longest line.
  static let longest = 16 << 20
  /// What is kept of a longer one.
  static let keptOfTooLong = 2_000

  private let source: ByteSource
  private let longest: Int
  private var kept: Int { min(longest, Self.keptOfTooLong) }
  private var buffer: [UInt8]
  private var start = 0
  private var end = 0
  private var offset: Int64 = 0
  private var number: Int64 = 0
  private var isAtEnd = false
  /// The bytes of the line last read, in the buffer.
  private var line = 0..<0

  /// There is room for `room` bytes at first.
  init(_ source: ByteSource, longest: Int = Self.longest, room: Int = 1 << 20) {
    self.source = source
    self.longest = longest
    buffer = [UInt8](repeating: 0, count: room)
  }

  var bytes: ArraySlice<UInt8> { buffer[line] }

  /// Whether the next line can be told without reading on.
  var hasWholeLine: Bool { newline(after: 0) != nil }

  /// The next line; its bytes stand in ``bytes`` until the one after is asked for.
  mutating func next() throws(InputError) -> InputLine? {
    if number == 0 { try skipByteOrderMark() }
    var searched = 0
    while true {
      if let length = newline(after: searched) {
        return take(length, ending: 1)
      }
      searched = end - start
      if isAtEnd {
        guard end > start else { return nil }
        return take(end - start, ending: 0)
      }
      if end - start > longest + 1 { return try skipTooLong() }
      try fill()
    }
  }

  private func newline(after searched: Int) -> Int? {
    guard end - start > searched else { return nil }
    return buffer.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress,
        let hit = memchr(base + start + searched, 0x0A, end - start - searched)
      else { return nil }
      return UnsafeRawPointer(hit) - (base + start)
    }
  }

  private mutating func take(_ length: Int, ending: Int) -> InputLine {
    number += 1
    let here = offset
    var count = length
    if count > 0, buffer[start + count - 1] == 0x0D { count -= 1 }
    let isTooLong = count > longest
    var digest: [UInt8]?
    if isTooLong {
      let whole = Digest()
      take(start..<start + length, into: whole)
      digest = whole.finish()
    }
    line = start..<start + (isTooLong ? kept : count)
    start += length + ending
    offset += Int64(length + ending)
    return InputLine(number: number, offset: here, tooLongSHA256: digest)
  }

  private func take(_ range: Range<Int>, into digest: Digest) {
    buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// Reads past a line that is too long, keeping its first bytes.
  private mutating func skipTooLong() throws(InputError) -> InputLine {
    number += 1
    let here = offset
    let kept = Array(buffer[start..<start + self.kept])
    let digest = Digest()
    while true {
      if let length = newline(after: 0) {
        take(start..<start + length, into: digest)
        start += length + 1
        offset += Int64(length + 1)
        break
      }
      take(start..<end, into: digest)
      offset += Int64(end - start)
      start = 0
      end = 0
      if isAtEnd { break }
      try fill()
    }
    // What is left of the buffer moves up to make room for the kept bytes before it.
    if start < kept.count {
      let rest = Array(buffer[start..<end])
      buffer.replaceSubrange(0..<kept.count, with: kept)
      if buffer.count < kept.count + rest.count {
        buffer.append(contentsOf: repeatElement(0, count: rest.count))
      }
      buffer.replaceSubrange(kept.count..<kept.count + rest.count, with: rest)
      start = kept.count
      end = kept.count + rest.count
      line = 0..<kept.count
    } else {
      line = start - kept.count..<start
      buffer.replaceSubrange(line, with: kept)
    }
    return InputLine(number: number, offset: here, tooLongSHA256: digest.finish())
  }

  private mutating func fill() throws(InputError) {
    if start > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        if let base = bytes.baseAddress { memmove(base, base + start, end - start) }
      }
      end -= start
      start = 0
    }
    if end == buffer.count {
      buffer.append(contentsOf: repeatElement(0, count: buffer.count))
    }
    let source = source
    let count = try buffer.fill(from: end) { (room) throws(InputError) in
      try source.read(into: room)
    }
    end += count
    isAtEnd = count == 0
  }

  private mutating func skipByteOrderMark() throws(InputError) {
    while end - start < 3, !isAtEnd { try fill() }
    if buffer[start..<end].starts(with: [0xEF, 0xBB, 0xBF]) {
      start += 3
      offset += 3
    }
  }
}
