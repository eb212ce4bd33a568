package import Finance
internal import Traffic
internal import Units

/// What `reconcile` prints: an invoice beside the ledger by day and model, and the whole difference by
/// reason.
package struct ReconciliationReport: Sendable {
  private let result: Reconciliation
  private let issuer: InvoiceIssuer

  package init(_ result: Reconciliation, issuer: InvoiceIssuer) {
    self.result = result
    self.issuer = issuer
  }

  private static func money(_ nano: Int128) -> Money { Money(nanoUSD: Int64(clamping: nano)) }

  /// By day and model.
  package var table: ReportTable {
    get throws(ReportError) {
      try ReportTable(
        title: "By day and model",
        columns: [
          .init("day", "Day", .day), .init("model", "Model", .text),
          .init("status", "Status", .text), .init("ledger_usd", "Ledger", .money, addsUp: true),
          .init("invoice_usd", "Invoice", .money, addsUp: true),
          .init("difference_usd", "Difference", .money, addsUp: true),
          .init("reasons", "Reasons", .text),
        ],
        rows: result.entries.map { entry in
          [
            .day(entry.key.day), .name("\(entry.key.provider)/\(entry.key.model)"),
            .label(Self.word(entry.status)), .money(entry.booked),
            .money(entry.billed), .money(entry.difference), .label(Self.words(entry)),
          ]
        }
      ).totalled([
        .label("All"), .none, .none, .money(Self.money(result.booked)),
        .money(Self.money(result.billed)), .money(Self.money(result.billed - result.booked)),
        .none,
      ])
    }
  }

  /// Short enough for a terminal.
  private static func word(_ status: Reconciliation.Status) -> String {
    status == .priceDifference ? "differs" : status.rawValue
  }

  private static func words(_ entry: Reconciliation.Entry) -> String {
    Reconciliation.Reason.allCases.filter { entry.reasons[$0] != nil }
      .map { $0.rawValue.replacing("_", with: " ") }.joined(separator: ", ")
  }

  /// The difference by reason; the parts add up to it.
  private var reasons: ReportTable {
    get throws(ReportError) {
      try ReportTable(
        title: "The difference by reason",
        columns: [
          .init("reason", "Reason", .text),
          .init("difference_usd", "Invoice less ledger", .money, addsUp: true),
        ],
        rows: Reconciliation.Reason.allCases.map { reason in
          [
            .label(reason.rawValue.replacing("_", with: " ")),
            .money(Self.money(result.total(reason))),
          ]
        }
      ).totalled([.label("All"), .money(Self.money(result.billed - result.booked))])
    }
  }

  package var page: ReportPage {
    get throws(ReportError) {
      ReportPage(
        "Invoice of \(issuer.rawValue) against the ledger",
        [.init(nil, .table(try table)), .init(nil, .table(try reasons))])
    }
  }

  package var json: String {
    JSONWriter.text(
      .object([
        ("issuer", .string(issuer.rawValue)),
        ("ledger_usd", .money(Self.money(result.booked))),
        ("invoice_usd", .money(Self.money(result.billed))),
        ("difference_usd", .money(Self.money(result.billed - result.booked))),
        (
          "reasons",
          .object(
            Reconciliation.Reason.allCases.map {
              ($0.rawValue, .money(Self.money(result.total($0))))
            })
        ),
        ("entries", .array(result.entries.map(Self.json))),
      ]))
  }

  private static func json(_ entry: Reconciliation.Entry) -> JSONValue {
    .object([
      ("day", .string(entry.key.day.description)),
      ("provider", .string(entry.key.provider.text)), ("model", .string(entry.key.model.text)),
      ("status", .string(entry.status.rawValue)), ("ledger_usd", .money(entry.booked)),
      ("invoice_usd", .money(entry.billed)), ("difference_usd", .money(entry.difference)),
      (
        "reasons",
        .object(
          Reconciliation.Reason.allCases.compactMap { reason in
            entry.reasons[reason].map { (reason.rawValue, .money($0)) }
          })
      ),
    ])
  }
}
