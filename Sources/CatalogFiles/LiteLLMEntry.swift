internal import Pricing
internal import StrictJSON
internal import Units

/// What an entry of LiteLLM's catalog says of prices.
///
/// Read are all prices per token, by tier of service and above thresholds (``LiteLLMRateKey``),
/// `tiered_pricing`, and `input_cost_per_request`.
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
    var found: [LiteLLMRateKey: UnitPrice] = [:]
    var perRequest: UnitPrice?
    var table: JSONTape.Index?
    var otherUnits: Set<Rate> = []
    tape.forEachMember(of: index) { key, value in
      // LiteLLM takes null for left out.
      guard tape.kind(value) != .null, let field = LiteLLMField(tape.text(key)) else { return }
      switch field {
      case .provider:
        if tape.kind(value) == .string {
          provider = tape.text(value)
        } else {
          problems.append(
            tape.problem(
              value, "litellm_provider is \(tape.kind(value).name)", "make it a string"))
        }
      case .rate(let rate): found[rate] = tape.price(key, value, per: .one, &problems)
      case .perRequest: perRequest = tape.price(key, value, per: .one, &problems)
      case .tieredPricing: table = value
      case .otherUnit(let side): if tape.isPositive(value) { otherUnits.insert(side) }
      }
    }
    self.provider = provider
    let rates = LiteLLMRates(found, provider: provider)
    for (special, side) in [
      (Rate.audioInput, Rate.input), (.imageInput, .input), (.audioOutput, .output),
    ]
    where rates[special] ?? .zero > .zero {
      otherUnits.insert(side)
    }

    if let table {
      let schedule = LiteLLMTable.schedule(tape, table, output: rates[.output], &problems)
      content =
        schedule.map { .price(rates.price(perRequest: perRequest ?? .zero, table: $0)) }
        ?? .skipped(.tiers)
    } else if rates[.input] == nil, rates[.output] == nil {
      content = .skipped(.noTokenPrice)
    } else if otherUnits.contains(where: { rates[$0] ?? .zero == .zero }) {
      content = .skipped(.otherUnit)
    } else {
      content = .price(rates.price(perRequest: perRequest ?? .zero, table: nil))
    }
  }
}

/// `tiered_pricing`: of `range` [from, to] the prices of a whole attempt with more than `from` and up
/// to `to` input tokens; beyond the last range its prices go on.
private enum LiteLLMTable {
  private struct Level {
    var from: Int64
    var rates: [Rate: UnitPrice]
  }

  /// Nil for a table that says no price of input, or of which a range is none.
  static func schedule(
    _ tape: JSONTape, _ table: JSONTape.Index, output: UnitPrice?,
    _ problems: inout [LiteLLMCatalog.Problem]
  ) -> PriceSchedule? {
    guard tape.kind(table) == .array else { return nil }
    var levels: [Level?] = []
    tape.forEachElement(of: table) { levels.append(level(tape, $0, output, &problems)) }
    let known = levels.compactMap(\.self).sorted { $0.from < $1.from }
    guard known.count == levels.count, let first = known.first else { return nil }
    return PriceSchedule(
      base: TokenPrices(first.rates),
      bands: known.dropFirst().map {
        .init(aboveInputTokens: $0.from, prices: TokenPrices($0.rates))
      })
  }

  private static func level(
    _ tape: JSONTape, _ entry: JSONTape.Index, _ output: UnitPrice?,
    _ problems: inout [LiteLLMCatalog.Problem]
  ) -> Level? {
    guard tape.kind(entry) == .object else { return nil }
    var rates: [Rate: UnitPrice] = [:]
    var from: Int64?
    tape.forEachMember(of: entry) { key, value in
      guard tape.kind(value) != .null else { return }
      if tape.isText(key, "range") {
        from = start(tape, value)
      } else if let field = LiteLLMRateKey(tape.text(key)), field == LiteLLMRateKey(field.rate) {
        rates[field.rate] = tape.price(key, value, per: .one, &problems)
      }
    }
    guard let from, rates[.input] != nil else { return nil }
    if rates[.output] == nil { rates[.output] = output }
    return Level(from: from, rates: rates)
  }

  private static func start(_ tape: JSONTape, _ range: JSONTape.Index) -> Int64? {
    guard tape.kind(range) == .array else { return nil }
    var ends: [Int64?] = []
    tape.forEachElement(of: range) { end in
      ends.append(
        tape.kind(end) == .number
          ? tape.withRawBytes(end) { try? DecimalText.integer(in: $0, places: 0) }
            .flatMap { Int64(exactly: $0) } : nil)
    }
    guard ends.count == 2, let start = ends[0], start >= 0 else { return nil }
    return start
  }
}

extension JSONTape {
  /// The price that `value` gives, a number or one in quotes; nil if it is none, noted.
  func price(
    _ key: Index, _ value: Index, per basis: UnitPrice.Basis,
    _ problems: inout [LiteLLMCatalog.Problem]
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
      return try UnitPrice(number, per: basis)
    } catch {
      problems.append(problem(value, "\(text(key)): \(error.what)", error.remedy))
      return nil
    }
  }

  func problem(_ index: Index, _ what: String, _ remedy: String) -> LiteLLMCatalog.Problem {
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
