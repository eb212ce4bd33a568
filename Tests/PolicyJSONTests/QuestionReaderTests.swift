import PolicyEngine
import PolicyJSON
import Testing
import Traffic
import Units

@Suite("A question in JSON")
struct QuestionReaderTests {
  static func read(_ json: String) throws(QuestionMistake) -> Question {
    var reader = QuestionReader()
    return try reader.read(Array(json.utf8))
  }

  private static let gpt5 = Route(model: ModelID(provider: "openai", model: "gpt-5"))

  @Test("is read with every field it may have")
  func everyField() throws {
    let question = try Self.read(
      #"""
      {"request": {"tenant_id": "acme", "tenant_tier": "pro", "user_id": "u1", "application": "shop",
         "feature": "reply", "workflow": "support_chat", "assistant_id": "a1", "thread_id": "t1",
         "session_id": "s1", "environment": "production", "traffic_class": "batch",
         "primary": {"provider": "openai", "model": "gpt-5", "group": "chat", "region": "eu"}},
       "attempts": [
         {"step": 0, "route": {"provider": "openai", "model": "gpt-5"}, "outcome": "failure",
          "kind": "stream_dropped", "output_tokens": 7, "latency_ms": 12.5},
         {"action": "pause", "step": 1, "outcome": 3},
         {"action": "model", "route": {"provider": "openai", "model": "gpt-5"},
          "outcome": "success", "kind": "ignored"}],
       "budget_utilisation": 0.42, "prepaid_exhausted": true, "class_spend_today_usd": "1.5",
       "elapsed_ms": 30000, "session_requests_last_minute": 4, "session_cost_today_usd": 0.25,
       "trace": {"anything": [1, 2]}}
      """#)

    var attribution = Attribution()
    for (field, text) in [
      (AttributionField.tenant, "acme"), (.tier, "pro"), (.user, "u1"), (.application, "shop"),
      (.feature, "reply"), (.workflow, "support_chat"), (.assistant, "a1"), (.thread, "t1"),
      (.session, "s1"), (.environment, "production"),
    ] {
      attribution[field] = Name(text)
    }
    var expected = Question(
      attribution: attribution, givenClass: .batch,
      primary: Route(model: Self.gpt5.model, group: "chat"))
    expected.attempts = [
      PastAttempt(step: 0, .failed(Self.gpt5, .streamDropped, outputTokens: 7)),
      PastAttempt(step: 1, .acted(.pause)), PastAttempt(step: nil, .succeeded(Self.gpt5)),
    ]
    expected.budgetUtilisation = Ratio(billionths: 420_000_000)
    expected.isPrepaidExhausted = true
    expected.classSpendToday = Money(nanoUSD: 1_500_000_000)
    expected.elapsedMilliseconds = 30_000
    expected.sessionRequestsLastMinute = 4
    expected.sessionCostToday = Money(nanoUSD: 250_000_000)
    #expect(question == expected)
  }

  @Test("needs no more than a primary; null and an empty name are the same as left out")
  func leftOut() throws {
    let bare = try Self.read(
      #"{"request":{"primary":{"provider":"openai","model":"gpt-5"}}}"#)
    #expect(bare == Question(attribution: Attribution(), primary: Self.gpt5))
    let nulls = try Self.read(
      #"""
      {"request":{"primary":{"provider":"openai","model":"gpt-5","group":null},"tenant_id":null,
        "workflow":"","traffic_class":null},"attempts":null,"budget_utilisation":null,
        "prepaid_exhausted":null,"class_spend_today_usd":null,"elapsed_ms":null,
        "session_requests_last_minute":null,"session_cost_today_usd":null}
      """#)
    #expect(nulls == bare)
  }

  @Test(
    "has decimals as numbers or strings, read exactly: utilisation is cut, money rounds half to even",
    arguments: [
      ("0.7999999999999", 799_999_999, 800_000_000), ("\"0.8\"", 800_000_000, 800_000_000),
      ("8e-1", 800_000_000, 800_000_000), ("1.0000000005", 1_000_000_000, 1_000_000_000),
      ("1.0000000015", 1_000_000_001, 1_000_000_002), ("-0.0", 0, 0),
      ("9007199.254740993", 9_007_199_254_740_993, 9_007_199_254_740_993),
    ] as [(String, Int64, Int64)])
  func decimals(text: String, billionths: Int64, nanoUSD: Int64) throws {
    let question = try Self.read(
      """
      {"request":{"primary":{"provider":"a","model":"b"}},"budget_utilisation":\(text),
      "class_spend_today_usd":\(text),"session_cost_today_usd":\(text)}
      """)
    #expect(question.budgetUtilisation == Ratio(billionths: billionths))
    #expect(question.classSpendToday == Money(nanoUSD: nanoUSD))
    #expect(question.sessionCostToday == Money(nanoUSD: nanoUSD))
  }

  @Test("is read by itself, whatever was read before")
  func readerIsReused() throws {
    var reader = QuestionReader()
    for _ in 0..<3 {
      #expect(throws: QuestionMistake.self) { try reader.read(Array("{\"request\":{".utf8)) }
      let question = try reader.read(
        Array(#"{"request":{"primary":{"provider":"openai","model":"gpt-5"}}}"#.utf8))
      #expect(question.primary == Self.gpt5 && question.attempts.isEmpty)
    }
  }
}

/// A question with one thing wrong, and what is said about it.
struct WrongQuestion: Sendable, CustomTestStringConvertible {
  let json: String
  let message: String

  var testDescription: String { message }

  static func whole(_ json: String, _ message: String) -> WrongQuestion {
    WrongQuestion(json: json, message: message)
  }

  /// Beside a sound request.
  static func field(_ field: String, _ message: String) -> WrongQuestion {
    whole(#"{"request":{"primary":{"provider":"a","model":"b"}},\#(field)}"#, message)
  }

  static func request(_ field: String, _ message: String) -> WrongQuestion {
    whole(#"{"request":{"primary":{"provider":"a","model":"b"},\#(field)}}"#, message)
  }

  static func attempt(_ attempt: String, _ message: String) -> WrongQuestion {
    field(#""attempts":[{"action":"queue"},\#(attempt)]"#, message)
  }
}

@Suite("A wrong question in JSON")
struct WrongQuestionTests {
  private static let classes =
    "`critical_user_facing`, `non_critical_user_facing`, `internal_automation`, `batch` or "
    + "`experiment`"
  private static let route = #""route":{"provider":"a","model":"b"}"#

  static let requests: [WrongQuestion] = [
    .whole("[]", "the question is an array; it must be an object with `request`"),
    .whole(
      #"{"request":{}"#,
      "the line ends where `,` or `}` belongs at byte 14; write one JSON object"),
    .whole(
      #"{"request":1,"request":2}"#,
      "the key `request` stands twice in one object at byte 14; write one JSON object"),
    .whole("{}", "`request` is missing; give at least its `primary`"),
    .whole(#"{"request":null}"#, "`request` is missing; give at least its `primary`"),
    .whole(#"{"request":"a"}"#, "`request` is a string; it must be an object"),
    .whole(#"{"request":{}}"#, "`request.primary` is missing; give its `provider` and `model`"),
    .whole(
      #"{"request":{"primary":"openai/gpt-5"}}"#,
      "`request.primary` is a string; it must be an object"),
    .whole(
      #"{"request":{"primary":{"provider":"","model":"b"}}}"#,
      "`request.primary.provider` is missing; give it a name"),
    .whole(
      #"{"request":{"primary":{"provider":"a"}}}"#,
      "`request.primary.model` is missing; give it a name"),
    .request(#""workflow":7"#, "`request.workflow` is a number; it must be a string"),
    .request(
      #""tenant_id":"a\u0007""#, "`request.tenant_id` has a control character; none is allowed"),
    .request(
      #""user_id":"\#(String(repeating: "u", count: 513))""#,
      "`request.user_id` has 513 bytes; at most 512 are allowed"),
    .request(
      #""traffic_class":"critical""#,
      "`request.traffic_class` is `critical`; did you mean `critical_user_facing`? (\(classes))"),
    .request(
      #""traffic_class":"x""#, "`request.traffic_class` is `x`; it may be \(classes)"),
  ]

  static let figures: [WrongQuestion] = [
    .field(#""attempts":{}"#, "`attempts` is an object; it must be an array"),
    .field(
      #""budget_utilisation":"80 %""#,
      #"`budget_utilisation` is "80 %"; it must be a decimal number such as 0.42"#),
    .field(
      #""budget_utilisation":true"#,
      "`budget_utilisation` is a boolean; it must be a decimal number"),
    .field(
      #""budget_utilisation":-1e-30"#, "`budget_utilisation` is -1e-30; it must not be negative"),
    .field(
      #""class_spend_today_usd":"-0.5""#,
      #"`class_spend_today_usd` is "-0.5"; it must not be negative"#),
    .field(
      #""session_cost_today_usd":1e99"#,
      "`session_cost_today_usd` is 1e99; it must fit 64 bits of nano-USD"),
    .field(
      #""prepaid_exhausted":"no""#, "`prepaid_exhausted` is a string; it must be true or false"),
    .field(#""elapsed_ms":-1"#, "`elapsed_ms` is -1; it must not be negative"),
    .field(
      #""elapsed_ms":1.5"#, "`elapsed_ms` is 1.5; it must be a whole number, written plainly"),
    .field(#""elapsed_ms":"1""#, "`elapsed_ms` is a string; it must be a whole number"),
    .field(
      #""session_requests_last_minute":9223372036854775808"#,
      "`session_requests_last_minute` is 9223372036854775808; it must fit 64 bits"),
  ]

  static let attempts: [WrongQuestion] = [
    .attempt("1", "`attempts[1]` is a number; it must be an object"),
    .attempt(#"{"step":-1,"action":"pause"}"#, "`attempts[1].step` is -1; it must not be negative"),
    .attempt(
      #"{"action":"paus"}"#,
      """
      `attempts[1].action` is `paus`; did you mean `pause`? (`model`, `cached_response`, \
      `default_response`, `queue`, `pause`, `manual_review` or `reject`)
      """),
    .attempt(
      #"{"outcome":"failure"}"#,
      "`attempts[1].route` is missing; give its `provider` and `model`"),
    .attempt(
      "{\(route)}", "`attempts[1].outcome` is missing; it may be `success` or `failure`"),
    .attempt(
      #"{\#(route),"outcome":"failed"}"#,
      "`attempts[1].outcome` is `failed`; it may be `success` or `failure`"),
    .attempt(
      #"{\#(route),"outcome":"failure"}"#,
      "`attempts[1].kind` is missing; say how it failed, if only `unknown`"),
    .attempt(
      #"{\#(route),"outcome":"failure","kind":"rate_limitd"}"#,
      """
      `attempts[1].kind` is `rate_limitd`; did you mean `rate_limited`? (`timeout`, \
      `rate_limited`, `server_error`, `network`, `overloaded`, `stream_dropped`, \
      `invalid_api_key`, `malformed_request`, `unsupported_tool_schema`, `content_policy`, \
      `quota_exhausted`, `validation_failed`, `context_window_exceeded` or `unknown`)
      """),
    .attempt(
      #"{\#(route),"outcome":"failure","kind":"timeout","output_tokens":-1}"#,
      "`attempts[1].output_tokens` is -1; it must not be negative"),
  ]

  @Test(
    "is refused with what is wrong and what is allowed", arguments: requests + figures + attempts)
  func refused(wrong: WrongQuestion) {
    do {
      _ = try QuestionReaderTests.read(wrong.json)
      Issue.record("the question was accepted")
    } catch {
      #expect(error.description == wrong.message)
    }
  }
}
