internal import Pricing
package import Traffic
package import Units

/// All that a month hands over: the files, and the manifest that names them.
package struct MonthFiles: Sendable {
  /// Raw values are stored.
  package enum Kind: String, CaseIterable, Sendable {
    case focus, csv, totals, journal
  }

  package struct Part: Hashable, Sendable {
    package let text: String
    /// Beside the header.
    package let rows: Int
    package let sha256: String

    package init(_ content: (text: String, rows: Int)) {
      text = content.text
      rows = content.rows
      sha256 = SHA256.hex(content.text)
    }

    package init(text: String, rows: Int, sha256: String) {
      self.text = text
      self.rows = rows
      self.sha256 = sha256
    }
  }

  package let month: UTCMonth
  package let charges: MonthFacts
  package let margins: MonthFacts
  private let focus: FocusExport

  package init(
    charges: MonthFacts, margins: MonthFacts, closedCharges: [UTCMonth: Facts] = [:],
    reasons: [FactKey: Set<String>] = [:]
  ) {
    month = charges.month
    self.charges = charges
    self.margins = margins
    focus = FocusExport(charges, closed: closedCharges, reasons: reasons)
  }

  /// Issuers on the month's rows of which a handover that names invoices names none.
  package func issuersWithoutInvoice(_ handover: Handover) -> [Name] {
    handover.invoices?.missing(among: focus.issuers) ?? []
  }

  /// The parts of a file; all but the sheet have one.
  package func parts(_ kind: Kind, _ handover: Handover = Handover()) -> [Part] {
    switch kind {
    case .focus: [Part(focus.csv(handover.invoices))]
    case .csv: MonthSheet(margins).parts().map(Part.init)
    case .totals: [Part((MonthSheet(margins).totals, MonthSheet.totalRows))]
    case .journal: [Part(Journal(charges: charges, margins: margins).csv(handover.accounts))]
    }
  }

  /// A part of a file as the manifest lists it.
  package static func entry(_ kind: Kind, _ number: Int, _ part: Part) -> String {
    """
    {"file": "\(kind.rawValue)", "part": \(number), "rows": \(part.rows), \
    "bytes": \(part.text.utf8.count), "sha256": "\(part.sha256)"}
    """
  }

  /// How many parts of a file a manifest lists.
  package static func parts(of kind: Kind, in manifest: String) -> Int {
    manifest.ranges(of: "{\"file\": \"\(kind.rawValue)\",").count
  }

  /// JSON: row counts and SHA-256 of the files, and the totals, in an order that never changes.
  package func manifest(_ files: [(kind: Kind, parts: [Part])]) -> String {
    Self.manifest(files, charges: charges, margins: margins)
  }

  /// The manifest of files and of the figures behind them.
  package static func manifest(
    _ files: [(kind: Kind, parts: [Part])], charges: MonthFacts, margins: MonthFacts
  ) -> String {
    let month = charges.month
    let listed = files.flatMap { kind, parts in
      parts.enumerated().map { "    " + entry(kind, $0 + 1, $1) }
    }
    let corrected = margins.corrections.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      {
        "month": "\(month)",
        "files": [
      \(listed.joined(separator: ",\n"))
        ],
        "totals": {
          "cost_usd": "\(MonthSheet.exact(MonthSheet.sum(.cost, of: margins)))",
          "revenue_usd": "\(MonthSheet.exact(MonthSheet.sum(.revenue, of: margins)))",
          "actual_margin_usd": "\(MonthSheet.exact(MonthSheet.sum(.actualMargin, of: margins)))",
          "effective_cost_usd": "\(Self.usd(charges.sum(ChargeFact.Amounts.effectiveIndex)))",
          "billed_cost_usd": "\(Self.usd(charges.sum(ChargeFact.Amounts.billedIndex)))"
        },
        "figures": {"charges": "\(Self.digest(charges))", "margins": "\(Self.digest(margins))"},
        "corrects": [\(corrected)]
      }

      """
  }

  /// The SHA-256 of figures, a line each: the month that they are of, their key and their amounts.
  private static func digest(_ facts: MonthFacts) -> String {
    SHA256.hex(
      facts.rows.map { row in
        let amounts = row.amounts.map(String.init).joined(separator: " ")
        return "\(row.corrects ?? facts.month)\t\(row.key.text)\t\(amounts)\n"
      }.joined())
  }

  private static func usd(_ yocto: Int128) -> String { DecimalText.shortText(yocto, places: 24) }
}
