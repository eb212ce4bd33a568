import LedgerStore
import StrictJSON
import Testing
import Traffic
import Units

@testable import Ingest

/// The quick reader and the slow, obvious one it stands in for.
@Suite("The quick way through a native line")
struct NativeReaderTests {
  /// What both make of a line, and whether the quick way was taken.
  private struct Pair {
    var quick = BatchBuilder()
    var slow = BatchBuilder()
    var reader = NativeReader()
    var ignored = IgnoredFields()
    var slowIgnored = IgnoredFields()
    var taken = 0
    private var tape: JSONTape?

    /// Reads a line as ingest does: quickly, or else the way of all lines.
    mutating func read(_ text: String, line: Int64, end: String = "\n") {
      read(Array(text.utf8), line: line, end: end)
    }

    mutating func read(_ text: [UInt8], line: Int64, end: String = "\n") {
      let attempt = judge(text)
      let before = quick.batch.events.count
      // What lies after the text is none of the reader's business.
      let padded = text + Array(end.utf8) + [UInt8](repeating: 0x22, count: JSONCursor.reach)
      let isTaken = padded.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return false }
        let cursor = JSONCursor(base, count: text.count)
        return reader.append(cursor, line: line, to: &quick)
      }
      #expect(quick.batch.events.count == before + (isTaken ? 1 : 0))
      if isTaken {
        taken += 1
        #expect(attempt != nil, "taken: \(String(decoding: text, as: UTF8.self))")
      } else if let tape {
        NativeFormat.knownFields.countUnknown(in: tape, &ignored)
        reader.learn(tape)
        if let attempt { quick.append(attempt, line: line) }
      }
      if let tape { NativeFormat.knownFields.countUnknown(in: tape, &slowIgnored) }
      if let attempt { slow.append(attempt, line: line) }
    }

    /// The attempt as the obvious way tells it; ``tape`` is nil for what is no object.
    private mutating func judge(_ text: [UInt8]) -> Attempt? {
      tape = nil
      var found = JSONTape()
      do { try found.parse(text) } catch { return nil }
      guard found.kind(JSONTape.root) == .object else { return nil }
      tape = found
      return try? NativeFormat.attempt(from: found)
    }

    mutating func check() {
      reader.flushUnknown(into: &ignored)
      #expect(ignored.counts == slowIgnored.counts)
      for (one, other) in zip(quick.batch.events, slow.batch.events) {
        #expect(one == other, "line \(one.line)")
      }
      #expect(quick.batch.events.count == slow.batch.events.count)
      #expect(quick.batch.texts == slow.batch.texts)
      #expect(quick.batch.newNames == slow.batch.newNames)
      #expect(quick.batch.nameTexts == slow.batch.nameTexts)
      #expect(quick.batch.newRoutes == slow.batch.newRoutes)
    }
  }

  private static let names = [
    #""a""#, #""b""#, #""""#, "null", #""caf\u00e9""#, #""müller""#, "\"a\u{85}b\"", #""a\nb""#,
    "7",
    #""a\u007f""#, "\"\u{7F}\"", #"{"a":1}"#, "[]", "true",
    String(repeating: "x", count: 512).quoted,
    String(repeating: "é", count: 257).quoted, "\"\u{A0}\"", "\"株式会社\"",
  ]
  private static let counts = [
    "0", "1", "17", "-1", "1.0", "1e3", "null", #""1""#, "9223372036854775807",
    "9223372036854775808", "255", "256",
  ]
  private static let amounts = [
    "0", "0.0125", #""0.0125""#, "1.25e-3", #""12.5""#, "null", "-1", "-0", #""-0.5""#, "\"\"",
    "123456789.987654321", "1234567890.1", "0.0000000005", "0.00000000051", "99999999999",
    #""01.5""#, #""1.""#, #"".5""#, "true", #""1\u0030""#, "[1]",
  ]
  private static let routes = [
    #"{"provider":"openai","model":"gpt-5"}"#,
    #"{"model":"gpt-5","provider":"openai","group":"g"}"#,
    #"{"provider":"openai","model":"gpt-5","group":""}"#, #"{"provider":"o","model":"","x":1}"#,
    #"{"provider":"o"}"#, "null", #""openai/gpt-5""#, "{}", #"{"provider":"a","model":"b","x":{}}"#,
  ]
  private static let values: [String: [String]] = [
    "v": ["1", "2", "null", "1.0"], "attempt": counts, "latency_ms": counts, "cost_usd": amounts,
    "revenue_usd": amounts, "primary": routes, "route": routes,
    "ts": [
      #""2026-10-05T08:00:00.000Z""#, #""2026-10-05T10:00:00+02:00""#, "1791187200000", #""x""#,
      #""1999-12-31T23:59:59Z""#, #""2026-02-30T00:00:00Z""#, #""2026-10-05T08:00:0\u0030Z""#,
      "null", #""2199-12-31T23:59:59Z""#, #""2200-01-01T00:00:00Z""#,
    ],
    "traffic_class": [#""batch""#, #""experiment""#, #""other""#, "null", #""b\u0061tch""#, "1"],
    "action": [#""model""#, #""queue""#, #""reject""#, #""fly""#, "null", #""cached_response""#],
    "outcome": [#""success""#, #""failure""#, "null", #""odd""#],
    "failure": [
      "null", "{}", #"{"kind":"timeout","http_status":504,"message":"slow \n"}"#,
      #"{"kind":"odd","why":1}"#, #"{"http_status":429}"#, #"{"kind":7}"#, #""timeout""#,
    ],
    "usage": [
      "{}", "null", #"{"input_tokens":10,"cached_input_tokens":3,"output_tokens":2}"#,
      #"{"input_tokens":1,"cached_input_tokens":3}"#, #"{"output_tokens":-1}"#, "[]",
      #"{"reasoning_tokens":5,"cache_write_tokens":null,"audio_tokens":4}"#,
      #"{"cached_input_tokens":9223372036854775807,"cache_write_tokens":1}"#,
    ],
    "budget": [
      "{}", "null", #"{"limit_usd":"50.00","spent_usd":"0.1"}"#, #"{"prepaid_balance_usd":-1}"#,
      #"{"limit_usd":"1e2","note":1}"#, "3",
    ],
    "decision": [
      "{}", "null", #"{"step":1,"reason":"fallback","rule":"r"}"#, #"{"step":-1}"#,
      #"{"reason":""}"#, #"{"reason":"\u0061"}"#, "[]", #"{"reason":3}"#,
      "{\"reason\":\"\(String(repeating: "é", count: 501))\"}",
    ],
    "prompt": [
      #""secret""#, #"{"a":1}"#, "null", "-0.5e+7", "01", "true", "tru", #""\ud800""#, "[]",
    ],
    "extra": ["1", "false", "null", "\"\u{7F}\"", "1.", "-", "nul"],
    "a key of more than thirty-two bytes": ["1"],
  ]

  /// A line with some fields written otherwise, in some order.
  private func line(_ random: inout SeededGenerator) -> NativeLine {
    var line = Int.random(in: 0..<2, using: &random) == 0 ? NativeLine() : ContentHashTests.full
    let names = AttributionField.allCases.map(\.rawValue) + ["event_id", "request_id"]
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let key = (names + Self.values.keys.sorted()).randomElement(using: &random) ?? "v"
      let value = (Self.values[key] ?? Self.names).randomElement(using: &random) ?? "1"
      line.fields.removeAll { $0.key == key }
      line.fields.append((key, value))
    }
    if Int.random(in: 0..<4, using: &random) == 0 { line.fields.shuffle(using: &random) }
    return line
  }

  @Test(
    "makes of any line what the obvious way makes of it", arguments: 0..<40 as Range<UInt64>)
  func twins(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var pair = Pair()
    for number in 1...100 as ClosedRange<Int64> {
      var line = line(&random)
      if Int.random(in: 0..<20, using: &random) == 0 {
        line.fields.append(line.fields[Int.random(in: 0..<line.fields.count, using: &random)])
      }
      var text = line.text
      if Int.random(in: 0..<8, using: &random) == 0 {
        text.removeSubrange(
          (text.indices.randomElement(using: &random) ?? text.startIndex)..<text.endIndex)
      }
      pair.read(
        text, line: number, end: ["\n", "\r\n", "\0"].randomElement(using: &random) ?? "\n")
    }
    pair.check()
    #expect(pair.taken > 10)
  }

  @Test(
    "takes no damaged line that the obvious way refuses", arguments: 0..<60 as Range<UInt64>)
  func damage(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var pair = Pair()
    let bytes: [[UInt8]] =
      "{}[]:,\"\\0123456789.eE+-nulltrue \t\r".utf8.map { [$0] } + [
        [0], [0x1F], [0x7F], [0x80], [0xC2], [0xC2, 0x85], [0xC3, 0xA9], [0xED, 0xA0, 0x80], [0xF4],
        [0xFF], Array("\\u0041".utf8), Array("\\ud83d\\ude00".utf8), Array("null".utf8),
        Array("\"v\":1,".utf8), Array(",\"x\":[1]".utf8), Array("  ".utf8),
      ]
    for number in 1...200 as ClosedRange<Int64> {
      var text = Array(line(&random).text.utf8)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let at = Int.random(in: 0...text.count, using: &random)
        let end = min(text.count, at + Int.random(in: 0...2, using: &random))
        text.replaceSubrange(at..<end, with: bytes.randomElement(using: &random) ?? [])
      }
      pair.read(text, line: number)
    }
    pair.check()
    #expect(pair.taken > 10)
  }

  @Test("is the way of whole, plain lines, however they are spaced and ordered")
  func plain() {
    var pair = Pair()
    var turned = ContentHashTests.full
    turned.fields.reverse()
    let spaced =
      "{" + turned.fields.map { " \"\($0.key)\" :\t\($0.value)\r" }.joined(separator: ",")
    let lines = [
      NativeLine().text, ContentHashTests.full.text,
      NativeLine.failure(#"{"kind":"timeout"}"#).text,
      NativeLine.failure(#"{"message":"say \"no\" twice\n","http_status":400}"#).text,
      NativeLine.step("queue").text, NativeLine(["tenant_id": #""株式会社""#]).text, turned.text,
      spaced + "} ", NativeLine(["ts": "1791187200000", "user_id": "null"]).text,
    ]
    for (number, line) in lines.enumerated() {
      pair.read(line, line: Int64(number))
      #expect(pair.taken == number + 1, "\(line)")
    }
    pair.check()
  }

  @Test("passes fields that no one reads by once it has met them, and counts them")
  func unknown() {
    var pair = Pair()
    let values = [#""secret""#, "1", "null", "true", "-0.5e3", "\"\u{E9}\""]
    let containers = ["{}", #"{"a":[1,{"b":"}"}],"c":"\\"}"#, " [ ] ", "[[1, 2]\t]"]
    for (number, value) in values.enumerated() {
      let usage = #"{"input_tokens":1,"audio_tokens":\#(value)}"#
      pair.read(NativeLine(["prompt": value, "usage": usage]).text, line: Int64(number))
      #expect(pair.taken == number)
    }
    for (number, value) in containers.enumerated() {
      pair.read(NativeLine(["prompt": value]).text, line: Int64(number))
      #expect(pair.taken == values.count + number)
    }
    for bad in ["{", "[1,]", #"{"a":1,"a":2}"#, "[1}", String(repeating: "[", count: 600)] {
      pair.read(NativeLine(["prompt": bad]).text, line: 1)
    }
    // Deep enough to be refused only for what it stands in.
    let deep = String(repeating: "[", count: 511) + String(repeating: "]", count: 511)
    pair.read(NativeLine(["prompt": deep]).text, line: 1)
    pair.read(NativeLine(["prompt": "[\(deep)]"]).text, line: 1)
    #expect(pair.taken == values.count + containers.count)
    pair.check()
    #expect(pair.ignored.counts == ["prompt": 11, "usage.audio_tokens": 6])
  }

  @Test("takes no key twice, known or not")
  func duplicates() {
    var pair = Pair()
    let line = NativeLine(["prompt": "1"]).text
    pair.read(line, line: 1)
    pair.read(line, line: 2)
    #expect(pair.taken == 1)
    for twice in ["\"prompt\":2", "\"tenant_id\":\"acme\"", "\"tenant_id\":null"] {
      pair.read(String(line.dropLast()) + ",\(twice)}", line: 3)
    }
    #expect(pair.taken == 1)
    pair.check()
  }
}
