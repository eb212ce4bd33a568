import StrictJSON
import Testing

/// What RFC 8259 takes (`y`) and what it does not (`n`), in the manner of JSONTestSuite.
@Suite("JSON acceptance")
struct AcceptanceTests {
  private static func parse(_ bytes: [UInt8]) throws(JSONFailure) {
    var tape = JSONTape()
    try tape.parse(bytes)
  }

  private static func parse(_ text: String) throws(JSONFailure) { try parse(Array(text.utf8)) }

  @Test(
    "takes every value",
    arguments: [
      "{}", "[]", "\"\"", "0", "-0", "true", "false", "null", " 1 ", "\t\r\n{ \t\r\n}\n", "[ ]",
      "[1,2,3]", "[[],{},[[]]]", #"{"a":1}"#, #"{"a":{"a":{"a":[]}}}"#, #"[{"a":1},{"a":1}]"#,
      #"{"":0}"#, #"{"a":1,"A":2}"#, #"{ "a" : 1 , "b" : [ 1 , 2 ] }"#,
    ])
  func takesValues(text: String) throws { try Self.parse(text) }

  @Test(
    "takes every way to write a number",
    arguments: [
      "0", "-0", "1", "-1", "10", "1.0", "-0.0", "0.1", "1e1", "1E1", "1e+1", "1e-1", "1E-01",
      "0e0",
      "0E+00", "-1.25e-3", "123456789012345678901234567890", "1e400", "1e-400",
      "0.\(String(repeating: "1", count: 500))",
    ])
  func takesNumbers(text: String) throws {
    try Self.parse(text)
    try Self.parse("[\(text),\(text) ]")
  }

  @Test(
    "refuses what looks like a number",
    arguments: [
      "01", "-01", "00", "1.", ".5", "-.5", "1.e1", "1e", "1e+", "1E-", "+1", "-", "--1", "-a",
      "1a",
      "1.5.2", "1e1.5", "0x1F", "1_000", "1 000", "NaN", "-NaN", "Infinity", "-Infinity", "inf",
      "１",
      "1e1e1", "0.1f", "1,",
    ])
  func refusesNumbers(text: String) {
    #expect(throws: JSONFailure.self) { try Self.parse(text) }
    #expect(throws: JSONFailure.self) { try Self.parse("[\(text)]") }
    #expect(throws: JSONFailure.self) { try Self.parse(#"{"a":\#(text)}"#) }
  }

  @Test(
    "takes every escape and every kind of text",
    arguments: [
      #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\u00E9""#, #""\ud83d\ude00""#,
      #""\uDBFF\uDFFF""#,
      #""\uD7FF\uE000""#, #""\uFFFF""#, "\"é€😀\"", "\"\u{7F}\"", "\"\u{80}\u{7FF}\u{800}\u{FFFD}\"",
      "\"\u{10000}\u{10FFFF}\"", "\"\u{FEFF}\"", "\"\u{2028}\u{2029}\"", #""/""#, #""'""#,
      #""12345678""#, #""1234567é""#,
    ])
  func takesStrings(text: String) throws {
    try Self.parse(text)
    try Self.parse(#"{\#(text):[\#(text)]}"#)
  }

  @Test(
    "refuses broken strings and escapes",
    arguments: [
      #"""#, #""a"#, #""\"#, #""\""#, #""\x41""#, #""\a""#, #""\v""#, #""\0""#, #""\'""#,
      #""\U0041""#,
      #""\u""#, #""\u0""#, #""\u004""#, #""\u004g""#, #""\u 041""#, #""\u+041""#, #""\u00"#,
      #""\u0041"#,
      "'a'", "\"\n\"", "\"\t\"", "\"\r\"", "\"\u{0}\"", "\"\u{1F}\"", "\"1234567\u{8}\"",
      "\"12345678\u{1}\"", "\"a", "a\"", "\"a\" \"b\"", "\"a\"b",
    ])
  func refusesStrings(text: String) {
    #expect(throws: JSONFailure.self) { try Self.parse(text) }
    #expect(throws: JSONFailure.self) { try Self.parse("[\(text)]") }
  }

  @Test(
    "refuses a surrogate that stands alone",
    arguments: [
      #""\ud800""#, #""\udfff""#, #""\udc00""#, #""\udbff""#, #""\ud800x""#, #""\ud800\n""#,
      #""\ud800\u0041""#, #""\ud800\ud800""#, #""\udc00\ud800""#, #""\ud83d\ude00\ud83d""#,
      #""\ud83dde00""#, #"{"\ud800":1}"#,
    ])
  func refusesLoneSurrogates(text: String) {
    let failure = #expect(throws: JSONFailure.self) { try Self.parse(text) }
    #expect(failure?.code == .encoding)
  }

  @Test(
    "refuses an escaped pair that the text cuts short",
    arguments: [
      #""\ud83d"#, #""\ud83d\"#, #""\ud83d\u"#, #""\ud83d\ud"#, #""\ud83d\ude0"#, #""\ud83d\ude00"#,
      #""\ud83d\u00""#,
    ])
  func refusesCutPairs(text: String) {
    #expect(throws: JSONFailure.self) { try Self.parse(text) }
  }

  @Test(
    "refuses bytes that are not UTF-8",
    arguments: [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xC2, 0xC2], [0xDF, 0xC0],
      [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE0, 0xA0], [0xE1, 0x80], [0xE2, 0x82, 0x28],
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xEF, 0xBF],
      [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
      [0xF0, 0x9F, 0x28, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
      [0xFC, 0x84],
      [0xFE], [0xFF], [0xFF, 0xFE],
    ] as [[UInt8]])
  func refusesBadUTF8(bytes: [UInt8]) {
    let quote = [UInt8(ascii: "\"")]
    // Within a string, at its end, with the text cut there, and outside strings.
    for text in [quote + bytes + [0x61] + quote, quote + bytes + quote, quote + bytes] {
      let failure = #expect(throws: JSONFailure.self) { try Self.parse(text) }
      #expect(failure?.code == .encoding)
    }
    let outside = #expect(throws: JSONFailure.self) { try Self.parse(bytes) }
    #expect(outside?.code == .encoding)
    #expect(throws: JSONFailure.self) { try Self.parse(quote + quote + bytes) }
  }

  @Test(
    "refuses everything that is not one value",
    arguments: [
      "", " ", "\n", "{", "}", "[", "]", "{]", "[}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]",
      "[1 2]", "[1:2]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a" 1}"#, #"{"a":1,}"#, #"{"a":1,,"b":2}"#,
      #"{,"a":1}"#, #"{"a":1 "b":2}"#, #"{"a":1;"b":2}"#, #"{"a"=1}"#, #"{"a"::1}"#, #"{"a","b"}"#,
      #"{a:1}"#, #"{'a':1}"#, #"{1:1}"#, #"{null:1}"#, #"{[]:1}"#, #"{"a":1"#, #"{"a":"#, #"{"a""#,
      #"{"a":1]"#, #"["a":1]"#, "True", "TRUE", "nul", "nulll", "tru", "truee", "fals", "undefined",
      "None", "t", "n", "1 2", "{} {}", "[][]", "null null", "{}x", "[]]", "{}}", "1\u{0}", "\u{0}",
      "[\u{0}]", "//", "[1]//x", "/*x*/1", "#x", "[1\u{C}]", "\u{B}1", "\u{A0}1", "\u{2028}1",
      "<a/>",
      "$", "*", "\u{FEFF}{}", "{}\u{FEFF}", "[\u{FEFF}]", "\\u0031", "`1`",
    ])
  func refusesOtherTexts(text: String) {
    #expect(throws: JSONFailure.self) { try Self.parse(text) }
  }

