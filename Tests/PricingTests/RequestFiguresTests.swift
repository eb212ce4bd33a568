import Pricing
import TestSupport
import Testing
import Traffic
import Units

/// events.md, "The request" and "Cost of an attempt", for one request.
@Suite("Figures of a request")
struct RequestFiguresTests {
  /// Model 1 costs 2 / 8 a million from day 0 and 4 / 16 from day 1, model 2 costs 1 / 2, model 3 has
  /// neither price nor grade, model 4 has a grade and no price.
  private struct Rates: RateCard {
    let first: PriceHistory
    let second: PriceHistory

    init() throws {
      first = PriceHistory([
        (from: UTCDay(daysSince1970: 0), price: ModelPrice(base: try prices("2", "8"))),
        (from: UTCDay(daysSince1970: 1), price: ModelPrice(base: try prices("4", "16"))),
      ])
      second = PriceHistory([
        (from: UTCDay(daysSince1970: 0), price: ModelPrice(base: try prices("1", "2")))
      ])
    }

    func price(of model: Int64, on day: UTCDay) -> ModelPrice? {
      switch model {
      case 1: first.price(on: day)
      case 2: second.price(on: day)
      default: nil
      }
    }

    func grade(of model: Int64, on day: UTCDay) -> Grade? {
      model == 4 ? .lowCost : price(of: model, on: day)?.grade
    }
  }

  private static let usage = Usage(input: 1000, output: 500)

