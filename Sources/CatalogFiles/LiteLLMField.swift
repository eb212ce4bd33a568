internal import Pricing
internal import Traffic

/// What a field of an entry of LiteLLM's catalog means, as far as it counts here.
enum LiteLLMField: Hashable {
  case provider
  case rate(LiteLLMRateKey)
  case perRequest
  /// A table of prices by the size of the input.
  case tieredPricing
  /// A price of input or output by something else than tokens: images, seconds, queries …
  case otherUnit(Rate)

  init?(_ name: String) {
    switch name {
    case "litellm_provider": self = .provider
    case "input_cost_per_request": self = .perRequest
    case "tiered_pricing": self = .tieredPricing
    default:
      if let key = LiteLLMRateKey(name) {
        self = .rate(key)
      } else if LiteLLMRateKey.beginsAsRate(name) {
        // A tier of service or a unit that is not read.
        return nil
      } else if name.hasPrefix("input_cost_per_") {
        self = .otherUnit(.input)
      } else if name.hasPrefix("output_cost_per_") {
        self = .otherUnit(.output)
      } else {
        return nil
      }
    }
  }
}

/// A price per token of LiteLLM's catalog: for what, in which tier of service, above which input.
///
/// `cache_read_input_token_cost_above_272k_tokens_priority` has all three.
struct LiteLLMRateKey: Hashable {
  var rate: Rate
  /// Nil for the standard one.
  var tier: ServiceTier?
  var aboveTokens: Int64?

  init(_ rate: Rate, tier: ServiceTier? = nil, above tokens: Int64? = nil) {
    self.rate = rate
    self.tier = tier
    aboveTokens = tokens
  }

  /// Longer names before those that they begin with.
  private static let names: [(name: String, rate: Rate)] = [
    ("cache_creation_input_token_cost_above_1hr", .cacheWriteOneHour),
    ("cache_creation_input_token_cost", .cacheWrite),
    ("cache_read_input_token_cost", .cachedInput),
    ("input_cost_per_token", .input),
    ("output_cost_per_token", .output),
    ("output_cost_per_reasoning_token", .reasoning),
    ("input_cost_per_audio_token", .audioInput),
    ("input_cost_per_image_token", .imageInput),
    ("output_cost_per_audio_token", .audioOutput),
    ("output_cost_per_image_token", .imageOutput),
  ]

  private static let suffixes: [(suffix: String, tier: ServiceTier)] = [
    ("_batches", .batch), ("_flex", .flex), ("_balanced", .balanced), ("_priority", .priority),
    ("_ultrafast", .ultrafast),
  ]

  static func beginsAsRate(_ name: String) -> Bool { names.contains { name.hasPrefix($0.name) } }

  init?(_ name: String) {
    guard let known = Self.names.first(where: { name.hasPrefix($0.name) }) else { return nil }
    var rest = name.dropFirst(known.name.count)
    rate = known.rate
    // The tier stands behind the threshold, in some entries before it.
    for (suffix, tier) in Self.suffixes {
      if rest.hasSuffix(suffix) {
        rest = rest.dropLast(suffix.count)
        self.tier = tier
      } else if rest.hasPrefix(suffix) {
        rest = rest.dropFirst(suffix.count)
        self.tier = tier
      }
    }
    guard !rest.isEmpty else { return }
    guard let threshold = Self.threshold(rest) else { return nil }
    aboveTokens = threshold
  }

  /// 200,000 of `_above_200k_tokens`.
  private static func threshold(_ text: Substring) -> Int64? {
    let (start, end) = ("_above_", "_tokens")
    guard text.hasPrefix(start), text.hasSuffix(end) else { return nil }
    var digits = text.dropFirst(start.count).dropLast(end.count)
    let isThousands = digits.last == "k"
    if isThousands { digits = digits.dropLast() }
    guard let number = Int64(digits), number > 0 else { return nil }
    let (threshold, overflow) = number.multipliedReportingOverflow(by: isThousands ? 1000 : 1)
    return overflow ? nil : threshold
  }
}
