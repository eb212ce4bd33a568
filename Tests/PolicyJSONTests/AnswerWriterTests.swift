import PolicyEngine
import PolicyJSON
import Testing
import Traffic

@Suite("An answer in JSON")
struct AnswerWriterTests {
  private static let question = Question(
    attribution: Attribution(),
    primary: Route(model: ModelID(provider: "open\"ai", model: "gpt\n5"), group: "pool"))
  private static let mini = ModelID(provider: "openai", model: "gpt-5-mini")

  @Test(
    "has policy.md's keys in its order",
    arguments: [
      (
        .run(.primary, index: 0, reason: .primary, in: .batch),
        #"""
        {"action":"model","route":{"provider":"open\"ai","model":"gpt\n5","group":"pool"},\#
        "class":"batch","step":0,"reason":"primary"}
        """#
      ),
      (
        .run(
          Step(.model(.named(mini), isLastResort: true), notice: "unsure\u{2028}"), index: 2,
          reason: .fallback, in: .criticalUserFacing),
        #"""
        {"action":"model","route":{"provider":"openai","model":"gpt-5-mini"},\#
        "class":"critical_user_facing","step":2,"reason":"fallback","notice":"unsure\u2028"}
        """#
      ),
      (
        .run(Step(.action(.cachedResponse)), index: 1, reason: .budgetDowngrade, in: .experiment),
        #"{"action":"cached_response","class":"experiment","step":1,"reason":"budget_downgrade"}"#
      ),
      (
        .run(Step(.action(.reject)), index: 1, reason: .fallback, in: .batch),
        #"{"action":"reject","class":"batch","step":1,"reason":"fallback"}"#
      ),
      (
        .reject(.hardStop, in: .batch),
        #"{"action":"reject","class":"batch","reason":"hard_stop"}"#
      ),
    ] as [(Decision, String)])
  func keys(decision: Decision, expected: String) {
    #expect(AnswerWriter.line(decision, to: Self.question) == expected)
  }

  @Test("to a question that has none is an error with a code and a sentence")
  func errors() {
    #expect(
      AnswerWriter.line(QuestionError.alreadySettled) == """
        {"error":"already_settled","message":"the last attempt settled the request; ask only after \
        a failure, a pause or a queueing"}
        """)
    #expect(
      AnswerWriter.line(.stepOutOfRange(attempt: 0, step: 7, class: .batch, count: 3)) == """
        {"error":"malformed","message":"attempt 0 is of step 7, but `batch` has the steps 0 to 2; \
        give one of these"}
        """)
    #expect(AnswerWriter.tooLong.hasPrefix(#"{"error":"malformed","#))
  }
}
