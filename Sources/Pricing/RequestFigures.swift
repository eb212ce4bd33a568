package import Traffic
package import Units

/// Prices and grades by the ledger's numbers for models and tenants.
package protocol RateCard {
  /// Whether any model has a price; no price is asked for otherwise.
  var hasPrices: Bool { get }
  /// The catalog's price on a day.
  func price(of model: Int64, on day: UTCDay) -> ModelPrice?
  /// The catalog's price on a day, and what the tenant's calls cost by contract.
  func callPrice(of model: Int64, tenant: Int64, on day: UTCDay) -> CallPrice
  /// The grade by the policy in force on a day, else by the catalog's price band.
  func grade(of model: Int64, on day: UTCDay) -> Grade?
}

extension RateCard {
  package var hasPrices: Bool { true }

  package func callPrice(of model: Int64, tenant: Int64, on day: UTCDay) -> CallPrice {
    CallPrice(list: price(of: model, on: day))
  }

  /// The price of a line: of its route's model or, where that has none, of the model that the log
  /// bills it as, or of the one that answered.
  package func callPrice(of link: Link, tenant: Int64, on day: UTCDay) -> CallPrice {
    guard let route = link.route else { return CallPrice(list: nil) }
    let own = callPrice(of: route.model, tenant: tenant, on: day)
    guard own.paid == nil else { return own }
    if let base = link.pricedAs {
      let price = callPrice(of: base, tenant: tenant, on: day)
      if price.paid != nil { return price }
    }
    if let base = link.answeredAs {
      let price = callPrice(of: base, tenant: tenant, on: day)
      if price.paid != nil { return price }
    }
    return own
  }
}

extension RateCard {
  /// What a call of the primary costs: as a line of the request that took it is priced.
  fileprivate func primaryPrice(
    _ primary: RouteKey, links: [Link], tenant: Int64, on day: UTCDay
  ) -> ModelPrice? {
    if let own = callPrice(of: primary.model, tenant: tenant, on: day).paid { return own }
    return links.first { $0.route?.model == primary.model && $0.pricedAs != nil }
      .flatMap { callPrice(of: $0, tenant: tenant, on: day).paid }
  }
}

