import Pricing
import Units

/// A made-up fortnight of a small company, as cells that can be summed by any field.
struct SampleTraffic {
  /// Requests that share all their fields.
  struct Cell {
    var key: [GroupField: String]
    var measures: Measures
  }

  var cells: [Cell] = []

  static let day = UTCDay(daysSince1970: 20_727)  // 2026-10-01

  /// Summed by `fields`, over the days of `days` up to and including ``day``.
  func summary(by fields: [GroupField] = [], days: Int = 1) -> Summary {
    let first = Self.day.advanced(by: 1 - days)
    var groups: [[String?]: Measures] = [:]
    var totals = Measures.zero
    for cell in cells {
      guard let day = cell.key[.day].flatMap({ UTCDay($0) }), day >= first, day <= Self.day else {
        continue
      }
      totals = sum(totals, cell.measures)
      groups[fields.map { cell.key[$0] }, default: .zero] =
        sum(groups[fields.map { cell.key[$0] }, default: .zero], cell.measures)
    }
    let sorted = groups.sorted { left, right in
      left.key.lexicographicallyPrecedes(right.key) { left, right in
        guard let left else { return right != nil }
        return right.map { left.utf8.lexicographicallyPrecedes($0.utf8) } ?? false
      }
    }
    return Summary(
      period: Period(from: first.start, to: Self.day.advanced(by: 1).start), totals: totals,
      sources: sources(of: totals), fields: fields,
      groups: sorted.map { .init(key: $0.key, measures: $0.value) })
  }

  /// As if the logs reported every cost.
  private func sources(of totals: Measures) -> CostSources {
    do {
      return try CostSources(of: totals, catalogAttempts: 0, catalogCost: .zero)
    } catch {
      fatalError("\(error)")
    }
  }

  private func sum(_ left: Measures, _ right: Measures) -> Measures {
    do { return try left.adding(right) } catch { fatalError("\(error)") }
  }
}

/// What happened to some requests, in counts and nano-USD; their measures follow by events.md.
struct Happening {
  var primary: Int64 = 0
  var fallback: Int64 = 0
  var cached: Int64 = 0
  var defaulted: Int64 = 0
  var deferred: Int64 = 0
  var rejected: Int64 = 0
  var failed: Int64 = 0
  var downgraded: Int64 = 0
  var ungraded: Int64 = 0
  var unplanned: Int64 = 0
  var failedAttempts: Int64 = 0
  var unpriced: Int64 = 0
  /// Of serving attempts.
  var serving: Int64 = 0
  var wasted: Int64 = 0
  var plannedServed: Int64 = 0
  var plannedUnserved: Int64 = 0
  var revenueServed: Int64 = 0
  var revenueLost: Int64 = 0
  var revenueDeferred: Int64 = 0

  var measures: Measures {
    let served = primary + fallback + cached + defaulted
    let planned = plannedServed + plannedUnserved
    let revenue = revenueServed + revenueLost + revenueDeferred
    let amounts: [MoneyMeasure: Int64] = [
      .cost: serving + wasted, .wasted: wasted, .plannedCost: planned, .revenue: revenueServed,
      .plannedMargin: revenue - planned, .lostRevenue: -revenueLost,
      .deferredRevenue: -revenueDeferred, .retryWaste: -wasted,
      .routePriceEffect: plannedServed - serving, .avoidedCost: plannedUnserved,
      .actualMargin: revenueServed - serving - wasted,
    ]
    return Measures(
      counts: [
        .requests: served + deferred + rejected + failed, .served: served,
        .servedPrimary: primary, .servedFallback: fallback, .servedCached: cached,
        .servedDefault: defaulted, .deferred: deferred, .rejected: rejected, .failed: failed,
        .attempts: primary + fallback + failedAttempts, .failedAttempts: failedAttempts,
        .unpricedAttempts: unpriced, .downgraded: downgraded, .ungraded: ungraded,
        .unplanned: unplanned, .inputTokens: served * 812, .cachedInputTokens: served * 96,
        .outputTokens: served * 274,
      ],
      amounts: amounts.mapValues(Money.init(nanoUSD:)))
  }
}

