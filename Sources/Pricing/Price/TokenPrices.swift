package import Units

/// Something that a model's price is for. Raw values are stored and printed.
package enum Rate: String, CaseIterable, Sendable {
  /// Input that is neither read from a cache nor written to one.
  case input
  case cachedInput = "cached_input"
  /// Kept for five minutes, or however long the provider keeps a cache.
  case cacheWrite = "cache_write"
  case cacheWriteOneHour = "cache_write_1h"
  case output
  /// Of the output.
  case reasoning
  case audioInput = "audio_input"
  case imageInput = "image_input"
  case audioOutput = "audio_output"
  case imageOutput = "image_output"
  case perRequest = "per_request"

  /// The rate that holds where a price leaves this one out; nil for what costs nothing then.
  package var fallback: Rate? {
    switch self {
    case .cachedInput, .cacheWrite, .audioInput, .imageInput: .input
    case .cacheWriteOneHour: .cacheWrite
    case .reasoning, .audioOutput, .imageOutput: .output
    case .input, .output, .perRequest: nil
    }
  }
}

/// Prices of a model's tokens in USD per token.
package struct TokenPrices: Hashable, Sendable {
  package var input: UnitPrice
  /// Left out: the input price.
  package var cachedInput: UnitPrice?
  /// Left out: the input price.
  package var cacheWrite: UnitPrice?
  package var output: UnitPrice
  /// The rates that few models have; each left out costs its ``Rate/fallback``.
  package var special: [Rate: UnitPrice] = [:]

  package init(
    input: UnitPrice, cachedInput: UnitPrice? = nil, cacheWrite: UnitPrice? = nil,
    output: UnitPrice, special: [Rate: UnitPrice] = [:]
  ) {
    self.input = input
    self.cachedInput = cachedInput
    self.cacheWrite = cacheWrite
    self.output = output
    self.special = special
  }

  /// What is given for a rate itself; nil for one left out, and for a request's.
  package subscript(given rate: Rate) -> UnitPrice? {
    switch rate {
    case .input: input
    case .cachedInput: cachedInput
    case .cacheWrite: cacheWrite
    case .output: output
    case .cacheWriteOneHour, .reasoning, .audioInput, .imageInput, .audioOutput, .imageOutput:
      special[rate]
    case .perRequest: nil
    }
  }

  /// What a token of this kind costs.
  package func price(of rate: Rate) -> UnitPrice {
    self[given: rate] ?? rate.fallback.map { price(of: $0) } ?? .zero
  }

  /// Every price times `multiplier`.
  func times(_ multiplier: Multiplier) -> TokenPrices {
    TokenPrices(
      input: input.times(multiplier), cachedInput: cachedInput?.times(multiplier),
      cacheWrite: cacheWrite?.times(multiplier), output: output.times(multiplier),
      special: special.mapValues { $0.times(multiplier) })
  }
}
