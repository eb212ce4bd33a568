import PolicyEngine
import Pricing
import Simulation
import Testing
import Traffic
import Units

@Suite("Costs and budgets of a simulated world")
struct MoneyTests {
  @Test("reported costs are the catalog's, to the nano-dollar", arguments: 0..<6 as Range<UInt64>)
  func costsAreTheCatalogs(seed: UInt64) throws {
    let prices = Dictionary(
      uniqueKeysWithValues: BuiltInPrices.catalog(from: SampleWorlds.firstDay)
        .map { ($0.model, $0.price) })
    var reported = 0
    var unreported: Set<Name?> = []
    for line in Simulator(try SampleWorlds.make(seed: seed)).joined() {
      guard let route = line.route else {
        #expect(line.reportedCost == nil)
        #expect(line.usage.isEmpty)
        continue
      }
      guard let cost = line.reportedCost else {
        unreported.insert(line.attribution[.workflow])
        continue
      }
      let price = try #require(prices[route.model])
      #expect(cost == (line.usage.isEmpty ? .zero : price.cost(of: line.usage)))
      reported += 1
    }
    #expect(reported > 400)
    #expect(unreported == ["data_cleanup"])
  }

  @Test("a fallback finds a cold cache, and a provider that bills cache writes is paid for them")
  func caches() throws {
    let world = try SampleWorlds.make(
      requests: 2_000,
      outages: [try SampleWorlds.outage("openai", "2026-10-05T08:00:00Z", "2026-10-05T20:00:00Z")])
    let lines = Simulator(world).flatMap { $0 }
    let fallbacks = lines.filter { $0.route != nil && $0.route != $0.primary }
    #expect(fallbacks.contains { $0.usage.cacheWrite > 0 })
    #expect(fallbacks.allSatisfy { $0.usage.cachedInput == 0 })
    #expect(lines.contains { $0.usage.cachedInput > 0 })
    #expect(
      lines.allSatisfy { $0.route?.model.provider == "anthropic" || $0.usage.cacheWrite == 0 })
  }

  @Test("tenants spend through the stages of their budgets, and start again with the month")
  func budgetsEvolve() throws {
    let world = try World(
      seed: 1, firstDay: SampleWorlds.firstDay.advanced(by: -7), days: 14, requests: 2_000,
      tenants: 8, policy: try SampleWorlds.make().policy,
      prices: BuiltInPrices.catalog(from: SampleWorlds.firstDay.advanced(by: -7)))
    var stages: [Name: Set<String>] = [:]
    var spent: [Name: (month: UTCMonth, amount: Money)] = [:]
    for lines in Simulator(world) {
      let first = try #require(lines.first)
      let tenant = try #require(first.attribution[.tenant])
      let amount = try #require(first.budget.spent)
      let month = first.startedAt.day.month
      if let before = spent[tenant], before.month == month {
        #expect(amount >= before.amount)
      } else {
        #expect(amount == .zero)
      }
      spent[tenant] = (month, amount)
      let utilisation = first.budget.limit.flatMap { Ratio(amount, of: $0) }
      stages[tenant, default: []].insert(
        world.policy.stage(at: utilisation)?.rawValue ?? "normal")
    }
    #expect(stages["dune-travel"] == ["normal"], "a tenant without a limit")
    #expect(stages.values.contains(["normal", "watch", "constrained", "critical_only"]))
  }
}
