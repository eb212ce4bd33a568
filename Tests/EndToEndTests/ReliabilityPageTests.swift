import Foundation
import TestSupport
import Testing

/// `docs/reliability.md` says of every case which tests show it; here that is held against the tests.
@Suite("The page on reliability")
struct ReliabilityPageTests {
  private static let page = Repository.path("docs/reliability.md")
  private static let head = "| # | tests |\n|---|---|\n"

  /// The names of the tests that begin with numbers of cases, as `12, 13: what it does`, by number.
  private static func tests() throws -> [Int: [String]] {
    var tests: [Int: [String]] = [:]
    let root = Repository.path("Tests")
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.path)
    where path.hasSuffix(".swift") {
      let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
      for match in text.matches(of: /@Test\(\s*"(\d+(?:, \d+)*): ([^"]+)"/) {
        let suite = path.split(separator: "/").last.map { $0.dropLast(6) } ?? ""
        for number in match.1.split(separator: ", ").compactMap({ Int($0) }) {
          tests[number, default: []].append("\(match.2) (`\(suite)`)")
        }
      }
    }
    return tests.mapValues { $0.sorted() }
  }

  @Test("names for every case the tests that there are, and no other")
  func table() throws {
    let tests = try Self.tests()
    #expect(tests.keys.sorted() == Array(1...48))
    let table =
      Self.head
      + tests.sorted { $0.key < $1.key }
      .map { "| \($0.key) | \($0.value.joined(separator: "; ")) |\n" }.joined()
    var text = try String(contentsOf: Self.page, encoding: .utf8)
    let start = try #require(text.range(of: Self.head))
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      text = text[..<start.lowerBound] + table
      try text.write(to: Self.page, atomically: true, encoding: .utf8)
    }
    #expect(text[start.lowerBound...] == table)
  }
}
