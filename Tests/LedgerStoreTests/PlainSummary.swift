import Pricing
import Traffic
import Units

@testable import LedgerStore

/// The summary measures worked out from the attempts with plain loops, as events.md defines them:
/// slow and obvious, and nothing of it is shared with the program.
struct PlainSummary {
  struct Request {
    let id: Name
    let lines: [Attempt]
    let lowest: Attempt
    let day: UTCDay
    let primary: Route
    let serving: Attempt?
    let status: String
    var terms: TenantTerms?
    var cost = 0
    var servingCost = 0
    var unpriced = 0
    var ownPlan: Int?
    var plan = 0
    var isUnplanned = false
    var isDowngraded = false
    var isUngraded = false
    var revenue = 0
    var trafficClass: TrafficClass?

    var isServed: Bool { status.hasPrefix("served_") }
    var hasServingAttempt: Bool { serving != nil }
    var workflow: Name? { lowest.attribution[.workflow] }
    var tenant: Name { lowest.attribution[.tenant] ?? "" }
  }

  private(set) var requests: [Request] = []
  private let world: SmallWorld

  init(_ world: SmallWorld) {
    self.world = world
    derive()
    plan()
    shareFees()
  }

  // MARK: the request

  private mutating func derive() {
    for (id, lines) in Dictionary(grouping: world.attempts, by: \.requestID) {
      let lines = lines.sorted { ($0.position, $0.eventID) < ($1.position, $1.eventID) }
      let lowest = lines[0]
      let primary =
        lowest.primary ?? lowest.route
        ?? Route(model: ModelID(provider: "unknown", model: "unknown"))
      let serving = lines.first { $0.action == .model && $0.outcome == .success }
      func has(_ actions: [Action]) -> Bool { lines.contains { actions.contains($0.action) } }
      let status: String
      if let route = serving?.route {
        let bothGroups = route.group != nil && primary.group != nil
        let same = bothGroups ? route.group == primary.group : route.model == primary.model
        status = same ? "served_primary" : "served_fallback"
      } else if has([.cachedResponse]) {
        status = "served_cached"
      } else if has([.defaultResponse]) {
        status = "served_default"
      } else if has([.queue, .pause, .manualReview]) {
        status = "deferred"
      } else if has([.reject]) {
        status = "rejected"
      } else {
        status = "failed"
      }
      let day = UTCDay(daysSince1970: Int(lowest.startedAt.milliseconds / 86_400_000))
      var request = Request(
        id: id, lines: lines, lowest: lowest, day: day, primary: primary, serving: serving,
        status: status)
      request.terms = terms(of: request.tenant, on: day)
      for line in lines {
        let (cost, isUnpriced) = cost(of: line, for: request.tenant, on: day)
        request.cost += cost
        if isUnpriced { request.unpriced += 1 }
        if line.eventID == serving?.eventID { request.servingCost = cost }
      }
      if status == "served_primary" { request.ownPlan = request.servingCost }
      if status == "served_fallback", let serving,
        let paid = paid(for: primary.model, request.tenant, on: day)
          ?? lines.first(where: { $0.route?.model == primary.model && $0.pricedAs != nil })
          .flatMap({ self.paid(of: $0, request.tenant, on: day) })
      {
        request.ownPlan = cost(of: serving.usage, paid)
      }
      if status == "served_fallback", let served = serving?.route?.model {
        if let servedGrade = grade(of: served, on: day),
          let asked = grade(of: primary.model, on: day)
        {
          request.isDowngraded = servedGrade < asked
        } else {
          request.isUngraded = true
        }
      }
      if ["served_cached", "served_default"].contains(status) { request.isDowngraded = true }
      let said = lines.last { $0.revenue != nil }?.revenue ?? request.terms?.revenuePerRequest
      request.revenue = Int(said?.nanoUSD ?? 0)
      request.trafficClass = lowest.trafficClass ?? policyClass(request)
      requests.append(request)
    }
  }

  private func price(of model: ModelID, on day: UTCDay) -> SmallWorld.Price? {
    world.prices.filter { $0.model == model && $0.from <= day }.max { $0.from < $1.from }
  }

  private func terms(of tenant: Name, on day: UTCDay) -> TenantTerms? {
    world.terms.filter { $0.tenant == tenant && $0.effectiveFrom <= day }
      .max { $0.effectiveFrom < $1.effectiveFrom }
  }

  private enum Paid {
    case list(SmallWorld.Price, permille: Int)
    case fixed(input: Int, output: Int)
  }

