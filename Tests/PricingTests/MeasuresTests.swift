import Pricing
import Testing
import Units

@Suite("Summary measures")
struct MeasuresTests {
  /// A set of requests whose margin bridge foots: planned 30, actual 25 - 16 = 9.
  private static func measures(requests: Int64 = 4) -> Measures {
    let amounts: [MoneyMeasure: Int64] = [
      .cost: 16, .wasted: 4, .plannedCost: 20, .revenue: 25, .plannedMargin: 30, .lostRevenue: -15,
      .deferredRevenue: -10, .retryWaste: -4, .routePriceEffect: 3, .avoidedCost: 5,
      .actualMargin: 9,
    ]
    return Measures(
      counts: [.requests: requests, .served: 2], amounts: amounts.mapValues(Money.init(nanoUSD:)))
  }

  @Test("each keeps its own value, and is zero where none is given")
  func keepsValues() {
    let measures = Self.measures()
    #expect(measures[.requests] == 4)
    #expect(measures[.served] == 2)
    #expect(measures[.failed] == 0)
    #expect(measures[.cost] == Money(nanoUSD: 16))
    #expect(CountMeasure.allCases.allSatisfy { Measures.zero[$0] == 0 })
    #expect(MoneyMeasure.allCases.allSatisfy { Measures.zero[$0] == .zero })
  }

  @Test("are named as cli.md names them, in its order")
  func namesMeasures() {
    #expect(
      CountMeasure.allCases.map(\.rawValue).joined(separator: " ")
        == "requests served served_primary served_fallback served_cached served_default deferred "
        + "rejected failed attempts failed_attempts unpriced_attempts downgraded ungraded unplanned "
        + "input_tokens cached_input_tokens output_tokens")
    #expect(
      MoneyMeasure.allCases.map(\.rawValue).joined(separator: " ")
        == "cost_usd wasted_usd planned_cost_usd revenue_usd planned_margin_usd lost_revenue_usd "
        + "deferred_revenue_usd retry_waste_usd route_price_effect_usd avoided_cost_usd "
        + "actual_margin_usd")
    #expect(
      GroupField.allCases.map(\.rawValue).joined(separator: " ")
        == "tenant_id tenant_tier user_id application feature workflow assistant_id thread_id "
        + "session_id environment traffic_class primary served_by status day month")
  }

  @Test("the bridge from planned to actual margin foots, or is found not to")
  func footsBridge() throws {
    #expect(Measures.zero.footsToTheBridge)
    #expect(Self.measures().footsToTheBridge)
    #expect(try Self.measures().fallbackImpact() == Money(nanoUSD: -21))
    let bridge: [MoneyMeasure] =
      MoneyMeasure.bridgeSteps + [.plannedMargin, .actualMargin, .revenue, .cost]
    for measure in bridge {
      let wrong = try Self.measures().adding(
        Measures(counts: [:], amounts: [measure: Money(nanoUSD: 1)]))
      #expect(!wrong.footsToTheBridge, Comment(rawValue: measure.rawValue))
    }
  }

  @Test("add up, one by one")
  func addsUp() throws {
    let sum = try Self.measures().adding(Self.measures(requests: 3))
    #expect(sum[.requests] == 7)
    #expect(sum[.served] == 4)
    #expect(sum[.lostRevenue] == Money(nanoUSD: -30))
    #expect(sum.footsToTheBridge)
    #expect(try sum.adding(.zero) == sum)
  }

  @Test("sums that leave 64 bits are refused")
  func refusesOverflow() {
    let counts = Measures(counts: [.requests: .max], amounts: [:])
    let error = #expect(throws: UnitError.self) { try counts.adding(Self.measures()) }
    #expect(error?.what.contains("requests") == true)
    let amounts = Measures(counts: [:], amounts: [.plannedMargin: Money(nanoUSD: .min)])
    #expect(throws: UnitError.self) { try amounts.adding(amounts) }
    let apart = Measures(
      counts: [:],
      amounts: [.plannedMargin: Money(nanoUSD: .min), .actualMargin: Money(nanoUSD: .max)])
    #expect(throws: UnitError.self) { try apart.fallbackImpact() }
    #expect(!apart.footsToTheBridge)
  }
}