  private static func figures(_ links: [Link]) throws -> RequestFigures {
    try RequestFigures(try #require(Chain(links)), links: links, rates: try Rates())
  }

  @Test("served by the primary: planned is what the serving attempt cost")
  func servedByPrimary() throws {
    let figures = try Self.figures([
      link(model: 1, .failure, usage: Usage(input: 100, output: 0)),
      link(model: 1, .success, usage: Self.usage, cost: try usd("0.005")),
    ])
    #expect(figures.attemptCosts.map(\.amount) == [try usd("0.0002"), try usd("0.005")])
    #expect(figures.cost == (try usd("0.0052")))
    #expect(figures.servingCost == (try usd("0.005")))
    #expect(figures.ownPlannedCost == (try usd("0.005")))
    #expect(!figures.isDowngraded && !figures.isUngraded)
    #expect(figures.attempts == 2 && figures.failedAttempts == 1 && figures.unpricedAttempts == 0)
    #expect(figures.usage == Usage(input: 1100, output: 500))
  }

  @Test("a route without a price costs what the model that answered costs")
  func answeredByAnother() throws {
    var unknown = link(model: 3, .success, usage: Self.usage)
    #expect(try Self.figures([unknown]).unpricedAttempts == 1)
    unknown.answeredAs = 2
    let figures = try Self.figures([unknown])
    // 1,000 x 1 + 500 x 2 a million.
    #expect(figures.cost == (try usd("0.002")))
    #expect(figures.unpricedAttempts == 0)
    // A price of the route's own comes first.
    var known = link(model: 1, .success, usage: Self.usage)
    known.answeredAs = 2
    #expect(try Self.figures([known]).cost == (try usd("0.006")))
  }

  @Test("served by a fallback: planned is the serving tokens at the primary's price")
  func servedByFallback() throws {
    let figures = try Self.figures([
      link(model: 1, .failure),
      link(model: 2, .success, usage: Self.usage, cost: try usd("0.0017")),
    ])
    #expect(figures.servingCost == (try usd("0.0017")))
    // 1,000 x 2 + 500 x 8 a million.
    #expect(figures.ownPlannedCost == (try usd("0.006")))
    #expect(figures.isDowngraded && !figures.isUngraded)
  }

  @Test("all prices are those of the UTC day on which the lowest attempt started")
  func pricesOfTheFirstDay() throws {
    let midnight = UTCDay(daysSince1970: 1).start
    let before = Timestamp(milliseconds: midnight.milliseconds - 1)
    let figures = try Self.figures([
      link(model: 1, .failure, usage: Self.usage, at: before),
      link(model: 1, .success, usage: Self.usage, at: midnight),
    ])
    #expect(figures.cost == (try usd("0.012")))
    let later = try Self.figures([
      link(model: 1, .failure, usage: Self.usage, at: midnight),
      link(model: 1, .success, usage: Self.usage, at: before),
    ])
    #expect(later.cost == (try usd("0.024")))
  }

  @Test(
    "35: served by the primary without a price: planned is its own cost, and it counts as unpriced")
  func unpricedPrimary() throws {
    let figures = try Self.figures([link(model: 3, .success, usage: Self.usage, primary: 3)])
    #expect(figures.cost == .zero)
    #expect(figures.unpricedAttempts == 1)
    #expect(figures.ownPlannedCost == .zero)
    #expect(!figures.isUngraded)
  }

  @Test("served by a fallback from a primary without a price: others must stand in for the plan")
  func fallbackFromUnpriced() throws {
    let figures = try Self.figures([link(model: 2, .success, usage: Self.usage, primary: 3)])
    #expect(figures.ownPlannedCost == nil)
    #expect(figures.isUngraded && !figures.isDowngraded)
  }

  @Test(
    "is downgraded only by a fallback of a lower grade; where a grade lacks, ungraded",
    arguments: [
      // Model 1 is frontier, 2 balanced, 3 ungraded, 4 low_cost.
      (1, 2, true, false), (2, 1, false, false), (1, 4, true, false), (2, 4, true, false),
      (4, 2, false, false), (1, 3, false, true), (3, 1, false, true), (1, 1, false, false),
      (3, 3, false, false),
    ] as [(Int64, Int64, Bool, Bool)])
  func grades(primary: Int64, served: Int64, downgraded: Bool, ungraded: Bool) throws {
    let figures = try Self.figures([
      link(model: served, .success, usage: Self.usage, primary: primary)
    ])
    #expect(figures.isDowngraded == downgraded)
    #expect(figures.isUngraded == ungraded)
  }

  @Test("a fallback of the same grade is no downgrade")
  func sameGrade() throws {
    let links = [link(model: 2, .success, usage: Self.usage, primary: 5)]
    struct Flat: RateCard {
      func price(of model: Int64, on day: UTCDay) -> ModelPrice? { nil }
      func grade(of model: Int64, on day: UTCDay) -> Grade? { .balanced }
    }
    let figures = try RequestFigures(try #require(Chain(links)), links: links, rates: Flat())
    #expect(!figures.isDowngraded && !figures.isUngraded)
  }

  @Test(
    "without a serving attempt there is no plan of its own; cached and default answers are downgrades",
    arguments: [
      (.cachedResponse, true), (.defaultResponse, true), (.queue, false), (.pause, false),
      (.manualReview, false), (.reject, false),
    ] as [(Action, Bool)])
  func withoutServingAttempt(action: Action, downgraded: Bool) throws {
    let figures = try Self.figures([
      link(model: 1, .failure, usage: Usage(input: 100, output: 0)),
      link(action, cost: try usd("0.001")),
    ])
    #expect(figures.cost == (try usd("0.0012")))
    #expect(figures.servingCost == .zero)
    #expect(figures.ownPlannedCost == nil)
    #expect(figures.isDowngraded == downgraded)
    #expect(!figures.isUngraded)
    #expect(figures.attempts == 1 && figures.failedAttempts == 1)
  }

  @Test("a failed request has cost and no plan of its own")
  func failed() throws {
    let figures = try Self.figures([
      link(model: 1, .failure, usage: Usage(input: 100, output: 0)),
      link(model: 3, .failure, usage: Usage(input: 100, output: 0)),
    ])
    #expect(figures.cost == (try usd("0.0002")))
    #expect(figures.ownPlannedCost == nil)
    #expect(figures.attempts == 2 && figures.failedAttempts == 2 && figures.unpricedAttempts == 1)
  }

  @Test("sums that leave 64 bits are refused, and trap nothing")
  func refusesOverflow() {
    let huge = Money(nanoUSD: .max)
    #expect(throws: UnitError.self) {
      try Self.figures([
        link(model: 1, .failure, cost: huge), link(model: 1, .success, cost: huge),
      ])
    }
    let tokens = Usage(input: .max, output: 0)
    #expect(throws: UnitError.self) {
      try Self.figures([
        link(model: 3, .failure, usage: tokens), link(model: 3, .success, usage: tokens),
      ])
    }
  }

