import Foundation
import TestSupport
import Testing

/// What the compiler is told not to check says beside it why it holds.
@Suite("State shared between threads")
struct SharedStateTests {
  private static let marks = ["@unchecked Sendable", "nonisolated(unsafe)"]

  @Test("is checked by the compiler, or has its invariant written beside it")
  func invariants() throws {
    var found = 0
    for folder in ["Sources", "Tests", "queries", "Benchmarks"] {
      let root = Repository.path(folder)
      for path in try FileManager.default.subpathsOfDirectory(atPath: root.path)
      where path.hasSuffix(".swift") && !path.contains(".build") {
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
          .map { $0.trimmingCharacters(in: .whitespaces) }
        for (number, line) in lines.enumerated() {
          // Names of them in texts are none.
          guard Self.marks.contains(where: { line.contains($0) }), !line.contains("\"") else {
            continue
          }
          found += 1
          // What a thing is stands behind three strokes; why it may be shared, behind two.
          let words = lines[..<number].reversed().prefix { $0.hasPrefix("// ") }
            .flatMap { $0.split(separator: " ") }
          #expect(words.count > 4, "\(folder)/\(path):\(number + 1): \(line)")
        }
      }
    }
    #expect(found > 0)
  }
}
