import Foundation
import LedgerStore
import StrictJSON
import TestSupport
import Testing
import Traffic
import Units

@testable import Ingest

@Suite("A file read beside the writer")
struct ReadingFileTests {
  /// What is told of a line: an event's id, or why it was rejected.
  struct Line: Equatable {
    let number: Int64
    let offset: Int64
    let text: [UInt8]?
    let said: String
  }

  private func lines(_ reading: ReadingFile) throws -> (lines: [Line], counts: LineCounts) {
    var lines: [Line] = []
    var counts = LineCounts()
    while let step = reading.next() {
      switch step {
      case .lines(let read):
        counts = counts + read.counts
        for (place, event) in read.events.events.enumerated() {
          let (line, bytes) = read.line(place)
          lines.append(
            Line(
              number: line.number, offset: line.offset, text: Array(bytes),
              said: read.events.text(event.event)))
        }
        for rejected in read.rejected {
          lines.append(
            Line(
              number: rejected.line, offset: rejected.byteOffset, text: nil, said: rejected.code))
        }
        reading.recycle(read)
      case .end: return (lines.sorted { $0.number < $1.number }, counts)
      case .failed(let error): throw error
      }
    }
    Issue.record("it has no end")
    return ([], counts)
  }

  /// Each line by itself, as lines that are tried again are judged.
  private func naive(_ text: Data) -> (lines: [Line], counts: LineCounts) {
    var judge = LineJudge(FormatReaders(FormatSettings()))
    var counts = LineCounts()
    var lines: [Line] = []
    var offset: Int64 = 0
    var parts = Array(text).split(separator: 0x0A, omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    for (place, whole) in parts.enumerated() {
      defer { offset += Int64(whole.count + 1) }
      counts.lines += 1
      let bytes = Array(whole.last == 0x0D ? whole.dropLast() : whole)
      guard bytes.contains(where: { $0 != 0x20 }) else {
        counts.blank += 1
        continue
      }
      switch judge.judge(bytes, as: .native) {
      case .entry(let entry, _):
        guard case .attempt(let attempt) = entry.content else { continue }
        lines.append(
          Line(
            number: Int64(place + 1), offset: offset, text: bytes, said: attempt.eventID.text))
      case .rejected(let rejection, _):
        counts.rejected += 1
        lines.append(
          Line(
            number: Int64(place + 1), offset: offset, text: nil, said: rejection.code.rawValue))
      }
    }
    return (lines, counts)
  }

  private func log(_ random: inout SeededGenerator, lines count: Int) -> Data {
    var text = Data()
    for number in 0..<count {
      let event = NativeLine([
        "request_id": "\"r\(number)\"",
        "prompt": String(repeating: "x", count: .random(in: 0...900, using: &random)).quoted,
      ]).text
      let line =
        switch Int.random(in: 0..<40, using: &random) {
        case 0: ""
        case 1: "  "
        case 2: String(event.dropLast(7))
        case 3: #"{"a":1}"#
        case 4: "[]"
        case 5 where number % 8 == 0: String(repeating: " ", count: 700_000) + event
        default: event
        }
      text += Data((line + (Bool.random(using: &random) ? "\n" : "\r\n")).utf8)
    }
    if Bool.random(using: &random) { text.removeLast(text.last == 0x0A ? 1 : 0) }
    return text
  }

  @Test("has the lines that each line by itself gives", arguments: 0..<6 as Range<UInt64>)
  func property(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var text = log(&random, lines: 2_500)
    // Lines that show no format are held back until one does.
    let held = Int(seed) * 150
    text = Data(String(repeating: "{\"a\":1}\n", count: held).utf8) + text
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "log")
      try text.write(to: path)
      let found = try lines(ReadingFile(path.path, format: nil, stop: StopFlag()))
      let wanted = naive(text)
      #expect(found.lines == wanted.lines)
      #expect(found.counts.lines == wanted.counts.lines)
      #expect(found.counts.blank == wanted.counts.blank)
      #expect(found.counts.rejected == wanted.counts.rejected)
    }
  }

  @Test("ends both its threads when nobody wants the rest", .timeLimit(.minutes(1)))
  func cancelled() async throws {
    var random = SeededGenerator(seed: 1)
    let text = log(&random, lines: 4_000)
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "log")
      // More than the queues hold.
      var whole = Data()
      while whole.count < 48 << 20 { whole += text }
      try whole.write(to: path)
      weak var pool: BlockPool?
      do {
        let reading = ReadingFile(path.path, format: nil, stop: StopFlag())
        pool = reading.pool
        _ = reading.next()
        reading.cancel()
        #expect(reading.next() == nil)
      }
      // Its threads hold it as long as they run.
      while pool != nil { try await Task.sleep(for: .milliseconds(1)) }
    }
  }

  @Test("has the memory of blocks used again, and waits for it")
  func pool() async {
    let pool = BlockPool()
    #expect(pool.acquire(BlockPool.shares))
    let blocks = BoundedQueue<Bool>(capacity: 1)
    let waiting = Task.detached { blocks.send(pool.acquire(1)) }
    var bytes = pool.spareBytes()
    bytes[0] = 7
    var block = LineBlock(bytes: bytes, lines: 0..<0, offset: 0)
    block.shares = 1
    bytes = []
    pool.recycle(block)
    _ = await waiting.value
    #expect(blocks.receive() == true)
    #expect(pool.spareBytes()[0] == 7)
    pool.cancel()
    #expect(!pool.acquire(1))
  }
}
