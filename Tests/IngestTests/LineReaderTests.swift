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
    let isTooLong: Bool
  }

  private func lines(_ text: Data) async throws -> [Line] {
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "log")
      try text.write(to: path)
      var reader = LineReader(try ByteSource(path.path))
      var lines: [Line] = []
      while let line = try reader.next() {
        lines.append(
          Line(
            number: line.number, offset: line.offset, bytes: Array(reader.bytes),
            isTooLong: line.isTooLong))
      }
      return lines
    }
  }

  /// The plain way: the whole text in memory, cut at each `\n`.
  private func naive(_ text: Data) -> [Line] {
    var rest = text[...]
    var offset = 0
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) {
      rest = rest.dropFirst(3)
      offset = 3
    }
    var lines: [Line] = []
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A)
      var bytes = Array(rest[..<(end ?? rest.endIndex)])
      let length = bytes.count + (end == nil ? 0 : 1)
      if bytes.last == 0x0D { bytes.removeLast() }
      let isTooLong = bytes.count > 16 << 20
      lines.append(
        Line(
          number: Int64(lines.count + 1), offset: Int64(offset),
          bytes: isTooLong ? Array(bytes.prefix(2_000)) : bytes, isTooLong: isTooLong))
      offset += length
      rest = rest.dropFirst(length)
    }
    return lines
  }

  @Test(
    "gives the lines that the plain way gives", arguments: 0..<150 as Range<UInt64>)
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
    #expect(try await lines(text) == naive(text))
  }

  @Test("finds ends that lie at the borders of its buffer", arguments: [-2, -1, 0, 1, 2])
  func borders(shift: Int) async throws {
    // The packed input is read by 128 KiB, lines by 1 MiB and what that grows to.
    for border in [1 << 17, 1 << 20, 1 << 21] {
      for end in ["\n", "\r\n"] {
        let text =
          Data(repeating: 0x61, count: border + shift) + Data(end.utf8)
          + Data(repeating: 0x62, count: border) + Data("\(end)c".utf8)
        #expect(try await lines(text) == naive(text), "\(border) \(end.debugDescription)")
      }
    }
  }

  @Test("reads on after a line that is too long, wherever it ends", arguments: [0, 1, 2, 3])
  func tooLong(extra: Int) async throws {
    let limit = 16 << 20
    for end in ["\n", "\r\n", ""] {
      let text =
        Data("first\n".utf8) + Data(repeating: 0x61, count: limit + extra)
        + Data((end.isEmpty ? "" : "\(end)next\nlast").utf8)
      #expect(try await lines(text) == naive(text), "\(extra) \(end.debugDescription)")
    }
  }

  @Test("tells two lines that are too long apart by all their bytes")
  func tooLongDigest() async throws {
    let long = Data(repeating: 0x61, count: (16 << 20) + 1)
    let much = Data(repeating: 0x61, count: 40 << 20)
    let newline = Data("\n".utf8)
    for line in [long, much] {
      let text = line + Data("b\n".utf8) + line + Data("c\r\n".utf8) + line + Data("b".utf8)
      let digests = try await withTemporaryFolder { folder in
        let path = folder.appending(path: "log")
        try (text + newline).write(to: path)
        var reader = LineReader(try ByteSource(path.path))
        var digests: [[UInt8]?] = []
        while let line = try reader.next() { digests.append(line.tooLongSHA256) }
        return digests
      }
      #expect(digests.count == 3)
      #expect(digests[0] == digests[2])
      #expect(digests[0] != digests[1])
      #expect(digests[0] == Digest.sha256(Array(line + Data("b".utf8))))
    }
  }
}
