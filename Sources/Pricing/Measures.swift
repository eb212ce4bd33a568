internal import Traffic
package import Units

/// A count that the summary reports (cli.md, "Summary measures"); raw values are its printed names.
package enum CountMeasure: String, CaseIterable, Sendable {
  case requests
  case served
  case servedPrimary = "served_primary"
  case servedFallback = "served_fallback"
  case servedCached = "served_cached"
  case servedDefault = "served_default"
  case deferred
  case rejected
  case failed
  /// Lines that called a model.
  case attempts
  case failedAttempts = "failed_attempts"
  case unpricedAttempts = "unpriced_attempts"
  case downgraded
  case ungraded
  case unplanned
  case inputTokens = "input_tokens"
  case cachedInputTokens = "cached_input_tokens"
  case outputTokens = "output_tokens"
}

/// An amount that the summary reports (cli.md; events.md, "Margin"); raw values are printed names.
package enum MoneyMeasure: String, CaseIterable, Sendable {
  case cost = "cost_usd"
  case wasted = "wasted_usd"
  case plannedCost = "planned_cost_usd"
  /// Of served requests.
  case revenue = "revenue_usd"
  case plannedMargin = "planned_margin_usd"
  case lostRevenue = "lost_revenue_usd"
  case deferredRevenue = "deferred_revenue_usd"
  case retryWaste = "retry_waste_usd"
  case routePriceEffect = "route_price_effect_usd"
  case avoidedCost = "avoided_cost_usd"
  case actualMargin = "actual_margin_usd"

  /// The steps from planned to actual margin, in the order of the bridge.
  package static let bridgeSteps: [MoneyMeasure] = [
    .lostRevenue, .deferredRevenue, .retryWaste, .routePriceEffect, .avoidedCost,
  ]
}

/// The summary measures of a set of requests, all of them exact.
package struct Measures: Hashable, Sendable {
  private var counts: [Int64]
  private var amounts: [Money]

  package static let zero = Measures(counts: [:], amounts: [:])

  package init(counts: [CountMeasure: Int64], amounts: [MoneyMeasure: Money]) {
    self.counts = CountMeasure.allCases.map { counts[$0] ?? 0 }
    self.amounts = MoneyMeasure.allCases.map { amounts[$0] ?? .zero }
  }

  package subscript(measure: CountMeasure) -> Int64 { counts[measure.index] }
  package subscript(measure: MoneyMeasure) -> Money { amounts[measure.index] }

  /// Actual less planned margin.
  /// - Throws: ``UnitError`` if the difference leaves 64 bits.
  package func fallbackImpact() throws(UnitError) -> Money {
    try self[.actualMargin].subtracting(self[.plannedMargin])
  }

  /// Whether the bridge holds: planned margin and its steps add up to the actual margin, which is
  /// the revenue of served requests less all cost.
  package var footsToTheBridge: Bool {
    let steps = ([.plannedMargin] + MoneyMeasure.bridgeSteps).reduce(Int128(0)) {
      $0 + Int128(self[$1].nanoUSD)
    }
    let actual = Int128(self[.actualMargin].nanoUSD)
    return steps == actual
      && actual == Int128(self[.revenue].nanoUSD) - Int128(self[.cost].nanoUSD)
  }

  /// - Throws: ``UnitError`` if a sum leaves 64 bits.
  package func adding(_ other: Measures) throws(UnitError) -> Measures {
    var sum = self
    for index in counts.indices {
      let (count, overflow) = counts[index].addingReportingOverflow(other.counts[index])
      guard !overflow else {
        throw UnitError(
          what: "the sum of \(CountMeasure.allCases[index].rawValue) is outside 64 bits",
          remedy: "report a shorter period")
      }
      sum.counts[index] = count
    }
    for index in amounts.indices {
      sum.amounts[index] = try amounts[index].adding(other.amounts[index])
    }
    return sum
  }
}

extension CountMeasure {
  fileprivate var index: Int { Self.places[self] ?? 0 }
  private static let places = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

extension MoneyMeasure {
  fileprivate var index: Int { Self.places[self] ?? 0 }
  private static let places = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

/// A field by which the summary can be grouped (cli.md, `--by`); raw values are printed names.
package enum GroupField: String, CaseIterable, Sendable {
  case tenant = "tenant_id"
  case tier = "tenant_tier"
  case user = "user_id"
  case application
  case feature
  case workflow
  case assistant = "assistant_id"
  case thread = "thread_id"
  case session = "session_id"
  case environment
  case trafficClass = "traffic_class"
  /// As `provider/model`.
  case primary
  /// As `provider/model`; nil where no model served.
  case servedBy = "served_by"
  case status
  case day
  case month
}

/// The summary of a period, in total and by groups.
package struct Summary: Hashable, Sendable {
  package struct Group: Hashable, Sendable {
    /// A value for each of the summary's fields; nil where the requests have none.
    package let key: [String?]
    package let measures: Measures
    package let sources: CostSources

    package init(key: [String?], measures: Measures, sources: CostSources = .none) {
      self.key = key
      self.measures = measures
      self.sources = sources
    }
  }

  package let period: Period
  package let totals: Measures
  package let sources: CostSources
  package let fields: [GroupField]
  /// In the order of their keys, by bytes, none before any.
  package let groups: [Group]

  package init(
    period: Period, totals: Measures, sources: CostSources = .none, fields: [GroupField],
    groups: [Group]
  ) {
    self.period = period
    self.totals = totals
    self.sources = sources
    self.fields = fields
    self.groups = groups
  }
  /// The order of keys: by bytes, field by field, none before any.
  package static func precedes(_ left: [String?], _ right: [String?]) -> Bool {
    for (one, other) in zip(left, right) {
      switch (one, other) {
      case (nil, nil): continue
      case (nil, _?): return true
      case (_?, nil): return false
      case (let one?, let other?):
        if Name(one) != Name(other) { return Name(one) < Name(other) }
      }
    }
    return false
  }
}
