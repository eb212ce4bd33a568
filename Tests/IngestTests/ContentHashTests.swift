import Testing

@testable import Ingest

@Suite("The same content")
struct ContentHashTests {
  static let full = NativeLine([
    "user_id": #""u1""#, "traffic_class": #""batch""#, "latency_ms": "812",
    "usage": #"{"input_tokens":10,"cached_input_tokens":1,"output_tokens":2}"#,
    "cost_usd": #""0.0125""#, "revenue_usd": "0.02",
    "budget": #"{"limit_usd":100,"spent_usd":"0.5"}"#,
    "decision": #"{"step":1,"reason":"fallback"}"#,
  ])

  /// The full line with some fields written otherwise.
  private func changed(_ changes: [String: String?]) -> NativeLine {
    var line = Self.full
    for (key, value) in changes {
      line.fields.removeAll { $0.key == key }
      if let value { line.fields.append((key, value)) }
    }
    return line
  }

  @Test("31: does not depend on the order of keys")
  func order() throws {
    var turned = Self.full
    turned.fields.reverse()
    #expect(try turned.contentHash() == Self.full.contentHash())
    #expect(
      try changed(["usage": #"{"output_tokens":2,"cached_input_tokens":1,"input_tokens":10}"#])
        .contentHash() == Self.full.contentHash())
  }

  @Test(
    "does not depend on how a value is written or what is said beside it",
    arguments: [
      ["v": "1"], ["event_id": #""r1/0""#], ["cost_usd": "0.0125"], ["cost_usd": "1.25e-2"],
      ["cost_usd": #""0.01250000000001""#], ["revenue_usd": #""2e-2""#],
      ["ts": #""2026-10-05T10:00:00.0004+02:00""#], ["ts": "1791187200000"],
      ["budget": #"{"spent_usd":0.50,"limit_usd":"1e2","prepaid_balance_usd":null}"#],
      ["user_id": #""\u00751""#], ["feature": #""""#], ["environment": "null"],
      ["action": #""model""#], ["prompt": #""hello""#], ["failure": #"{"kind":"timeout"}"#],
      [
        "usage":
          #"{"input_tokens":10,"cached_input_tokens":1,"output_tokens":2,"reasoning_tokens":0}"#
      ],
      ["primary": #"{"model":"gpt-5","provider":"openai","group":"","note":1}"#],
    ] as [[String: String?]])
  func spelling(changes: [String: String?]) throws {
    #expect(try changed(changes).contentHash() == Self.full.contentHash())
  }

  @Test("changes with the value of any field")
  func everyField() throws {
    let changes: [[String: String?]] = [
      ["request_id": #""r2""#], ["attempt": "1"], ["ts": #""2026-10-05T08:00:00.001Z""#],
      ["tenant_id": #""ACME""#], ["tenant_tier": #""pro""#], ["user_id": #""u2""#],
      ["user_id": nil], ["application": #""u1""#], ["feature": #""u1""#], ["workflow": #""u1""#],
      ["assistant_id": #""u1""#], ["thread_id": #""u1""#], ["session_id": #""u1""#],
      ["environment": #""u1""#], ["traffic_class": #""experiment""#], ["traffic_class": nil],
      ["primary": #"{"provider":"openai","model":"gpt-5","group":"g"}"#],
      ["primary": #"{"provider":"open","model":"aigpt-5"}"#],
      ["route": #"{"provider":"openai","model":"gpt-5-mini"}"#],
      ["action": #""queue""#], ["outcome": #""failure""#, "failure": "{}"],
      ["outcome": #""failure""#, "failure": #"{"kind":"timeout"}"#],
      ["outcome": #""failure""#, "failure": #"{"kind":"odd"}"#],
      ["outcome": #""failure""#, "failure": #"{"kind":"unknown","http_status":404}"#],
      ["outcome": #""failure""#, "failure": #"{"message":"odd"}"#],
      ["latency_ms": "813"], ["latency_ms": nil],
      ["usage": #"{"input_tokens":11,"cached_input_tokens":1,"output_tokens":2}"#],
      ["usage": #"{"input_tokens":10,"cached_input_tokens":2,"output_tokens":2}"#],
      ["usage": #"{"input_tokens":10,"cache_write_tokens":1,"output_tokens":2}"#],
      ["usage": #"{"input_tokens":10,"cached_input_tokens":1,"output_tokens":3}"#],
      [
        "usage":
          #"{"input_tokens":10,"cached_input_tokens":1,"output_tokens":2,"reasoning_tokens":1}"#
      ],
      ["cost_usd": "0.012500001"], ["cost_usd": nil], ["revenue_usd": "0.03"], ["revenue_usd": nil],
      ["revenue_usd": "0"], ["budget": #"{"limit_usd":100,"spent_usd":"0.6"}"#], ["budget": nil],
      ["budget": #"{"limit_usd":101,"spent_usd":"0.5"}"#],
      ["budget": #"{"limit_usd":100,"spent_usd":"0.5","prepaid_balance_usd":0}"#],
      ["decision": #"{"step":2,"reason":"fallback"}"#],
      ["decision": #"{"step":1,"reason":"retry"}"#],
    ]
    var seen: [SIMD2<UInt64>: [String: String?]] = [try Self.full.contentHash(): [:]]
    for change in changes {
      let hash = try changed(change).contentHash()
      #expect(seen[hash] == nil, "\(change) and \(seen[hash] ?? [:]) are taken for the same")
      seen[hash] = change
    }
  }

  @Test("20: tells canonically equivalent names apart")
  func twins() throws {
    let composed = changed(["tenant_id": "\"caf\u{E9}\""])
    let decomposed = changed(["tenant_id": "\"cafe\u{301}\""])
    #expect(try composed.contentHash() != decomposed.contentHash())
  }
}
