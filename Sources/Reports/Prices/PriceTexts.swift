import Pricing
import Traffic
import Units

extension Rate {
  /// For people.
  var title: String {
    switch self {
    case .input: "Input"
    case .cachedInput: "Cached input"
    case .cacheWrite: "Cache write"
    case .cacheWriteOneHour: "Cache write, one hour"
    case .output: "Output"
    case .reasoning: "Reasoning"
    case .audioInput: "Audio input"
    case .imageInput: "Image input"
    case .audioOutput: "Audio output"
    case .imageOutput: "Image output"
    case .perRequest: "Per request"
    }
  }
}

extension ModelPrice {
  /// `1.25 / 10`: input and output in USD per million tokens.
  var reading: String { "\(base.input.perMillion) / \(base.output.perMillion)" }
}

extension Money {
  /// With its sign, also where it rose: `+1.500000000`.
  var signed: String { nanoUSD > 0 ? "+\(self)" : description }
}