  /// By the contract that fits best, else by the list.
  private func paid(for model: ModelID, _ tenant: Name, on day: UTCDay) -> Paid? {
    let price = price(of: model, on: day)
    var best: SmallWorld.Contract?
    for contract in world.contracts {
      guard Name(contract.provider) == model.provider, contract.from <= day,
        contract.to.map({ day < $0 }) ?? true,
        contract.model.map({ Name($0) == model.model }) ?? true,
        contract.tenant.map({ Name($0) == tenant }) ?? true
      else { continue }
      func weight(_ contract: SmallWorld.Contract) -> [Int] {
        [
          contract.tenant == nil ? 0 : 1, contract.model == nil ? 0 : 1,
          contract.from.daysSince1970,
        ]
      }
      if best.map({ weight($0).lexicographicallyPrecedes(weight(contract)) }) ?? true {
        best = contract
      }
    }
    guard let best else { return price.map { .list($0, permille: 1_000) } }
    guard let permille = best.permille else {
      return .fixed(input: best.input, output: best.output)
    }
    return price.map { .list($0, permille: permille) }
  }

  private func paid(of line: Attempt, _ tenant: Name, on day: UTCDay) -> Paid? {
    guard let model = line.route?.model else { return nil }
    return paid(for: model, tenant, on: day)
      ?? line.pricedAs.flatMap { paid(for: $0, tenant, on: day) }
  }

  /// Nano-USD of a sum in femto-USD (10^-15 USD), half to even.
  private func nano(_ femto: Int) -> Int {
    let (whole, rest) = femto.quotientAndRemainder(dividingBy: 1_000_000)
    return rest > 500_000 || (rest == 500_000 && whole % 2 == 1) ? whole + 1 : whole
  }

  /// Nil for a tier that nobody prices.
  /// What prices say a call cost; nil where they do not know.
  func catalogCost(of line: Attempt, for tenant: Name, on day: UTCDay) -> Int? {
    guard line.action == .model else { return nil }
    let usage = line.usage
    if usage.input + usage.output + usage.reasoning == 0 { return 0 }
    return paid(of: line, tenant, on: day).flatMap { cost(of: usage, $0) }
  }

  private func cost(of usage: Usage, _ paid: Paid) -> Int? {
    guard usage.detail.serviceTier != .other else { return nil }
    let oneHour = Int(usage.detail.cacheWriteOneHour)
    let plain = Int(usage.input - usage.cachedInput - usage.cacheWrite)
    switch paid {
    case .fixed(let input, let output):
      return nano((Int(usage.input) * input + Int(usage.output) * output) * 1_000)
    case .list(let price, let permille):
      var factor = price.threshold.map { usage.input > $0 } ?? false ? 10 : 1
      if usage.detail.serviceTier == .priority { factor *= price.priority ?? 1 }
      let reasoning = min(Int(usage.reasoning), Int(usage.output))
      let write = price.write ?? price.input
      let tokens =
        plain * price.input + Int(usage.cachedInput) * (price.cached ?? price.input)
        + (Int(usage.cacheWrite) - oneHour) * write + oneHour * (price.oneHour ?? write)
        + (Int(usage.output) - reasoning) * price.output
        + reasoning * (price.reasoning ?? price.output)
      return nano((tokens * factor + price.perRequest) * permille)
    }
  }

  func cost(
    of line: Attempt, for tenant: Name, on day: UTCDay
  ) -> (cost: Int, isUnpriced: Bool) {
    if let reported = line.reportedCost { return (Int(reported.nanoUSD), false) }
    guard line.action == .model else { return (0, false) }
    let usage = line.usage
    if usage.input + usage.output + usage.reasoning == 0 { return (0, false) }
    guard let cost = paid(of: line, tenant, on: day).flatMap({ cost(of: usage, $0) }) else {
      return (0, true)
    }
    return (cost, false)
  }

  func policy(on day: UTCDay) -> SmallWorld.Policy? {
    var holding: SmallWorld.Policy?
    for policy in world.policies where policy.from <= day {
      if holding.map({ $0.from <= policy.from }) ?? true { holding = policy }
    }
    return holding
  }

  func grade(of model: ModelID, on day: UTCDay) -> Grade? {
    if let grade = policy(on: day)?.grades[model] { return grade }
    guard let price = price(of: model, on: day) else { return nil }
    // 8.00 USD per million tokens are 8,000,000 pico-USD per token.
    return price.output >= 8_000_000 ? .frontier : price.output >= 1_500_000 ? .balanced : .lowCost
  }

  private func policyClass(_ request: Request) -> TrafficClass? {
    guard let policy = policy(on: request.day) else { return nil }
    return request.workflow.flatMap { policy.classOfWorkflow[$0.text] } ?? policy.defaultClass
  }

  // MARK: means and fees

