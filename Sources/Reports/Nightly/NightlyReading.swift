package import LedgerStore
internal import Pricing
package import Units

extension NightlyFigures {
  /// The figures of a day, all of one state of the ledger.
  /// - Throws: ``LedgerError``, or ``ReportError`` if they do not foot.
  package static func read(_ ledger: Ledger, _ day: UTCDay) throws -> NightlyFigures {
    let period = Period(day)
    let fortnight = Period(
      from: day.advanced(by: 1 - trendDays).start, to: day.advanced(by: 1).start)
    return try ledger.read { database in
      func comparison(_ name: String, _ days: Int) throws -> Comparison {
        let other = Period(day.advanced(by: -days))
        return Comparison(
          name: name, byWorkflow: try SummaryReader.read(database, other, by: [.workflow]),
          byTenant: try SummaryReader.read(database, other, by: [.tenant]))
      }
      let reports = try NamedReportReader(database, DaySpan(day))
      return try NightlyFigures(
        day: day, total: SummaryReader.read(database, period),
        byWorkflow: SummaryReader.read(database, period, by: [.workflow]),
        byTenant: SummaryReader.read(database, period, by: [.tenant]),
        byClass: SummaryReader.read(database, period, by: [.trafficClass]),
        byServed: SummaryReader.read(database, period, by: [.servedBy]),
        byDay: SummaryReader.read(database, fortnight, by: [.day]),
        comparisons: [comparison("the day before", 1), comparison("a week before", 7)],
        reports: ReportName.allCases.map(reports.section), notes: reports.basis)
    }
  }
}

extension ReportBasis {
  /// What a reader must know to trust the figures, a sentence each.
  package var notes: [String] {
    var notes = [
      "A request with its retries and fallbacks counts once, on the UTC day on which its first "
        + "attempt started; its cost is that of all its attempts.",
      "Cached and default answers count as served, and as downgraded.",
      policy.map { "Grades and classes are those of the policy \($0)." }
        ?? "No policy is in force: models are graded by their price, and requests without a class "
        + "of the gateway's have none.",
      prices,
    ]
    if !unpricedModels.isEmpty {
      let shown = unpricedModels.prefix(8).joined(separator: ", ")
      let more = unpricedModels.count > 8 ? " and \(unpricedModels.count - 8) more" : ""
      notes.append("Without a price, and counted at 0: \(shown)\(more).")
    }
    if ungradedRequests > 0 {
      notes.append(
        "Served by a fallback that cannot be graded, and not among the downgrades: "
          + "\(ReadingText.requests(ungradedRequests)).")
    }
    if unplannedRequests > 0 {
      notes.append(
        "Without a planned cost, as nothing like them has one, and planned at 0: "
          + "\(ReadingText.requests(unplannedRequests)).")
    }
    if rejectedLines + conflictingLines > 0 {
      notes.append(
        "In the quarantine, and in no figure: \(rejectedLines) rejected and \(conflictingLines) "
          + "conflicting lines.")
    }
    if let lastFile, let lastHour {
      let time = lastHour.description.split(separator: "T").last?.prefix(5) ?? ""
      notes.append(
        "The ledger took in \(VisibleText.escaping(lastFile)) last; its latest request started on "
          + "\(lastHour.day), in the hour from \(time) UTC.")
    }
    return notes
  }

  private var prices: String {
    guard let priceVersion else {
      return "The ledger has no prices: only costs that events report are known."
    }
    return "The price catalog has \(ReadingText.count(pricedModels)) "
      + "\(pricedModels == 1 ? "model" : "models"), the latest price of \(priceVersion.day) from "
      + "\(VisibleText.escaping(priceVersion.source))."
  }
}
