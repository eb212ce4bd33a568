import Pricing
import Units

/// How a workflow or tenant did otherwise than on the days it is held against.
struct DayChange: Sendable {
  /// A sentence.
  let text: String
  /// What it comes to, in nano-USD.
  let weight: Int128

  /// The three that come to the most. What also held a week before is no change: a Monday is no Sunday.
  static func weightiest(_ figures: NightlyFigures) throws(ReportError) -> [DayChange] {
    var all: [(kind: Int, change: DayChange)] = []
    for (kind, measure) in Measure.allCases.enumerated() {
      let groups = measure.isByTenant ? figures.byTenant.groups : figures.byWorkflow.groups
      let others = figures.comparisons.compactMap { comparison in
        OtherDay(comparison.name, measure.isByTenant ? comparison.byTenant : comparison.byWorkflow)
      }
      for group in groups {
        guard let change = try change(of: group, measure, others, figures) else { continue }
        all.append((kind, change))
      }
    }
    var kept: [DayChange] = []
    var perKind = [Int](repeating: 0, count: Measure.allCases.count)
    let ordered = all.enumerated().sorted { left, right in
      left.element.change.weight != right.element.change.weight
        ? left.element.change.weight > right.element.change.weight : left.offset < right.offset
    }.map(\.element)
    for (kind, change) in ordered where kept.count < 3 && perKind[kind] < 2 {
      perKind[kind] += 1
      kept.append(change)
    }
    return kept
  }

  /// A day that had requests, its groups by the bytes of their names.
  private struct OtherDay {
    let name: String
    let measures: [[[UInt8]?]: Measures]

    init?(_ name: String, _ summary: Summary) {
      guard summary.totals[.requests] > 0 else { return nil }
      self.name = name
      measures = Dictionary(
        summary.groups.map { (Self.key($0), $0.measures) }, uniquingKeysWith: { first, _ in first })
    }

    static func key(_ group: Summary.Group) -> [[UInt8]?] {
      group.key.map { name in name.map { Array($0.utf8) } }
    }
  }

  private enum Measure: CaseIterable {
    case cost, unanswered, downgraded, impact

    var isByTenant: Bool { self == .impact }

    /// In nano-USD, or a count of requests.
    func amount(_ measures: Measures) throws(ReportError) -> Int128 {
      switch self {
      case .cost: Int128(measures[.cost].nanoUSD)
      case .unanswered: Int128(measures.unanswered)
      case .downgraded: Int128(measures[.downgraded])
      case .impact: Int128(try measures.impact().nanoUSD)
      }
    }
  }

  private static func change(
    of group: Summary.Group, _ measure: Measure, _ others: [OtherDay], _ figures: NightlyFigures
  ) throws(ReportError) -> DayChange? {
    let now = try measure.amount(group.measures)
    var smallest: (difference: Int128, name: String)?
    let key = OtherDay.key(group)
    for day in others {
      let difference = now - (try measure.amount(day.measures[key] ?? .zero))
      if let other = smallest {
        guard other.difference.signum() == difference.signum() else { return nil }
        if difference.magnitude < other.difference.magnitude {
          smallest = (difference, day.name)
        }
      } else {
        smallest = (difference, day.name)
      }
    }
    guard let smallest, smallest.difference != 0 else { return nil }
    // A request without its answer weighs what a request costs.
    let each = figures.total.totals
    let weight =
      switch measure {
      case .cost, .impact: Int128(smallest.difference.magnitude)
      case .unanswered, .downgraded:
        Int128(smallest.difference.magnitude) * Int128(each[.cost].nanoUSD)
          / Int128(max(each[.requests], 1))
      }
    return DayChange(
      text: text(measure, name(group), now, smallest.difference, smallest.name), weight: weight)
  }

  private static func text(
    _ measure: Measure, _ name: String, _ now: Int128, _ difference: Int128, _ than: String
  ) -> String {
    let word = difference > 0 ? "more" : "less"
    switch measure {
    case .cost: return "\(name) cost \(money(now)) USD, \(money(difference)) \(word) than \(than)."
    case .unanswered:
      return "\(requests(now)) in \(name) got no answer, \(count(difference)) "
        + "\(difference > 0 ? "more" : "fewer") than \(than)."
    case .downgraded:
      return "\(requests(now)) in \(name) got a lesser answer, \(count(difference)) "
        + "\(difference > 0 ? "more" : "fewer") than \(than)."
    case .impact:
      return now < 0
        ? "Fallback took \(money(now)) USD of margin at \(name), \(money(difference)) "
          + "\(difference < 0 ? "more" : "less") than \(than)."
        : "Fallback brought \(money(now)) USD of margin at \(name), \(money(difference)) \(word) than \(than)."
    }
  }

  private static func money(_ amount: Int128) -> String {
    let money = Money(nanoUSD: Int64(clamping: amount.magnitude))
    return ReadingText.money(money, places: ReadingText.places(for: money))
  }

  private static func count(_ count: Int128) -> String {
    ReadingText.count(Int64(clamping: count.magnitude))
  }

  private static func requests(_ count: Int128) -> String {
    count == 0 ? "No request" : ReadingText.requests(Int64(clamping: count))
  }

  private static func name(_ group: Summary.Group) -> String {
    group.key.first.flatMap(\.self).map {
      "“\(DisplayWidth.cut(VisibleText.escaping($0), to: 40))”"
    } ?? "requests that name none"
  }
}
