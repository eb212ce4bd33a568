internal import GRDB
package import Pricing
internal import Traffic
internal import Units

/// A price catalog as it is to be entered: all of it, or nothing.
package struct PriceCatalog: Sendable {
  package let entries: [DatedPrice]
  /// The kind of file it is.
  package let source: String
  /// Whether it names every model that its publisher prices.
  package let isWhole: Bool

  package init(entries: [DatedPrice], source: String, isWhole: Bool) {
    self.entries = entries
    self.source = source
    self.isWhole = isWhole
  }
}

/// What an import of prices changed, or would change.
package struct PriceImport: Hashable, Sendable {
  package let entered: PriceTable.Change
  /// By model: each model's latest price in the file against the one in force on its day, and the
  /// models that the file's catalog named before and names no more.
  package let changes: [PriceChange]
  /// If the new prices had held all of it; nil where nothing is another, or there are no requests.
  package let bill: BillPreview?
  /// Nil where no price is another.
  package let repricing: Repricing?

  package func count(_ kind: PriceChange.Kind) -> Int { changes.count { $0.kind == kind } }
}

extension PriceImport {
  /// Enters catalogs one after the other and derives every request again.
  static func enter(
    _ catalogs: [PriceCatalog], _ database: Database, today: UTCDay
  ) throws -> PriceImport {
    let before = try PriceTable.dated(database)
    let changes = changes(catalogs, before)
    let moved = changes.filter { $0.kind != .unchanged && $0.kind != .gone }
    let others = moved.compactMap { change in change.after.map { (change.model, $0) } }
    let bill = try BillPreview.of(
      Dictionary(others) { $1 }, database, today: today)
    let figures = try MonthFigures.all(database)
    var entered = PriceTable.Change()
    for catalog in catalogs {
      let change = try PriceTable.enter(database, catalog.entries, source: catalog.source)
      entered.new += change.new
      entered.changed += change.changed
      entered.unchanged += change.unchanged
    }
    guard entered.new + entered.changed > 0 else {
      return PriceImport(entered: entered, changes: changes, bill: bill, repricing: nil)
    }
    try LedgerWriter(database).deriveAll()
    return PriceImport(
      entered: entered, changes: changes, bill: bill,
      repricing: Repricing(before: figures, after: try MonthFigures.all(database)))
  }

  private static func changes(
    _ catalogs: [PriceCatalog], _ before: [ModelID: [PriceTable.Stored]]
  ) -> [PriceChange] {
    var latest: [ModelID: DatedPrice] = [:]
    for entry in catalogs.flatMap(\.entries)
    where latest[entry.model].map({ $0.effectiveFrom <= entry.effectiveFrom }) ?? true {
      latest[entry.model] = entry
    }
    var changes = latest.values.map { entry in
      let inForce = before[entry.model]?.last { $0.effectiveFrom <= entry.effectiveFrom }
      return PriceChange(model: entry.model, before: inForce?.price, after: entry.price)
    }
    for catalog in catalogs where catalog.isWhole {
      let named = Set(catalog.entries.map(\.model))
      changes += before.compactMap { model, rows in
        guard let last = rows.last, last.source == catalog.source, !named.contains(model) else {
          return nil
        }
        return PriceChange(model: model, before: last.price, after: nil)
      }
    }
    return changes.sorted { $0.model < $1.model }
  }
}
