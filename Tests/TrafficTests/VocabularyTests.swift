import Testing
import Traffic

@Suite("Vocabulary of traffic")
struct VocabularyTests {
  @Test(
    "an HTTP status stands for a kind of failure",
    arguments: [
      (400, .malformedRequest), (401, .invalidAPIKey), (402, .quotaExhausted),
      (403, .invalidAPIKey),
      (404, .unknown), (408, .timeout), (409, .unknown), (413, .contextWindowExceeded),
      (422, .malformedRequest), (429, .rateLimited), (499, .unknown), (500, .serverError),
      (501, .serverError), (502, .serverError), (503, .overloaded), (504, .timeout),
      (520, .serverError), (529, .overloaded), (599, .serverError), (600, .unknown),
      (200, .unknown),
      (0, .unknown), (-1, .unknown), (.max, .unknown),
    ] as [(Int64, FailureKind)])
  func mapsHTTPStatus(status: Int64, kind: FailureKind) {
    #expect(FailureKind(httpStatus: status) == kind)
  }

  @Test("six kinds of failure are the provider's")
  func tellsProviderFailures() {
    #expect(
      FailureKind.allCases.filter(\.isProviderFailure).map(\.rawValue) == [
        "timeout", "rate_limited", "server_error", "network", "overloaded", "stream_dropped",
      ])
    #expect(FailureKind.allCases.count == 14)
  }

  @Test("the words of events are spelt as events.md spells them")
  func spellsWords() {
    #expect(
      TrafficClass.allCases.map(\.rawValue) == [
        "critical_user_facing", "non_critical_user_facing", "internal_automation", "batch",
        "experiment",
      ])
    #expect(
      Action.allCases.map(\.rawValue) == [
        "model", "cached_response", "default_response", "queue", "pause", "manual_review", "reject",
      ])
    #expect(
      AttributionField.allCases.map(\.rawValue) == [
        "tenant_id", "tenant_tier", "user_id", "application", "feature", "workflow", "assistant_id",
        "thread_id", "session_id", "environment",
      ])
    #expect(
      RequestStatus.allCases.map(\.rawValue) == [
        "served_primary", "served_fallback", "served_cached", "served_default", "deferred",
        "rejected", "failed",
      ])
    #expect(RequestStatus.allCases.filter(\.isServed).count == 4)
  }

  @Test("grades rise from low cost to frontier")
  func ordersGrades() {
    #expect(Grade.allCases.shuffled().sorted() == [.lowCost, .balanced, .frontier])
  }

  @Test("every attribution field keeps its own value", arguments: AttributionField.allCases)
  func keepsAttribution(field: AttributionField) {
    #expect(AttributionField.allCases[field.index] == field)
    var attribution = Attribution([field: "x"])
    #expect(AttributionField.allCases.filter { attribution[$0] != nil } == [field])
    attribution[field] = nil
    #expect(attribution == Attribution())
  }
}
