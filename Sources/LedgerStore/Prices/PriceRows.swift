internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// Writes and reads the rows of single prices: `price`, `price_band`, and `price_rate` for what these
/// have no column for.
struct PriceRows {
  private let database: Database
  private let insertPrice: RawStatement
  private let insertBand: RawStatement
  private let insertRate: RawStatement
  private let removals: [RawStatement]

  init(_ database: Database) throws {
    self.database = database
    insertPrice = try RawStatement(
      database,
      """
      INSERT INTO price (provider, model, effective_day, input_usd, cached_input_usd,
        cache_write_usd, output_usd, per_request_usd, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    insertBand = try RawStatement(database, "INSERT INTO price_band VALUES (?, ?, ?, ?, ?, ?)")
    insertRate = try RawStatement(database, "INSERT INTO price_rate VALUES (?, ?, ?, ?, ?)")
    removals = try [
      "DELETE FROM price_rate WHERE price_id = ?", "DELETE FROM price_band WHERE price_id = ?",
      "DELETE FROM price WHERE id = ?",
    ].map { try RawStatement(database, $0) }
  }

  func remove(_ id: Int64) throws {
    for removal in removals {
      removal.add(id)
      try removal.run()
    }
  }

  func insert(_ entry: DatedPrice, source: String) throws {
    let price = entry.price
    insertPrice.add(entry.model.provider.text)
    insertPrice.add(entry.model.model.text)
    insertPrice.add(Int64(entry.effectiveFrom.daysSince1970))
    Self.add(price.base, to: insertPrice)
    insertPrice.add(price.perRequest.description)
    insertPrice.add(source)
    try insertPrice.run()
    let id = database.lastInsertedRowID
    for band in price.bands {
      insertBand.add(id)
      insertBand.add(band.aboveInputTokens)
      Self.add(band.prices, to: insertBand)
      try insertBand.run()
    }
    for rate in StoredRate.all(of: price) {
      insertRate.add(id)
      insertRate.add(rate.tier.map { Code.of($0) } ?? StoredRate.standard)
      insertRate.add(rate.above ?? StoredRate.base)
      insertRate.add(rate.rate.rawValue)
      insertRate.add(rate.price.description)
      try insertRate.run()
    }
  }

  // MARK: reading

  /// The bands of the standard tier by their price.
  static func bands(_ database: Database) throws -> [Int64: [ModelPrice.Band]] {
    var bands: [Int64: [ModelPrice.Band]] = [:]
    let read = try RawStatement(
      database,
      """
      SELECT price_id, above_input_tokens, input_usd, cached_input_usd, cache_write_usd, output_usd
      FROM price_band
      """)
    while try read.step() {
      bands[read.int(0), default: []].append(
        .init(aboveInputTokens: read.int(1), prices: try prices(read, from: 2)))
    }
    return bands
  }

  /// The other rates by their price; of a tier first those of its base, then by rising band.
  static func rates(_ database: Database) throws -> [Int64: [StoredRate]] {
    var rates: [Int64: [StoredRate]] = [:]
    let read = try RawStatement(
      database,
      """
      SELECT price_id, service_tier, above_input_tokens, rate, usd FROM price_rate
      ORDER BY price_id, service_tier, above_input_tokens, rate
      """)
    while try read.step() {
      guard let rate = Rate(rawValue: read.text(3)) else { continue }
      let tier = read.int(1) == StoredRate.standard ? nil : Code.word(ServiceTier.self, read.int(1))
      rates[read.int(0), default: []].append(
        StoredRate(
          tier: tier, above: read.int(2) == StoredRate.base ? nil : read.int(2), rate: rate,
          price: try UnitPrice(read.text(4), per: .one)))
    }
    return rates
  }

  private static func add(_ prices: TokenPrices, to statement: RawStatement) {
    statement.add(prices.input.description)
    statement.add(prices.cachedInput?.description)
    statement.add(prices.cacheWrite?.description)
    statement.add(prices.output.description)
  }

  /// Reads the four columns of token prices.
  static func prices(_ row: RawStatement, from column: Int32) throws(UnitError) -> TokenPrices {
    func price(_ offset: Int32) throws(UnitError) -> UnitPrice? {
      guard let text = row.optionalText(column + offset) else { return nil }
      return try UnitPrice(text, per: .one)
    }
    return TokenPrices(
      input: try UnitPrice(row.text(column), per: .one), cachedInput: try price(1),
      cacheWrite: try price(2), output: try UnitPrice(row.text(column + 3), per: .one))
  }
}

/// A rate of a price that has no column of its own.
struct StoredRate: Hashable {
  /// Nil for the standard one.
  let tier: ServiceTier?
  /// The band's threshold; nil below every one.
  let above: Int64?
  let rate: Rate
  let price: UnitPrice

  static let standard: Int64 = -1
  static let base: Int64 = -1

  /// Of the standard tier the special rates, of any other all that are given.
  static func all(of price: ModelPrice) -> [StoredRate] {
    var rates = price.standard.levels.flatMap { above, prices in
      prices.special.map { StoredRate(tier: nil, above: above, rate: $0.key, price: $0.value) }
    }
    for (tier, schedule) in price.tiers {
      for (above, prices) in schedule.levels {
        rates += Rate.allCases.compactMap { rate in
          prices[given: rate].map {
            StoredRate(tier: tier, above: above, rate: rate, price: $0)
          }
        }
      }
    }
    return rates
  }

  /// Adds the rate to a price. A tier's base, and a band's `input`, which come first by name among
  /// what may not be left out, make their level.
  func put(into price: inout ModelPrice) {
    if let tier {
      price.tiers[tier, default: PriceSchedule(base: .free)].set(rate, self.price, above: above)
    } else {
      price.standard.set(rate, self.price, above: above)
    }
  }
}

extension TokenPrices {
  fileprivate static let free = TokenPrices(input: .zero, output: .zero)

  fileprivate mutating func set(_ rate: Rate, _ price: UnitPrice) {
    switch rate {
    case .input: input = price
    case .cachedInput: cachedInput = price
    case .cacheWrite: cacheWrite = price
    case .output: output = price
    case .cacheWriteOneHour, .reasoning, .audioInput, .imageInput, .audioOutput, .imageOutput:
      special[rate] = price
    case .perRequest: break
    }
  }
}

extension PriceSchedule {
  /// The prices of each band, those below every threshold first.
  fileprivate var levels: [(above: Int64?, prices: TokenPrices)] {
    [(nil, base)] + bands.map { ($0.aboveInputTokens, $0.prices) }
  }

  fileprivate mutating func set(_ rate: Rate, _ price: UnitPrice, above: Int64?) {
    guard let above else { return base.set(rate, price) }
    if let place = bands.firstIndex(where: { $0.aboveInputTokens == above }) {
      bands[place].prices.set(rate, price)
    } else {
      var prices = TokenPrices.free
      prices.set(rate, price)
      bands.append(Band(aboveInputTokens: above, prices: prices))
      bands.sort { $0.aboveInputTokens < $1.aboveInputTokens }
    }
  }
}
