internal import Traffic
package import Units

/// A month as a FOCUS 1.2 Cost and Usage dataset.
package struct FocusExport: Sendable {
  private let facts: MonthFacts
  /// Rows of closed months, by their grain, for corrections of what was charged at another price.
  private let closed: [UTCMonth: Facts]
  /// Why calls failed or were made elsewhere, by row.
  private let reasons: [FactKey: Set<String>]

  package init(
    _ facts: MonthFacts, closed: [UTCMonth: Facts] = [:], reasons: [FactKey: Set<String>] = [:]
  ) {
    self.facts = facts
    self.closed = closed
    self.reasons = reasons
  }

  /// Who bills, in the order of their names.
  var issuers: [Name] {
    Set(facts.rows.compactMap { ChargeFact($0.key)?.provider }).sorted()
  }

  /// The file, and how many rows it has beside the header. The invoices, if any, name one of every
  /// issuer.
  func csv(_ invoices: InvoiceNumbers?) -> (text: String, rows: Int) {
    let names = corrected()
    var text = SheetCSV.line(fields: FocusColumn.allCases.map(\.rawValue))
    let rows = facts.rows
    for row in rows {
      guard let charge = ChargeFact(row.key) else { continue }
      var line = FocusRow(charge, ChargeFact.Amounts(row.amounts), in: facts.month)
      line[.invoiceId] = invoices?.number(charge.provider) ?? ""
      line[.ownRowId] = RowID.of(row.key, month: row.corrects ?? facts.month)
      if let month = row.corrects {
        line[.chargeClass] = "Correction"
        let name = names[month]?[row.key] ?? RowID.of(row.key, month: month)
        line[.ownCorrectsRowId] = name
        line[.chargeDescription] = "Correction of \(name): \(line[.chargeDescription])"
        // Two corrections of one row are rows of their own.
        line[.ownRowId] = "\(facts.month)-c-\(RowID.of(row.key, month: month))"
      } else {
        line[.ownFallbackReason] = (reasons[row.key] ?? []).sorted().joined(separator: "+")
      }
      text += SheetCSV.line(fields: FocusColumn.allCases.map { line[$0] })
    }
    return (text, rows.count)
  }

  /// The closed row that each correction names: the same one, or where the close did not have it
  /// (another price, say) one that charges for the same thing.
  private func corrected() -> [UTCMonth: [FactKey: String]] {
    var names: [UTCMonth: [FactKey: String]] = [:]
    for (month, corrections) in facts.corrections {
      let frozen = closed[month] ?? Facts()
      var byGrain: [FactKey: FactKey] = [:]
      for row in frozen.sorted {
        let grain = FactKey(Array(row.key.fields.prefix(ChargeFact.grain)))
        if byGrain[grain] == nil { byGrain[grain] = row.key }
      }
      for key in corrections.rows.keys {
        let grain = FactKey(Array(key.fields.prefix(ChargeFact.grain)))
        let target = frozen.rows[key] != nil ? key : byGrain[grain] ?? key
        names[month, default: [:]][key] = RowID.of(target, month: month)
      }
    }
    return names
  }
}
