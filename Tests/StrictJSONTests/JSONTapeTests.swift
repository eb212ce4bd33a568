import StrictJSON
import Testing

@Suite("JSON tape")
struct JSONTapeTests {
  private static func tape(_ text: String) throws(JSONFailure) -> JSONTape {
    var tape = JSONTape()
    try tape.parse(text.utf8)
    return tape
  }

  @Test(
    "names the kind of a value",
    arguments: [
      ("{}", .object, "an object"), ("[]", .array, "an array"), ("\"\"", .string, "a string"),
      ("1", .number, "a number"), ("true", .true, "a boolean"), ("false", .false, "a boolean"),
      ("null", .null, "null"),
    ] as [(String, JSONTape.Kind, String)])
  func namesKinds(text: String, kind: JSONTape.Kind, name: String) throws {
    let tape = try Self.tape(" \(text) ")
    #expect(tape.kind(JSONTape.root) == kind)
    #expect(kind.name == name)
    #expect(tape.after(JSONTape.root) == 1)
  }

  @Test("finds members and steps over values of any size")
  func findsMembers() throws {
    let tape = try Self.tape(#"{"a":{"x":[1,{"y":2}]},"b":null,"c":{"x":3},"\u0064":4}"#)
    let c = try #require(tape.value("c", in: JSONTape.root))
    let x = try #require(tape.value("x", in: c))
    #expect(try tape.integer(x) == 3)
    let d = try #require(tape.value("d", in: JSONTape.root))
    #expect(try tape.integer(d) == 4)
    let b = try #require(tape.value("b", in: JSONTape.root))
    #expect(tape.kind(b) == .null)
    #expect(tape.value("y", in: JSONTape.root) == nil)
    #expect(tape.value("x", in: b) == nil)
    #expect(tape.value("x", in: nil) == nil)
    #expect(tape.value("c", in: tape.value("a", in: JSONTape.root)) == nil)
  }

  @Test("a key is found by its bytes, not by what Unicode takes for equal")
  func findsByBytes() throws {
    // U+212A, the Kelvin sign, is canonically equivalent to K, U+037E to a semicolon.
    let tape = try Self.tape(#"{"\u212a":1,"\u037e":2,"K":3}"#)
    #expect(tape.value(";", in: JSONTape.root) == nil)
    let k = try #require(tape.value("K", in: JSONTape.root))
    #expect(try tape.integer(k) == 3)
  }

  @Test("gives members and elements in the order of the text")
  func keepsOrder() throws {
    let tape = try Self.tape(#"{"b":[10,[20,21],"x"],"a":{},"c":[]}"#)
    var keys: [String] = []
    tape.forEachMember(of: JSONTape.root) { key, _ in keys.append(tape.text(key)) }
    #expect(keys == ["b", "a", "c"])
    let b = try #require(tape.value("b", in: JSONTape.root))
    var elements: [String] = []
    tape.forEachElement(of: b) { elements.append(String(decoding: tape.source($0), as: UTF8.self)) }
    #expect(elements == ["10", "[20,21]", #""x""#])
    for key in ["a", "c"] as [StaticString] {
      let empty = try #require(tape.value(key, in: JSONTape.root))
      tape.forEachElement(of: empty) { _ in Issue.record("an empty value has an element") }
    }
  }

  @Test("resolves every escape")
  func resolvesEscapes() throws {
    let tape = try Self.tape(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\uDE00\u0000é""#)
    #expect(
      Array(tape.text(JSONTape.root).unicodeScalars)
        == Array("\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{20AC}\u{1F600}\u{0}é".unicodeScalars))
    #expect(tape.withRawBytes(JSONTape.root) { $0.count } == tape.source(JSONTape.root).count - 2)
  }

  @Test("gives a value as it stands in the text")
  func givesSources() throws {
    let tape = try Self.tape(#" { "a" : [ 1 , "\u0041" ] , "n" : -1.50e+3 } "#)
    func source(_ index: JSONTape.Index) -> String {
      String(decoding: tape.source(index), as: UTF8.self)
    }
    #expect(source(JSONTape.root) == #"{ "a" : [ 1 , "\u0041" ] , "n" : -1.50e+3 }"#)
    let a = try #require(tape.value("a", in: JSONTape.root))
    #expect(source(a) == #"[ 1 , "\u0041" ]"#)
    let n = try #require(tape.value("n", in: JSONTape.root))
    #expect(source(n) == "-1.50e+3")
    let raw = tape.withRawBytes(n) { span in (0..<span.count).map { span[$0] } }
    #expect(raw == Array("-1.50e+3".utf8))
  }

  @Test(
    "reads whole numbers of 64 bits",
    arguments: [
      ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", .max),
      ("-9223372036854775808", .min),
    ] as [(String, Int64)])
  func readsIntegers(text: String, expected: Int64) throws {
    #expect(try Self.tape(text).integer(JSONTape.root) == expected)
  }

  @Test(
    "tells a number that is not whole from one that is too large",
    arguments: [
      ("1.0", .notWhole), ("1e2", .notWhole), ("-0.5", .notWhole), ("1E0", .notWhole),
      ("9223372036854775808", .outOfRange), ("-9223372036854775809", .outOfRange),
      ("123456789012345678901234567890", .outOfRange),
    ] as [(String, JSONTape.IntegerFailure)])
  func refusesIntegers(text: String, failure: JSONTape.IntegerFailure) throws {
    let tape = try Self.tape(text)
    #expect(throws: failure) { try tape.integer(JSONTape.root) }
  }

  @Test("is used again for the next text, also after a refusal")
  func isReusable() throws {
    var tape = JSONTape()
    try tape.parse(#"{"a":[1,2,3],"b":"x"}"#.utf8)
    #expect(throws: JSONFailure.self) { try tape.parse(#"[[[{"a":1,"b":"#.utf8) }
    try tape.parse(#"{"a":1}"#.utf8)
    #expect(tape.after(JSONTape.root) == 3)
    #expect(tape.value("b", in: JSONTape.root) == nil)
    // The keys of a refused object are forgotten.
    #expect(throws: JSONFailure.self) { try tape.parse(#"{"a":1,"b":2,"#.utf8) }
    try tape.parse(#"{"b":2,"a":1}"#.utf8)
    #expect(tape.source(JSONTape.root).elementsEqual(#"{"b":2,"a":1}"#.utf8))
  }
}
