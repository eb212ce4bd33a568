import Pricing
import Traffic
import Units

@testable import LedgerStore

/// The rows of the named reports worked out from the requests with plain loops: slow and obvious, and
/// nothing of it is shared with the program. A row is its columns by name, as text; NULL is none.
struct PlainReports {
  typealias Row = [String: String]
  typealias Request = PlainSummary.Request

  let world: SmallWorld
  let plain: PlainSummary
  let first: UTCDay?
  let end: UTCDay?

  init(_ world: SmallWorld, _ days: DaySpan) {
    self.world = world
    plain = PlainSummary(world)
    (first, end) = (days.first, days.end)
  }

  var all: [Request] { plain.requests }

  private func isIn(_ day: UTCDay, shiftedBy back: Int = 0) -> Bool {
    let day = day.advanced(by: back)
    return (first.map { day >= $0 } ?? true) && (end.map { day < $0 } ?? true)
  }

  private var asked: [Request] { all.filter { isIn($0.day) } }

  private func text(_ name: Name?) -> String { name?.text ?? "NULL" }

  private func sum(_ requests: [Request], _ part: (Request) -> Int) -> String {
    String(requests.reduce(0) { $0 + part($1) })
  }

  private func count(_ requests: [Request], _ matches: (Request) -> Bool) -> String {
    String(requests.count(where: matches))
  }

  private func isHit(_ request: Request) -> Bool {
    request.lines.contains { $0.outcome == .failure }
  }

  // MARK: cost and margin

  func workflowCost() -> Set<Row> {
    let length = first.flatMap { first in end.map { $0.daysSince1970 - first.daysSince1970 } }
    let before = length.map { length in all.filter { isIn($0.day, shiftedBy: length) } }
    let weekBefore = length.map { _ in all.filter { isIn($0.day, shiftedBy: 7) } }
    let workflows = Set((asked + (before ?? []) + (weekBefore ?? [])).map(\.workflow))
    return Set(
      workflows.map { workflow in
        let own = asked.filter { $0.workflow == workflow }
        return [
          "workflow": text(workflow), "requests": String(own.count),
          "served": count(own, \.isServed), "unplanned": count(own, \.isUnplanned),
          "unpriced_attempts": sum(own, \.unpriced), "cost_nano_usd": sum(own, \.cost),
          "wasted_nano_usd": sum(own) { $0.cost - $0.servingCost },
          "planned_nano_usd": sum(own, \.plan),
          "revenue_nano_usd": sum(own) { $0.isServed ? $0.revenue : 0 },
          "before_nano_usd": before.map { sum($0.filter { $0.workflow == workflow }, \.cost) }
            ?? "NULL",
          "week_before_nano_usd": weekBefore.map {
            sum($0.filter { $0.workflow == workflow }, \.cost)
          } ?? "NULL",
        ]
      })
  }

  func dailyCost() -> Set<Row> {
    let groups = Dictionary(grouping: asked) { [$0.day.description, text($0.workflow)] }
    return Set(
      groups.map { key, own in
        [
          "day": String(own[0].day.daysSince1970), "workflow": key[1],
          "requests": String(own.count), "downgraded": count(own, \.isDowngraded),
          "unanswered": count(own) { ["failed", "rejected"].contains($0.status) },
          "attempts": sum(own) { $0.lines.count { $0.action == .model } },
          "failed_attempts": sum(own) { $0.lines.count { $0.outcome == .failure } },
          "cost_nano_usd": sum(own, \.cost),
        ]
      })
  }

  func margin() -> Set<Row> {
    func row(_ field: String, _ value: String, _ own: [Request]) -> Row {
      let revenue = own.reduce(0) { $0 + ($1.isServed ? $1.revenue : 0) }
      let lost = own.reduce(0) {
        $0 + (["failed", "rejected"].contains($1.status) ? $1.revenue : 0)
      }
      let deferred = own.reduce(0) { $0 + ($1.status == "deferred" ? $1.revenue : 0) }
      let planned = own.reduce(0) { $0 + $1.revenue - $1.plan }
      let cost = own.reduce(0) { $0 + $1.cost }
      return [
        "field": field, "value": value, "requests": String(own.count),
        "unplanned": count(own, \.isUnplanned), "revenue_nano_usd": String(revenue),
        "cost_nano_usd": String(cost), "planned_margin_nano_usd": String(planned),
        "lost_revenue_nano_usd": String(-lost), "deferred_revenue_nano_usd": String(-deferred),
        "retry_waste_nano_usd": sum(own) { $0.servingCost - $0.cost },
        "route_price_effect_nano_usd": sum(own) {
          $0.serving == nil ? 0 : $0.plan - $0.servingCost
        },
        "avoided_cost_nano_usd": sum(own) { $0.serving == nil ? $0.plan : 0 },
        "actual_margin_nano_usd": String(revenue - cost),
        "impact_nano_usd": String(revenue - cost - planned),
      ]
    }
    guard !asked.isEmpty else { return [] }
    var rows: Set<Row> = [row("all", "NULL", asked)]
    for (tenant, own) in Dictionary(grouping: asked, by: \.tenant) {
      rows.insert(row("tenant_id", tenant.text, own))
    }
    for (workflow, own) in Dictionary(grouping: asked, by: \.workflow) {
      rows.insert(row("workflow", text(workflow), own))
    }
    return rows
  }

