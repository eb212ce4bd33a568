import Foundation
import TestSupport
import Units

/// Lines of logs for tests.
enum Lines {
  /// A native line of a request that its primary served; `more` is put into the object.
  static func native(_ request: String, _ more: String = "") -> String {
    #"{"request_id":"\#(request)","attempt":0,"ts":"2026-10-07T08:00:00Z","tenant_id":"acme","#
      + #""primary":{"provider":"openai","model":"gpt-5"},"#
      + #""route":{"provider":"openai","model":"gpt-5"},"outcome":"success","#
      + #""usage":{"input_tokens":100,"output_tokens":10},"cost_usd":"0.001"\#(more)}"#
  }

  /// The lines of an excerpt in `fixtures/litellm`, without their ends.
  static func liteLLM(_ name: String) throws -> [Data] {
    let packed = try Data(contentsOf: Repository.path("fixtures/litellm/\(name).jsonl.zst"))
    return try Packed.unpackedZstd(packed).split(separator: 0x0A).map { Data($0) }
  }

  /// The lines of the small day, without the one in conflict: of two contents under one identity
  /// the first stays, so it alone depends on the order.
  static func smallDay() throws -> [Data] {
    var lines = try Data(contentsOf: URL(filePath: SmallDay.events))
      .split(separator: 0x0A, omittingEmptySubsequences: false).map { Data($0) }
    lines.removeLast()
    lines.remove(at: 25)
    return lines
  }
}

/// A way of writing lines to files.
struct Split {
  let seed: UInt64

  /// Shuffles lines and writes them to one to six files in nested folders, packed in several ways.
  func write(_ lines: [Data], into folder: URL) throws {
    var random = SeededGenerator(seed: seed)
    let shuffled = lines.shuffled(using: &random)
    let count = Int.random(in: 1...6, using: &random)
    var files = [Data](repeating: Data(), count: count)
    for line in shuffled {
      let file = Int.random(in: 0..<count, using: &random)
      files[file] += line + Data((Bool.random(using: &random) ? "\n" : "\r\n").utf8)
    }
    for (number, bytes) in files.enumerated() {
      let depth = Int.random(in: 0...2, using: &random)
      let below = (0..<depth).reduce(folder) { $0.appending(path: "part-\($1)") }
      try FileManager.default.createDirectory(at: below, withIntermediateDirectories: true)
      switch Int.random(in: 0...2, using: &random) {
      case 0: try bytes.write(to: below.appending(path: "\(number).jsonl"))
      case 1: try Packed.zstd(bytes).write(to: below.appending(path: "\(number).jsonl.zst"))
      default: try Packed.gzip(bytes).write(to: below.appending(path: "\(number).jsonl.gz"))
      }
    }
  }
}
