internal import StrictJSON
internal import Traffic

/// The tokens of a LiteLLM payload: `prompt_tokens` and `completion_tokens`, and what
/// `metadata.usage_object` says of their parts.
enum LiteLLMUsage {
  static func read(_ metadata: Int?, _ fields: FieldReader) throws(Rejection) -> Usage {
    let object = fields.member("usage_object", of: metadata)
    let prompt = fields.member("prompt_tokens_details", of: object)
    let writes = fields.member("cache_creation_token_details", of: prompt)
    let completion = fields.member("completion_tokens_details", of: object)

    func count(_ places: (StaticString, Int?)...) throws(Rejection) -> Int64 {
      for (key, object) in places {
        if let count = try fields.count(fields.member(key, of: object), "\(key)") { return count }
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
      serviceTier: tier(object, fields))
    return usage
  }

  /// The tier as which the call was billed, else the one the provider named. LiteLLM bills one that it
  /// does not know as the standard tier.
  private static func tier(_ usage: Int?, _ fields: FieldReader) -> ServiceTier? {
    let breakdown = fields.member("cost_breakdown", of: JSONTape.root)
    for object in [breakdown, usage] {
      guard let value = fields.member("service_tier", of: object),
        fields.tape.kind(value) == .string
      else { continue }
      let tier = ServiceTier(word: fields.tape.text(value))
      return tier == .other ? nil : tier
    }
    return nil
  }
}
