import StrictJSON
import Testing

@Suite("JSON keys")
struct DuplicateKeyTests {
  private static func failure(_ text: String) -> JSONFailure? {
    var tape = JSONTape()
    do {
      try tape.parse(text.utf8)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "21: given twice in one object are refused, however they are spelt",
    arguments: [
      #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#,
      #"{"\u0061":1,"\u0061":2}"#, #"{"é":1,"\u00e9":2}"#, #"{"é":1,"\u00E9":2}"#,
      #"{"😀":1,"\ud83d\ude00":2}"#, #"{"/":1,"\/":2}"#, #"{"\n":1,"\u000a":2}"#, #"{"":1,"":2}"#,
      #"{"x":{"a":1,"a":2}}"#, #"[[{"a":1,"a":2}]]"#, #"{"a":{"b":1},"a":2}"#,
      #"{"a":{"a":{}},"a":2}"#,
      #"{"\u0000":1,"\u0000":2}"#,
    ])
  func refusesDuplicates(text: String) {
    #expect(Self.failure(text)?.code == .duplicateKey)
  }

  @Test(
    "that differ, or stand in different objects, are taken",
    arguments: [
      #"{"a":1,"A":2,"a ":3," a":4}"#, #"{"a":{"a":{"a":1}},"b":{"a":1}}"#, #"[{"a":1},{"a":1}]"#,
      "{\"\u{E9}\":1,\"e\u{301}\":2}", #"{"\u00e9":1,"e\u0301":2}"#, #"{"a":1,"a\u0000":2}"#,
      #"{"\\u0061":1,"a":2}"#, #"{"a":"a","b":"a"}"#, #"{"K":1,"\u212a":2}"#,
    ])
  func takesDistinct(text: String) {
    #expect(Self.failure(text) == nil)
  }

  @Test("are compared in small and large objects alike", arguments: [2, 47, 48, 49, 50, 51, 500])
  func comparesAllKeys(count: Int) {
    let members = (0..<count).map { "\"k\($0)\":{\"k0\":[],\"k1\":0}" }
    #expect(Self.failure("{" + members.joined(separator: ",") + "}") == nil)
    for again in [0, count / 2, count - 1] {
      for key in ["k\(again)", "\\u006b\(again)"] {
        let text = "{" + (members + ["\"\(key)\":1"]).joined(separator: ",") + "}"
        let failure = Self.failure(text)
        #expect(failure?.code == .duplicateKey)
        #expect(failure?.what.contains("`k\(again)`") == true)
      }
    }
  }

  @Test("a long key is quoted in part")
  func quotesInPart() {
    let key = String(repeating: "k", count: 1_000)
    let what = Self.failure(#"{"\#(key)":1,"\#(key)":2}"#)?.what
    #expect(what == "the key `\(key.prefix(64))` stands twice in one object")
  }

  @Test("by the hundred thousand take no time to compare", .timeLimit(.minutes(1)))
  func comparesManyKeysFast() {
    let members = (0..<200_000).map { "\"\($0)\":0" }.joined(separator: ",")
    #expect(Self.failure("{" + members + "}") == nil)
    #expect(Self.failure("{" + members + ",\"7\":0}")?.code == .duplicateKey)
  }
}
