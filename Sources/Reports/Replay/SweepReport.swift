package import Pricing
package import Replay
import Units

/// What `replay --sweep` prints: the candidates of a grid, cheapest first, and which of them are on the
/// frontier of cost, availability and quality.
package struct SweepReport: Sendable {
  package let sweep: Sweep
  package let results: [Sweep.Result]
  package let recorded: Summary

  package init(_ sweep: Sweep, _ results: [Sweep.Result], recorded: Summary) {
    self.sweep = sweep
    self.results = results
    self.recorded = recorded
  }

  private var ranked: [Sweep.Result] {
    results.enumerated().sorted {
      ($0.element.costNanoUSD, $0.offset) < ($1.element.costNanoUSD, $1.offset)
    }.map(\.element)
  }

  /// Every candidate, or those of the frontier alone.
  func table(frontierOnly: Bool) -> ReportTable {
    let shown = ranked.filter { !frontierOnly || $0.isOnFrontier }
    return ReportTable(
      title: frontierOnly ? "The frontier, cheapest first" : "Candidates, cheapest first",
      columns: sweep.axes.map { .init($0.knob.path, Self.title($0.knob), .text) } + [
        .init("cost_usd", "Cost", .money),
        .init("cost_difference_usd", "Against recorded", .money),
        .init("served_share", "Served", .share),
        .init("downgraded_share", "Downgraded", .share),
        .init("actual_margin_usd", "Margin", .money),
        .init("evidence_class", "Evidence", .text),
      ] + (frontierOnly ? [] : [.init("frontier", "Frontier", .text)]),
      rows: shown.map { row($0, withFrontier: !frontierOnly) }, notes: frontierOnly ? notes : [])
  }

  /// The last two words of a path, as a head that can be broken into lines.
  private static func title(_ knob: PolicyKnob) -> String {
    let parts = knob.path.split(separator: ".").filter { $0 != "stop" }
    return parts.suffix(2).joined(separator: " ").split(separator: "_").joined(separator: " ")
  }

  private func row(_ result: Sweep.Result, withFrontier: Bool) -> ReportTable.Row {
    let cost = result.totals[MoneyMeasure.cost]
    let requests = ReplayReport.whole(result.totals[CountMeasure.requests])
    func share(_ measure: CountMeasure) -> ReportTable.Cell {
      .share(ReplayReport.whole(result.totals[measure]), of: requests)
    }
    return result.settings.map { .label(Self.text($0)) } + [
      .money(cost), .money(Money(nanoUSD: cost.nanoUSD - recorded.totals[.cost].nanoUSD)),
      share(.served), share(.downgraded), .money(result.totals[MoneyMeasure.actualMargin]),
      .label(result.evidenceClass.rawValue),
    ] + (withFrontier ? [.label(result.isOnFrontier ? "yes" : "")] : [])
  }

  private var notes: [String] {
    var notes = [
      "\(ReadingText.count(Int64(results.count))) candidates were tried. The best of many is partly "
        + "luck: replay it alone for its interval, and on another month."
    ]
    if !sweep.refused.isEmpty {
      notes.append(
        "\(ReadingText.count(Int64(sweep.refused.count))) settings make no valid policy and were left "
          + "out, such as stages that do not rise.")
    }
    return notes
  }

  package var page: ReportPage {
    ReportPage(
      "Sweep of \(recorded.period.reading)", [.init(nil, .table(table(frontierOnly: true)))])
  }

  package var data: ReportTable { table(frontierOnly: false) }

  package var json: String {
    let candidates = ranked.map { result -> JSONValue in
      let settings = zip(sweep.axes, result.settings).map { axis, value in
        (key: axis.knob.path, value: JSONValue.number(Self.text(value)))
      }
      return .object([
        ("settings", .object(settings)), ("replayed", .object(result.totals.jsonMembers)),
        ("evidence_class", .string(result.evidenceClass.rawValue)),
        ("frontier", .bool(result.isOnFrontier)),
      ])
    }
    return JSONWriter.text(
      .object([
        ("period", recorded.period.json), ("tried", .integer(Int64(results.count))),
        ("recorded", .object(recorded.totals.jsonMembers)), ("candidates", .array(candidates)),
      ]))
  }

  /// Of billionths.
  private static func text(_ billionths: Int64) -> String {
    DecimalText.shortText(Int128(billionths), places: 9)
  }
}
