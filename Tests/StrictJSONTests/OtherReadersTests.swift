import Foundation
import StrictJSON
import TestSupport
import Testing
import Units

/// What Foundation and Python's `json` read otherwise than the tape: each difference stands in
/// docs/reliability.md with its reason, and no text made up here shows another.
@Suite("JSON beside Foundation's and Python's readers")
struct OtherReadersTests {
  enum Reader: String, CaseIterable {
    case foundation = "Foundation"
    case python = "Python"
  }

  /// A way in which a reader is known to differ.
  struct Difference: Sendable {
    let readers: Set<Reader>
    let what: String
    /// A text that shows it.
    let example: String
    /// The example as the page has it; nil where it can be printed.
    var shown: String?
    let why: String
    /// Whether a text that is read otherwise is so for this reason; nil is a text that ours takes.
    let explains: @Sendable (_ text: [UInt8], _ failure: JSONFailure.Code?) -> Bool
  }

  private static func has(_ text: [UInt8], _ pattern: String) -> Bool {
    String(decoding: text, as: UTF8.self).range(of: pattern, options: .regularExpression) != nil
  }

  static let differences = [
    Difference(
      readers: [.foundation, .python], what: "takes a key twice; one of the values is lost",
      example: #"{"a":1,"a":2}"#, why: "which of two costs a line means, nobody knows"
    ) { $1 == .duplicateKey },
    Difference(
      readers: [.python], what: "takes halves of surrogate pairs as text",
      example: #""\ud800""#, why: "they are no text, and cannot be written in UTF-8"
    ) { has($0, #"\\u[dD][89a-fA-F]"#) && $1 != nil },
    Difference(
      readers: [.python], what: "takes `NaN` and `Infinity`", example: "[NaN,-Infinity]",
      why: "they are no JSON and no amount"
    ) { has($0, "NaN|Infinity") && $1 == .syntax },
    Difference(
      readers: [.python], what: "takes nesting beyond 512",
      example: String(repeating: "[", count: 600) + String(repeating: "]", count: 600),
      shown: "600 brackets", why: "no event nests, and depth costs memory"
    ) { $1 == .depth },
    Difference(
      readers: [.foundation], what: "refuses numbers that no double holds", example: "1e400",
      why:
        "the tape keeps digits as they stand; who asks for an amount gets it exactly, or a refusal"
    ) { has($0, #"[eE][+-]?[0-9]|[0-9]{309}"#) && $1 == nil },
    Difference(
      readers: [.foundation, .python],
      what: "refuses whole numbers of more digits than it likes (Python: 4,300)",
      example: String(repeating: "7", count: 4_400), shown: "4,400 digits",
      why: "the same: such a number is refused where a count is asked for"
    ) { has($0, "[0-9]{4301}") && $1 == nil },
    Difference(
      readers: [.foundation], what: "takes a comma after the last element", example: "[1,]",
      why: "it is no JSON, and mostly the mark of a line that lost its end"
    ) { has($0, #",\s*[\]}]"#) && $1 == .syntax },
    Difference(
      readers: [.foundation], what: "takes a byte-order mark, and UTF-16 and UTF-32",
      example: "\u{FEFF}1", shown: "a mark, and 1",
      why: "a mark stands at the start of a file, where it is passed over, and not of a line"
    ) { text, failure in
      failure != nil && (text.starts(with: [0xEF, 0xBB, 0xBF]) || text.prefix(4).contains(0))
    },
  ]

  // MARK: the readers

  private static func tape(_ text: [UInt8]) -> (value: String?, failure: JSONFailure.Code?) {
    var tape = JSONTape()
    do throws(JSONFailure) {
      try tape.parse(text)
      return (canonical(tape, JSONTape.root), nil)
    } catch {
      return (nil, error.code)
    }
  }

  /// A value in a form that does not depend on a reader: whole numbers by their digits, others by the
  /// bits of their double, texts by their bytes, members by the bytes of their keys.
  private static func canonical(_ tape: JSONTape, _ index: JSONTape.Index) -> String {
    switch tape.kind(index) {
    case .object:
      var members: [([UInt8], String)] = []
      tape.forEachMember(of: index) { key, value in
        members.append((Array(tape.text(key).utf8), canonical(tape, value)))
      }
      members.sort { $0.0.lexicographicallyPrecedes($1.0) }
      return "{" + members.map { hex($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
    case .array:
      var elements: [String] = []
      tape.forEachElement(of: index) { elements.append(canonical(tape, $0)) }
      return "[" + elements.joined(separator: ",") + "]"
    case .string: return "s" + hex(Array(tape.text(index).utf8))
    case .number: return number(String(decoding: tape.source(index), as: UTF8.self))
    case .true: return "true"
    case .false: return "false"
    case .null: return "null"
    }
  }

  private static func number(_ source: String) -> String {
    if source.allSatisfy({ $0.isNumber || $0 == "-" }) {
      return source == "-0" ? "i0" : "i" + source
    }
    return "d" + String((Double(source) ?? .nan).bitPattern, radix: 16)
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// By Foundation numbers lose how they were written; that it takes a text is all that is compared
  /// here, the values are in ``DifferentialTests``.
  private static func foundation(_ text: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
  }

  private static let script = """
    import base64, json, struct, sys
    sys.setrecursionlimit(10_000)
    def canonical(value):
        if value is None: return "null"
        if value is True: return "true"
        if value is False: return "false"
        if isinstance(value, int): return "i%d" % value
        if isinstance(value, float):
            return "d%x" % struct.unpack(">Q", struct.pack(">d", value))[0]
        if isinstance(value, str): return "s" + value.encode("utf-8", "surrogatepass").hex()
        if isinstance(value, list): return "[" + ",".join(map(canonical, value)) + "]"
        members = [(k.encode("utf-8", "surrogatepass"), v) for k, v in value.items()]
        return "{" + ",".join(k.hex() + ":" + canonical(v) for k, v in sorted(members)) + "}"
    for line in sys.stdin:
        try:
            print(canonical(json.loads(base64.b64decode(line).decode("utf-8"))))
        except (ValueError, RecursionError):
            print("-")
    """

  static let hasPython: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// What Python makes of each text, all in one run; nil for those it refuses.
  private static func python(_ texts: [[UInt8]]) async throws -> [String?] {
    try await withTemporaryFolder { folder in
      let input = folder.appending(path: "texts")
      let output = folder.appending(path: "values")
      let lines = texts.map { Data($0).base64EncodedString() + "\n" }
      try Data(lines.joined().utf8).write(to: input)
      try Data().write(to: output)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "-c", script]
      process.standardInput = try FileHandle(forReadingFrom: input)
      process.standardOutput = try FileHandle(forWritingTo: output)
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return try String(contentsOf: output, encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: true).map {
          $0 == "-" ? nil : String($0)
        }
    }
  }

  // MARK: texts

  /// Texts made up from seeds: good ones, damaged ones, and such with something of the examples in them.
  private static func texts(_ count: UInt64) -> [[UInt8]] {
    (0..<count).map { seed in
      var generator = JSONGenerator(seed: 70_000 + seed)
      let text = generator.text()
      if seed % 3 == 0 { return text }
      if seed % 3 == 1 { return generator.damaged(text) }
      let example = Array(differences[Int(seed / 3) % differences.count].example.utf8)
      return Array("[".utf8) + example + Array(",".utf8) + generator.damaged(text)
        + Array("]".utf8)
    }
  }

  private static func check(_ reader: Reader, _ text: [UInt8], isAlike: Bool) {
    guard !isAlike else { return }
    let failure = tape(text).failure
    let isListed = differences.contains {
      $0.readers.contains(reader) && $0.explains(text, failure)
    }
    let shown = String(decoding: text.prefix(300), as: UTF8.self)
    let ours = failure.map { "refused as \($0.rawValue)" } ?? "taken"
    #expect(isListed, "\(reader.rawValue) reads otherwise what is \(ours) here: \(shown)")
  }

  @Test("shows no difference to Foundation that is not listed")
  func foundation() {
    for text in Self.texts(3_000) {
      let ours = Self.tape(text).failure == nil
      Self.check(.foundation, text, isAlike: ours == Self.foundation(text))
    }
  }

  @Test(
    "shows no difference to Python that is not listed, and the same values",
    .enabled(if: hasPython, "there is no python3 of version 3.8 or later"))
  func python() async throws {
    let texts = Self.texts(3_000)
    let values = try await Self.python(texts)
    #expect(values.count == texts.count)
    for (text, value) in zip(texts, values) {
      Self.check(.python, text, isAlike: Self.tape(text).value == value)
    }
  }

  @Test(
    "has an example for every difference that is listed",
    .enabled(if: hasPython, "there is no python3 of version 3.8 or later"))
  func examples() async throws {
    let texts = Self.differences.map { Array($0.example.utf8) }
    let python = try await Self.python(texts)
    for (place, difference) in Self.differences.enumerated() {
      let ours = Self.tape(texts[place])
      #expect(difference.explains(texts[place], ours.failure), "\(difference.what)")
      #expect(
        (Self.foundation(texts[place]) != (ours.failure == nil))
          == difference.readers.contains(.foundation), "\(difference.what)")
      #expect(
        (python[place] != ours.value) == difference.readers.contains(.python),
        "\(difference.what)")
    }
  }

  // MARK: the page

  @Test("are listed on the page")
  func page() throws {
    let page = Repository.path("docs/reliability.md")
    let head = "| reader | what it does | example | why not here |\n|---|---|---|---|\n"
    let table =
      head
      + Self.differences.map { difference in
        let readers = Reader.allCases.filter(difference.readers.contains).map(\.rawValue)
        let example = difference.shown ?? "`\(difference.example)`"
        return
          "| \(readers.joined(separator: ", ")) | \(difference.what) | \(example) | \(difference.why) |\n"
      }.joined()
    var text = try String(contentsOf: page, encoding: .utf8)
    let start = try #require(text.range(of: head))
    let end = try #require(text.range(of: "\n\n", range: start.lowerBound..<text.endIndex))
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      text.replaceSubrange(start.lowerBound..<text.index(after: end.lowerBound), with: table)
      try text.write(to: page, atomically: true, encoding: .utf8)
      return
    }
    #expect(text[start.lowerBound..<text.index(after: end.lowerBound)] == table)
  }
}
