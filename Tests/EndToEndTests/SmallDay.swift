import Foundation
import TestSupport

/// The requests of `fixtures/small_day` as its README works them out by hand.
enum SmallDay {
  static let folder = Repository.path("fixtures/small_day")
  static let events = folder.appending(path: "events.jsonl").path

  static let imports = [
    ["prices", "import", folder.appending(path: "prices.csv").path],
    ["tenants", "import", folder.appending(path: "tenants.csv").path],
    ["policy", "apply", folder.appending(path: "policy.yaml").path],
  ]

  /// A row of the README's table; amounts in nano-USD.
  struct Request {
    let id: String
    var tenant = "acme"
    var workflow = "chat"
    var trafficClass = "critical_user_facing"
    let status: String
    var primary = "openai/gpt-5"
    var servedBy = "null"
    var day = "2026-10-05"
    var attempts = 0
    var failed = 0
    var unpriced = 0
    var isDowngraded = false
    var isUngraded = false
    var isUnplanned = false
    var input = 0
    var cached = 0
    var output = 0
    var cost = 0
    var wasted = 0
    var planned = 0
    /// Whether served or not.
    var revenue = 0

    /// The value by which `--by` groups it.
    func key(_ field: String) -> String {
      switch field {
      case "tenant_id": tenant
      case "tenant_tier": ["acme": "pro", "globex": "enterprise", "initech": "free"][tenant] ?? ""
      case "workflow": workflow
      case "traffic_class": trafficClass
      case "status": status
      case "primary": primary
      case "served_by": servedBy
      case "day": day
      case "month": String(day.prefix(7))
      case "application": "helpdesk"
      case "environment": workflow == "eval" ? "staging" : "production"
      case "feature": workflow == "digest" ? "nightly_digest" : "null"
      case "user_id": id == "r01" ? "u1" : "null"
      case "thread_id": id == "r01" ? "t1" : "null"
      default: "null"
      }
    }
  }

  private static let mini = "openai/gpt-5-mini"

  static let requests: [Request] = [
    Request(
      id: "r01", status: "served_primary", servedBy: "openai/gpt-5", attempts: 1, input: 1_000,
      cached: 401, output: 200, cost: 3_398_500, planned: 3_398_500, revenue: 20_000_000),
    Request(
      id: "r02", status: "served_fallback", servedBy: mini, attempts: 2, failed: 1,
      isDowngraded: true, input: 1_000, output: 200, cost: 720_000, planned: 4_000_000,
      revenue: 20_000_000),
    Request(
      id: "r03", status: "served_primary", servedBy: "azure/gpt-5-eu", attempts: 2, failed: 1,
      input: 2_000, output: 300, cost: 6_000_003, wasted: 1_000_000, planned: 5_000_003,
      revenue: 30_000_000),
    Request(
      id: "r04", status: "served_fallback", servedBy: "anthropic/claude-opus-4", attempts: 2,
      failed: 1, input: 1_000, output: 100, cost: 7_500_000, planned: 3_000_000,
      revenue: 20_000_000),
    Request(
      id: "r05", status: "served_cached", attempts: 1, failed: 1, isDowngraded: true, input: 100,
      cost: 150_000, wasted: 150_000, planned: 3_404_750, revenue: 20_000_000),
    Request(
      id: "r06", status: "served_default", isDowngraded: true, planned: 3_404_750,
      revenue: 10_000_000),
    Request(id: "r07", status: "deferred", planned: 3_404_750, revenue: 20_000_000),
    Request(
      id: "r08", status: "deferred", attempts: 1, failed: 1, planned: 3_404_750,
      revenue: 20_000_000),
    Request(id: "r09", status: "deferred", planned: 3_404_750),
    Request(id: "r10", status: "rejected", planned: 3_404_750, revenue: 20_000_000),
    Request(
      id: "r11", status: "failed", attempts: 2, failed: 2, input: 2_000, cost: 7_000_000,
      wasted: 7_000_000, planned: 3_404_750, revenue: 40_000_000),
    Request(
      id: "r12", status: "served_fallback", servedBy: "acme/house-7b", attempts: 2, failed: 1,
      unpriced: 1, isUngraded: true, input: 2_000, output: 100, planned: 5_000_000,
      revenue: 20_000_000),
    Request(
      id: "r13", tenant: "globex", status: "served_primary", servedBy: "openai/gpt-5", attempts: 1,
      input: 10, output: 1, cost: 30_000, planned: 30_000, revenue: 25_000_001),
    Request(
      id: "r14", tenant: "globex", workflow: "digest", trafficClass: "batch",
      status: "served_primary", primary: mini, servedBy: mini, attempts: 1, input: 20_000,
      output: 1_000, cost: 19_200_000, planned: 19_200_000, revenue: 25_000_000),
    Request(
      id: "r15", tenant: "globex", workflow: "triage", trafficClass: "non_critical_user_facing",
      status: "served_cached", primary: mini, isDowngraded: true, planned: 9_880_000,
      revenue: 25_000_000),
    Request(
      id: "r16", tenant: "globex", workflow: "digest", trafficClass: "batch",
      status: "served_primary", primary: mini, servedBy: mini, day: "2026-10-20", attempts: 1,
      input: 1_000, output: 100, cost: 560_000, planned: 560_000, revenue: 25_000_000),
    Request(
      id: "r17", tenant: "initech", workflow: "eval", trafficClass: "experiment",
      status: "rejected", primary: "acme/house-7b", isUnplanned: true, revenue: 20_000_000),
  ]