  func fallbackPremium() -> Set<Row> {
    func hasPremium(_ request: Request) -> Bool {
      isHit(request) || request.status == "served_fallback"
    }
    // Of others what they wasted, all the same.
    let wasting = asked.filter { hasPremium($0) || $0.cost != $0.servingCost }
    let groups = Dictionary(grouping: wasting) { [text($0.workflow), firstKind($0)] }
    return Set(
      groups.map { key, all in
        let own = all.filter(hasPremium)
        let wasted = all.reduce(0) { $0 + $1.cost - $1.servingCost }
        let premium = own.reduce(wasted) {
          $0 + ($1.serving == nil ? 0 : $1.servingCost - $1.plan)
        }
        return [
          "workflow": key[0], "kind": key[1], "requests": String(own.count),
          "served": count(own, \.isServed),
          "wasted_nano_usd": String(wasted),
          "serving_nano_usd": sum(own, \.servingCost),
          "planned_nano_usd": sum(own) { $0.serving == nil ? 0 : $0.plan },
          "premium_nano_usd": String(premium),
        ]
      })
  }

  private func firstKind(_ request: Request) -> String {
    guard let line = request.lines.first(where: { $0.outcome == .failure }) else { return "NULL" }
    return (line.failure?.kind ?? .unknown).rawValue
  }

  // MARK: calls

  private struct Call {
    let request: Request
    let line: Attempt
    let next: Attempt?
    var model: String { line.route?.model.description ?? "" }
    var provider: String { line.route?.model.provider.text ?? "" }
    var isFailure: Bool { line.outcome == .failure }
    var hour: Int64 { request.lowest.startedAt.milliseconds / 3_600_000 }
  }

  private var calls: [Call] {
    asked.flatMap { request in
      request.lines.indices.filter { request.lines[$0].action == .model }.map { place in
        Call(
          request: request, line: request.lines[place],
          next: request.lines[(place + 1)...].first { $0.action == .model })
      }
    }
  }

  private func isMisused(_ call: Call) -> Bool {
    guard call.isFailure, call.next != nil else { return false }
    let kind = call.line.failure?.kind ?? .unknown
    if policy(on: call.request.day) != nil {
      // What `SmallWorld.Policy.classes` lists.
      return ![FailureKind.timeout, .serverError, .contentPolicy].contains(kind)
    }
    if kind == .streamDropped, call.line.usage.output >= 1 { return true }
    return ![
      FailureKind.timeout, .rateLimited, .serverError, .network, .overloaded, .streamDropped,
    ].contains(kind)
  }

  private func cost(_ line: Attempt, _ request: Request) -> Int {
    plain.cost(of: line, for: request.tenant, on: request.day).cost
  }

  func failures() -> Set<Row> {
    func row(_ field: String, _ value: String, _ own: [Call]) -> Row {
      let failed = own.filter(\.isFailure)
      return [
        "field": field, "value": value, "calls": String(own.count),
        "failures": String(failed.count),
        "failed_nano_usd": String(failed.reduce(0) { $0 + cost($1.line, $1.request) }),
        "followed": String(failed.count { $0.next != nil }),
        "misused": String(failed.count(where: isMisused)),
        "misused_nano_usd": String(
          failed.filter(isMisused).reduce(0) { sum, call in
            sum + (call.next.map { cost($0, call.request) } ?? 0)
          }),
      ]
    }
    guard !calls.isEmpty else { return [] }
    var rows: Set<Row> = [row("all", "NULL", calls)]
    for (kind, own) in Dictionary(
      grouping: calls.filter(\.isFailure), by: { $0.line.failure?.kind })
    {
      rows.insert(row("failure_kind", (kind ?? .unknown).rawValue, own))
    }
    for (provider, own) in Dictionary(grouping: calls, by: \.provider) {
      rows.insert(row("provider", provider, own))
    }
    for (model, own) in Dictionary(grouping: calls, by: \.model) {
      rows.insert(row("model", model, own))
    }
    for (hour, own) in Dictionary(grouping: calls, by: { $0.hour % 24 }) {
      rows.insert(row("hour", hour < 10 ? "0\(hour)" : "\(hour)", own))
    }
    return rows
  }

  func failureHours() -> Set<Row> {
    Set(
      Dictionary(grouping: calls) { [$0.provider, String($0.hour % 24)] }.map { key, own in
        [
          "provider": key[0], "hour": key[1], "calls": String(own.count),
          "failures": String(own.count(where: \.isFailure)),
        ]
      })
  }

  func outageHours() -> Set<Row> {
    Set(
      Dictionary(grouping: calls) { [$0.provider, String($0.hour)] }.compactMap { key, own in
        let failures = own.count(where: \.isFailure)
        guard failures >= 3, failures * 2 >= own.count else { return nil }
        return [
          "provider": key[0], "hour": key[1], "calls": String(own.count),
          "failures": String(failures),
        ]
      })
  }

  func providers() -> Set<Row> {
    func provider(_ request: Request) -> String { request.primary.model.provider.text }
    let names = Set(calls.map(\.provider) + asked.map(provider))
    return Set(
      names.map { name in
        let own = asked.filter { provider($0) == name }
        let called = calls.filter { $0.provider == name }
        return [
          "provider": name, "calls": String(called.count),
          "successes": String(called.count { !$0.isFailure }), "requests": String(own.count),
          "served": count(own, \.isServed), "hit": count(own, isHit),
          "rescued": count(own) { isHit($0) && $0.isServed },
          "cost_nano_usd": String(called.reduce(0) { $0 + cost($1.line, $1.request) }),
        ]
      })
  }

  // MARK: policies

  func policy(on day: UTCDay) -> SmallWorld.Policy? {
    world.policies.enumerated().filter { $0.element.from <= day }.max { left, right in
      (left.element.from, left.offset) < (right.element.from, right.offset)
    }?.element
  }

  func tier(_ request: Request) -> Name? {
    request.lowest.attribution[.tier] ?? request.terms?.tier
  }
}
