package import PolicyEngine
package import Pricing
import Traffic
package import Units

/// A made-up company: everything that its events follow from. The same world gives the same events.
package struct World: Sendable {
  package let seed: UInt64
  package let firstDay: UTCDay
  package let days: Int
  package let requests: Int
  package let tenants: [Tenant]
  /// Those asked for; others are drawn (see ``ProviderHealth``).
  package let outages: [Outage]
  package let strain: Strain
  package private(set) var policy: Policy
  private(set) var prices: PriceBook
  private let allPrices: [DatedPrice]
  let workflows: [Workflow]
  /// The primary of each workflow.
  let primaries: [ModelID]
  /// Where probes go: the models of the policy that the world was made with.
  let probed: [ModelID]

  package static let dayRange = 1...366
  package static let requestRange = 1...1_000_000
  package static let tenantRange = 1...1_000

  /// - Throws: ``WorldError`` for a world that cannot be; the first reason found.
  package init(
    seed: UInt64, firstDay: UTCDay, days: Int, requests: Int, tenants: Int,
    outages: [Outage] = [], strain: Strain = Strain(), policy: Policy, prices: [DatedPrice]
  ) throws(WorldError) {
    try Self.check(days, Self.dayRange, "days")
    try Self.check(requests, Self.requestRange, "requests")
    try Self.check(tenants, Self.tenantRange, "tenants")
    try Self.checkSpan(from: firstDay, days: days)

    let models = policy.definition.models.keys.sorted()
    guard !models.isEmpty else {
      throw WorldError(.data, "the policy grades no model", "name the models it may use")
    }
    let span = Period(from: firstDay.start, to: firstDay.advanced(by: days).start)
    for outage in outages { try outage.check(within: span, models: models) }

    self.seed = seed
    self.firstDay = firstDay
    self.days = days
    self.requests = requests
    self.outages = outages
    self.strain = strain
    try strain.check()
    self.policy = policy
    allPrices = prices
    let prices = try PriceBook(prices, of: models, on: firstDay)
    self.prices = prices
    workflows = Workflow.all
    probed = models
    primaries = workflows.map { $0.primary(among: models, of: policy) }
    let plan = SpendPlan(
      workflows, prices: primaries.map { prices.price(of: $0, on: firstDay) },
      requests: requests, firstDay: firstDay, days: days)
    self.tenants = Tenant.list(tenants, plan)
  }

  /// The same arrivals, tenants, outages and coin flips under another policy: what this world would
  /// have given.
  /// - Throws: ``WorldError`` for a model without a price.
  package func under(_ policy: Policy) throws(WorldError) -> World {
    var world = self
    let models = Set(self.policy.definition.models.keys).union(policy.definition.models.keys)
    world.prices = try PriceBook(allPrices, of: models.sorted(), on: firstDay)
    world.policy = policy
    return world
  }

  var end: Timestamp { firstDay.advanced(by: days).start }

  /// Names the arrivals, so that events of two worlds can be told apart in one ledger. Two worlds that
  /// differ in policy or prices alone have the same requests, and the same names for them.
  var tag: String {
    var key = StableHash()
    for number in [seed, UInt64(firstDay.daysSince1970), UInt64(days), UInt64(requests)] {
      key.combine(number)
    }
    key.combine(UInt64(tenants.count))
    for outage in outages {
      key.combine(outage.provider)
      key.combine(UInt64(outage.from.milliseconds))
      key.combine(UInt64(outage.to.milliseconds))
    }
    // Five letters and digits.
    let digits = String(key.value % 60_466_176, radix: 36)
    return String(repeating: "0", count: 5 - digits.utf8.count) + digits
  }

  private static func check(
    _ value: Int, _ range: ClosedRange<Int>, _ what: String
  ) throws(WorldError) {
    guard range.contains(value) else {
      throw WorldError(
        .option, "\(value) \(what) cannot be simulated",
        "give \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// events.md takes times from 2000 to 2199; a request put off may end a day after it began.
  private static func checkSpan(from firstDay: UTCDay, days: Int) throws(WorldError) {
    guard let first = UTCDay(year: 2000, month: 1, day: 1),
      let last = UTCDay(year: 2199, month: 12, day: 31),
      firstDay >= first, firstDay.advanced(by: days) <= last
    else {
      throw WorldError(
        .option, "\(days) days from \(firstDay) leave the years 2000 to 2199",
        "give an earlier or later first day")
    }
  }
}

/// A world that cannot be simulated. Prints as:
/// `0 days cannot be simulated; give 1 to 366`
package struct WorldError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// What was asked for.
    case option
    /// What the policy or the price file says.
    case data
  }

  package let kind: Kind
  package let what: String
  package let remedy: String

  package init(_ kind: Kind, _ what: String, _ remedy: String) {
    self.kind = kind
    self.what = what
    self.remedy = remedy
  }

  package var description: String { "\(what); \(remedy)" }
}
