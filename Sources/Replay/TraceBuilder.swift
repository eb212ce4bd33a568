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
    let part: TracePart
    let kinds: [Int32]
    let routes: [Int16]
  }

  /// The places of one tenant's requests of one source.
  struct Piece {
    let source: Int
    let places: Range<Int>
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
  /// Of each tenant, in the order of the trace.
  private var pieces: [[Piece]] = []

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

  /// Room for the requests of some sources: `counts` says of each source how many requests its tenants
  /// have, by its own numbers, and `tenants` what each of these is here; -1 for one without requests.
  package mutating func parts(_ counts: [[Int]], tenants: [Int]) -> [TracePart] {
    let names = trace.tenants
    // By name, so that the result does not hang on the order in which tenants came.
    let order = tenants.indices.filter { tenants[$0] >= 0 }.sorted {
      (names[tenants[$0]], $0) < (names[tenants[$1]], $1)
    }
    var places = counts.map { $0.map { _ in 0..<0 } }
    var start = 0
    var last = -1
    for tenant in order {
      if tenants[tenant] != last {
        trace.ofTenant.append(start..<start)
        pieces.append([])
        last = tenants[tenant]
      }
      for (source, counts) in counts.enumerated() where tenant < counts.count {
        let own = start..<start + counts[tenant]
        places[source][tenant] = own
        pieces[pieces.count - 1].append(Piece(source: source, places: own))
        start = own.upperBound
      }
      let first = trace.ofTenant[trace.ofTenant.count - 1].lowerBound
      trace.ofTenant[trace.ofTenant.count - 1] = first..<start
    }
    let rows = TraceRows(count: start)
    trace.rows = rows
    return places.map { TracePart(rows, $0) }
  }

  /// Takes a part back, filled, in the order of the sources. `kinds` is what
  /// ``kind(tenant:profile:workflow:group:)`` says of each of the part's own numbers, `routes` the same
  /// of ``route(_:)``.
  package mutating func add(_ part: consuming TracePart, kinds: [Int32], routes: [Int16]) {
    precondition(part.isFull, "a part has fewer requests than were counted")
    sources.append(Source(part: part, kinds: kinds, routes: routes))
  }

  /// The trace; the builder is used up. `names` gives the ids of requests by their ledger numbers, for
  /// those of one tenant that started in the same millisecond.
  package consuming func build(
    names: ([Int64]) throws -> [Int64: Name]
  ) rethrows -> Trace {
    var own: [Source] = []
    swap(&own, &sources)
    var placing = TracePlacing(trace, pieces, own)
    try placing.sort(names: names)
    placing.settle(plans: planOrder.map { ($0.workflow, $0.model) })
    return Trace(placing.trace)
  }

  /// As ``build(names:)``, where what started at once stays in the order of its numbers.
  package consuming func build() -> Trace { build { _ in [:] } }
}
