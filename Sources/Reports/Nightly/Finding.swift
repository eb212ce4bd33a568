import Pricing
import Units

/// Something of the day that asks for a look, and where to look.
struct Finding: Sendable {
  let what: String
  let remedy: String
  /// To type. Never holds a name: names come from logs, and commands get pasted.
  let command: String?

  /// What matters most comes first.
  static func all(_ figures: NightlyFigures) throws(ReportError) -> [Finding] {
    let period = "--from \(figures.day) --to \(figures.day.advanced(by: 1))"
    guard figures.total.totals[.requests] > 0 else { return [nothing] }
    let candidates = [
      unanswered(figures, period), try margin(figures, period), cost(figures, period),
      wasted(figures, period), downgraded(figures, period), unpriced(figures),
      ungraded(figures), unplanned(figures),
    ]
    return candidates.compactMap(\.self)
  }

  private static let nothing = Finding(
    what: "No request of this day is on record.",
    remedy: "See whether the gateway’s logs have come in.", command: "fallback-ledger status")

  private static func unanswered(_ figures: NightlyFigures, _ period: String) -> Finding? {
    let totals = figures.total.totals
    guard totals.unanswered > 0 else { return nil }
    var what = "\(requests(totals.unanswered)) got no answer"
    if totals[.lostRevenue] < .zero {
      what += ", which lost \(text(Money(nanoUSD: -totals[.lostRevenue].nanoUSD))) USD of revenue"
    }
    let worst = figures.byWorkflow.ranked { $0.unanswered > $1.unanswered }.first
    return Finding(
      what: what + ".",
      remedy: "Most are in \(worst.map(name) ?? "no workflow"): give its steps another way out.",
      command: "fallback-ledger report \(period) --by workflow,status")
  }

  private static func margin(
    _ figures: NightlyFigures, _ period: String
  ) throws(ReportError) -> Finding? {
    var worst: (group: Summary.Group, impact: Money)?
    for group in figures.byTenant.groups {
      let impact = try group.measures.impact()
      if impact < worst?.impact ?? .zero { worst = (group, impact) }
    }
    guard let worst else { return nil }
    return Finding(
      what: "Fallback cost \(text(Money(nanoUSD: -max(worst.impact.nanoUSD, -.max)))) USD of "
        + "margin at \(name(worst.group)), the most of all tenants.",
      remedy: "See which step of its bridge is the largest.",
      command: "fallback-ledger report \(period) --by tenant_id,workflow")
  }

  private static func cost(_ figures: NightlyFigures, _ period: String) -> Finding? {
    guard let before = figures.measures(of: figures.day.advanced(by: -1)) else { return nil }
    let now = figures.total.totals
    let dear = Int128(now[.cost].nanoUSD) * Int128(before[.requests]) * 5
    let cheap = Int128(before[.cost].nanoUSD) * Int128(now[.requests]) * 6
    guard before[.cost] > .zero, dear > cheap else { return nil }
    return Finding(
      what: "A request cost at least a fifth more than the day before.",
      remedy: "See which models answered.",
      command: "fallback-ledger report \(period) --by primary,served_by")
  }

  private static func wasted(_ figures: NightlyFigures, _ period: String) -> Finding? {
    let totals = figures.total.totals
    guard isShown(totals[.wasted].nanoUSD, of: totals[.cost].nanoUSD),
      let worst = figures.byWorkflow.ranked(by: { $0[.wasted] > $1[.wasted] }).first
    else { return nil }
    return Finding(
      what: "\(text(totals[.wasted])) USD went to attempts that did not serve, "
        + "\(text(worst.measures[.wasted])) of it in \(name(worst)).",
      remedy: "Retry less, or leave a failing route sooner.",
      command: "fallback-ledger report \(period) --by workflow,primary")
  }

  private static func downgraded(_ figures: NightlyFigures, _ period: String) -> Finding? {
    let totals = figures.total.totals
    guard isShown(totals[.downgraded], of: totals[.requests]),
      let worst = figures.byWorkflow.ranked(by: { $0[.downgraded] > $1[.downgraded] }).first
    else { return nil }
    return Finding(
      what: "\(requests(totals[.downgraded])) got a lesser answer than planned, "
        + "\(ReadingText.count(worst.measures[.downgraded])) of them in \(name(worst)).",
      remedy: "If that is too many, put a route of the same grade before the lesser one.",
      command: "fallback-ledger report \(period) --by workflow,served_by")
  }

  private static func unpriced(_ figures: NightlyFigures) -> Finding? {
    let count = figures.total.totals[.unpricedAttempts]
    guard count > 0 else { return nil }
    return Finding(
      what:
        "\(ReadingText.count(count)) \(count == 1 ? "attempt has" : "attempts have") no price and "
        + "\(count == 1 ? "counts" : "count") as 0 USD: "
        + "the cost is higher than shown.",
      remedy: "See which models lack one, and import it.",
      command: "fallback-ledger status")
  }

  private static func ungraded(_ figures: NightlyFigures) -> Finding? {
    let count = figures.total.totals[.ungraded]
    guard count > 0 else { return nil }
    return Finding(
      what: "\(requests(count)) fell back between models without a grade: "
        + "nobody knows whether they were downgraded.",
      remedy: "Grade the models in the policy, or import their prices.", command: nil)
  }

  private static func unplanned(_ figures: NightlyFigures) -> Finding? {
    let count = figures.total.totals[.unplanned]
    guard count > 0 else { return nil }
    return Finding(
      what:
        "\(requests(count)) \(count == 1 ? "has no planned cost and counts" : "have no planned cost and count") "
        + "as planned for 0 USD.",
      remedy: "Import a price for their primary models.", command: nil)
  }

  /// A part under one in a hundred is a day like any other.
  private static func isShown(_ part: Int64, of whole: Int64) -> Bool {
    part > 0 && Int128(part) * 100 >= Int128(whole)
  }

  private static func requests(_ count: Int64) -> String { ReadingText.requests(count) }

  private static func text(_ money: Money) -> String {
    ReadingText.money(money, places: ReadingText.places(for: money))
  }

  private static func name(_ group: Summary.Group) -> String {
    group.key.first.flatMap(\.self).map {
      "“\(DisplayWidth.cut(VisibleText.escaping($0), to: 40))”"
    } ?? "requests that name none"
  }
}
