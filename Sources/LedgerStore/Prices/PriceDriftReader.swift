package import GRDB
internal import QueryCatalog
package import Traffic
package import Units

/// How the costs that a model's logs report stand to what the catalog gives for the same calls.
package struct PriceDrift: Hashable, Sendable {
  package let model: ModelID
  /// Calls of which both are known.
  package let attempts: Int64
  package let differing: Int64
  package let reported: Money
  package let catalog: Money
  /// The sum of the differences without their signs, so that those of one sign do not hide others.
  package let gross: Money
  package let largest: Money

  package init(
    model: ModelID, attempts: Int64, differing: Int64, reported: Money, catalog: Money,
    gross: Money, largest: Money
  ) {
    self.model = model
    self.attempts = attempts
    self.differing = differing
    self.reported = reported
    self.catalog = catalog
    self.gross = gross
    self.largest = largest
  }

  /// Whether the gross difference is more than that part of the catalog's sum.
  package func isMore(than most: Ratio) -> Bool {
    Int128(gross.nanoUSD) * 1_000_000_000 > Int128(catalog.nanoUSD) * Int128(most.billionths)
  }
}

/// Reads the drift of prices by model (`queries/reports/price_drift.sql`), that with most first.
package enum PriceDriftReader {
  package static func read(_ database: Database, _ period: Period) throws -> [PriceDrift] {
    let rows = try Row.fetchCursor(
      database, sql: QueryCatalog.priceDrift,
      arguments: ["from": period.from?.milliseconds, "to": period.to?.milliseconds])
    var drifts: [PriceDrift] = []
    while let row = try rows.next() {
      func money(_ column: String) -> Money { Money(nanoUSD: row[column]) }
      drifts.append(
        PriceDrift(
          model: ModelID(
            provider: Name(row["provider"] as String), model: Name(row["model"] as String)),
          attempts: row["attempts"], differing: row["differing"], reported: money("reported"),
          catalog: money("catalog"), gross: money("gross"), largest: money("largest")))
    }
    return drifts
  }
}
