package import Pricing
package import Traffic
package import Units

/// Puts a trace together: numbers the names that requests share, then places the requests.
package struct TraceBuilder {
  /// A line, with what it says of the tenant's month.
  package struct Line: Sendable {
    package var line: Trace.Line
    package var budget: BudgetSnapshot

    package init(_ line: Trace.Line, budget: BudgetSnapshot = BudgetSnapshot()) {
      self.line = line
      self.budget = budget
    }
  }

  private struct Plan: Hashable {
    let workflow: Int32
    let model: Int32
  }

  /// A part with what its own numbers of kinds and routes are here.
  struct Source {
    var part: TracePart
    let kinds: [Int32]
    let routes: [Int16]
  }

  private var trace = TraceColumns()
  private let fields: Set<AttributionField>
  private var routes: [Route: Int] = [:]
  private var models: [ModelID: Int] = [:]
  private var tenants: [Name: Int] = [:]
  private var profiles: [Trace.Profile: Int] = [:]
  private var strata: [Name?: Int] = [:]
  private var groups: [[String?]: Int] = [:]
  private var kinds: [Trace.Kind: Int32] = [:]
  private var plans: [Plan: Int32] = [:]
  private var planOrder: [Plan] = []
  private var sources: [Source] = []

  /// - Parameter fields: those that the policies look at.
  package init(fields: Set<AttributionField>) {
    self.fields = fields
    _ = workflow(nil)
  }

  package mutating func route(_ route: Route) -> Int {
    if let known = routes[route] { return known }
    trace.routes.append(route)
    routes[route] = trace.routes.count - 1
    if models[route.model] == nil {
      models[route.model] = trace.models.count
      trace.models.append(route.model)
    }
    trace.modelOfRoute.append(models[route.model] ?? 0)
    return trace.routes.count - 1
  }

  /// `monthStarts` says when months of its budget begin that are not the calendar's, rising.
  package mutating func tenant(
    _ name: Name, _ history: TenantHistory?, monthStarts: [Timestamp]? = nil
  ) -> Int {
    if let known = tenants[name] { return known }
    let number = trace.tenants.count
    tenants[name] = number
    trace.tenants.append(name)
    trace.histories.append(history)
    if let monthStarts { trace.monthStarts[Int32(number)] = monthStarts.map(\.milliseconds) }
    return number
  }

  package mutating func profile(
    _ attribution: Attribution, given: TrafficClass?, primary: Int
  ) -> Int {
    var reduced = Attribution()
    for field in fields { reduced[field] = attribution[field] }
    let profile = Trace.Profile(attribution: reduced, givenClass: given, primary: primary)
    if let known = profiles[profile] { return known }
    profiles[profile] = trace.profiles.count
    trace.profiles.append(profile)
    return trace.profiles.count - 1
  }

  package mutating func workflow(_ name: Name?) -> Int {
    if let known = strata[name] { return known }
    strata[name] = trace.strata.count
    trace.strata.append(name)
    return trace.strata.count - 1
  }

  package mutating func group(_ key: [String?]) -> Int {
    if let known = groups[key] { return known }
    groups[key] = trace.groups.count
    trace.groups.append(key)
    return trace.groups.count - 1
  }

  /// A number for requests that have all of these in common.
  package mutating func kind(tenant: Int, profile: Int, workflow: Int, group: Int) -> Int32 {
    let model = trace.modelOfRoute[trace.profiles[profile].primary]
    let plan = Plan(workflow: Int32(workflow), model: Int32(model))
    if plans[plan] == nil {
      plans[plan] = Int32(planOrder.count)
      planOrder.append(plan)
    }
    let kind = Trace.Kind(
      tenant: Int32(tenant), profile: Int32(profile), stratum: Int32(workflow),
      group: Int32(group), plan: plans[plan] ?? 0)
    if let known = kinds[kind] { return known }
    let number = Int32(trace.kinds.count)
    kinds[kind] = number
    trace.kinds.append(kind)
    return number
  }

  /// Takes requests in any order. `kinds` is what ``kind(tenant:profile:workflow:group:)`` says of each
  /// of the part's own numbers, `routes` the same of ``route(_:)``.
  package mutating func add(_ part: consuming TracePart, kinds: [Int32], routes: [Int16]) {
    sources.append(Source(part: part, kinds: kinds, routes: routes))
  }

  /// The trace; the builder is used up. `names` gives the ids of requests by their ledger numbers, for
  /// those of one tenant that started in the same millisecond.
  package consuming func build(
    names: ([Int64]) throws -> [Int64: Name]
  ) rethrows -> Trace {
    var placing = TracePlacing(trace)
    placing.place(&sources)
    try placing.sort(names: names)
    placing.settleBudgets()
    placing.number(plans: planOrder.map { ($0.workflow, $0.model) })
    return Trace(placing.trace)
  }
  /// As ``build(names:)``, where what started at once stays in the order of its numbers.
  package consuming func build() -> Trace { build { _ in [:] } }
}
