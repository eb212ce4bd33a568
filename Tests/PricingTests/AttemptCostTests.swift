import Pricing
import Testing
import Traffic
import Units

@Suite("Cost of an attempt")
struct AttemptCostTests {
  private static let usage = Usage(input: 1000, output: 500)

  /// 1,000 x 2.00 + 500 x 8.00 a million: 0.006.
  private static func price() throws -> ModelPrice { ModelPrice(base: try prices("2", "8")) }

  @Test("is the reported one, and the catalog's is kept beside it")
  func reportedBeatsCatalog() throws {
    let line = link(model: 1, .success, usage: Self.usage, cost: try usd("0.007"))
    let cost = AttemptCost(of: line, at: try Self.price())
    #expect(cost.amount == (try usd("0.007")))
    #expect(cost.source == .reported)
    #expect(cost.catalog == (try usd("0.006")))
  }

  @Test("is the reported one, also where it is zero or the catalog has none")
  func reportedStandsAlone() throws {
    let free = AttemptCost(
      of: link(model: 1, .failure, usage: Self.usage, cost: .zero), at: try Self.price())
    #expect(free.amount == .zero)
    #expect(free.source == .reported)
    let unknown = AttemptCost(
      of: link(model: 1, .success, usage: Self.usage, cost: try usd("0.007")), at: nil)
    #expect(unknown.amount == (try usd("0.007")))
    #expect(unknown.source == .reported)
    #expect(unknown.catalog == nil)
  }

  @Test("is the catalog's where none is reported")
  func fallsToCatalog() throws {
    let cost = AttemptCost(of: link(model: 1, .success, usage: Self.usage), at: try Self.price())
    #expect(cost.amount == (try usd("0.006")))
    #expect(cost.source == .catalog)
  }

  @Test("is unpriced, as zero, where neither is known")
  func isUnpriced() {
    let cost = AttemptCost(of: link(model: 1, .success, usage: Self.usage), at: nil)
    #expect(cost.amount == .zero)
    #expect(cost.source == .unpriced)
    #expect(cost.catalog == nil)
  }

  @Test("is unpriced where the catalog's leaves 64 bits")
  func isUnpricedBeyondMoney() throws {
    let cost = AttemptCost(
      of: link(model: 1, .success, usage: Usage(input: .max, output: 0)), at: try Self.price())
    #expect(cost.amount == .zero)
    #expect(cost.source == .unpriced)
  }

  @Test(
    "of no tokens and none reported is the catalog's zero, priced or not", arguments: [true, false])
  func withoutTokens(isPriced: Bool) throws {
    let price = ModelPrice(
      base: try prices("2", "8"), perRequest: try UnitPrice("0.01", per: .one))
    let cost = AttemptCost(of: link(model: 1, .failure), at: isPriced ? price : nil)
    #expect(cost.amount == .zero)
    #expect(cost.source == .catalog)
  }

  @Test(
    "of a step without a model is what it reports, else nothing, and never unpriced",
    arguments: Action.allCases.filter { $0 != .model })
  func withoutModel(action: Action) throws {
    let silent = AttemptCost(of: link(action, usage: Self.usage), at: nil)
    #expect(silent.amount == .zero)
    #expect(silent.source == nil)
    #expect(silent.catalog == nil)
    let paid = AttemptCost(of: link(action, cost: try usd("0.001")), at: try Self.price())
    #expect(paid.amount == (try usd("0.001")))
    #expect(paid.source == .reported)
    #expect(paid.catalog == nil)
  }
}
