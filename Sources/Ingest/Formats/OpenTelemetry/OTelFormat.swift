internal import StrictJSON
internal import Traffic
internal import Units

/// OpenTelemetry's GenAI spans as OTLP JSON: what the Collector's file exporter writes, a line or a
/// pretty-printed document of `TracesData`.
///
/// - A span of a client that names a model is an attempt. Its request is the span above it; attempts
///   are ordered by their start.
/// - Every span that may stand above one is a context: attribution on it fills in what the attempts
///   leave out, whichever is read first, over any number of lines and files. So is that of the spans
///   above it in turn.
/// - `http.request.resend_count` marks a retry, which stays on the route of the attempt before it
///   whatever deployment it reached; `gateway.fallback.index` is the step.
/// - Names of the conventions before 1.37 (`gen_ai.system`, `gen_ai.usage.prompt_tokens`,
///   `gen_ai.usage.completion_tokens`) are read too.
struct OTelFormat: SourceFormat {
  private let rules: AttributionRules
  let knownFields: KnownFields
  let marks =
    "records have a list `resourceSpans`, as OTLP in JSON has"

  init(_ settings: FormatSettings) {
    rules = AttributionRules(
      [
        .given(.tenant, "tenant.id", "metadata.user_api_key_team_id"),
        .inferred(.tenant, "metadata.user_api_key_org_id", "metadata.user_api_key_alias"),
        .given(.tier, "tenant.tier"),
        .given(.user, "enduser.id", "llm.user", "metadata.user_api_key_end_user_id"),
        .inferred(.user, "user.id", "metadata.user_api_key_user_id"),
        .given(.application, "app.name", "metadata.requester_metadata.application"),
        .inferred(.application, "service.name"),
        .given(.feature, "app.feature", "metadata.requester_metadata.feature"),
        .given(
          .workflow, "gen_ai.workflow.name", "app.workflow.name",
          "metadata.requester_metadata.workflow"),
        .given(.assistant, "gen_ai.agent.id", "metadata.requester_metadata.assistant_id"),
        .inferred(.assistant, "gen_ai.agent.name"),
        .given(
          .thread, "gen_ai.conversation.id", "metadata.requester_metadata.thread_id"),
        .given(.session, "session.id", "metadata.requester_metadata.session_id"),
        .given(.environment, "deployment.environment.name", "deployment.environment"),
      ], settings)
    knownFields = Self.knownFields(rules)
  }

  private static func knownFields(_ rules: AttributionRules) -> KnownFields {
    let metadata = KnownFields([
      "application", "feature", "workflow", "assistant_id", "thread_id", "session_id",
    ])
    let attributes = KnownFields(
      [
        "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.response.model",
        "gen_ai.provider.name", "gen_ai.system", "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens", "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens", "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.cost.total_cost", "gen_ai.usage.cost", "litellm.model_group",
        "litellm.provider.model", "litellm.call_id", "gateway.fallback.index",
        "http.request.resend_count", "http.response.status_code", "error.type", "error.code",
      ], [("metadata.requester_metadata", metadata)]
    ).adding(whole: rules.paths)
    return KnownFields(
      [
        "traceId", "spanId", "parentSpanId", "kind", "status", "start", "end", "exception",
      ],
      [("attributes", attributes), ("resource", KnownFields().adding(whole: rules.paths))])
  }

  /// A document of traces, or a span as ``OTelSpans`` lays it out.
  func recognises(_ record: JSONTape) -> Bool {
    let root = JSONTape.root
    if let resources = record.value("resourceSpans", in: root) {
      return record.kind(resources) == .array
    }
    return record.value("traceId", in: root) != nil && record.value("spanId", in: root) != nil
      && record.value("attributes", in: root) != nil && record.value("start", in: root) != nil
  }

  func entries(of record: JSONTape) -> [[UInt8]]? { OTelSpans.entries(of: record) }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    try OTelSpan(tape).entry(rules)
  }
}
