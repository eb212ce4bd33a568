import Foundation
import TestSupport
import Testing
import Units

@testable import Ingest

@Suite("Bytes of a file, unpacked")
struct ByteSourceTests {
  /// Everything that a source gives, asked for in pieces of a size.
  private func bytes(_ file: Data, named name: String = "log", piece: Int = 1_000) async throws
    -> Data
  {
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: name)
      try file.write(to: path)
      let source = try ByteSource(path.path)
      var all = Data()
      var buffer = [UInt8](repeating: 0, count: piece)
      while true {
        let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
        if count == 0 { break }
        all += buffer[..<count]
      }
      #expect(source.count == Int64(all.count))
      let digests = source.finishDigests()
      #expect(digests.content == Digest.sha256(Array(all)))
      #expect(digests.raw == Digest.sha256(Array(file)))
      return all
    }
  }

  private func isRefused(_ file: Data, piece: Int = 1_000) async throws -> Bool {
    do {
      _ = try await bytes(file, piece: piece)
      return false
    } catch let error as InputError {
      #expect(error.kind == .undecodable)
      return true
    }
  }

  /// Text that does not pack too well, longer than the buffers.
  static let text: Data = {
    var random = SeededGenerator(seed: 7)
    var text = Data()
    while text.count < 400_000 {
      text += Data("line \(UInt64.random(in: 0...UInt64.max, using: &random))\n".utf8)
    }
    return text
  }()

  @Test("14: plain, zstd and gzip, of any number of parts, in pieces of any size")
  func parts() async throws {
    let text = Self.text
    let half = text.count / 2 + 3
    let (head, tail) = (text[..<half], text[half...])
    let (zstdHead, zstdTail) = (try Packed.zstd(Data(head)), try Packed.zstd(Data(tail)))
    let emptyFrame = try Packed.zstd(Data())
    let skipped = Packed.skippableFrame(Data("passed over".utf8))
    let files: [Data] = [
      text, try Packed.zstd(text), try Packed.gzip(text), zstdHead + zstdTail,
      skipped + zstdHead + skipped + skipped + zstdTail + skipped,
      emptyFrame + zstdHead + emptyFrame + zstdTail + emptyFrame + emptyFrame,
      try Packed.gzip(Data(head)) + Packed.gzip(Data()) + Packed.gzip(Data(tail)),
    ]
    for (number, file) in files.enumerated() {
      for piece in [1 << 20, 131_072, 4_099] {
        #expect(try await bytes(file, piece: piece) == text, "file \(number) by \(piece)")
      }
    }
    for file in [emptyFrame, skipped + emptyFrame, skipped, try Packed.gzip(Data()), Data()] {
      #expect(try await bytes(file).isEmpty)
    }
    for piece in [1, 2, 7] {
      #expect(
        try await bytes(try Packed.zstd(Data("a\nb\n".utf8)), piece: piece) == Data("a\nb\n".utf8))
    }
  }

  @Test("12: a packed file cut at any of its last 200 bytes is refused")
  func cut() async throws {
    let text = Data(Self.text.prefix(20_000))
    for packed in [try Packed.zstd(text), try Packed.gzip(text)] {
      for missing in 1...200 {
        #expect(try await isRefused(packed.dropLast(missing)), "\(missing) bytes missing")
      }
    }
  }

  @Test("12: a packed object that is longer than its length says is refused, in pieces of any size")
  func cutObject() async throws {
    let text = Data("{\"v\":1}\n".utf8)
    let packed = try Packed.zstd(text)
    func object(_ bytes: Data) -> Data {
      withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Data($0) } + bytes
    }
    // All of its text fits some of the pieces, and what is cut off is its checksum alone.
    for piece in 1...text.count + 1 {
      #expect(
        try await bytes(object(packed) + object(packed), piece: piece)
          == text + Data("\n".utf8) + text + Data("\n".utf8))
      for missing in 1..<packed.count - 4 {
        let file = object(packed.dropLast(missing)) + object(packed)
        #expect(try await isRefused(file, piece: piece), "\(missing) missing, by \(piece)")
      }
    }
  }

  @Test("so is one that is cut anywhere at its start")
  func cutAtStart() async throws {
    let packed = try Packed.zstd(Data("a line\n".utf8))
    for count in 4..<packed.count { #expect(try await isRefused(packed.prefix(count)), "\(count)") }
    let gzip = try Packed.gzip(Data("a line\n".utf8))
    for count in 2..<gzip.count { #expect(try await isRefused(gzip.prefix(count)), "\(count)") }
    let skipped = Packed.skippableFrame(Data("passed over".utf8))
    for count in 4..<skipped.count {
      #expect(try await isRefused(skipped.prefix(count)), "\(count)")
    }
  }

  @Test("and one that something else follows")
  func trailing() async throws {
    let text = Data(Self.text.prefix(20_000))
    for packed in [try Packed.zstd(text), try Packed.gzip(text)] {
      for garbage in ["g", "garbage\n", "\u{0}", "\u{0}\u{0}\u{0}\u{0}", "{}\n"] {
        #expect(try await isRefused(packed + Data(garbage.utf8)), "\(garbage.debugDescription)")
      }
    }
  }

  @Test("13: a flipped bit is refused or changes nothing", arguments: 0..<60 as Range<UInt64>)
  func flipped(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let text = Self.text.prefix(3_000)
    for packed in [try Packed.zstd(Data(text)), try Packed.gzip(Data(text))] {
      var wrong = packed
      // Within the first bytes it would no longer be told for what it is.
      let place = Int.random(in: 4..<packed.count, using: &random)
      wrong[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      if try await !isRefused(wrong) { #expect(try await bytes(wrong) == Data(text)) }
    }
  }

  @Test("UTF-16 is told", arguments: [[0xFF, 0xFE, 0x7B, 0], [0xFE, 0xFF, 0, 0x7B]] as [[UInt8]])
  func utf16(head: [UInt8]) async throws {
    #expect(try await isRefused(Data(head)))
  }

  @Test("a file that is not there is missing")
  func missing() throws {
    let error = #expect(throws: InputError.self) { try ByteSource("/nowhere/log.jsonl") }
    #expect(error?.kind == .missing)
  }

  @Test("16: a file that unpacks to more than any log is refused, one of any size unpacked is not")
  func bomb() throws {
    let limits = UnpackingLimits()
    try limits.check(unpacked: 4 << 30, packed: 1, "log.zst")
    try limits.check(unpacked: 100 << 30, packed: 100 << 20, "log.zst")
    try limits.check(unpacked: 100 << 30, packed: 100 << 30, "log.jsonl")
    let error = #expect(throws: InputError.self) {
      try limits.check(unpacked: 5 << 30, packed: 184_000, "log.zst")
    }
    #expect(
      error?.description
        == "log.zst: becomes more than 20000 times as large and 4 GiB when unpacked; "
        + "unpack it and look what it is; unpacked it has no limit")
  }

  @Test("16: a zstd window above 128 MiB is followed only if that is asked for")
  func longWindow() async throws {
    let text = Data("{}\n".utf8)
    // A frame of one raw block that says it looks back 256 MiB.
    let header = UInt32(text.count) << 3 | 1
    let frame =
      Data([0x28, 0xB5, 0x2F, 0xFD, 0x00, 18 << 3])
      + withUnsafeBytes(of: header.littleEndian) { Data($0.prefix(3)) } + text
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "log.zst")
      try frame.write(to: path)
      var buffer = [UInt8](repeating: 0, count: 100)
      let refusing = try ByteSource(path.path)
      let error = #expect(throws: InputError.self) {
        try buffer.withUnsafeMutableBytes { _ = try refusing.read(into: $0) }
      }
      #expect(error?.remedy.contains("--long") == true)
      let following = try ByteSource(path.path, limits: UnpackingLimits(isLong: true))
      let count = try buffer.withUnsafeMutableBytes { try following.read(into: $0) }
      #expect(buffer.prefix(count) == Array(text)[...])
    }
  }
}
