import Pricing
import Replay
import Traffic
import Units

extension ReplayReport {
  /// Counts of requests and calls: recorded, replayed, and what lies between.
  var countTable: ReportTable {
    let measures: [CountMeasure] =
      [.requests, .served] + CountMeasure.endings + [.downgraded, .attempts, .failedAttempts]
    return ReportTable(
      title: "Requests and attempts",
      columns: [
        .init("figure", "Figure", .text), .init("recorded", "Recorded", .count),
        .init("replayed", "Replayed", .count), .init("difference", "Difference", .count),
        .init("low", "95 % from", .count), .init("high", "to", .count),
      ],
      rows: measures.map { measure in
        let replayed = Self.whole(outcome.totals[measure])
        let ends = ends(MeasureRow.counts.firstIndex(of: measure) ?? 0)
        let before = recorded.totals[measure]
        return [
          .label(measure.title), .count(before), .count(replayed), .count(replayed - before),
          .count(Int64(ends.low.rounded()) - before), .count(Int64(ends.high.rounded()) - before),
        ]
      }, notes: ["The interval is of the difference."])
  }

  /// Amounts, and the margin bridge of both sides.
  var moneyTable: ReportTable {
    let measures: [MoneyMeasure] =
      [.cost, .wasted, .revenue, .plannedMargin] + MoneyMeasure.bridgeSteps + [.actualMargin]
    return ReportTable(
      title: "Cost, revenue, and the margin from planned to actual",
      columns: [
        .init("figure", "Figure", .text), .init("recorded", "Recorded", .money),
        .init("replayed", "Replayed", .money), .init("difference", "Difference", .money),
        .init("low", "95 % from", .money), .init("high", "to", .money),
      ],
      rows: measures.map { measure in
        let place = CountMeasure.allCases.count + (MeasureRow.amounts.firstIndex(of: measure) ?? 0)
        let ends = ends(place)
        let before = recorded.totals[measure].nanoUSD
        func difference(_ value: Double) -> ReportTable.Cell {
          .money(Money(nanoUSD: Int64(clamping: Int128(value.rounded()) - Int128(before))))
        }
        let after = outcome.totals[measure]
        return [
          .label(measure.title), .money(recorded.totals[measure]), .money(after),
          .money(Money(nanoUSD: after.nanoUSD - before)), difference(ends.low),
          difference(ends.high),
        ]
      })
  }

  private func ends(_ place: Int) -> (low: Double, high: Double) {
    guard outcome.errors[place] > 0 else {
      return (outcome.totals.value(place), outcome.totals.value(place))
    }
    return interval(
      place, outcome.totals, outcome.errors, requests: outcome.totals.value(0))
  }

  /// Groups, those that change most in cost first.
  func groupTable(limit: Int?) -> ReportTable? {
    guard !groups.isEmpty else { return nil }
    func difference(_ group: Group) -> Int64 {
      group.replayed[.cost].nanoUSD - group.recorded[.cost].nanoUSD
    }
    let ordered =
      limit == nil
      ? groups
      : groups.enumerated().sorted { left, right in
        let (one, other) = (
          difference(left.element).magnitude, difference(right.element).magnitude
        )
        return one == other ? left.offset < right.offset : one > other
      }.map(\.element)
    let shown = limit.map { Array(ordered.prefix($0)) } ?? ordered
    let by = recorded.fields.map { $0.title.lowercased() }.joined(separator: " and ")
    var notes: [String] = []
    if shown.count < groups.count {
      notes.append("\(groups.count - shown.count) more; --format csv has them all.")
    }
    return ReportTable(
      title: "By \(by)",
      columns: recorded.fields.map { .init($0.rawValue, $0.title, .text) } + [
        .init("requests", "Requests", .count),
        .init("recorded_cost_usd", "Cost recorded", .money),
        .init("replayed_cost_usd", "Cost replayed", .money),
        .init("cost_difference_usd", "Difference", .money),
        .init("recorded_served_share", "Served recorded", .share),
        .init("replayed_served_share", "Served replayed", .share),
        .init("recorded_downgraded_share", "Downgraded recorded", .share),
        .init("replayed_downgraded_share", "Downgraded replayed", .share),
        .init("margin_difference_usd", "Margin difference", .money),
      ],
      rows: shown.map { group in
        let requests = group.recorded[.requests]
        let all = Self.whole(group.replayed[.requests])
        let margin =
          group.replayed[.actualMargin].nanoUSD - group.recorded[.actualMargin].nanoUSD
        return group.key.map { .optional(name: $0) } + [
          .count(max(requests, all)), .money(group.recorded[.cost]),
          .money(group.replayed[.cost]), .money(Money(nanoUSD: difference(group))),
          .share(group.recorded[.served], of: requests),
          .share(Self.whole(group.replayed[.served]), of: all),
          .share(group.recorded[.downgraded], of: requests),
          .share(Self.whole(group.replayed[.downgraded]), of: all),
          .money(Money(nanoUSD: margin)),
        ]
      }, notes: notes)
  }

  /// How requests that end otherwise ended before.
  var transitionTable: ReportTable? {
    let statuses = RequestStatus.allCases
    var rows: [(count: Int64, row: ReportTable.Row)] = []
    for (from, recorded) in statuses.enumerated() {
      for (to, replayed) in statuses.enumerated() where from != to {
        let count = Int64(outcome.transitions[from][to].rounded())
        guard count > 0 else { continue }
        rows.append(
          (count, [.label(recorded.rawValue), .label(replayed.rawValue), .count(count)]))
      }
    }
    guard !rows.isEmpty else { return nil }
    return ReportTable(
      title: "Requests that end otherwise",
      columns: [
        .init("recorded", "Recorded", .text), .init("replayed", "Replayed", .text),
        .init("requests", "Requests", .count),
      ],
      rows: rows.enumerated().sorted {
        ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
      }.map(\.element.row))
  }

  var exampleTable: ReportTable? {
    guard !examples.isEmpty else { return nil }
    return ReportTable(
      title: "Requests whose cost changes most",
      columns: [
        .init("request_id", "Request", .text), .init("recorded", "Recorded", .text),
        .init("replayed", "Replayed", .text),
        .init("cost_difference_usd", "Difference", .money),
      ],
      rows: examples.map {
        [.name($0.request.text), .name($0.recorded), .name($0.replayed), .money($0.costDifference)]
      }, notes: ["`replay --explain REQUEST` walks one under both policies."])
  }

  /// To the nearest whole.
  static func whole(_ millionths: Int128) -> Int64 {
    Int64(clamping: millionths.dividedHalfEven(by: ReplayedMeasures.millionths))
  }
}
