import Foundation
import LedgerStore
import StrictJSON
import Traffic

@testable import Ingest

/// Lines: cut into blocks of any size they are those of the whole text, and the quick way of native
/// lines says of each what the slow one says.
enum LinesTarget {
  private static let longest = 64

  static func run(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let text = Array(bytes.dropFirst())
    let small = lines(text, room: 1 + Int(first))
    let large = lines(text, room: 4096)
    promise(small == large, "other lines in blocks of \(1 + Int(first)) bytes")
    if let large, isPlain(text) { promise(large == plain(text), "other lines than in the text") }
    for line in text.split(separator: 0x0A) { compare(Array(line)) }
  }

  private static func lines(_ text: [UInt8], room: Int) -> [[UInt8]]? {
    Memory.with(text) { path in
      do throws(InputError) {
        var reader = LineReader(try ByteSource(path), longest: longest, room: room)
        var lines: [[UInt8]] = []
        while let line = try reader.next() {
          lines.append(line.isTooLong ? [0x0A] : Array(reader.bytes))
        }
        return lines
      } catch {
        return nil
      }
    }
  }

  /// Whether a file of it is read as it stands.
  private static func isPlain(_ text: [UInt8]) -> Bool {
    Memory.with(text) { path in (try? ByteSource(path))?.packing == .plain }
  }

  private static func plain(_ text: [UInt8]) -> [[UInt8]] {
    var text = text[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      // The end `\r\n` is no part of the line, but of what is measured.
      if line.count > longest, line.last != 0x0D || line.count > longest + 1 { return [0x0A] }
      return Array(line.last == 0x0D ? line.dropLast() : line)
    }
  }

  private static func compare(_ line: [UInt8]) {
    var builder = BatchBuilder()
    var native = NativeReader()
    let room = line + [UInt8](repeating: 0, count: JSONCursor.reach)
    let isQuick = room.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      return native.append(JSONCursor(start, count: line.count), line: 1, to: &builder)
    }
    guard isQuick else { return }
    let quick = builder.take()
    var judge = LineJudge()
    guard case .entry(let entry, _) = judge.judge(line, as: .native),
      case .attempt(let attempt) = entry.content
    else { return promise(false, "taken the quick way, and not the slow one") }
    var hash = ContentHash()
    promise(quick.events.count == 1, "one line, \(quick.events.count) events")
    promise(quick.events[0].contentHash == hash.of(attempt), "another content the quick way")
    promise(
      quick.text(quick.events[0].event) == attempt.eventID.text, "another event the quick way")
  }
}
