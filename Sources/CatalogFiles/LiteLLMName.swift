/// Which model a key of LiteLLM's catalog means.
///
/// LiteLLM's logs call a deployment by `custom_llm_provider` and the name of its model there; the
/// catalog's keys say the provider before a `/`, or not at all, and `litellm_provider` is at times
/// finer than the provider of the logs (`vertex_ai-language-models`). The rules, the first that holds:
///
/// 1. The key's first component is `litellm_provider`, or its beginning up to a `_` or `-`, where `_`
///    and `-` count as one letter: it is the provider, spelled as `litellm_provider` spells it, and
///    the rest of the key is the model. `vertex_ai/claude-haiku-4-5` of `vertex_ai-anthropic_models`
///    is `claude-haiku-4-5` of `vertex_ai`.
/// 2. The whole key is the model, and `litellm_provider` the provider, without what LiteLLM adds to
///    tell its families apart: `vertex_ai-…` is `vertex_ai`, `fireworks_ai-…` is `fireworks_ai`,
///    `bedrock_converse` is `bedrock`.
struct LiteLLMName: Hashable {
  let provider: String
  let model: String
  /// Whether the key itself names the provider (rule 1).
  let isExplicit: Bool

  init(key: String, provider: String) {
    if let (family, model) = Self.split(key, by: provider) {
      self.provider = family
      self.model = model
      isExplicit = true
    } else {
      self.provider = Self.family(of: provider)
      self.model = key
      isExplicit = false
    }
  }

  private static func split(
    _ key: String, by provider: String
  ) -> (family: String, model: String)? {
    let key = key.utf8
    guard let slash = key.firstIndex(of: UInt8(ascii: "/")), slash != key.startIndex else {
      return nil
    }
    let component = key[..<slash]
    let family = provider.utf8.prefix(component.count)
    guard component.elementsEqual(family, by: { joined($0) == joined($1) }) else { return nil }
    if let boundary = provider.utf8.dropFirst(component.count).first, joined(boundary) != hyphen {
      return nil
    }
    return (String(Substring(family)), String(Substring(key[key.index(after: slash)...])))
  }

  private static let hyphen = UInt8(ascii: "-")

  private static func joined(_ byte: UInt8) -> UInt8 {
    byte == UInt8(ascii: "_") ? hyphen : byte
  }

  private static func family(of provider: String) -> String {
    switch provider {
    case "bedrock_converse": "bedrock"
    case _ where provider.hasPrefix("vertex_ai-"): "vertex_ai"
    case _ where provider.hasPrefix("fireworks_ai-"): "fireworks_ai"
    default: provider
    }
  }
}
