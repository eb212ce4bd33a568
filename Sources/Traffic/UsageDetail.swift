/// Tokens that cost another price than the rest of their kind, and the tier of service.
///
/// Each count is a part of one of ``Usage``'s; one left out is 0.
package struct UsageDetail: Hashable, Sendable {
  /// Of the cache-written tokens those kept for an hour; the rest is kept for five minutes.
  package var cacheWriteOneHour: Int64 = 0
  /// Of the input that was neither read from a cache nor written to one.
  package var audioInput: Int64 = 0
  package var imageInput: Int64 = 0
  /// Of the output.
  package var audioOutput: Int64 = 0
  package var imageOutput: Int64 = 0
  /// Nil for the standard one.
  package var serviceTier: ServiceTier?

  package init(
    cacheWriteOneHour: Int64 = 0, audioInput: Int64 = 0, imageInput: Int64 = 0,
    audioOutput: Int64 = 0, imageOutput: Int64 = 0, serviceTier: ServiceTier? = nil
  ) {
    self.cacheWriteOneHour = cacheWriteOneHour
    self.audioInput = audioInput
    self.imageInput = imageInput
    self.audioOutput = audioOutput
    self.imageOutput = imageOutput
    self.serviceTier = serviceTier
  }

  package var isEmpty: Bool { self == UsageDetail() }
}

/// How a provider was asked to serve a call, where that has a price of its own. Raw values are stored
/// and printed.
package enum ServiceTier: String, CaseIterable, Sendable {
  /// Asked for together, answered within hours.
  case batch
  case flex
  case balanced
  case priority
  case ultrafast
  /// One that no catalog read here prices: the catalog does not know what such a call costs.
  case other

  /// The tier that a log's word means; nil for the words of the standard tier.
  package init?(word: String) {
    switch word.lowercased() {
    case "", "standard", "default", "auto", "on_demand": return nil
    case "batch", "batches": self = .batch
    case "flex": self = .flex
    case "balanced": self = .balanced
    case "priority", "fast": self = .priority
    case "ultrafast": self = .ultrafast
    default: self = .other
    }
  }
}
