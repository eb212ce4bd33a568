internal import StrictJSON
internal import Traffic
internal import Units

/// A row of LiteLLM's table `LiteLLM_SpendLogs`: one row a request, as it ended.
///
/// - The request is `metadata.litellm_call_id`. An earlier attempt that timed out and was billed has a
///   row of its own, whose ids end in `-attempt-<n>`.
/// - What was asked for is `metadata.original_model_group`: the group alone, since the row does not say
///   which deployment was tried first. The attempts before the row's are not told, and not made up.
/// - Columns of JSON may be objects, or strings as a CSV has them.
/// - Times without a zone are UTC: the schema keeps them so (`DateTime` of Prisma).
struct LiteLLMSpendLogs: Sendable {
  let rules: AttributionRules

  init(_ settings: FormatSettings) {
    rules = AttributionRules(
      [
        .given(.tenant, "team_id", "metadata.user_api_key_team_id"),
        .inferred(
          .tenant, "organization_id", "metadata.user_api_key_org_id",
          "metadata.user_api_key_alias"),
        .given(.tier, "metadata.spend_logs_metadata.tenant_tier"),
        .given(.user, "end_user"),
        .inferred(.user, "user", "metadata.user_api_key_user_id"),
        .given(
          .application, "metadata.spend_logs_metadata.application",
          "metadata.spend_logs_metadata.app"),
        .given(.feature, "metadata.spend_logs_metadata.feature"),
        .given(.workflow, "metadata.spend_logs_metadata.workflow"),
        .given(.assistant, "metadata.spend_logs_metadata.assistant_id"),
        .given(.thread, "metadata.spend_logs_metadata.thread_id"),
        .given(.session, "session_id"),
        .given(.environment, "metadata.spend_logs_metadata.environment"),
        .inferred(.environment, "request_tags[env]", "request_tags[environment]"),
      ], settings)
  }

  static func recognises(_ record: JSONTape) -> Bool {
    record.value("request_id", in: JSONTape.root) != nil
      && record.value("spend", in: JSONTape.root) != nil
      && record.value("call_type", in: JSONTape.root) != nil
      && record.value("startTime", in: JSONTape.root) != nil
  }

  static func knownFields(_ rules: AttributionRules) -> KnownFields {
    KnownFields(paths: [
      "request_id", "call_type", "litellm_call_id", "status", "custom_llm_provider", "startTime",
      "endTime", "model", "model_group", "spend", "prompt_tokens", "completion_tokens",
      "metadata.litellm_call_id", "metadata.original_model_group", "metadata.status",
      "metadata.usage_object.cache_creation_input_tokens",
      "metadata.usage_object.cache_read_input_tokens",
      "metadata.usage_object.prompt_tokens_details.cached_tokens",
      "metadata.usage_object.prompt_tokens_details.cache_creation_tokens",
      "metadata.usage_object.prompt_tokens_details.cache_write_tokens",
      "metadata.usage_object.prompt_tokens_details.audio_tokens",
      "metadata.usage_object.prompt_tokens_details.image_tokens",
      """
      metadata.usage_object.prompt_tokens_details.cache_creation_token_details.\
      ephemeral_1h_input_tokens
      """,
      "metadata.usage_object.completion_tokens_details.reasoning_tokens",
      "metadata.usage_object.completion_tokens_details.audio_tokens",
      "metadata.usage_object.completion_tokens_details.image_tokens",
      "metadata.usage_object.service_tier", "metadata.cost_breakdown.service_tier",
      "metadata.error_information.error_class", "metadata.error_information.error_code",
      "metadata.error_information.normalized_error",
    ]).adding(rules.paths)
  }