/// What a request cost, was planned to cost, and whether it was downgraded (events.md).
package struct RequestFigures: Hashable, Sendable {
  /// In the order of the links.
  package let attemptCosts: AttemptCosts
  package let cost: Money
  /// Of the serving attempt; 0 without one.
  package let servingCost: Money
  /// The planned cost that the request itself shows; nil where a mean of others must stand in.
  package let ownPlannedCost: Money?
  package let isDowngraded: Bool
  package let isUngraded: Bool
  /// Lines that called a model.
  package let attempts: Int
  package let failedAttempts: Int
  package let unpricedAttempts: Int
  package let catalogAttempts: Int
  /// Of the attempts whose cost is the catalog's.
  package let catalogCost: Money
  /// Sums over all lines.
  package let usage: Usage

  /// - Throws: ``UnitError`` if a sum leaves 64 bits.
  package init(_ chain: Chain, links: [Link], rates: some RateCard) throws(UnitError) {
    // A request belongs to the UTC day of its lowest attempt, all its attempts too.
    let day = chain.startedAt.day
    let tenant = chain.context.attribution[AttributionField.tenant.index]
    var costs: [AttemptCost] = []
    costs.reserveCapacity(links.count)
    var cost = Money.zero
    var catalogCost = Money.zero
    var usage = Usage()
    var attempts = 0
    var failed = 0
    for link in links {
      let own = AttemptCost(of: link, at: rates.callPrice(of: link, tenant: tenant, on: day))
      cost = try cost.adding(own.amount)
      if own.source == .catalog { catalogCost = try catalogCost.adding(own.amount) }
      usage = try usage.adding(link.usage)
      if link.action == .model { attempts += 1 }
      if link.outcome == .failure { failed += 1 }
      costs.append(own)
    }
    attemptCosts = AttemptCosts(costs)
    self.cost = cost
    self.usage = usage
    self.attempts = attempts
    failedAttempts = failed
    unpricedAttempts = costs.count { $0.source == .unpriced }
    catalogAttempts = costs.count { $0.source == .catalog }
    self.catalogCost = catalogCost

    let serving = chain.servingIndex
    servingCost = serving.map { costs[$0].amount } ?? .zero
    switch chain.status {
    case .servedPrimary:
      ownPlannedCost = servingCost
    case .servedFallback:
      ownPlannedCost =
        chain.primary
        .flatMap { rates.primaryPrice($0, links: links, tenant: tenant, on: day) }
        .flatMap { price in serving.flatMap { price.cost(of: links[$0].usage) } }
    case .servedCached, .servedDefault, .deferred, .rejected, .failed:
      ownPlannedCost = nil
    }
    (isDowngraded, isUngraded) = Self.fall(
      chain, serving: serving.map { links[$0] }, rates: rates, on: day)
  }

  /// Of a request that has but this line: as ``init(_:links:rates:)``, without a list.
  package init(_ chain: Chain, only link: Link, rates: some RateCard) {
    let day = chain.startedAt.day
    let tenant = chain.context.attribution[AttributionField.tenant.index]
    let own =
      rates.hasPrices
      ? AttemptCost(of: link, at: rates.callPrice(of: link, tenant: tenant, on: day))
      : AttemptCost(unpriced: link)
    attemptCosts = AttemptCosts(only: own)
    cost = own.amount
    usage = Usage(
      input: link.usage.input, cachedInput: link.usage.cachedInput,
      cacheWrite: link.usage.cacheWrite, output: link.usage.output,
      reasoning: link.usage.reasoning)
    attempts = link.action == .model ? 1 : 0
    failedAttempts = link.outcome == .failure ? 1 : 0
    unpricedAttempts = own.source == .unpriced ? 1 : 0
    catalogAttempts = own.source == .catalog ? 1 : 0
    catalogCost = own.source == .catalog ? own.amount : .zero
    let isServing = chain.servingIndex != nil
    servingCost = isServing ? own.amount : .zero
    switch chain.status {
    case .servedPrimary:
      ownPlannedCost = own.amount
    case .servedFallback:
      ownPlannedCost =
        chain.primary
        .flatMap { rates.primaryPrice($0, links: [link], tenant: tenant, on: day) }
        .flatMap { $0.cost(of: link.usage) }
    case .servedCached, .servedDefault, .deferred, .rejected, .failed:
      ownPlannedCost = nil
    }
    (isDowngraded, isUngraded) = Self.fall(
      chain, serving: isServing ? link : nil, rates: rates, on: day)
  }

  /// Whether a lesser answer served, or one of which that cannot be told (events.md, "Downgraded").
  private static func fall(
    _ chain: Chain, serving: Link?, rates: some RateCard, on day: UTCDay
  ) -> (isDowngraded: Bool, isUngraded: Bool) {
    switch chain.status {
    case .servedFallback:
      let served = serving.flatMap { link in
        link.route.flatMap { rates.grade(of: $0.model, on: day) }
          ?? link.answeredAs.flatMap { rates.grade(of: $0, on: day) }
      }
      guard let served,
        let asked = chain.primary.flatMap({ rates.grade(of: $0.model, on: day) })
      else { return (false, true) }
      return (served < asked, false)
    case .servedCached, .servedDefault:
      return (true, false)
    case .servedPrimary, .deferred, .rejected, .failed:
      return (false, false)
    }
  }
}

/// The costs of a request's lines in their order. Most requests have one line, for which no list is made.
package struct AttemptCosts: Hashable, Sendable, RandomAccessCollection {
  private let first: AttemptCost?
  private let others: [AttemptCost]

  package init(_ costs: [AttemptCost]) {
    first = costs.first
    others = Array(costs.dropFirst())
  }

  package init(only cost: AttemptCost) {
    first = cost
    others = []
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { first == nil ? 0 : 1 + others.count }

  package subscript(place: Int) -> AttemptCost {
    guard place == 0 else { return others[place - 1] }
    guard let first else { preconditionFailure("there are no costs") }
    return first
  }
}

extension Usage {
  /// - Throws: ``UnitError`` if a sum leaves 64 bits.
  func adding(_ other: Usage) throws(UnitError) -> Usage {
    func sum(_ left: Int64, _ right: Int64) throws(UnitError) -> Int64 {
      let (sum, overflow) = left.addingReportingOverflow(right)
      guard !overflow else {
        throw UnitError(what: "a request's tokens are outside 64 bits", remedy: "mend the counts")
      }
      return sum
    }
    return Usage(
      input: try sum(input, other.input), cachedInput: try sum(cachedInput, other.cachedInput),
      cacheWrite: try sum(cacheWrite, other.cacheWrite), output: try sum(output, other.output),
      reasoning: try sum(reasoning, other.reasoning))
  }
}
