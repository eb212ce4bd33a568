internal import StrictJSON

/// LiteLLM's two kinds of log: standard logging payloads, an attempt each, and rows of its table
/// `LiteLLM_SpendLogs`, a request each.
struct LiteLLMFormat: SourceFormat {
  private let payload: LiteLLMPayload
  private let spendLogs: LiteLLMSpendLogs

  init(_ settings: FormatSettings) {
    payload = LiteLLMPayload(settings)
    spendLogs = LiteLLMSpendLogs(settings)
    knownFields = LiteLLMPayload.knownFields(payload.rules)
      .union(LiteLLMSpendLogs.knownFields(spendLogs.rules))
  }

  let knownFields: KnownFields
  let marks =
    "records have `litellm_call_id`, `startTime` and `status` (standard logging "
    + "payloads), or `request_id`, `call_type`, `spend` and `startTime` (rows of "
    + "LiteLLM_SpendLogs)"

  func recognises(_ record: JSONTape) -> Bool {
    LiteLLMPayload.recognises(record) || LiteLLMSpendLogs.recognises(record)
  }

  /// Columns of JSON that are strings in the row are objects in the entry.
  func entries(of record: JSONTape) -> [[UInt8]]? {
    LiteLLMSpendLogs.recognises(record) ? LiteLLMSpendLogs.unpacked(record).map { [$0] } : nil
  }

  func entry(from tape: JSONTape) throws(Rejection) -> LogEntry {
    LiteLLMSpendLogs.recognises(tape)
      ? try spendLogs.entry(from: tape) : try payload.entry(from: tape)
  }

  func checkWholeness(of tape: JSONTape) throws(Rejection) {
    if !LiteLLMSpendLogs.recognises(tape) { try payload.checkWholeness(of: tape) }
  }
}
