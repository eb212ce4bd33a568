import Foundation
import TestSupport
import Testing
import Units

@testable import Ingest

@Suite("Cutting an input into lines")
struct LineReaderTests {
  struct Line: Equatable {
    let number: Int64
    let offset: Int64
    let bytes: [UInt8]
    let tooLongSHA256: [UInt8]?
  }

  /// The lines as the reader cuts them.
  private func lines(
    _ text: Data, longest: Int = LineReader.longest, room: Int = 1 << 20
  ) async throws -> [Line] {
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "log")
      try text.write(to: path)
      var reader = LineReader(try ByteSource(path.path), longest: longest, room: room)
      var lines: [Line] = []
      while let line = try reader.next() {
        lines.append(
          Line(
            number: line.number, offset: line.offset, bytes: Array(reader.bytes),
            tooLongSHA256: line.tooLongSHA256))
      }
      return lines
    }
  }

  /// The plain way: the whole text in memory, cut at each `\n`.
  private func naive(_ text: Data, longest: Int = LineReader.longest) -> [Line] {
    var rest = Array(text)[...]
    var offset = 0
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) {
      rest = rest.dropFirst(3)
      offset = 3
    }
    var lines: [Line] = []
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A)
      let whole = Array(rest[..<(end ?? rest.endIndex)])
      let length = whole.count + (end == nil ? 0 : 1)
      var bytes = whole
      if bytes.last == 0x0D { bytes.removeLast() }
      let isTooLong = bytes.count > longest
      lines.append(
        Line(
          number: Int64(lines.count + 1), offset: Int64(offset),
          bytes: isTooLong ? Array(bytes.prefix(min(longest, 2_000))) : bytes,
          tooLongSHA256: isTooLong ? Digest.sha256(whole) : nil))
      offset += length
      rest = rest.dropFirst(length)
    }
    return lines
  }

  @Test("gives the lines that the plain way gives", arguments: 0..<400 as Range<UInt64>)
  func property(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var text = Data()
    if Int.random(in: 0..<4, using: &random) == 0 { text += [0xEF, 0xBB, 0xBF] }
    for _ in 0..<Int.random(in: 0...30, using: &random) {
      let parts: [Data] = [
        Data("\n".utf8), Data("\r\n".utf8), Data("\r".utf8), Data(" ".utf8),
        Data([0xEF, 0xBB, 0xBF]),
        Data(repeating: 0x78, count: Int.random(in: 1...40, using: &random)),
      ]
      text += parts[Int.random(in: 0..<parts.count, using: &random)]
    }
    for (longest, room) in [(LineReader.longest, 1 << 20), (1_000, 1), (20, 3), (16, 64), (4, 2)] {
      #expect(
        try await lines(text, longest: longest, room: room) == naive(text, longest: longest),
        "seed \(seed), longest \(longest), room \(room)")
    }
  }

  @Test("finds ends that lie at the borders of its buffer", arguments: [-2, -1, 0, 1, 2])
  func borders(shift: Int) async throws {
    // The input is read by 128 KiB, lines by 1 MiB and what that grows to.
    for border in [1 << 17, 1 << 20] {
      for end in ["\n", "\r\n"] {
        let text =
          Data(repeating: 0x61, count: border + shift) + Data(end.utf8)
          + Data(repeating: 0x62, count: border) + Data("\(end)c".utf8)
        #expect(try await lines(text) == naive(text), "\(border) \(end.debugDescription)")
      }
    }
  }

  @Test("keeps the first 2,000 bytes of a line that is too long and reads on")
  func tooLong() async throws {
    for extra in 0...3 {
      for end in ["\n", "\r\n", ""] {
        let text =
          Data("first\n".utf8) + Data(repeating: 0x61, count: 9_000 + extra)
          + Data((end.isEmpty ? "" : "\(end)next\nlast").utf8)
        #expect(
          try await lines(text, longest: 9_000, room: 1_024) == naive(text, longest: 9_000),
          "\(extra) \(end.debugDescription)")
      }
    }
  }
}
