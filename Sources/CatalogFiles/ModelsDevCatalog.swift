internal import Pricing
internal import StrictJSON
internal import Traffic
internal import Units

/// models.dev's catalog as it is published (`api.json`): an object of providers, each with `models`,
/// each with a `cost` in USD per million tokens. The keys are the provider and the model.
///
/// `cost.tiers` gives prices above sizes of the input, for a whole attempt; where it is missing,
/// `context_over_200k` does, above 200,000 tokens. xAI's bands begin at their size, all others above
/// it, as in ``LiteLLMRates``.
enum ModelsDevCatalog {
  /// Whether an object looks like it: a provider with models in it.
  static func recognises(_ tape: JSONTape) -> Bool {
    var isRecognised = false
    tape.forEachMember(of: JSONTape.root) { _, provider in
      guard !isRecognised, tape.kind(provider) == .object,
        tape.value("litellm_provider", in: provider) == nil,
        let models = tape.value("models", in: provider), tape.kind(models) == .object
      else { return }
      tape.forEachMember(of: models) { _, model in
        if tape.kind(model) == .object { isRecognised = true }
      }
    }
    return isRecognised
  }

  static func read(
    _ tape: JSONTape, effectiveFrom: UTCDay?, _ problems: inout [LiteLLMCatalog.Problem]
  ) -> PriceFile {
    var rows: [PriceFile.Row] = []
    var skipped: [PriceFile.Skipped] = []
    tape.forEachMember(of: JSONTape.root) { provider, entry in
      guard let models = tape.value("models", in: entry), tape.kind(models) == .object else {
        return
      }
      tape.forEachMember(of: models) { model, value in
        let key = "\(tape.text(provider))/\(tape.text(model))"
        var own: [LiteLLMCatalog.Problem] = []
        let price = price(tape, value, provider: tape.text(provider), &own)
        let id: ModelID
        do throws(UnitError) {
          id = ModelID(
            provider: try Cell.name(tape.text(provider)), model: try Cell.name(tape.text(model)))
        } catch {
          problems.append(tape.problem(model, "`\(key)`: \(error.what)", error.remedy))
          return
        }
        problems += own.map { $0.of("`\(key)`: ") }
        if let price {
          rows.append(
            .init(model: id, effectiveFrom: effectiveFrom, price: price, place: .key(key)))
        } else if own.isEmpty {
          skipped.append(.init(key: key, reason: .noTokenPrice))
        }
      }
    }
    return PriceFile(
      format: .modelsDev, rows: rows.sorted { $0.model < $1.model },
      skipped: skipped.sorted { Name($0.key) < Name($1.key) })
  }

  private static func price(
    _ tape: JSONTape, _ model: JSONTape.Index, provider: String,
    _ problems: inout [LiteLLMCatalog.Problem]
  ) -> ModelPrice? {
    guard tape.kind(model) == .object, let cost = tape.value("cost", in: model),
      tape.kind(cost) == .object
    else { return nil }
    let rates = rates(tape, cost, &problems)
    guard rates[.input] != nil, rates[.output] != nil else { return nil }
    let reach: Int64 = provider == "xai" ? 1 : 0
    var bands: [Int64: [Rate: UnitPrice]] = [:]
    if let tiers = tape.value("tiers", in: cost), tape.kind(tiers) == .array {
      tape.forEachElement(of: tiers) { tier in
        guard let size = size(tape, tier, &problems) else { return }
        bands[size] = self.rates(tape, tier, &problems)
      }
    } else if let over = tape.value("context_over_200k", in: cost), tape.kind(over) == .object {
      bands[200_000] = self.rates(tape, over, &problems)
    }
    var inForce = rates
    let levels = bands.sorted { $0.key < $1.key }.map { size, rates in
      inForce.merge(rates) { $1 }
      return PriceSchedule.Band(aboveInputTokens: size - reach, prices: TokenPrices(inForce))
    }
    return ModelPrice(base: TokenPrices(rates), bands: levels)
  }

  private static func rates(
    _ tape: JSONTape, _ cost: JSONTape.Index, _ problems: inout [LiteLLMCatalog.Problem]
  ) -> [Rate: UnitPrice] {
    var rates: [Rate: UnitPrice] = [:]
    tape.forEachMember(of: cost) { key, value in
      guard tape.kind(value) != .null,
        let rate = names.first(where: { tape.isText(key, $0.name) })?.rate
      else { return }
      rates[rate] = tape.price(key, value, per: .million, &problems)
    }
    return rates
  }

  private static let names: [(name: StaticString, rate: Rate)] = [
    ("input", .input), ("output", .output), ("cache_read", .cachedInput),
    ("cache_write", .cacheWrite), ("reasoning", .reasoning), ("input_audio", .audioInput),
    ("output_audio", .audioOutput),
  ]

  /// Of `{"tier": {"type": "context", "size": 272000}, …}` its size.
  private static func size(
    _ tape: JSONTape, _ entry: JSONTape.Index, _ problems: inout [LiteLLMCatalog.Problem]
  ) -> Int64? {
    guard tape.kind(entry) == .object, let tier = tape.value("tier", in: entry),
      tape.kind(tier) == .object, let size = tape.value("size", in: tier),
      tape.kind(size) == .number, let tokens = try? tape.integer(size), tokens > 0,
      tape.value("type", in: tier).map({ tape.isText($0, "context") }) ?? true
    else {
      problems.append(
        tape.problem(
          entry, "a price of `tiers` says no size of the input that is known here",
          "give it `tier` with `type` `context` and a `size` in tokens"))
      return nil
    }
    return tokens
  }
}