  private mutating func plan() {
    func mean(_ of: [Request]) -> Int? {
      let plans = of.compactMap(\.ownPlan)
      guard !plans.isEmpty else { return nil }
      let (whole, rest) = plans.reduce(0, +).quotientAndRemainder(dividingBy: plans.count)
      let twice = 2 * rest
      return twice > plans.count || (twice == plans.count && whole % 2 == 1) ? whole + 1 : whole
    }
    for index in requests.indices {
      let request = requests[index]
      let alike = requests.filter { $0.primary.model == request.primary.model }
      let ofDay = alike.filter { $0.day == request.day && $0.workflow == request.workflow }
      let ofMonth = alike.filter { $0.day.month == request.day.month }
      let plan = request.ownPlan ?? mean(ofDay) ?? mean(ofMonth)
      requests[index].plan = plan ?? 0
      requests[index].isUnplanned = plan == nil
    }
  }

  private mutating func shareFees() {
    for tenant in Set(requests.map(\.tenant)) {
      for month in Set(requests.map(\.day.month)) {
        let served = requests.indices.filter {
          requests[$0].tenant == tenant && requests[$0].day.month == month && requests[$0].isServed
        }.sorted {
          (requests[$0].lowest.startedAt, requests[$0].id)
            < (requests[$1].lowest.startedAt, requests[$1].id)
        }
        let first = world.terms.filter {
          $0.tenant == tenant && $0.effectiveFrom.month == month
        }.min { $0.effectiveFrom < $1.effectiveFrom }
        let terms = terms(of: tenant, on: month.firstDay) ?? first
        guard let fee = terms?.monthlyFee, !served.isEmpty else { continue }
        // A nano-dollar at a time, round and round.
        for nano in 0..<Int(fee.nanoUSD) { requests[served[nano % served.count]].revenue += 1 }
      }
    }
  }

  // MARK: measures

  static func measures(_ requests: [Request]) -> Measures {
    var counts: [CountMeasure: Int64] = [:]
    var amounts: [MoneyMeasure: Int] = [:]
    for request in requests {
      counts[.requests, default: 0] += 1
      if request.isServed { counts[.served, default: 0] += 1 }
      if let status = CountMeasure(rawValue: request.status) { counts[status, default: 0] += 1 }
      for line in request.lines {
        if line.action == .model { counts[.attempts, default: 0] += 1 }
        if line.outcome == .failure { counts[.failedAttempts, default: 0] += 1 }
        counts[.inputTokens, default: 0] += line.usage.input
        counts[.cachedInputTokens, default: 0] += line.usage.cachedInput
        counts[.outputTokens, default: 0] += line.usage.output
      }
      counts[.unpricedAttempts, default: 0] += Int64(request.unpriced)
      if request.isDowngraded { counts[.downgraded, default: 0] += 1 }
      if request.isUngraded { counts[.ungraded, default: 0] += 1 }
      if request.isUnplanned { counts[.unplanned, default: 0] += 1 }

      let wasted = request.cost - request.servingCost
      amounts[.cost, default: 0] += request.cost
      amounts[.wasted, default: 0] += wasted
      amounts[.plannedCost, default: 0] += request.plan
      amounts[.plannedMargin, default: 0] += request.revenue - request.plan
      amounts[.retryWaste, default: 0] -= wasted
      amounts[.actualMargin, default: 0] -= request.cost
      if request.isServed {
        amounts[.revenue, default: 0] += request.revenue
        amounts[.actualMargin, default: 0] += request.revenue
      }
      if ["failed", "rejected"].contains(request.status) {
        amounts[.lostRevenue, default: 0] -= request.revenue
      }
      if request.status == "deferred" { amounts[.deferredRevenue, default: 0] -= request.revenue }
      if request.hasServingAttempt {
        amounts[.routePriceEffect, default: 0] += request.plan - request.servingCost
      } else {
        amounts[.avoidedCost, default: 0] += request.plan
      }
    }
    return Measures(
      counts: counts, amounts: amounts.mapValues { Money(nanoUSD: Int64($0)) })
  }

  func key(_ request: Request, _ field: GroupField) -> Name? {
    func said(_ field: AttributionField) -> Name? { request.lowest.attribution[field] }
    switch field {
    case .tenant: return said(.tenant)
    case .tier: return said(.tier) ?? request.terms?.tier
    case .user: return said(.user)
    case .application: return said(.application)
    case .feature: return said(.feature)
    case .workflow: return said(.workflow)
    case .assistant: return said(.assistant)
    case .thread: return said(.thread)
    case .session: return said(.session)
    case .environment: return said(.environment)
    case .trafficClass: return request.trafficClass.map { Name($0.rawValue) }
    case .primary: return Name(request.primary.model.description)
    case .servedBy: return (request.serving?.route).map { Name($0.model.description) }
    case .status: return Name(request.status)
    case .day: return Name(request.day.description)
    case .month: return Name(request.day.month.description)
    }
  }
}
