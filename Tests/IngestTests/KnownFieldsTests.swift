import StrictJSON
import Testing

@testable import Ingest

@Suite("Fields that are known and others")
struct KnownFieldsTests {
  private let fields = KnownFields(["a", "b"], [("o", KnownFields(["x"]))])

  private func tape(_ text: String) throws -> JSONTape {
    var tape = JSONTape()
    try tape.parse(Array(text.utf8), allowingDuplicateKeys: true)
    return tape
  }

  @Test(
    "what the quarantine keeps has the known fields alone",
    arguments: [
      (#"{"a":1,"b":"two","o":{"x":null}}"#, #"{"a":1,"b":"two","o":{"x":null}}"#),
      (#" { "p" : "secret" , "a" : -1.50e+3 } "#, #"{"a":-1.50e+3}"#),
      (#"{"p":{"a":"secret"},"o":{"a":"secret","x":true}}"#, #"{"o":{"x":true}}"#),
      (#"{"a":["secret"],"b":{"a":"secret"}}"#, #"{"a":"(removed)","b":"(removed)"}"#),
      (#"{"o":["secret"]}"#, #"{"o":"(removed)"}"#), (#"{"o":"text"}"#, #"{"o":"text"}"#),
      (#"{"o":{"x":{"x":"secret"}}}"#, #"{"o":{"x":"(removed)"}}"#),
      (#"{"a":1,"p":"secret","a":2}"#, #"{"a":1,"a":2}"#), (#"{"A":"secret"}"#, "{}"),
      (#"{"\u0061":"a\"\n"}"#, #"{"\u0061":"a\"\n"}"#), ("{}", "{}"),
      (#"["secret"]"#, #""(removed)""#), (#""secret""#, #""(removed)""#), ("17", #""(removed)""#),
      (#"{"p":"secret"}"#, "{}"), (#"{"p":1,"o":{"q":"secret"},"b":2}"#, #"{"o":{},"b":2}"#),
    ])
  func projection(text: String, kept: String) throws {
    #expect(String(decoding: fields.projection(of: try tape(text)), as: UTF8.self) == kept)
  }

  @Test("37: others are counted by their path")
  func unknown() throws {
    var counts = IgnoredFields()
    for text in [
      #"{"a":1,"p":2,"o":{"x":1,"q":{"r":2}}}"#, #"{"p":{"x":1}}"#, #"{"o":7,"q":1}"#, "[1]",
    ] {
      fields.countUnknown(in: try tape(text), &counts)
    }
    #expect(counts.counts == ["p": 2, "o.q": 1, "q": 1])
  }

  @Test("a log whose keys are data does not fill the ledger")
  func many() throws {
    var counts = IgnoredFields()
    for number in 0..<2_000 {
      let key = "key-\(number)-" + String(repeating: "x", count: 200)
      fields.countUnknown(in: try tape(#"{"\#(key)":1}"#), &counts)
    }
    #expect(counts.counts.count <= 501)
    #expect(counts.counts.values.reduce(0, +) == 2_000)
    #expect(counts.counts.keys.allSatisfy { $0.utf8.count <= 128 })
  }
}
