internal import StrictJSON
internal import Traffic
internal import Units

/// Cloudflare AI Gateway's logs, as its API `…/ai-gateway/gateways/{id}/logs` answers: JSON lines, a
/// list, or a page under `result`.
///
/// Every record is a request of one attempt: `step` is the place of a fallback in its list, and nothing
/// says which records belong together.
struct CloudflareFormat: SourceFormat {
  private let rules: AttributionRules
  private let settings: FormatSettings
  let knownFields: KnownFields
  let marks =
    "records have `id`, `created_at`, `provider`, `tokens_in` and `tokens_out`, at "
    + "the top or under `result`"

  init(_ settings: FormatSettings) {
    self.settings = settings
    rules = AttributionRules(
      [
        .metadata(under: "metadata"), .inferred(.tenant, "metadata.team", "metadata.tenant"),
        .inferred(.user, "metadata.user", "metadata.userId"),
      ], settings)
    knownFields = KnownFields(paths: [
      "id", "created_at", "provider", "model", "success", "status_code", "cached", "tokens_in",
      "tokens_out", "cost", "duration", "step",
    ]).adding(rules.paths)
  }

  func recognises(_ record: JSONTape) -> Bool {
    if let result = record.value("result", in: JSONTape.root), record.kind(result) == .array,
      record.after(result) > result + 1
    {
      return isLog(record, result + 1)
    }
    return isLog(record, JSONTape.root)
  }

  private func isLog(_ record: JSONTape, _ object: JSONTape.Index) -> Bool {
    record.value("id", in: object) != nil && record.value("tokens_in", in: object) != nil
      && record.value("tokens_out", in: object) != nil
      && record.value("provider", in: object) != nil
      && record.value("created_at", in: object) != nil
  }

  /// The logs of a page, with metadata that comes as a string put in its place.
  func entries(of record: JSONTape) -> [[UInt8]]? {
    guard let page = GatewayPage.entries(of: record, under: "result") else {
      return unpacked(record).map { [$0] }
    }
    var tape = JSONTape()
    return page.map { entry in
      // An entry was laid out as part of its page.
      guard (try? tape.parse(entry)) != nil else { return entry }
      return unpacked(tape) ?? entry
    }
  }

  private func unpacked(_ record: JSONTape) -> [UInt8]? {
    guard let metadata = record.value("metadata", in: JSONTape.root),
      record.kind(metadata) == .string
    else { return nil }
    let packed = Array(record.text(metadata).utf8)
    var inner = JSONTape()
    guard (try? inner.parse(packed)) != nil, inner.kind(JSONTape.root) == .object else {
      return nil
    }
    var text = JSONText()
    text.open()
    record.forEachMember(of: JSONTape.root) { key, value in
      text.key(source: record.source(key))
      text.value(value == metadata ? packed[...] : record.source(value))
    }
    text.close()
    return text.bytes
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    let fields = FieldReader(tape: tape)
    func field(_ key: StaticString) -> Int? { fields.member(key, of: JSONTape.root) }

    let id = try fields.neededName(field("id"), "id", Self.owner)
    var call = GatewayCall(
      eventID: id, requestID: id,
      startedAt: try fields.neededTime(
        field("created_at"), "created_at", Self.owner, settings),
      route: Route(
        model: try fields.neededModel(
          field("provider"), "provider", field("model"), "model", Self.owner)))
    call.isCached = fields.isTrue(field("cached"))
    call.failure = try failure(fields)
    let (attribution, inferred) = rules.readAttempt(tape)
    var attempt = call.attempt(attribution)
    attempt.latencyMilliseconds = try fields.milliseconds(field("duration"), "duration")
    attempt.usage = Usage(
      input: try fields.foreignCount(field("tokens_in"), "tokens_in") ?? 0,
      output: try fields.foreignCount(field("tokens_out"), "tokens_out") ?? 0)
    attempt.reportedCost = try fields.foreignMoney(field("cost"), "cost")
    attempt.decisionStep = try fields.foreignCount(field("step"), "step")
    return LogEntry(attempt, inferred: inferred)
  }

  private static let owner = "a log of AI Gateway"

  private func failure(_ fields: FieldReader) throws(Rejection) -> Failure? {
    let root = JSONTape.root
    let status = try fields.foreignInteger(
      fields.member("status_code", of: root), "status_code")
    guard let success = fields.member("success", of: root) else {
      guard let status else {
        throw Rejection(
          .missingField, "`success` and `status_code` are both missing; \(Self.owner) has one")
      }
      return FieldReader.failure(httpStatus: status)
    }
    guard !fields.isTrue(success) else { return nil }
    return status.flatMap { FieldReader.failure(httpStatus: $0) } ?? Failure(kind: .unknown)
  }
}