  /// The row with the JSON in its strings put in their place; nil if there is none.
  static func unpacked(_ record: JSONTape) -> [UInt8]? {
    var members: [(key: Int, value: Int)] = []
    var hasPacked = false
    record.forEachMember(of: JSONTape.root) { key, value in
      members.append((key, value))
      if isPacked(record, key, value) { hasPacked = true }
    }
    guard hasPacked else { return nil }
    var text: [UInt8] = [UInt8(ascii: "{")]
    var inner = JSONTape()
    for (key, value) in members {
      if text.count > 1 { text.append(UInt8(ascii: ",")) }
      text.append(contentsOf: record.source(key))
      text.append(UInt8(ascii: ":"))
      if isPacked(record, key, value) {
        let packed = Array(record.text(value).utf8)
        // A string that only looks like JSON stays a string.
        if (try? inner.parse(packed, allowingDuplicateKeys: true)) != nil {
          text.append(contentsOf: packed)
          continue
        }
      }
      text.append(contentsOf: record.source(value))
    }
    text.append(UInt8(ascii: "}"))
    return text
  }

  private static func isPacked(_ record: JSONTape, _ key: Int, _ value: Int) -> Bool {
    guard record.kind(value) == .string,
      record.isText(key, "metadata") || record.isText(key, "request_tags")
    else { return false }
    return record.withRawBytes(value) { $0.count > 1 }
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    let fields = FieldReader(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.member(key, of: JSONTape.root) }
    let metadata = try fields.object(field("metadata"), "metadata")

    let eventID = try fields.neededName(field("request_id"), "request_id", Self.owner)
    let nestedID = try fields.name(
      fields.member("litellm_call_id", of: metadata), "metadata.litellm_call_id")
    let ownID = try fields.name(field("litellm_call_id"), "litellm_call_id")
    let startedAt = try time(field("startTime"), "startTime", fields)
    let endedAt = try time(field("endTime"), "endTime", fields)
    let route = try fields.liteLLMRoute(isRow: true)
    let (attribution, inferred) = rules.readAttempt(tape)
    var attempt = Attempt(
      eventID: eventID, requestID: Self.withoutAttempt(nestedID ?? ownID ?? eventID),
      position: endedAt.microseconds, index: nil, startedAt: startedAt.timestamp,
      attribution: attribution, primary: try primary(route, metadata, fields), route: route)
    let lasted = endedAt.microseconds - startedAt.microseconds
    attempt.latencyMilliseconds = lasted >= 0 ? lasted / 1_000 : nil
    attempt.usage = try fields.liteLLMUsage(metadata)
    attempt.reportedCost = try fields.foreignMoney(field("spend"), "spend")
    try fields.setLiteLLMOutcome(
      of: &attempt,
      status: fields.filled(field("status")) ?? fields.member("status", of: metadata),
      error: fields.member("error_information", of: metadata), isRow: true)
    return LogEntry(attempt, inferred: inferred)
  }

  private static let owner = "a row of LiteLLM_SpendLogs"

  private func time(
    _ value: Int?, _ field: String, _ fields: FieldReader
  ) throws(Rejection) -> ForeignTime {
    guard let time = try fields.foreignTime(value, field, assumesUTC: true) else {
      throw Rejection(.missingField, "`\(field)` is missing; \(Self.owner) has it")
    }
    return time
  }

  /// The group that was asked for, if another one served; of its deployments none is named.
  private func primary(
    _ route: Route, _ metadata: Int?, _ fields: FieldReader
  ) throws(Rejection) -> Route? {
    guard
      let original = try fields.name(
        fields.member("original_model_group", of: metadata), "metadata.original_model_group"),
      original != route.group
    else { return nil }
    return Route(model: ModelID(provider: "unknown", model: original), group: original)
  }

  /// `c4f1-attempt-0` is an attempt of `c4f1`.
  private static func withoutAttempt(_ id: Name) -> Name {
    let text = id.text
    guard let found = text.range(ofLast: "-attempt-"),
      !text[found.upperBound...].isEmpty,
      text[found.upperBound...].utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }),
      found.lowerBound > text.startIndex
    else { return id }
    return Name(String(text[..<found.lowerBound]))
  }
}

extension String {
  /// Where `part` stands last.
  fileprivate func range(ofLast part: String) -> Range<Index>? {
    var end = endIndex
    while end > startIndex {
      let before = index(before: end)
      if self[before...].utf8.starts(with: part.utf8) {
        return before..<(utf8.index(before, offsetBy: part.utf8.count))
      }
      end = before
    }
    return nil
  }
}
