import Testing
import Traffic
import Units

@testable import Ingest

/// A rule of events.md's table: what stands in a field, and whether the line is admitted.
struct Rule: Sendable, CustomTestStringConvertible {
  let changes: [String: String?]
  let code: Rejection.Code?

  init(_ field: String, _ value: String?, _ code: Rejection.Code? = nil) {
    changes = [field: value]
    self.code = code
  }

  var testDescription: String {
    changes.map { "\($0.key): \(($0.value ?? "left out").prefix(60))" }.joined()
      + " → \(code?.rawValue ?? "taken")"
  }
}

@Suite("The native format, field by field")
struct NativeFormatTests {
  static let names = [
    "event_id", "tenant_tier", "user_id", "application", "feature", "workflow", "assistant_id",
    "thread_id", "session_id", "environment",
  ]
  static let neededNames = ["request_id", "tenant_id"]

  private func check(_ rule: Rule) throws {
    #expect(try NativeLine(rule.changes).rejection() == rule.code)
  }

  @Test(
    "version",
    arguments: [
      Rule("v", "1"), Rule("v", nil), Rule("v", "null"), Rule("v", "2", .unsupportedVersion),
      Rule("v", "0", .unsupportedVersion), Rule("v", #""1""#, .wrongType),
      Rule("v", "1.0", .badNumber), Rule("v", "-1", .unsupportedVersion),
    ])
  func version(rule: Rule) throws { try check(rule) }

  @Test(
    "38: names: strings of 1 to 512 bytes without control characters",
    arguments: names + neededNames,
    [
      (#""a""#, nil), (#""a b/é:\"{}🙂""#, nil), (String(repeating: "x", count: 512).quoted, nil),
      (String(repeating: "é", count: 256).quoted, nil),
      (String(repeating: "x", count: 513).quoted, Rejection.Code.badName),
      ((String(repeating: "é", count: 256) + "x").quoted, .badName), (#""a\u0000b""#, .badName),
      (#""a\nb""#, .badName), (#""\u001b[31m""#, .badName), (#""a\u007f""#, .badName),
      (#""a\u0080""#, .badName), ("\"a\u{9F}\"", .badName), ("\"a\u{85}b\"", .badName),
      (#""a\u00a0b""#, nil), ("1", .wrongType), ("true", .wrongType), (#"["a"]"#, .wrongType),
      (#"{"a":1}"#, .wrongType),
    ] as [(String, Rejection.Code?)])
  func name(field: String, value: (String, Rejection.Code?)) throws {
    try check(Rule(field, value.0, value.1))
  }

  @Test("an empty name is the same as one left out", arguments: names + neededNames)
  func emptyName(field: String) throws {
    let code: Rejection.Code? = Self.neededNames.contains(field) ? .missingField : nil
    for value in [nil, "null", #""""#] as [String?] { try check(Rule(field, value, code)) }
    if code == nil {
      #expect(
        try NativeLine([field: #""""#]).contentHash() == NativeLine([field: nil]).contentHash())
    }
  }

  @Test("attribution is read into its field")
  func attribution() throws {
    for field in AttributionField.allCases {
      let attempt = try NativeLine([field.rawValue: #""so-and-so""#]).attempt()
      #expect(attempt.attribution[field] == "so-and-so")
    }
  }

  @Test("an event id left out is the request and the attempt")
  func eventID() throws {
    #expect(try NativeLine(["attempt": "3"]).attempt().eventID == "r1/3")
    #expect(try NativeLine(["event_id": #""e""#]).attempt().eventID == "e")
    let long = String(repeating: "x", count: 512)
    #expect(
      try NativeLine(["request_id": long.quoted, "attempt": "255"]).attempt().eventID.text
        == long + "/255")
  }

  @Test(
    "attempt: an integer of 0 to 255",
    arguments: [
      Rule("attempt", "0"), Rule("attempt", "255"), Rule("attempt", "-0"),
      Rule("attempt", "256", .outOfRange), Rule("attempt", "-1", .outOfRange),
      Rule("attempt", "1.0", .badNumber), Rule("attempt", "1e0", .badNumber),
      Rule("attempt", "18446744073709551616", .outOfRange), Rule("attempt", #""1""#, .wrongType),
      Rule("attempt", nil, .missingField), Rule("attempt", "null", .missingField),
      Rule("attempt", "true", .wrongType),
    ])
  func attempt(rule: Rule) throws { try check(rule) }

  @Test(
    "28: ts: RFC 3339 with a zone or integer epoch milliseconds, of 2000 to 2199",
    arguments: [
      (#""2026-10-05T08:00:00Z""#, 1_791_187_200_000),
      (#""2026-10-05t08:00:00.1239999999999z""#, 1_791_187_200_123),
      (#""2026-10-05T10:00:00.5+02:00""#, 1_791_187_200_500),
      (#""2026-10-05T02:30:00-05:30""#, 1_791_187_200_000),
      (#""2026-10-05T10:00:00\u002b02:00""#, 1_791_187_200_000),
      ("1791187200001", 1_791_187_200_001),
      (#""2000-01-01T00:00:00Z""#, 946_684_800_000), ("946684800000", 946_684_800_000),
      (#""2199-12-31T23:59:59.999Z""#, 7_258_118_399_999),
      (#""2200-01-01T01:59:59.999+02:00""#, 7_258_118_399_999),
      (#""2024-02-29T00:00:00Z""#, 1_709_164_800_000),
    ] as [(String, Int64)])
  func time(text: String, milliseconds: Int64) throws {
    #expect(try NativeLine(["ts": text]).attempt().startedAt.milliseconds == milliseconds)
  }

  @Test(
    "ts: anything else is rejected",
    arguments: [
      Rule("ts", nil, .missingField), Rule("ts", "null", .missingField),
      Rule("ts", "946684799999", .badTime), Rule("ts", "7258118400000", .badTime),
      Rule("ts", #""1999-12-31T23:59:59.999Z""#, .badTime),
      Rule("ts", #""2200-01-01T00:00:00Z""#, .badTime),
      Rule("ts", #""2000-01-01T00:59:59+01:00""#, .badTime),
      Rule("ts", #""2026-10-05T08:00:00""#, .badTime), Rule("ts", #""2026-10-05""#, .badTime),
      Rule("ts", #""2026-10-05 08:00:00Z""#, .badTime),
      Rule("ts", #""2026-02-30T08:00:00Z""#, .badTime),
      Rule("ts", #""2025-02-29T08:00:00Z""#, .badTime),
      Rule("ts", #""2026-10-05T24:00:00Z""#, .badTime),
      Rule("ts", #""2026-10-05T08:60:00Z""#, .badTime),
      Rule("ts", #""2026-10-05T08:00:60Z""#, .badTime),
      Rule("ts", #""2026-10-05T08:00:00.Z""#, .badTime),
      Rule("ts", #""2026-10-05T08:00:00+24:00""#, .badTime),
      Rule("ts", #""2026-10-05T08:00:00+0200""#, .badTime),
      Rule("ts", #""2026-10-05T08:00:00Z_abc""#, .badTime),
      Rule("ts", #"" 2026-10-05T08:00:00Z""#, .badTime), Rule("ts", #""""#, .badTime),
      Rule("ts", #""1791187200000""#, .badTime), Rule("ts", "1791187200000.5", .badNumber),
      Rule("ts", "1.7911872e12", .badNumber), Rule("ts", "-1", .badTime),
      Rule("ts", "99999999999999999999", .outOfRange), Rule("ts", "{}", .wrongType),
      Rule("ts", "[1]", .wrongType), Rule("ts", "true", .wrongType),
    ])
  func wrongTime(rule: Rule) throws { try check(rule) }

  @Test(
    "traffic class: one of its words",
    arguments: TrafficClass.allCases.map {
      Rule("traffic_class", $0.rawValue.quoted)
    } + [
      Rule("traffic_class", nil), Rule("traffic_class", "null"),
      Rule("traffic_class", #""urgent""#, .unknownWord),
      Rule("traffic_class", #""Batch""#, .unknownWord), Rule("traffic_class", "3", .wrongType),
    ])
  func trafficClass(rule: Rule) throws { try check(rule) }

  @Test(
    "routes: provider and model, and perhaps a group", arguments: ["primary", "route"],
    [
      (#"{"provider":"a","model":"b"}"#, nil), (#"{"model":"b/c","provider":"a"}"#, nil),
      (#"{"provider":"a","model":"b","group":"g"}"#, nil),
      (#"{"provider":"a","model":"b","group":null}"#, nil),
      (#"{"provider":"a","model":"b","region":"eu"}"#, nil),
      (#"{"provider":"a"}"#, .missingField), (#"{"model":"a"}"#, .missingField),
      (#"{"provider":"","model":"b"}"#, .missingField), (#"{}"#, .missingField),
      (nil, .missingField), ("null", .missingField), (#""a/b""#, .wrongType),
      (#"["a","b"]"#, .wrongType), (#"{"provider":1,"model":"b"}"#, .wrongType),
      (#"{"provider":"a","model":"b","group":[]}"#, .wrongType),
      (#"{"provider":"a\u0007","model":"b"}"#, .badName),
    ] as [(String?, Rejection.Code?)])
  func route(field: String, value: (String?, Rejection.Code?)) throws {
    try check(Rule(field, value.0, value.1))
  }

  @Test(
    "a model's line has a route and an outcome",
    arguments: [
      Rule("outcome", #""success""#), Rule("outcome", nil, .missingField),
      Rule("outcome", #""timeout""#, .unknownWord), Rule("outcome", "1", .wrongType),
      Rule("outcome", #""failure""#, .missingField), Rule("action", #""model""#),
      Rule("action", "null"), Rule("action", #""retry""#, .unknownWord),
      Rule("action", #""""#, .unknownWord), Rule("action", "0", .wrongType),
    ])
  func outcome(rule: Rule) throws { try check(rule) }

  @Test(
    "a step without a model needs neither, and ignores what is given",
    arguments: Action.allCases.filter { $0 != .model })
  func step(action: Action) throws {
    let bare = NativeLine.step(action.rawValue)
    let attempt = try bare.attempt()
    #expect(attempt.action == action)
    #expect(attempt.route == nil && attempt.outcome == nil && attempt.failure == nil)
    let given = NativeLine.step(
      action.rawValue,
      [
        "outcome": #""failure""#, "route": #"{"provider":"a","model":"b"}"#,
        "failure": #"{"kind":"timeout"}"#,
      ])
    #expect(try given.attempt() == attempt)
    #expect(try given.contentHash() == bare.contentHash())
  }

  @Test("37: a failure's kind is kept, another word beside it", arguments: FailureKind.allCases)
  func failureKind(kind: FailureKind) throws {
    let line = NativeLine.failure(#"{"kind":"\#(kind.rawValue)","http_status":500}"#)
    let failure = try #require(try line.attempt().failure)
    #expect(failure == Failure(kind: kind, httpStatus: 500))
    let other = NativeLine.failure(#"{"kind":"\#(kind.rawValue)s","http_status":429}"#)
    #expect(
      try other.attempt().failure
        == Failure(kind: .unknown, word: kind.rawValue + "s", httpStatus: 429))
  }

  @Test(
    "without a kind the HTTP status tells it",
    arguments: [
      (401, FailureKind.invalidAPIKey), (403, .invalidAPIKey), (402, .quotaExhausted),
      (408, .timeout), (504, .timeout), (413, .contextWindowExceeded), (429, .rateLimited),
      (503, .overloaded), (529, .overloaded), (500, .serverError), (502, .serverError),
      (599, .serverError), (400, .malformedRequest), (422, .malformedRequest), (404, .unknown),
      (418, .unknown), (200, .unknown), (600, .unknown), (0, .unknown),
    ] as [(Int64, FailureKind)])
  func httpStatus(status: Int64, kind: FailureKind) throws {
    for kindField in ["", #","kind":null"#, #","kind":"""#] {
      let line = NativeLine.failure(#"{"http_status":\#(status)\#(kindField)}"#)
      #expect(try line.attempt().failure == Failure(kind: kind, httpStatus: status))
    }
  }

  @Test("a failure that says nothing is unknown; one that is no object is rejected")
  func bareFailure() throws {
    #expect(try NativeLine.failure("{}").attempt().failure == Failure(kind: .unknown))
    for (text, code) in [
      (nil, .missingField), ("null", .missingField), (#""timeout""#, .wrongType),
      (#"{"kind":1}"#, .wrongType), (#"{"http_status":"429"}"#, .wrongType),
      (#"{"http_status":429.0}"#, .badNumber), (#"{"message":1}"#, .wrongType),
    ] as [(String?, Rejection.Code)] {
      #expect(try NativeLine.failure(text).rejection() == code, "\(text ?? "none")")
    }
    // Of a success it says nothing.
    #expect(try NativeLine(["failure": #"{"kind":"timeout"}"#]).attempt().failure == nil)
  }

  @Test("a message is cut at 1,000 bytes, at the end of a character")
  func message() throws {
    for (text, kept) in [
      (String(repeating: "x", count: 1_000), 1_000), (String(repeating: "x", count: 1_001), 1_000),
      ("x" + String(repeating: "é", count: 500), 999),
      (String(repeating: "🙂", count: 250), 1_000),
      ("abc" + String(repeating: "🙂", count: 250), 999),
      ("", 0),
    ] {
      let line = NativeLine.failure(#"{"kind":"timeout","message":\#(text.quoted)}"#)
      let message = try #require(try line.attempt().failure?.message)
      #expect(message.utf8.count == kept)
      #expect(text.utf8.starts(with: message.utf8))
    }
    // Controls are allowed in it.
    let line = NativeLine.failure(#"{"message":"a\u0000\nb"}"#)
    #expect(try line.attempt().failure?.message == "a\0\nb")
  }

  static let amounts: [(String, Int64)] = [
    ("0.0125", 12_500_000), (#""0.0125""#, 12_500_000), ("1.25e-3", 1_250_000),
    (#""1.25E-3""#, 1_250_000), ("5", 5_000_000_000), ("0", 0), ("-0", 0), (#""-0.000""#, 0),
    ("1e-9", 1), ("4e-10", 0), ("5e-10", 0), ("5.0000000000000000000001e-10", 1), ("15e-10", 2),
    ("25e-10", 2), ("35e-10", 4), ("0.0000000025000", 2), ("0.0000000035000", 4),
    ("9223372036.854775807", .max), ("9223372036.8547758074999", .max), ("1e2", 100_000_000_000),
    ("100e-2", 1_000_000_000), (#""0\u002e5""#, 500_000_000), ("0.1", 100_000_000),
    ("0.30000000000000004", 300_000_000), ("1e-400", 0),
  ]

  @Test("amounts are read exactly, further digits rounded half to even", arguments: amounts)
  func amount(text: String, nano: Int64) throws {
    let line = try NativeLine([
      "cost_usd": text, "revenue_usd": text,
      "budget": #"{"limit_usd":\#(text),"spent_usd":\#(text),"prepaid_balance_usd":\#(text)}"#,
    ]).attempt()
    let money = Money(nanoUSD: nano)
    #expect(line.reportedCost == money)
    #expect(line.revenue == money)
    #expect(line.budget == BudgetSnapshot(limit: money, spent: money, prepaidBalance: money))
  }

  @Test(
    "24: amounts that are negative, too large or none are rejected",
    arguments: [
      ("-0.01", .negative), (#""-1""#, .negative), ("-1e-30", .negative),
      ("9223372036.854775808", .outOfRange), ("1e400", .outOfRange), ("1e10", .outOfRange),
      ("9223372036.8547758075", .outOfRange), (#""""#, .badNumber), (#""1,5""#, .badNumber),
      (#""$1""#, .badNumber), (#""+1""#, .badNumber), (#"" 1""#, .badNumber),
      (#"".5""#, .badNumber), (#""1.""#, .badNumber), (#""01""#, .badNumber),
      (#""NaN""#, .badNumber), (#""0x10""#, .badNumber), (#""1_000""#, .badNumber),
      ("true", .wrongType), ("[1]", .wrongType), ("{}", .wrongType),
    ] as [(String, Rejection.Code)])
  func wrongAmount(text: String, code: Rejection.Code) throws {
    for field in ["cost_usd", "revenue_usd"] {
      #expect(try NativeLine([field: text]).rejection() == code, "\(field)")
    }
    for field in ["limit_usd", "spent_usd", "prepaid_balance_usd"] {
      #expect(
        try NativeLine(["budget": #"{"\#(field)":\#(text)}"#]).rejection() == code, "\(field)")
    }
  }

  @Test("an amount that is null is left out, and zero is not")
  func noAmount() throws {
    let none = try NativeLine(["cost_usd": "null", "budget": #"{"limit_usd":null}"#]).attempt()
    #expect(none.reportedCost == nil)
    #expect(none.budget == BudgetSnapshot())
    #expect(try NativeLine(["cost_usd": "0"]).attempt().reportedCost == .zero)
  }

  @Test(
    "24: usage: whole numbers, of which input counts cached and cache-written ones",
    arguments: [
      Rule("usage", nil), Rule("usage", "null"), Rule("usage", "{}"),
      Rule("usage", #"{"input_tokens":null}"#), Rule("usage", #"{"input_tokens":0}"#),
      Rule("usage", #"{"input_tokens":9223372036854775807}"#),
      Rule("usage", #"{"input_tokens":9223372036854775808}"#, .outOfRange),
      Rule("usage", #"{"input_tokens":-1}"#, .negative),
      Rule("usage", #"{"output_tokens":-1}"#, .negative),
      Rule("usage", #"{"reasoning_tokens":-9}"#, .negative),
      Rule("usage", #"{"cached_input_tokens":-1}"#, .negative),
      Rule("usage", #"{"cache_write_tokens":-1}"#, .negative),
      Rule("usage", #"{"input_tokens":1.5}"#, .badNumber),
      Rule("usage", #"{"input_tokens":12.0}"#, .badNumber),
      Rule("usage", #"{"input_tokens":1e3}"#, .badNumber),
      Rule("usage", #"{"input_tokens":"12"}"#, .wrongType), Rule("usage", "[1]", .wrongType),
      Rule("usage", #"{"input_tokens":10,"cached_input_tokens":6,"cache_write_tokens":4}"#),
      Rule(
        "usage", #"{"input_tokens":10,"cached_input_tokens":7,"cache_write_tokens":4}"#,
        .implausible),
      Rule("usage", #"{"cached_input_tokens":1}"#, .implausible),
      Rule(
        "usage",
        #"{"input_tokens":1,"cached_input_tokens":9223372036854775807,"cache_write_tokens":9223372036854775807}"#,
        .implausible),
      Rule("latency_ms", "0"), Rule("latency_ms", "-1", .negative),
      Rule("latency_ms", "1.5", .badNumber), Rule("latency_ms", #""9""#, .wrongType),
      Rule("decision", #"{"step":0,"reason":"retry"}"#),
      Rule("decision", #"{"step":-1}"#, .negative),
      Rule("decision", #"{"step":"0"}"#, .wrongType), Rule("decision", #""retry""#, .wrongType),
      Rule("decision", #"{"reason":1}"#, .wrongType), Rule("budget", "1", .wrongType),
    ])
  func usage(rule: Rule) throws { try check(rule) }

  @Test("usage is read into its fields")
  func usageFields() throws {
    let text =
      #"{"input_tokens":10,"cached_input_tokens":1,"cache_write_tokens":2,"output_tokens":20,"#
      + #""reasoning_tokens":3}"#
    #expect(
      try NativeLine(["usage": text]).attempt().usage
        == Usage(input: 10, cachedInput: 1, cacheWrite: 2, output: 20, reasoning: 3))
  }
}

extension String {
  /// As a JSON string; it has nothing in it that needs escaping.
  var quoted: String { "\"\(self)\"" }
}
