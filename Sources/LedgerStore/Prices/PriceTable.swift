internal import GRDB
package import Pricing
internal import Traffic
package import Units

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
    _ database: Database, _ entries: [DatedPrice], source: String
  ) throws -> Change {
    let before = try histories(database)
    var change = Change()
    let find = try RawStatement(
      database, "SELECT id FROM price WHERE provider = ? AND model = ? AND effective_day = ?")
    let rows = try PriceRows(database)
    for entry in entries {
      switch before[entry.model]?.price(from: entry.effectiveFrom) {
      case entry.price?:
        change.unchanged += 1
        continue
      case nil: change.new += 1
      case _?: change.changed += 1
      }
      find.add(entry.model.provider.text)
      find.add(entry.model.model.text)
      find.add(Int64(entry.effectiveFrom.daysSince1970))
      if try find.step() { try rows.remove(find.int(0)) }
      find.reset()
      try rows.insert(entry, source: source)
    }
    return change
  }

  static func histories(_ database: Database) throws -> [ModelID: PriceHistory] {
    try dated(database).mapValues { PriceHistory($0.map { ($0.effectiveFrom, $0.price) }) }
  }

  /// A price as it is stored, and where it came from.
  package struct Stored: Hashable, Sendable {
    /// The version of a price: another number whenever it is entered anew.
    package let id: Int64
    package let effectiveFrom: UTCDay
    package let price: ModelPrice
    /// The kind of file that gave it: `csv`, `litellm`, `models.dev`.
    package let source: String
  }

  /// All prices by model, each model's by rising day.
  static func dated(_ database: Database) throws -> [ModelID: [Stored]] {
    let bands = try PriceRows.bands(database)
    let rates = try PriceRows.rates(database)
    var rows: [ModelID: [Stored]] = [:]
    let read = try RawStatement(
      database,
      """
      SELECT id, provider, model, effective_day, input_usd, cached_input_usd, cache_write_usd,
        output_usd, per_request_usd, source FROM price ORDER BY provider, model, effective_day
      """)
    while try read.step() {
      let id = read.int(0)
      let model = ModelID(provider: Name(read.text(1)), model: Name(read.text(2)))
      var price = ModelPrice(
        base: try PriceRows.prices(read, from: 4),
        perRequest: try UnitPrice(read.text(8), per: .one), bands: bands[id] ?? [])
      for rate in rates[id] ?? [] { rate.put(into: &price) }
      rows[model, default: []].append(
        Stored(
          id: id, effectiveFrom: UTCDay(daysSince1970: Int(read.int(3))), price: price,
          source: read.text(9)))
    }
    return rows
  }

  static func hasPrices(_ database: Database, source: String) throws -> Bool {
    try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT * FROM price WHERE source = ?)", arguments: [source])
      ?? false
  }
}