extension SampleTraffic {
  /// Fourteen days of five workflows and four tenants; on the last day a provider is down for hours.
  static let fortnight: SampleTraffic = {
    var random = SeededGenerator(seed: 7)
    var traffic = SampleTraffic()
    let workflows: [(name: String, class: String, served: String, cheaper: String, price: Int64)] =
      [
        (
          "checkout-assistant", "critical_user_facing", "openai/gpt-5.2", "openai/gpt-5-mini",
          9_200_000
        ),
        (
          "support-triage", "non_critical_user_facing", "anthropic/claude-sonnet-4-5",
          "anthropic/claude-haiku-4-5", 6_100_000
        ),
        (
          "contract-review", "internal_automation", "anthropic/claude-opus-4-5",
          "anthropic/claude-sonnet-4-5", 41_000_000
        ),
        ("nightly-embeddings", "batch", "openai/gpt-5-mini", "mistral/mistral-small", 420_000),
        ("prompt-lab", "experiment", "mistral/mistral-large", "mistral/mistral-small", 2_700_000),
      ]
    for (tenant, scale) in [("acme", 12), ("globex", 7), ("initech", 3), ("umbrella", 1)] {
      for back in 0..<14 {
        for (index, workflow) in workflows.enumerated() {
          let isOutage = back == 0 && workflow.served.hasPrefix("anthropic")
          let base = Int64(scale * (8 + random.below(5)) * (index == 3 ? 4 : 1))
          let fallback = isOutage ? base * 2 / 5 : base / 40
          let failed = isOutage ? base / 25 : base / 300
          let cached = base / 20
          let primary = base - fallback - failed - cached
          func cell(_ served: String?, _ what: Happening) {
            var key: [GroupField: String] = [
              .tenant: tenant, .workflow: workflow.name, .trafficClass: workflow.class,
              .day: SampleTraffic.day.advanced(by: -back).description,
            ]
            key[.servedBy] = served
            traffic.cells.append(Cell(key: key, measures: what.measures))
          }
          let price = workflow.price + Int64(random.below(900_000))
          cell(
            workflow.served,
            Happening(
              primary: primary, failedAttempts: primary / 50, serving: primary * price,
              wasted: primary / 50 * price / 4, plannedServed: primary * price,
              revenueServed: primary * price * 3))
          cell(
            workflow.cheaper,
            Happening(
              fallback: fallback, downgraded: fallback * 9 / 10, failedAttempts: fallback * 2,
              unpriced: index == 4 ? fallback : 0, serving: fallback * price / 3,
              wasted: fallback * price / 5, plannedServed: fallback * price,
              revenueServed: fallback * price * 3))
          cell(
            nil,
            Happening(
              cached: cached, failed: failed, downgraded: cached, failedAttempts: failed * 3,
              wasted: failed * price / 2, plannedUnserved: (cached + failed) * price,
              revenueServed: cached * price * 3, revenueLost: failed * price * 3))
        }
      }
    }
    return traffic
  }()

  /// Names as an attacker would choose them, amounts as large as they get.
  static let hostile: SampleTraffic = {
    var traffic = SampleTraffic()
    let names = [
      "<script>alert(1)</script>", "=cmd|'/C calc'!A0", "\u{202E}gnp.exe\u{202C}",
      "a|b`c`\\|d", "\u{1B}[31mred\u{7}", "\"quoted\", and, commas",
      "@everyone https://evil.example",
      "请求重试工作流程很长的名字一直写下去直到放不下为止", "-1+1", "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
      String(repeating: "long-name-", count: 50), "two\nlines", "</style><img src=x onerror=1>",
    ]
    for (index, name) in names.enumerated() {
      let scale: Int64 = index == 0 ? 900_000_000_000_000_000 : index == 1 ? 1 : 12_345_678_901
      traffic.cells.append(
        Cell(
          key: [
            .tenant: name, .workflow: name, .trafficClass: name, .servedBy: name,
            .day: SampleTraffic.day.description,
          ],
          measures: Happening(
            primary: Int64(index), fallback: 2, failed: 1, downgraded: 1, ungraded: 1, unplanned: 1,
            failedAttempts: 3, unpriced: 1, serving: scale, wasted: scale / 2,
            plannedServed: scale / 3, revenueServed: 5, revenueLost: scale / 7
          ).measures))
    }
    return traffic
  }()
}
