import Foundation
import TestSupport
import Testing
import Units

/// Files that are cut, damaged, or made to be more than they seem.
@Suite("Hostile files", .serialized)
struct HostileFilesTests {
  private static let lines = (0..<400).map { number in
    Lines.native("r\(number)", #","user_id":"u\#(number * 7919 % 1000)""#)
  }
  private static let text = Data(lines.map { $0 + "\n" }.joined().utf8)

  /// What a ledger says after a file that may be damaged; nil where it was refused.
  private func totals(_ bytes: Data, in ledger: TestLedger, _ note: Comment) async throws
    -> JSONObject?
  {
    for file in try ledger.ledgerFiles().keys {
      try FileManager.default.removeItem(at: ledger.folder.appending(path: file))
    }
    let file = try ledger.write("log.jsonl.zst", bytes)
    let outcome = try await Program.run(
      ["ingest", "--json", file.path, "--ledger", ledger.path.path], in: ledger.folder)
    #expect([0, 65].contains(outcome.status), note)
    guard outcome.status == 0 else {
      #expect(outcome.errText.hasPrefix("error: "), note)
      #expect(try ledger.ledgerFiles().isEmpty, note)
      return nil
    }
    return try JSONObject(outcome.out)
  }

  @Test("12: a packed file cut at each of its last 200 bytes is refused whole")
  func cuts() async throws {
    let packed = try Packed.zstd(Self.text)
    try await withLedger { ledger in
      let steps = Effort.isFull ? Array(1...200) : [1, 2, 3, 4, 5, 7, 20, 77, 133, 200]
      for missing in steps {
        let result = try await totals(packed.dropLast(missing), in: ledger, "\(missing) missing")
        #expect(result == nil, "\(missing) missing")
      }
    }
  }

  @Test("13: a bit flipped anywhere is refused, or changes nothing")
  func flips() async throws {
    let (zstd, gzip) = (try Packed.zstd(Self.text), try Packed.gzip(Self.text))
    var random = SeededGenerator(seed: 13)
    try await withLedger { ledger in
      let whole = try #require(try await totals(zstd, in: ledger, "whole"))
      let expected = try SQLiteFile(ledger.path).rows("SELECT * FROM requests ORDER BY request_id")
      #expect(try whole.count("accepted") == 400)
      for round in 0..<(Effort.isFull ? 1_000 : 20) {
        var bytes = round % 3 == 2 ? gzip : zstd
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        let result = try await totals(bytes, in: ledger, "round \(round), byte \(place)")
        guard let result else { continue }
        #expect(try result.count("accepted") == 400, "round \(round), byte \(place)")
        #expect(
          try SQLiteFile(ledger.path).rows("SELECT * FROM requests ORDER BY request_id") == expected
        )
      }
    }
  }

  @Test("14: frames of every kind, and a line that several of them share, give all lines once")
  func frames() async throws {
    let half = Self.text.count / 2 + 11
    let (head, tail) = (Self.text.prefix(half), Self.text.dropFirst(half))
    let skipped = Packed.skippableFrame(Data(repeating: 7, count: 70_000))
    let none = try Packed.zstd(Data())
    let bytes =
      try skipped + none + Packed.zstd(Data(head)) + skipped + none + Packed.zstd(Data(tail)) + none
    try await withLedger { ledger in
      let result = try #require(try await totals(bytes, in: ledger, "frames"))
      #expect(try result.count("lines") == 400)
      #expect(try result.count("accepted") == 400)
    }
  }

  /// Runs ingest on a file and tells how it ended and the most memory it had, in MiB.
  private func ingest(_ file: URL, in ledger: TestLedger) async throws -> (Program.Outcome, Int) {
    let running = try RunningProgram(
      ["ingest", file.path, "--ledger", ledger.path.path, "--from-format", "native"],
      in: ledger.folder)
    let outcome = try await running.finish()
    return (outcome, running.peakMemory >> 20)
  }

  /// A zstd frame of blocks that repeat one byte, so many times 128 KiB.
  private static func bomb(of byte: UInt8, blocks: Int) -> Data {
    // No size, no checksum, a window of 128 KiB.
    var frame = Data([0x28, 0xB5, 0x2F, 0xFD, 0x00, 7 << 3])
    for block in 0..<blocks {
      let header = UInt32(131_072) << 3 | 1 << 1 | (block == blocks - 1 ? 1 : 0)
      withUnsafeBytes(of: header.littleEndian) { frame.append(contentsOf: $0.prefix(3)) }
      frame.append(byte)
    }
    return frame
  }

