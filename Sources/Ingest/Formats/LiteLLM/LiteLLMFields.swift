internal import StrictJSON
internal import Traffic
internal import Units

/// What LiteLLM's two kinds of log write alike.
extension FieldReader {
  /// `custom_llm_provider`, `model` without its provider, `model_group`. In a row an empty text is one
  /// left out, as the table has no null there; a payload always names its model.
  func liteLLMRoute(isRow: Bool = false) throws(Rejection) -> Route {
    let root = JSONTape.root
    let group = try name(member("model_group", of: root), "model_group")
    let stated = try name(member("model", of: root), "model") ?? (isRow ? group : nil)
    guard let stated else {
      throw Rejection(.missingField, "`model` is missing; LiteLLM's logs have it")
    }
    // A request for a model that the proxy does not know reaches no provider.
    let given = try name(member("custom_llm_provider", of: root), "custom_llm_provider")
    let provider = given ?? Name("unknown")
    return Route(
      model: ModelID(provider: provider, model: stated.withoutPrefix(provider)), group: group)
  }

  /// Cached tokens are part of the prompt's, reasoning tokens of the completion's.
  func liteLLMUsage(_ metadata: Int?) throws(Rejection) -> Usage {
    let object = member("usage_object", of: metadata)
    let prompt = member("prompt_tokens_details", of: object)
    let writes = member("cache_creation_token_details", of: prompt)
    let completion = member("completion_tokens_details", of: object)

    func count(_ places: (StaticString, Int?)...) throws(Rejection) -> Int64 {
      for (key, object) in places {
        if let count = try foreignCount(member(key, of: object), "\(key)") { return count }
      }
      return 0
    }

    var usage = Usage(
      input: try count(("prompt_tokens", JSONTape.root)),
      cachedInput: try count(
        ("cached_tokens", prompt), ("cache_read_input_tokens", object)),
      cacheWrite: try count(
        ("cache_creation_tokens", prompt), ("cache_creation_input_tokens", object)),
      output: try count(("completion_tokens", JSONTape.root)),
      reasoning: try count(("reasoning_tokens", completion)))
    try usage.checkPlausible()
    // Parts that exceed their whole are cut to it when they are priced, as LiteLLM cuts them.
    usage.detail = UsageDetail(
      cacheWriteOneHour: try count(("ephemeral_1h_input_tokens", writes)),
      audioInput: try count(("audio_tokens", prompt)),
      imageInput: try count(("image_tokens", prompt)),
      audioOutput: try count(("audio_tokens", completion)),
      imageOutput: try count(("image_tokens", completion)),
      serviceTier: liteLLMTier(metadata, object))
    return usage
  }

  /// The tier as which the call was billed, else the one the provider named. LiteLLM bills one that it
  /// does not know as the standard tier.
  private func liteLLMTier(_ metadata: Int?, _ usage: Int?) -> ServiceTier? {
    let places = [
      member("cost_breakdown", of: JSONTape.root), member("cost_breakdown", of: metadata), usage,
    ]
    for object in places {
      guard let value = member("service_tier", of: object), tape.kind(value) == .string else {
        continue
      }
      let tier = ServiceTier(word: tape.text(value))
      return tier == .other ? nil : tier
    }
    return nil
  }

  /// The catalog's model as which LiteLLM bills a deployment: `model_map_key`, where it is the same
  /// provider's. After a fallback it may still be the one before.
  func liteLLMPricedModel(of route: Route?) -> ModelID? {
    let map = member("model_map_information", of: JSONTape.root)
    guard let route, let key = member("model_map_key", of: map), tape.kind(key) == .string,
      let base = ModelID(tape.text(key)), base.provider == route.model.provider,
      base != route.model, base.model.text.utf8.count <= Name.maximumBytes,
      !base.model.text.hasControlCharacter
    else { return nil }
    return base
  }

  /// `status` is `success` or `failure`; a row of older versions leaves that of a success empty.
  func setLiteLLMOutcome(
    of attempt: inout Attempt, status: Int?, error: Int?, isRow: Bool = false
  ) throws(Rejection) {
    switch try text(status, "status") {
    case "success":
      attempt.outcome = .success
    case "failure":
      attempt.outcome = .failure
      attempt.failure = try liteLLMFailure(error)
    case nil where isRow, "" where isRow:
      attempt.outcome = .success
    case let other:
      throw Rejection(
        .unknownWord,
        "`status` is `\((other ?? "").cut(at: 64).printable)`; it may be `success` or `failure`")
    }
  }

  /// LiteLLM's error class says what failed; its messages may quote the prompt and are not kept.
  private func liteLLMFailure(_ error: Int?) throws(Rejection) -> Failure {
    func text(_ key: StaticString) throws(Rejection) -> String {
      try self.text(member(key, of: error), "error_information.\(key)", cutAt: 128) ?? ""
    }
    let errorClass = try text("error_class")
    let code = try text("error_code")
    let normalized = try text("normalized_error")
    let status = Int64(normalized.prefix(3)) ?? Int64(code)
    return Failure(
      kind: ErrorClass.kind(errorClass, normalized: normalized, httpStatus: status),
      word: errorClass.isEmpty ? nil : errorClass, httpStatus: Int64(code) ?? status,
      message: normalized.isEmpty ? nil : normalized)
  }
}

extension Name {
  /// `openai/gpt-5-mini` of `openai` is `gpt-5-mini`.
  func withoutPrefix(_ provider: Name) -> Name {
    let prefix = provider.text + "/"
    guard text.utf8.starts(with: prefix.utf8), text.utf8.count > prefix.utf8.count else {
      return self
    }
    return Name(String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
  }
}
