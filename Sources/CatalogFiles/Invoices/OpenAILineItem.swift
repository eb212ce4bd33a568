/// What a line item of OpenAI's costs says: `gpt-5-2026-08-07, cached input`,
/// `gpt-audio-mini audio, input`, `priority | gpt-5, output, long context`, or a tool such as
/// `web search tool calls`.
struct OpenAILineItem {
  /// Empty for what is no model.
  let model: String
  let isCachedInput: Bool
  let isBatch: Bool

  private static let modalities = [" audio", " text", " image"]

  init(_ item: String) {
    let lower = item.lowercased()
    isBatch = lower.contains("batch")
    isCachedInput = lower.contains("cached input")
    // A tier of service stands before a bar.
    let rest = item.split(separator: " | ", maxSplits: 1).last.map(String.init) ?? ""
    var model = rest.split(separator: ", ", maxSplits: 1).first.map(String.init) ?? ""
    if let modality = Self.modalities.first(where: { model.hasSuffix($0) }) {
      model.removeLast(modality.count)
    }
    self.model = model.contains(" ") ? "" : model
  }
}
