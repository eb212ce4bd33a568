import Pricing
import Traffic
import Units

@testable import LedgerStore

extension PlainReports {
  private var asked: [Request] {
    all.filter { request in
      (first.map { request.day >= $0 } ?? true) && (end.map { request.day < $0 } ?? true)
    }
  }

  // MARK: downgrades

  func downgrades() -> Set<Row> {
    func row(_ field: String, _ value: String, _ own: [Request]) -> Row {
      let lesser = own.filter(\.isDowngraded)
      func caused(_ name: String) -> String { String(lesser.count { cause($0) == name }) }
      func ended(_ status: String) -> String { String(own.count { $0.status == status }) }
      return [
        "field": field, "value": value, "requests": String(own.count),
        "downgraded": String(lesser.count), "served_fallback": ended("served_fallback"),
        "served_cached": ended("served_cached"), "served_default": ended("served_default"),
        "ungraded": String(own.count(where: \.isUngraded)), "failure": caused("failure"),
        "budget": caused("budget"), "tier_gate": caused("tier_gate"),
        "last_resort": caused("last_resort"), "other": caused("other"),
        "below_floor": String(lesser.count(where: isBelowFloor)),
      ]
    }
    guard !asked.isEmpty else { return [] }
    var rows: Set<Row> = [row("all", "NULL", asked)]
    for (workflow, own) in Dictionary(grouping: asked, by: \.workflow) {
      rows.insert(row("workflow", workflow?.text ?? "NULL", own))
    }
    for (trafficClass, own) in Dictionary(grouping: asked, by: \.trafficClass) {
      rows.insert(row("traffic_class", trafficClass?.rawValue ?? "NULL", own))
    }
    for (tier, own) in Dictionary(grouping: asked, by: tier) {
      rows.insert(row("tenant_tier", tier?.text ?? "NULL", own))
    }
    return rows
  }

  /// By the policies of `SmallWorld`: of the class critical_user_facing the first step is premium and
  /// the third the last resort; experiments are pressed from three quarters of a budget on.
  private func cause(_ request: Request) -> String {
    let wanted: Action =
      request.status == "served_cached"
      ? .cachedResponse : request.status == "served_default" ? .defaultResponse : .model
    guard
      let place = request.lines.firstIndex(where: {
        $0.action == wanted && (wanted != .model || $0.outcome == .success)
      })
    else { return "none" }
    let line = request.lines[place]
    let hasPolicy = policy(on: request.day) != nil
    let isCritical = hasPolicy && request.trafficClass == .criticalUserFacing
    let step = line.decisionStep.flatMap { (0...2).contains($0) ? $0 : nil }
    if isCritical, step == 2 { return "last_resort" }
    if request.lines[..<place].contains(where: { $0.outcome == .failure }) { return "failure" }
    if line.decisionReason == "budget_downgrade" || line.decisionReason == "budget_blocked" {
      return "budget"
    }
    if line.decisionReason == nil, hasPolicy, request.trafficClass == .experiment,
      let limit = line.budget.limit?.nanoUSD, let spent = line.budget.spent?.nanoUSD,
      4 * spent >= 3 * limit
    {
      return "budget"
    }
    if isCritical, step == 1, tier(request) != "pro" { return "tier_gate" }
    return "other"
  }

  private func isBelowFloor(_ request: Request) -> Bool {
    guard policy(on: request.day) != nil, request.trafficClass == .criticalUserFacing,
      let served = request.serving?.route?.model
    else { return false }
    return plain.grade(of: served, on: request.day) == .lowCost
  }

  func hourlyDowngrades() -> Set<Row> {
    Set(
      Dictionary(grouping: asked) { $0.lowest.startedAt.milliseconds / 3_600_000 }
        .map { hour, own in
          [
            "hour": String(hour), "requests": String(own.count),
            "downgraded": String(own.count(where: \.isDowngraded)),
          ]
        })
  }

  // MARK: budgets, loops, coverage

