package import Traffic

/// How to read a log of JSON lines or CSV that is of no format known here: for each field of events.md
/// where it stands, or what it always is. A mapping file says it (docs/formats.md).
package struct CustomMapping: Sendable {
  /// A field of events.md by its path there.
  package enum Field: String, CaseIterable, Sendable {
    case requestID = "request_id"
    case eventID = "event_id"
    case attempt
    case ts
    case endedAt = "ended_at"
    case tenantID = "tenant_id"
    case tenantTier = "tenant_tier"
    case userID = "user_id"
    case application
    case feature
    case workflow
    case assistantID = "assistant_id"
    case threadID = "thread_id"
    case sessionID = "session_id"
    case environment
    case trafficClass = "traffic_class"
    case action
    case primaryProvider = "primary.provider"
    case primaryModel = "primary.model"
    case primaryGroup = "primary.group"
    case routeProvider = "route.provider"
    case routeModel = "route.model"
    case routeGroup = "route.group"
    case outcome
    case failureKind = "failure.kind"
    case httpStatus = "failure.http_status"
    case latency = "latency_ms"
    case inputTokens = "usage.input_tokens"
    case cachedInputTokens = "usage.cached_input_tokens"
    case cacheWriteTokens = "usage.cache_write_tokens"
    case outputTokens = "usage.output_tokens"
    case reasoningTokens = "usage.reasoning_tokens"
    case cost = "cost_usd"
    case revenue = "revenue_usd"

    /// The field of attribution, if it is one.
    package var attribution: AttributionField? { AttributionField(rawValue: rawValue) }
  }

  /// In what a log counts time where it writes numbers.
  package enum TimeUnit: String, CaseIterable, Sendable {
    case seconds, milliseconds, microseconds, nanoseconds
  }

  /// For messages.
  package var name: String
  /// Fields that every record of such a log has: they tell the format.
  package var recognise: [FieldPath]
  /// Where a record has the list of the entries, if it is a page of several.
  package var entries: FieldPath?
  /// The first path that finds something has it.
  package var paths: [Field: [FieldPath]]
  /// What a field is where no path finds anything.
  package var constants: [Field: String]
  package var money: MoneyUnit
  /// Nil: times are text.
  package var time: TimeUnit?
  /// The log's words for an outcome: of the field `outcome`, in lower case.
  package var outcomes: [String: Outcome]
  /// The log's words for kinds of failure: of the field `failure.kind`.
  package var failures: [String: FailureKind]
  /// Whether input counts cached and cache-written tokens, as in events.md.
  package var inputIncludesCached: Bool

  package init(
    name: String, recognise: [FieldPath] = [], entries: FieldPath? = nil,
    paths: [Field: [FieldPath]] = [:], constants: [Field: String] = [:],
    money: MoneyUnit = .usd, time: TimeUnit? = nil, outcomes: [String: Outcome] = [:],
    failures: [String: FailureKind] = [:], inputIncludesCached: Bool = true
  ) {
    self.name = name
    self.recognise = recognise
    self.entries = entries
    self.paths = paths
    self.constants = constants
    self.money = money
    self.time = time
    self.outcomes = outcomes
    self.failures = failures
    self.inputIncludesCached = inputIncludesCached
  }

  package func isGiven(_ field: Field) -> Bool {
    paths[field] != nil || constants[field] != nil
  }
}