  /// A catalog without a price.
  private struct NoRates: RateCard {
    let hasPrices: Bool
    func price(of model: Int64, on day: UTCDay) -> ModelPrice? { nil }
    func grade(of model: Int64, on day: UTCDay) -> Grade? { model == 2 ? .balanced : nil }
  }

  @Test("a request of one line is what a list of that line is", arguments: 0..<400 as Range<UInt64>)
  func onlyLine(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let action = random.chance(2, in: 3) ? Action.model : Action.allCases[random.below(7)]
    var line = link(
      action, model: random.chance(4, in: 5) ? Int64(1 + random.below(4)) : nil,
      [Outcome.success, .failure, nil][random.below(3)],
      usage: random.chance(1, in: 5)
        ? Usage()
        : Usage(input: Int64(random.below(5_000)), output: Int64(random.below(5_000))),
      cost: random.chance(1, in: 3) ? Money(nanoUSD: Int64(random.below(1_000_000_000))) : nil)
    if random.chance(1, in: 4) { line.context.primary = nil }
    if random.chance(1, in: 4) { line.pricedAs = Int64(1 + random.below(3)) }
    if random.chance(1, in: 4) { line.answeredAs = Int64(1 + random.below(3)) }
    line.isRetry = random.chance(1, in: 4)
    if random.chance(1, in: 2) { line.revenue = Money(nanoUSD: Int64(random.below(1_000))) }
    let chain = try #require(Chain([line]))
    #expect(Chain(only: line) == chain)
    func same(_ rates: some RateCard) throws {
      #expect(
        RequestFigures(chain, only: line, rates: rates)
          == (try RequestFigures(chain, links: [line], rates: rates)))
    }
    try same(try Rates())
    try same(NoRates(hasPrices: true))
    try same(NoRates(hasPrices: false))
  }

  @Test(
    "36: cost is the sum of the attempts', and waste what did not serve",
    arguments: 0..<300 as Range<UInt64>)
  func addsUp(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rates = try Rates()
    let links = (0..<1 + random.below(8)).map { _ -> Link in
      let action = random.chance(2, in: 3) ? Action.model : Action.allCases[random.below(7)]
      let isModel = action == .model
      return link(
        action, model: isModel ? Int64(1 + random.below(4)) : nil,
        isModel ? (random.chance(1, in: 3) ? .success : .failure) : nil,
        usage: isModel
          ? Usage(input: Int64(random.below(5_000)), output: Int64(random.below(5_000))) : Usage(),
        cost: random.chance(1, in: 4) ? Money(nanoUSD: Int64(random.below(1_000_000_000))) : nil)
    }
    let chain = try #require(Chain(links))
    let figures = try RequestFigures(chain, links: links, rates: rates)

    // Line by line, by hand.
    var total = SlowNatural(0)
    for link in links {
      if let reported = link.reportedCost {
        total = total + SlowNatural(reported.nanoUSD)
      } else if link.action == .model, link.usage != Usage(), let model = link.route?.model,
        let price = rates.price(of: model, on: chain.startedAt.day)
      {
        total = total + slowCost(link.usage, at: price)
      }
    }
    #expect(String(figures.cost.nanoUSD) == total.description)
    #expect(figures.attemptCosts.count == links.count)
    let serving = chain.servingIndex.map { figures.attemptCosts[$0].amount }
    #expect(figures.servingCost == serving ?? .zero)
    #expect(figures.attempts == links.count { $0.action == .model })
    #expect((figures.ownPlannedCost == nil) == (chain.servingIndex == nil))
  }
}