  func budgets(until end: UTCDay) -> Set<Row> {
    let month = end.advanced(by: -1).month
    let own = all.filter { $0.day.month == month && $0.day < end }
    return Set(
      Dictionary(grouping: own) { [$0.tenant.text, $0.day.description] }.map { key, spent in
        let named = world.attempts.filter {
          $0.attribution[.tenant]?.text == key[0] && $0.budget.limit != nil
            && $0.startedAt.day.month == month
        }
        let latest = named.max {
          ($0.startedAt, $0.budget.limit?.nanoUSD ?? 0)
            < ($1.startedAt, $1.budget.limit?.nanoUSD ?? 0)
        }
        return [
          "tenant_id": key[0], "day": String(spent[0].day.daysSince1970),
          "spent_nano_usd": String(spent.reduce(0) { $0 + $1.cost }),
          "event_limit_nano_usd": latest?.budget.limit.map { String($0.nanoUSD) } ?? "NULL",
        ]
      })
  }

  func loops(perMinute: Int, perDay: Int) -> Set<Row> {
    let groups = Dictionary(grouping: asked.filter { $0.lowest.attribution[.session] != nil }) {
      [$0.tenant.text, $0.lowest.attribution[.session]?.text ?? "", $0.day.description]
    }
    return Set(
      groups.compactMap { key, own in
        let starts = own.map(\.lowest.startedAt.milliseconds)
        let busiest = starts.map { at in starts.count { $0 <= at && $0 > at - 60_000 } }.max() ?? 0
        let cost = own.reduce(0) { $0 + $1.cost }
        let sameDay = groups.filter { $0.key[2] == key[2] }
        let mean =
          sameDay.reduce(0) { $0 + $1.value.reduce(0) { $0 + $1.cost } } / sameDay.count
        guard
          busiest >= perMinute || cost >= perDay
            || (own.count >= 20 && cost >= 10 * mean && cost > 0)
        else { return nil }
        return [
          "tenant_id": key[0], "session_id": key[1], "day": String(own[0].day.daysSince1970),
          "requests": String(own.count), "busiest": String(busiest),
          "cost_nano_usd": String(cost), "first_at": String(starts.min() ?? 0),
          "last_at": String(starts.max() ?? 0),
          "reaches_minute": busiest >= perMinute ? "1" : "0",
          "reaches_day": cost >= perDay ? "1" : "0",
        ]
      })
  }

  func coverage() -> Set<Row> {
    func row(
      _ topic: String, _ name: String, _ counted: Int, _ whole: Int, _ both: (Int, Int)? = nil
    ) -> Row {
      [
        "topic": topic, "name": name, "counted": String(counted), "whole": String(whole),
        "reported_nano_usd": both.map { String($0.0) } ?? "NULL",
        "catalog_nano_usd": both.map { String($0.1) } ?? "NULL",
      ]
    }
    guard !asked.isEmpty else { return [] }
    var rows: Set<Row> = []
    for field in AttributionField.allCases where field != .tenant {
      rows.insert(
        row(
          "field", field.rawValue, asked.count { $0.lowest.attribution[field] != nil },
          asked.count))
    }
    var calls: [String: [(Attempt, Request)]] = [:]
    for request in asked {
      for line in request.lines where line.action == .model {
        calls[line.route?.model.description ?? "", default: []].append((line, request))
      }
    }
    for (model, own) in calls {
      let unpriced = own.count {
        plain.cost(of: $0.0, for: $0.1.tenant, on: $0.1.day).isUnpriced
      }
      if unpriced > 0 { rows.insert(row("unpriced", model, unpriced, own.count)) }
      let both = own.compactMap { line, request -> (Int, Int)? in
        guard let reported = line.reportedCost,
          let catalog = plain.catalogCost(of: line, for: request.tenant, on: request.day)
        else { return nil }
        return (Int(reported.nanoUSD), catalog)
      }
      if !both.isEmpty {
        let sums = both.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        rows.insert(row("drift", model, both.count, own.count, sums))
      }
    }
    return rows
  }
}
