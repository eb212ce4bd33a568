import StrictJSON
import Testing

@testable import Ingest

@Suite("Paths into records")
struct FieldPathTests {
  private func text(_ path: String, in json: String) throws -> String? {
    var tape = JSONTape()
    try tape.parse(Array(json.utf8))
    return try #require(FieldPath(path)).text(in: tape, JSONTape.root)
  }

  @Test(
    "lead through objects, keys with dots, and lists of tags",
    arguments: [
      ("a.b", #"{"a":{"b":"x"}}"#, "x"),
      ("a.b", #"{"a.b":"x","a":{"b":"y"}}"#, "x"),
      ("a.b.c", #"{"a.b":{"c":"x"}}"#, "x"),
      ("a.b.c", #"{"a.b":{"d":"x"},"a":{"b.c":"y"}}"#, "y"),
      ("a", #"{"a":12.50}"#, "12.50"),
      ("tags[feature]", #"{"tags":["env:prod","feature:x:y"]}"#, "x:y"),
      ("tags[env]", #"{"tags":["environment:no","env=prod"]}"#, "prod"),
    ] as [(String, String, String)])
  func found(path: String, json: String, value: String) throws {
    #expect(try text(path, in: json) == value)
  }

  @Test(
    "end at what is no text",
    arguments: [
      ("a.b", #"{"a":"b"}"#), ("a", #"{"a":null}"#), ("a", #"{"a":""}"#), ("a", #"{"a":{}}"#),
      ("tags[x]", #"{"tags":"x:1"}"#), ("tags[x]", #"{"tags":["x:"]}"#), ("b", #"{"a":1}"#),
    ])
  func nothing(path: String, json: String) throws {
    #expect(try text(path, in: json) == nil)
  }

  @Test(
    "are refused where a key is empty", arguments: ["", ".a", "a.", "a..b", "a[]", "[x]", "a]"])
  func refused(path: String) { #expect(FieldPath(path) == nil) }
}
