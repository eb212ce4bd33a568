internal import GRDB
package import Pricing
package import Traffic
package import Units

/// A price of a catalog, as it is entered into the ledger.
package struct PriceEntry: Hashable, Sendable {
  package let model: ModelID
  package let effectiveFrom: UTCDay
  package let price: ModelPrice

  package init(model: ModelID, effectiveFrom: UTCDay, price: ModelPrice) {
    self.model = model
    self.effectiveFrom = effectiveFrom
    self.price = price
  }
}

/// The price catalog in the ledger.
package enum PriceTable {
  /// From this day a catalog holds that says no day: before all events.
  package static let beginning = UTCDay(year: 2000, month: 1, day: 1) ?? UTCDay(daysSince1970: 0)

  /// How a set of entries stands to what the ledger already had.
  package struct Change: Hashable, Sendable {
    package var new = 0
    package var changed = 0
    package var unchanged = 0
  }

  /// Enters prices; one for the same model and day as before takes its place.
  static func enter(
    _ database: Database, _ entries: [PriceEntry], source: String
  ) throws -> Change {
    let before = try histories(database)
    var change = Change()
    let removeBands = try RawStatement(
      database,
      """
      DELETE FROM price_band WHERE price_id =
        (SELECT id FROM price WHERE provider = ? AND model = ? AND effective_day = ?)
      """)
    let remove = try RawStatement(
      database, "DELETE FROM price WHERE provider = ? AND model = ? AND effective_day = ?")
    let insert = try RawStatement(
      database,
      """
      INSERT INTO price (provider, model, effective_day, input_usd, cached_input_usd,
        cache_write_usd, output_usd, per_request_usd, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    let insertBand = try RawStatement(
      database, "INSERT INTO price_band VALUES (?, ?, ?, ?, ?, ?)")
    for entry in entries {
      let day = Int64(entry.effectiveFrom.daysSince1970)
      switch before[entry.model]?.price(from: entry.effectiveFrom) {
      case entry.price?:
        change.unchanged += 1
        continue
      case nil: change.new += 1
      case _?: change.changed += 1
      }
      for statement in [removeBands, remove] {
        statement.add(entry.model.provider.text)
        statement.add(entry.model.model.text)
        statement.add(day)
        try statement.run()
      }
      insert.add(entry.model.provider.text)
      insert.add(entry.model.model.text)
      insert.add(day)
      add(entry.price.base, to: insert)
      insert.add(entry.price.perRequest.description)
      insert.add(source)
      try insert.run()
      let id = database.lastInsertedRowID
      for band in entry.price.bands {
        insertBand.add(id)
        insertBand.add(band.aboveInputTokens)
        add(band.prices, to: insertBand)
        try insertBand.run()
      }
    }
    return change
  }

  static func histories(_ database: Database) throws -> [ModelID: PriceHistory] {
    var bands: [Int64: [ModelPrice.Band]] = [:]
    let readBands = try RawStatement(
      database,
      """
      SELECT price_id, above_input_tokens, input_usd, cached_input_usd, cache_write_usd, output_usd
      FROM price_band
      """)
    while try readBands.step() {
      bands[readBands.int(0), default: []].append(
        .init(aboveInputTokens: readBands.int(1), prices: try prices(readBands, from: 2)))
    }
    var rows: [ModelID: [(from: UTCDay, price: ModelPrice)]] = [:]
    let read = try RawStatement(
      database,
      """
      SELECT id, provider, model, effective_day, input_usd, cached_input_usd, cache_write_usd,
        output_usd, per_request_usd FROM price
      """)
    while try read.step() {
      let model = ModelID(provider: Name(read.text(1)), model: Name(read.text(2)))
      let price = ModelPrice(
        base: try prices(read, from: 4), perRequest: try UnitPrice(read.text(8), per: .one),
        bands: bands[read.int(0)] ?? [])
      rows[model, default: []].append((UTCDay(daysSince1970: Int(read.int(3))), price))
    }
    return rows.mapValues { PriceHistory($0) }
  }

  static func hasPrices(_ database: Database, source: String) throws -> Bool {
    try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT * FROM price WHERE source = ?)", arguments: [source])
      ?? false
  }

  private static func add(_ prices: TokenPrices, to statement: RawStatement) {
    statement.add(prices.input.description)
    statement.add(prices.cachedInput?.description)
    statement.add(prices.cacheWrite?.description)
    statement.add(prices.output.description)
  }

  private static func prices(
    _ row: RawStatement, from column: Int32
  ) throws(UnitError) -> TokenPrices {
    func price(_ offset: Int32) throws(UnitError) -> UnitPrice? {
      guard let text = row.optionalText(column + offset) else { return nil }
      return try UnitPrice(text, per: .one)
    }
    return TokenPrices(
      input: try UnitPrice(row.text(column), per: .one), cachedInput: try price(1),
      cacheWrite: try price(2), output: try UnitPrice(row.text(column + 3), per: .one))
  }
}
