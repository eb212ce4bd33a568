internal import Traffic

/// What the error classes of the providers' client libraries and of LiteLLM stand for.
enum ErrorClass {
  /// The kind of failure of a class, given with its module or without; of one that is not known, what
  /// the HTTP status stands for. `normalized` is LiteLLM's own word, such as `503_PROVIDER_OVERLOADED`.
  static func kind(
    _ name: String, normalized: String = "", httpStatus: Int64?
  ) -> FailureKind {
    let name = name.split(separator: ".").last.map(String.init) ?? ""
    switch name {
    case "RateLimitError":
      return normalized.contains("QUOTA") ? .quotaExhausted : .rateLimited
    case "BudgetExceededError": return .quotaExhausted
    case "Timeout", "APITimeoutError", "timeout", "TimeoutError": return .timeout
    case "ServiceUnavailableError", "OverloadedError": return .overloaded
    case "InternalServerError", "BadGatewayError":
      return isOverload(normalized, httpStatus) ? .overloaded : .serverError
    case "APIConnectionError": return .network
    case "ReadError", "MidStreamFallbackError": return .streamDropped
    case "AuthenticationError", "PermissionDeniedError": return .invalidAPIKey
    case "ContextWindowExceededError": return .contextWindowExceeded
    case "ContentPolicyViolationError", "GuardrailRaisedException": return .contentPolicy
    case "JSONSchemaValidationError", "APIResponseValidationError": return .validationFailed
    case "BadRequestError", "NotFoundError", "UnprocessableEntityError",
      "UnsupportedParamsError", "InvalidRequestError", "ProxyModelNotFoundError":
      return .malformedRequest
    // An answer that could not be read, whatever its status says.
    case "APIError": return .serverError
    default: return httpStatus.map(FailureKind.init(httpStatus:)) ?? .unknown
    }
  }

  /// The client libraries raise one class for all 5xx.
  private static func isOverload(_ normalized: String, _ httpStatus: Int64?) -> Bool {
    if !normalized.isEmpty { return normalized == "503_PROVIDER_OVERLOADED" }
    return httpStatus == 503 || httpStatus == 529
  }
}
