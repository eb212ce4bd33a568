package import LedgerStore
import Traffic
package import Units

/// What `prices drift` prints: by model, how the costs that logs report stand to the catalog's.
package struct PriceDriftReport: Sendable {
  private let drifts: [PriceDrift]
  private let period: Period

  package init(_ drifts: [PriceDrift], in period: Period) {
    self.drifts = drifts
    self.period = period
  }

  package var table: ReportTable {
    get throws(ReportError) {
      var sums = (
        attempts: Int64(0), differing: Int64(0), reported: Int128(0), catalog: Int128(0),
        gross: Int128(0)
      )
      for drift in drifts {
        sums.attempts += drift.attempts
        sums.differing += drift.differing
        sums.reported += Int128(drift.reported.nanoUSD)
        sums.catalog += Int128(drift.catalog.nanoUSD)
        sums.gross += Int128(drift.gross.nanoUSD)
      }
      func money(_ sum: Int128) -> Money { Money(nanoUSD: Int64(clamping: sum)) }
      return try ReportTable(
        title: "Reported against catalog",
        columns: [
          .init("model", "Model", .text), .init("attempts", "Attempts", .count, addsUp: true),
          .init("differing", "Differing", .count, addsUp: true),
          .init("reported_usd", "Reported", .money, addsUp: true),
          .init("catalog_usd", "Catalog", .money, addsUp: true),
          .init("gross_usd", "Off", .money, addsUp: true),
          .init("drift", "Drift", .share),
        ],
        rows: drifts.map { drift in
          [
            .name(drift.model.description), .count(drift.attempts), .count(drift.differing),
            .money(drift.reported), .money(drift.catalog), .money(drift.gross),
            .share(drift.gross, of: drift.catalog),
          ]
        },
        notes: [
          "Attempts of which both are known. Off adds up what single attempts are off, up or down; "
            + "drift is its part of the catalog's sum."
        ]
      ).totalled([
        .label("All"), .count(sums.attempts), .count(sums.differing), .money(money(sums.reported)),
        .money(money(sums.catalog)), .money(money(sums.gross)),
        .share(money(sums.gross), of: money(sums.catalog)),
      ])
    }
  }

  package var page: ReportPage {
    get throws(ReportError) {
      ReportPage("Drift of prices, \(period.reading)", [.init(nil, .table(try table))])
    }
  }

  package var json: String {
    JSONWriter.text(
      .object([
        ("period", period.json),
        (
          "models",
          .array(
            drifts.map { drift in
              .object([
                ("model", .string(drift.model.description)), ("attempts", .integer(drift.attempts)),
                ("differing", .integer(drift.differing)), ("reported_usd", .money(drift.reported)),
                ("catalog_usd", .money(drift.catalog)), ("gross_usd", .money(drift.gross)),
                ("largest_usd", .money(drift.largest)),
              ])
            })
        ),
      ]))
  }
}