  @Test("16: a bomb of text is one line that is too long, in bounded memory")
  func textBomb() async throws {
    try await withLedger { ledger in
      // 6 GiB of one line are refused as too much; one GiB is a line that is too long.
      let blocks = Effort.isFull ? 8_192 : 400
      let file = try ledger.write(
        "bomb.jsonl.zst", Self.bomb(of: UInt8(ascii: "x"), blocks: blocks))
      let (outcome, memory) = try await ingest(file, in: ledger)
      #expect(outcome.status == 0, "\(outcome.errText)")
      #expect(
        try SQLiteFile(ledger.path).rows("SELECT code FROM rejected_line") == [["line_too_long"]])
      #expect(memory > 0 && memory < 256, "\(memory) MiB")
    }
  }

  @Test("16: a bomb of newlines is so many blank lines, and nothing of them is kept")
  func newlineBomb() async throws {
    try await withLedger { ledger in
      let blocks = Effort.isFull ? 8_192 : 20
      let file = try ledger.write("bomb.jsonl.zst", Self.bomb(of: 0x0A, blocks: blocks))
      let (outcome, memory) = try await ingest(file, in: ledger)
      #expect(outcome.status == 0, "\(outcome.errText)")
      let row = try SQLiteFile(ledger.path).rows("SELECT lines, blank FROM input_file")
      #expect(row == [["\(blocks * 131_072)", "\(blocks * 131_072)"]])
      #expect(memory > 0 && memory < 256, "\(memory) MiB")
    }
  }

  @Test("16: more than 4 GiB and 20,000 times its size is refused", .enabled(if: Effort.isFull))
  func hugeBomb() async throws {
    try await withLedger { ledger in
      // 3.2 MB that would become 100 GiB.
      let file = try ledger.write(
        "bomb.jsonl.zst", Self.bomb(of: UInt8(ascii: "x"), blocks: 800_000))
      let (outcome, memory) = try await ingest(file, in: ledger)
      #expect(outcome.status == 65, "\(outcome.errText)")
      #expect(outcome.errText.contains("4 GiB"))
      #expect(memory > 0 && memory < 256, "\(memory) MiB")
    }
  }

  @Test("17: a line of 64 MiB is rejected without being held, and the next is read")
  func longLine() async throws {
    try await withLedger { ledger in
      let long = Data(repeating: UInt8(ascii: "y"), count: 64 << 20)
      let text =
        Data((Lines.native("a") + "\n").utf8) + long + Data(("\r\n" + Lines.native("b")).utf8)
      let (outcome, memory) = try await ingest(
        try ledger.write("long.jsonl", text), in: ledger)
      #expect(outcome.status == 0, "\(outcome.errText)")
      let row = try SQLiteFile(ledger.path).rows("SELECT lines, accepted, rejected FROM input_file")
      #expect(row == [["3", "2", "1"]])
      #expect(memory > 0 && memory < 256, "\(memory) MiB")
    }
  }

  @Test("44: what is no file of lines is said, and nothing else is disturbed")
  func strangeFiles() async throws {
    try await withLedger { ledger in
      let logs = ledger.folder.appending(path: "logs")
      try ledger.write("logs/b\u{1B}[31m\nc.jsonl", Lines.native("odd"))
      let manager = FileManager.default
      let loop = logs.appending(path: "loop.jsonl")
      try manager.createSymbolicLink(at: loop, withDestinationURL: loop)
      try manager.createSymbolicLink(
        atPath: logs.appending(path: "lost.jsonl").path, withDestinationPath: "nowhere")
      try manager.createSymbolicLink(
        atPath: logs.appending(path: "up").path, withDestinationPath: "..")
      #expect(mkfifo(logs.appending(path: "pipe.jsonl").path, 0o600) == 0)
      let outcome = try await ledger.run(["ingest", logs.path], status: 66)
      #expect(!outcome.errText.contains("\u{1B}"))
      #expect(outcome.errText.contains("loop.jsonl") && outcome.errText.contains("lost.jsonl"))
      #expect(try await ledger.report().object("totals").count("requests") == 1)
      for path in [logs.appending(path: "pipe.jsonl").path, "/dev/null", loop.path] {
        let refused = try await ledger.run(["ingest", path], status: 66)
        #expect(refused.errText.hasPrefix("error: "))
      }
    }
  }

  @Test("45: ten thousand files, few descriptors, little memory and one processor are enough")
  func manyFiles() async throws {
    try await withLedger { ledger in
      let count = Effort.isFull ? 10_000 : 300
      for number in 0..<count {
        try ledger.write("logs/\(number % 10)/\(number).jsonl", Lines.native("r\(number)") + "\n")
      }
      let outcome = try await Program.run(
        ["ingest", "logs", "--ledger", "test.sqlite"], in: ledger.folder,
        under: [
          "/bin/sh", "-c", "ulimit -n 64; ulimit -v 4000000; exec taskset -c 0 \"$@\"", "sh",
        ])
      #expect(outcome.status == 0, "\(outcome.errText.suffix(300))")
      #expect(try await ledger.report().object("totals").count("requests") == count)
    }
  }

  @Test("46, 47: no locale, zone, home or umask changes a figure or opens a ledger to others")
  func surroundings() async throws {
    try await withLedger { ledger in
      var seen: Set<Data> = []
      let places: [[String: String]] = [
        [:], ["LANG": "C", "LC_ALL": "C"], ["LANG": "de_DE.UTF-8", "TZ": "Asia/Kathmandu"],
        ["TZ": "nonsense/zone", "HOME": "", "TMPDIR": "/nowhere", "SQLITE_TMPDIR": "/nowhere"],
        ["TZ": "", "TERM": ""],
      ]
      for (number, variables) in places.enumerated() {
        for mask in ["000", "077", "022"] {
          let path = "\(number)-\(mask).sqlite"
          let shell = ["/bin/sh", "-c", "umask \(mask); exec \"$@\"", "sh"]
          let files = SmallDay.imports + [["ingest", SmallDay.events]]
          for command in number == 0 ? files : [files[3]] {
            let outcome = try await Program.run(
              command + ["--ledger", path], environment: variables, in: ledger.folder, under: shell)
            #expect(outcome.status == 0, "\(outcome.errText)")
          }
          let attributes = try FileManager.default.attributesOfItem(
            atPath: ledger.folder.appending(path: path).path)
          #expect(attributes[.posixPermissions] as? Int == 0o600)
          let report = try await Program.run(
            ["report", "--by", "day,workflow", "--ledger", path], environment: variables,
            in: ledger.folder)
          #expect(report.status == 0, "\(report.errText)")
          if number > 0 { seen.insert(report.out) }
        }
      }
      #expect(seen.count == 1)
    }
  }
}
