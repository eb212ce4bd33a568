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

    /// - Throws: what the slow way throws of a line that the quick one does not take.
    mutating func read(_ text: String, line: Int64) throws {
      var tape = JSONTape()
      do { try tape.parse(Array(text.utf8)) } catch { return }
      guard tape.kind(JSONTape.root) == .object else { return }
      reader.layOut(tape, &ignored)
      NativeFormat.knownFields.countUnknown(in: tape, &slowIgnored)
      if reader.append(tape, line: line, to: &quick) {
        taken += 1
        slow.append(try NativeFormat.attempt(from: tape), line: line)
      } else {
        #expect(quick.batch.events.count == slow.batch.events.count, "\(text)")
        guard let attempt = try? NativeFormat.attempt(from: tape) else { return }
        slow.append(attempt, line: line)
        quick.append(attempt, line: line)
      }
    }

    func check() {
      for (one, other) in zip(quick.batch.events, slow.batch.events) {
        #expect(one == other, "line \(one.line)")
      }
      #expect(quick.batch.events.count == slow.batch.events.count)
      #expect(quick.batch.texts == slow.batch.texts)
      #expect(quick.batch.newNames == slow.batch.newNames)
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
    "prompt": [#""secret""#, #"{"a":1}"#],
  ]

  @Test(
    "makes of any line what the obvious way makes of it", arguments: 0..<40 as Range<UInt64>)
  func twins(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var pair = Pair()
    for number in 1...100 as ClosedRange<Int64> {
      var line = NativeLine()
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let names = AttributionField.allCases.map(\.rawValue) + ["event_id", "request_id"]
        let key = try #require((names + Self.values.keys.sorted()).randomElement(using: &random))
        let value = try #require((Self.values[key] ?? Self.names).randomElement(using: &random))
        line.fields.removeAll { $0.key == key }
        line.fields.append((key, value))
      }
      if Int.random(in: 0..<4, using: &random) == 0 { line.fields.shuffle(using: &random) }
      var text = line.text
      if Int.random(in: 0..<8, using: &random) == 0 {
        text.removeSubrange(
          (text.indices.randomElement(using: &random) ?? text.startIndex)..<text.endIndex)
      }
      try pair.read(text, line: number)
    }
    pair.check()
    pair.reader.flushUnknown(into: &pair.ignored)
    #expect(pair.ignored.counts == pair.slowIgnored.counts)
    #expect(pair.taken > 10)
  }

  @Test("is the way of whole, plain lines")
  func plain() throws {
    var pair = Pair()
    for (number, line) in [
      NativeLine(), ContentHashTests.full, .failure(#"{"kind":"timeout"}"#), .step("queue"),
      NativeLine(["tenant_id": #""株式会社""#]),
    ].enumerated() {
      try pair.read(line.text, line: Int64(number))
      #expect(pair.taken == number + 1, "\(line.text)")
    }
    pair.check()
  }
}
