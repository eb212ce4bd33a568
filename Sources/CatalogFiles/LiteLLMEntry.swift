internal import Pricing
internal import StrictJSON
internal import Units

/// What an entry of LiteLLM's catalog says of prices, as far as it is read: input, output, cache read
/// and cache creation per token, each also `_above_<N>k_tokens`, and `input_cost_per_request`.
struct LiteLLMEntry {
  enum Content {
    case price(ModelPrice)
    case skipped(PriceFile.Skipped.Reason)
  }

  /// `litellm_provider`.
  let provider: String?
  let content: Content

  /// Reads the entry at `index`. What is wrong with it goes to `problems`, and then `content` does not
  /// count.
  init(
    _ tape: JSONTape, at index: JSONTape.Index, _ problems: inout [LiteLLMCatalog.Problem]
  ) {
    guard tape.kind(index) == .object else {
      problems.append(
        tape.problem(index, "the entry is \(tape.kind(index).name)", "make it an object"))
      provider = nil
      content = .skipped(.noTokenPrice)
      return
    }
    var provider: String?
    var rates: [Rate: UnitPrice] = [:]
    var ratesAbove: [Int64: [Rate: UnitPrice]] = [:]
    var perRequest: UnitPrice?
    var hasTiers = false
    var otherUnits: Set<Rate> = []
    tape.forEachMember(of: index) { key, value in
      // LiteLLM takes null for left out.
      guard tape.kind(value) != .null, let field = Field(tape.text(key)) else { return }
      switch field {
      case .provider:
        if tape.kind(value) == .string {
          provider = tape.text(value)
        } else {
          problems.append(
            tape.problem(
              value, "litellm_provider is \(tape.kind(value).name)", "make it a string"))
        }
      case .rate(let rate, above: nil): rates[rate] = tape.price(key, value, &problems)
      case .rate(let rate, above: let threshold?):
        ratesAbove[threshold, default: [:]][rate] = tape.price(key, value, &problems)
      case .perRequest: perRequest = tape.price(key, value, &problems)
      case .tiers: hasTiers = true
      case .otherUnit(let side): if tape.isPositive(value) { otherUnits.insert(side) }
      }
    }
    self.provider = provider

    if hasTiers {
      content = .skipped(.tiers)
    } else if rates[.input] == nil, rates[.output] == nil {
      content = .skipped(.noTokenPrice)
    } else if otherUnits.contains(where: { rates[$0] ?? .zero == .zero }) {
      content = .skipped(.otherUnit)
    } else {
      // xAI bills the higher band from the threshold on, all others above it (LiteLLM's
      // `_INCLUSIVE_THRESHOLD_PROVIDERS`, checked against 1.106.2).
      let reach: Int64 = provider == "xai" ? 1 : 0
      // As LiteLLM has it, what a band leaves out costs what it costs below.
      var inForce = rates
      let bands = ratesAbove.sorted { $0.key < $1.key }.map { threshold, rates in
        inForce.merge(rates) { $1 }
        return ModelPrice.Band(
          aboveInputTokens: threshold - reach, prices: TokenPrices(inForce))
      }
      content = .price(
        ModelPrice(base: TokenPrices(rates), perRequest: perRequest ?? .zero, bands: bands))
    }
  }

  /// A price per token; raw values are LiteLLM's names.
  fileprivate enum Rate: String, CaseIterable {
    case input = "input_cost_per_token"
    case output = "output_cost_per_token"
    case cachedInput = "cache_read_input_token_cost"
    case cacheWrite = "cache_creation_input_token_cost"
  }

  /// A field that counts here.
  private enum Field {
    case provider
    case rate(Rate, above: Int64?)
    case perRequest
    case tiers
    /// A price of input or output by something else than tokens of text: images, seconds, queries …
    case otherUnit(Rate)

    init?(_ name: String) {
      switch name {
      case "litellm_provider": self = .provider
      case "input_cost_per_request": self = .perRequest
      case "tiered_pricing": self = .tiers
      default:
        if let rate = Rate.allCases.first(where: { name.hasPrefix($0.rawValue) }) {
          let rest = name.dropFirst(rate.rawValue.count)
          if rest.isEmpty {
            self = .rate(rate, above: nil)
          } else if let threshold = Self.threshold(rest) {
            self = .rate(rate, above: threshold)
          } else {
            // Batches, service tiers, the one-hour cache.
            return nil
          }
        } else if name.hasPrefix("input_cost_per_") {
          self = .otherUnit(.input)
        } else if name.hasPrefix("output_cost_per_"), name != "output_cost_per_reasoning_token" {
          self = .otherUnit(.output)
        } else {
          return nil
        }
      }
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
}

extension TokenPrices {
  /// LiteLLM prices embeddings by their input alone.
  fileprivate init(_ rates: [LiteLLMEntry.Rate: UnitPrice]) {
    self.init(
      input: rates[.input] ?? .zero, cachedInput: rates[.cachedInput],
      cacheWrite: rates[.cacheWrite], output: rates[.output] ?? .zero)
  }
}

extension JSONTape {
  /// The price that `value` gives, a number or one in quotes; nil if it is none, noted.
  fileprivate func price(
    _ key: Index, _ value: Index, _ problems: inout [LiteLLMCatalog.Problem]
  ) -> UnitPrice? {
    let number: String
    switch kind(value) {
    case .number: number = String(decoding: source(value), as: UTF8.self)
    case .string: number = text(value)
    case .object, .array, .true, .false, .null:
      problems.append(
        problem(
          value, "\(text(key)) is \(kind(value).name)", "write a decimal such as 1.5e-07"))
      return nil
    }
    do throws(UnitError) {
      return try Cell.priceOfOne(number)
    } catch {
      problems.append(problem(value, "\(text(key)): \(error.what)", error.remedy))
      return nil
    }
  }

  fileprivate func problem(
    _ index: Index, _ what: String, _ remedy: String
  ) -> LiteLLMCatalog.Problem {
    .init(offset: source(index).startIndex, what: what, remedy: remedy)
  }

  /// Whether the value is a number above 0, however small.
  fileprivate func isPositive(_ index: Index) -> Bool {
    guard kind(index) == .number else { return false }
    let digits = source(index).prefix { $0 | 0x20 != UInt8(ascii: "e") }
    return digits.first != UInt8(ascii: "-")
      && digits.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
  }
}