  @Test("takes 512 levels of nesting and no more", arguments: [("[", "]"), (#"{"a":"#, "}")])
  func limitsDepth(opening: String, closing: String) throws {
    func nested(_ depth: Int) -> String {
      String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
    }
    try Self.parse(nested(512))
    let failure = #expect(throws: JSONFailure.self) { try Self.parse(nested(513)) }
    #expect(failure?.code == .depth)
    #expect(failure?.offset == 512 * opening.utf8.count)
    // Breadth is no depth.
    try Self.parse("[" + Array(repeating: "[[]]", count: 2_000).joined(separator: ",") + "]")
  }

  @Test("refuses a million open brackets at once", .timeLimit(.minutes(1)))
  func refusesHostileDepth() {
    for byte in [UInt8(ascii: "["), UInt8(ascii: "{")] {
      #expect(throws: JSONFailure.self) { try Self.parse(Array(repeating: byte, count: 1_000_000)) }
    }
    let failure = #expect(throws: JSONFailure.self) {
      try Self.parse(Array(repeating: UInt8(ascii: "["), count: 1_000_000))
    }
    #expect(failure?.code == .depth)
  }

  @Test(
    "says where and what, counting bytes from 1",
    arguments: [
      ("[1,]", .syntax, 3, "`]` stands where a value belongs at byte 4"),
      ("", .syntax, 0, "the line ends where a value belongs at byte 1"),
      (#"{"a":1"#, .syntax, 6, "the line ends where `,` or `}` belongs at byte 7"),
      ("{} 1", .syntax, 3, "`1` stands where the end belongs at byte 4"),
      ("{1:1}", .syntax, 1, "`1` stands where a key in double quotes belongs at byte 2"),
      (#"{"a" 1}"#, .syntax, 5, "`1` stands where `:` belongs at byte 6"),
      ("[1\u{0}]", .syntax, 2, "byte 0 stands where `,` or `]` belongs at byte 3"),
      ("\"a\tb\"", .syntax, 2, "a control character stands in a string at byte 3"),
      ("\"abc", .syntax, 4, "the line ends inside a string at byte 5"),
      ("-x", .syntax, 1, "`x` stands where a digit belongs at byte 2"),
      (#""\u00g0""#, .syntax, 5, "`\\u` needs four hexadecimal digits at byte 6"),
      (#"{"a":1,"a":2}"#, .duplicateKey, 7, "the key `a` stands twice in one object at byte 8"),
    ] as [(String, JSONFailure.Code, Int, String)])
  func explains(text: String, code: JSONFailure.Code, offset: Int, sentence: String) {
    let failure = #expect(throws: JSONFailure.self) { try Self.parse(text) }
    #expect(failure?.code == code)
    #expect(failure?.offset == offset)
    #expect(failure?.description == sentence)
  }
}
