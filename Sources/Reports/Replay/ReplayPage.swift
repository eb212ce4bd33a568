import PolicyAnalysis
import Pricing
import Replay
import Units

extension ReplayReport {
  /// What people read: whether the log can be trusted for this first, then the figures.
  package var page: ReportPage {
    var sections = [ReportPage.Section(nil, .facts(trust))]
    if !warnings.isEmpty { sections.append(.init("Mind", .points(warnings))) }
    sections.append(.init(nil, .table(countTable)))
    sections.append(.init(nil, .table(moneyTable)))
    if let table = groupTable(limit: 25) { sections.append(.init(nil, .table(table))) }
    for table in [transitionTable, crossingTable, exampleTable] {
      if let table { sections.append(.init(nil, .table(table))) }
    }
    return ReportPage(title, sections)
  }

  /// The groups, or the totals, as rows.
  package var data: ReportTable { groupTable(limit: nil) ?? totalsTable }

  private var totalsTable: ReportTable {
    let counts = CountMeasure.allCases.enumerated().map { place, measure in
      row(
        measure.rawValue, place, String(recorded.totals[measure]),
        Self.text(outcome.totals[measure], places: 6)
      ) { Self.text(Int128(($0 * 1e6).rounded()), places: 6) }
    }
    let amounts = MoneyMeasure.allCases.enumerated().map { place, measure in
      row(
        measure.rawValue, counts.count + place, recorded.totals[measure].description,
        outcome.totals[measure].description
      ) { DecimalText.text(Int128($0.rounded()), places: 9) }
    }
    return ReportTable(
      title: "Replay",
      columns: [
        .init("measure", "Measure", .text), .init("recorded", "Recorded", .text),
        .init("replayed", "Replayed", .text), .init("low", "95 % from", .text),
        .init("high", "to", .text),
      ], rows: counts + amounts)
  }

  private func row(
    _ name: String, _ place: Int, _ before: String, _ after: String, _ text: (Double) -> String
  ) -> ReportTable.Row {
    var ends = (low: after, high: after)
    if outcome.errors[place] > 0 {
      let interval = interval(
        place, outcome.totals, outcome.errors, requests: outcome.totals.value(0))
      ends = (text(interval.low), text(interval.high))
    }
    return [
      .label(name), .label(before), .label(after), .label(ends.low), .label(ends.high),
    ]
  }

  private static func text(_ value: Int128, places: Int) -> String {
    DecimalText.shortText(value, places: places)
  }

  private var trust: [(label: String, text: String)] {
    let grounding = outcome.grounding
    var facts = [(label: "Identity", text: identity)]
    facts.append((label: "Evidence", text: evidence))
    if grounding.modelledAttempts > 0 {
      let (least, most) = (grounding.servedAtLeast, grounding.servedAtMost)
      facts.append(
        (
          label: "Served, assuming nothing",
          text: "\(ReadingText.count(least)) to \(ReadingText.requests(most)), "
            + "whatever the calls that were not made would have done"
        ))
    }
    return facts
  }

  private var identity: String {
    guard fidelity.requests > 0 else {
      return "no policy was in force, so nothing shows that the engine accounts for this log"
    }
    let all = ReadingText.requests(fidelity.requests)
    let probes =
      fidelity.explored == 0
      ? ""
      : "; \(ReadingText.count(fidelity.explored)) probes were sent by chance and stay as they went"
    guard fidelity.drifted > 0 else {
      return "the policy in force replays to exactly this log, all \(all)\(probes)"
    }
    let kinds = Drift.Kind.allCases.compactMap { kind -> String? in
      guard let count = drift?[kind].requests, count > 0 else { return nil }
      return "\(kind.rawValue) \(ReadingText.count(count))"
    }
    let list = kinds.isEmpty ? "" : ": " + kinds.joined(separator: ", ")
    return
      "\(ReadingText.count(fidelity.drifted)) of \(all) are not what the policy in force says\(list)\(probes)"
  }

  private var evidence: String {
    let grounding = outcome.grounding
    func percent(_ share: Double) -> String {
      ReadingText.share(basisPoints: Int64((share * 10_000).rounded())) + " %"
    }
    return
      "class \(grounding.evidenceClass.rawValue): \(percent(grounding.share)) of the calls and "
      + "\(percent(grounding.costShare)) of their cost are recorded, the rest is estimated"
  }
}
