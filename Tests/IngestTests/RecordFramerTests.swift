import Testing
import Units

@testable import Ingest

@Suite("Cutting a log into records")
struct RecordFramerTests {
  private func records(_ text: String, _ framer: any RecordFramer) throws -> [String] {
    var framer = framer
    var found: [String] = []
    var offset: Int64 = 0
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let bytes = Array(line.utf8)
      try framer.take(RecordPlace(number: Int64(number + 1), offset: offset), bytes[...]) {
        found.append(String(decoding: $0.bytes, as: UTF8.self))
      }
      offset += Int64(bytes.count + 1)
    }
    try framer.finish { found.append(String(decoding: $0.bytes, as: UTF8.self)) }
    return found
  }

  @Test(
    "JSON stands one a line, joined, over lines, or in a list",
    arguments: [
      ("{\"a\":1}\n{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"]),
      ("{\"a\":1}{\"b\":[{}]}", ["{\"a\":1}", "{\"b\":[{}]}"]),
      ("{\n  \"a\": 1\n}\n{\n}", ["{\n  \"a\": 1\n}", "{\n}"]),
      ("[{\"a\":1}, {\"b\":2}]", ["{\"a\":1}", "{\"b\":2}"]),
      ("[\n  {\n    \"a\": \"]}\"\n  },\n  {}\n]", ["{\n    \"a\": \"]}\"\n  }", "{}"]),
      ("{\"a\":1}\n\n{\"b\":2}", ["{\"a\":1}", "", "{\"b\":2}"]),
      (#"{"a":"\"{"}{}"#, [#"{"a":"\"{"}"#, "{}"]),
    ] as [(String, [String])])
  func json(text: String, expected: [String]) throws {
    #expect(try records(text, JSONFramer()) == expected)
  }

  @Test(
    "of what is damaged one record is lost",
    arguments: [
      ("{\"a\":1}\n{\"b\":\n{\"c\":3}", ["{\"a\":1}", "{\"b\":", "{\"c\":3}"]),
      ("{\"a\":\"x\n{\"b\":2}", ["{\"a\":\"x", "{\"b\":2}"]),
      ("{\n \"a\": [\n{\n}\n{}", ["{\n \"a\": [\n", "{\n}", "{}"]),
      ("nonsense\n{\"b\":2}", ["nonsense", "{\"b\":2}"]),
    ] as [(String, [String])])
  func damaged(text: String, expected: [String]) throws {
    #expect(try records(text, JSONFramer()) == expected)
  }

  @Test(
    "rows of a CSV become objects, over lines where quotes say so",
    arguments: [
      ("a,b\n1,x", [#"{"a":"1","b":"x"}"#]),
      ("a,b\n\"x\ny\",\"\"\"q\"\"\"", [#"{"a":"x\u000ay","b":"\"q\""}"#]),
      ("a,b\n,\"\"", [#"{"a":null,"b":""}"#]),
      ("a,b\n1\n2,3", ["1", #"{"a":"2","b":"3"}"#]),
      ("a,b\n\"1\"x,2\n2,3", ["\"1\"x,2", #"{"a":"2","b":"3"}"#]),
    ] as [(String, [String])])
  func csv(text: String, expected: [String]) throws {
    #expect(try records(text, CSVFramer()) == expected)
  }

  @Test("any values come back, however they are laid out", arguments: 0..<100 as Range<UInt64>)
  func layouts(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = ["{}", #"{"a":[1,{"b":"}"}]}"#, #"{"k":"\\"}"#, "{\n  \"p\": [\n    2\n  ]\n}"]
    let values = (0..<8).map { _ in pieces.randomElement(using: &random) ?? "{}" }
    let separators = ["", " ", "\n"]
    var text = ""
    for value in values { text += value + (separators.randomElement(using: &random) ?? "") }
    let found = try records(text, JSONFramer()).filter { !$0.isEmpty }
    #expect(found == values)
  }
}
