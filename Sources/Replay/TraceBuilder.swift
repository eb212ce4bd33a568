package import Pricing
package import Traffic
package import Units

/// Puts a trace together from requests that come in the order of (start, request id).
package struct TraceBuilder {
  /// A request as its source knows it.
  package struct Request: Sendable {
    package var row: Int64
    package var startedAt: Timestamp
    package var tenant: Int
    package var profile: Int
    package var workflow: Int
    package var group: Int
    package var session: Int
    package var revenue: Money
    package var status: RequestStatus
    package var isDowngraded: Bool
    package var isContext: Bool
    /// The ledger's planned cost where a model served the request; else the primary's price gives it.
    package var planned: Money?

    package init(
      row: Int64, startedAt: Timestamp, tenant: Int, profile: Int, workflow: Int, group: Int,
      session: Int, revenue: Money, status: RequestStatus, isDowngraded: Bool,
      isContext: Bool = false, planned: Money? = nil
    ) {
      self.row = row
      self.startedAt = startedAt
      self.tenant = tenant
      self.profile = profile
      self.workflow = workflow
      self.group = group
      self.session = session
      self.revenue = revenue
      self.status = status
      self.isDowngraded = isDowngraded
      self.isContext = isContext
      self.planned = planned
    }
  }

  /// A line, with what it says of the tenant's month.
  package struct Line: Sendable {
    package var line: Trace.Line
    package var budget: BudgetSnapshot

    package init(_ line: Trace.Line, budget: BudgetSnapshot = BudgetSnapshot()) {
      self.line = line
      self.budget = budget
    }
  }

  private struct PlanKey: Hashable {
    let day: UTCDay
    let workflow: Int
    let model: Int
  }

  private var trace = Trace()
  private let fields: Set<AttributionField>
  private var routes: [Route: Int] = [:]
  private var models: [ModelID: Int] = [:]
  private var tenants: [Name: Int] = [:]
  private var profiles: [Trace.Profile: Int] = [:]
  private var strata: [Name?: Int] = [:]
  private var groups: [[String?]: Int] = [:]
  private var cells: [PlanKey: Int] = [:]
  private var months: [Trace.PlanMonth: Int] = [:]
  private var snapshots: [BudgetSnapshot?] = []

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

  package mutating func tenant(_ name: Name, _ history: TenantHistory?) -> Int {
    if let known = tenants[name] { return known }
    tenants[name] = trace.tenants.count
    trace.tenants.append(name)
    trace.histories.append(history)
    return trace.tenants.count - 1
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

  /// Adds a request with its lines in the order of their positions; one without a line is passed over.
  package mutating func add(_ request: Request, _ lines: [Line]) {
    guard let first = lines.first else { return }
    let primary = trace.modelOfRoute[trace.profiles[request.profile].primary]
    let cell = planCell(request.startedAt.day, request.workflow, primary)
    let limit = first.budget.limit
    let index = Int32(trace.requests.count)
    trace.requests.append(
      Trace.Request(
        startedAt: request.startedAt, revenue: request.revenue,
        limitNanoUSD: limit?.nanoUSD ?? Trace.Request.noLimit, spentOffsetNanoUSD: 0,
        plannedNanoUSD: request.planned?.nanoUSD ?? Trace.Request.noLimit, row: request.row,
        firstLine: Int32(trace.lines.count), tenant: Int32(request.tenant),
        profile: Int32(request.profile), stratum: Int32(request.workflow),
        planCell: Int32(cell), group: Int32(request.group), session: Int32(request.session),
        lineCount: UInt8(min(lines.count, 255)), status: UInt8(request.status.place),
        isDowngraded: request.isDowngraded, isContext: request.isContext))
    snapshots.append(first.budget.spent == nil ? nil : first.budget)
    if let balance = first.budget.prepaidBalance { trace.prepaidBalances[index] = balance }
    for (place, line) in lines.prefix(255).enumerated() {
      if place > 0, line.budget.spent != first.budget.spent || line.budget.limit != limit {
        trace.laterStandings[Int32(trace.lines.count)] = Trace.Standing(
          limit: line.budget.limit, spent: line.budget.spent)
      }
      trace.lines.append(line.line)
    }
  }

  private mutating func planCell(_ day: UTCDay, _ workflow: Int, _ model: Int) -> Int {
    let key = PlanKey(day: day, workflow: workflow, model: model)
    if let known = cells[key] { return known }
    let month = Trace.PlanMonth(month: day.month, primaryModel: Int32(model))
    if months[month] == nil {
      months[month] = trace.planMonths.count
      trace.planMonths.append(month)
    }
    cells[key] = trace.planCells.count
    trace.planCells.append(
      Trace.PlanCell(
        day: day, workflow: Int32(workflow), primaryModel: Int32(model),
        month: Int32(months[month] ?? 0)))
    return trace.planCells.count - 1
  }

  /// The trace; the builder is used up.
  package consuming func build() -> Trace {
    sortByTenant()
    settleBudgets()
    return trace
  }

  private mutating func sortByTenant() {
    let old = trace.requests
    // By name, so that the result does not hang on the order in which tenants came.
    let names = trace.tenants
    let order = names.indices.sorted { names[$0] < names[$1] }
    var counts = Array(repeating: 0, count: names.count)
    for request in old { counts[Int(request.tenant)] += 1 }
    var starts = Array(repeating: 0, count: names.count)
    var start = 0
    for tenant in order {
      starts[tenant] = start
      trace.ofTenant.append(start..<start + counts[tenant])
      start += counts[tenant]
    }
    var places = Array(repeating: 0, count: old.count)
    for index in old.indices {
      let tenant = Int(old[index].tenant)
      places[index] = starts[tenant]
      starts[tenant] += 1
    }
    let oldSnapshots = snapshots
    for (index, place) in places.enumerated() {
      trace.requests[place] = old[index]
      snapshots[place] = oldSnapshots[index]
    }
    trace.prepaidBalances = Dictionary(
      uniqueKeysWithValues: trace.prepaidBalances.map { (Int32(places[Int($0.key)]), $0.value) })
  }

  /// Each request's limit, and by how much its log's account of the month differs from the ledger's.
  private mutating func settleBudgets() {
    for range in trace.ofTenant {
      var month: UTCMonth?
      var noted = Trace.Request.noLimit
      var booked: Int64 = 0
      for index in range {
        let request = trace.requests[index]
        let day = request.startedAt.day
        if month != day.month {
          month = day.month
          noted = Trace.Request.noLimit
          booked = 0
        }
        if request.limitNanoUSD != Trace.Request.noLimit {
          noted = request.limitNanoUSD
        } else {
          let terms = trace.histories[Int(request.tenant)]?.terms(on: day)
          trace.requests[index].limitNanoUSD = terms?.monthlyBudget?.nanoUSD ?? noted
        }
        if let spent = snapshots[index]?.spent {
          trace.requests[index].spentOffsetNanoUSD = spent.nanoUSD &- booked
        }
        for line in request.lines { booked &+= trace.lines[line].cost.nanoUSD }
      }
    }
  }
}