  /// The summary measures of some of the requests, by their definitions in events.md.
  static func measures(_ requests: some Collection<Request>) -> [String: String] {
    func count(_ matches: (Request) -> Bool) -> String { String(requests.count(where: matches)) }
    func sum(_ value: (Request) -> Int) -> Int { requests.reduce(0) { $0 + value($1) } }
    func isServed(_ request: Request) -> Bool { request.status.hasPrefix("served_") }
    func isModel(_ request: Request) -> Bool {
      ["served_primary", "served_fallback"].contains(request.status)
    }
    func servingCost(_ request: Request) -> Int { request.cost - request.wasted }
    let revenue = sum { isServed($0) ? $0.revenue : 0 }
    let cost = sum(\.cost)
    var measures = [
      "requests": count { _ in true }, "served": count(isServed),
      "downgraded": count(\.isDowngraded), "ungraded": count(\.isUngraded),
      "unplanned": count(\.isUnplanned), "attempts": String(sum(\.attempts)),
      "failed_attempts": String(sum(\.failed)), "unpriced_attempts": String(sum(\.unpriced)),
      "input_tokens": String(sum(\.input)), "cached_input_tokens": String(sum(\.cached)),
      "output_tokens": String(sum(\.output)), "cost_usd": usd(cost),
      "wasted_usd": usd(sum(\.wasted)), "planned_cost_usd": usd(sum(\.planned)),
      "revenue_usd": usd(revenue),
      "planned_margin_usd": usd(sum { $0.revenue - $0.planned }),
      "lost_revenue_usd": usd(
        -sum { ["failed", "rejected"].contains($0.status) ? $0.revenue : 0 }),
      "deferred_revenue_usd": usd(-sum { $0.status == "deferred" ? $0.revenue : 0 }),
      "retry_waste_usd": usd(-sum(\.wasted)),
      "route_price_effect_usd": usd(sum { isModel($0) ? $0.planned - servingCost($0) : 0 }),
      "avoided_cost_usd": usd(sum { isModel($0) ? 0 : $0.planned }),
      "actual_margin_usd": usd(revenue - cost),
    ]
    for status in [
      "served_primary", "served_fallback", "served_cached", "served_default", "deferred",
      "rejected", "failed",
    ] {
      measures[status] = count { $0.status == status }
    }
    return measures
  }
}
