/// Why an attempt failed (policy.md, "Kinds of failure"). Raw values are stored and printed.
public enum FailureKind: String, CaseIterable, Sendable {
  case timeout
  case rateLimited = "rate_limited"
  case serverError = "server_error"
  case network
  case overloaded
  case streamDropped = "stream_dropped"
  case invalidAPIKey = "invalid_api_key"
  case malformedRequest = "malformed_request"
  case unsupportedToolSchema = "unsupported_tool_schema"
  case contentPolicy = "content_policy"
  case quotaExhausted = "quota_exhausted"
  case validationFailed = "validation_failed"
  case contextWindowExceeded = "context_window_exceeded"
  case unknown

  /// The provider's doing, as against the request's: retryable unless a policy says otherwise.
  public var isProviderFailure: Bool {
    switch self {
    case .timeout, .rateLimited, .serverError, .network, .overloaded, .streamDropped: true
    case .invalidAPIKey, .malformedRequest, .unsupportedToolSchema, .contentPolicy,
      .quotaExhausted, .validationFailed, .contextWindowExceeded, .unknown:
      false
    }
  }

  /// The kind that an HTTP status stands for where a log gives no kind (events.md).
  public init(httpStatus: Int64) {
    self =
      switch httpStatus {
      case 401, 403: .invalidAPIKey
      case 402: .quotaExhausted
      case 408, 504: .timeout
      case 413: .contextWindowExceeded
      case 429: .rateLimited
      case 503, 529: .overloaded
      case 500...599: .serverError
      case 400, 422: .malformedRequest
      default: .unknown
      }
  }
}
