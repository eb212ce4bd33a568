internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// Derives requests from their lines and writes what follows: the requests, the costs of their lines,
/// the sums behind the means of planned cost.
final class Derivation {
  let attempts: AttemptTable
  let requests: RequestTable
  let rates: RateBook
  private let database: Database
  private let dimensions: Dimensions
  private var plan: PlanTables
  private let rollups: Rollups
  private var fees = FeeShares()

  init(_ database: Database, _ dimensions: Dimensions) throws {
    self.database = database
    self.dimensions = dimensions
    attempts = try AttemptTable(database)
    requests = try RequestTable(database)
    rates = try RateBook(database, dimensions)
    plan = PlanTables(database)
    rollups = try Rollups(database, rates, dimensions)
  }

  /// Brings the means of planned cost up to date.
  func flushPlan() throws {
    try plan.flush()
    try rollups.flushIfLarge()
  }

  /// Brings the shares of fees up to date, and the sums that reports read.
  func finish() throws {
    try fees.flush(database, rates, dimensions, rollups)
    try rollups.flush()
  }

  /// Derives a request from its stored lines and those that wait, which are written.
  func derive(_ id: Int64, adding places: ArraySlice<Int>, of pending: PendingLines) throws {
    guard !requests.isNew(id) else { return try enter(id, places, of: pending) }
    if let previous = try requests.previous(id, dimensions) {
      try rollups.withdraw(id)
      var contexts: [Int64: Context] = [:]
      for place in places {
        let line = pending.lines[place]
        // The derivation settles what the line cost and where it stands.
        let entered = try attempts.enter(
          line, text: pending.text(line.event.event), cost: AttemptCost(of: line.link, at: nil),
          place: 0)
        contexts[entered] = line.link.context
      }
      try derive(id, previous, newContexts: contexts)
    }
  }

  /// Prepares for deriving every request from a day on again: what was summed of them under other
  /// prices or another policy goes.
  func begin(from day: UTCDay?) throws { try rollups.clear(from: day) }

  /// Derives a stored request again, after ``begin(from:)``.
  func derive(_ id: Int64) throws {
    guard let previous = try requests.previous(id, dimensions) else { return }
    try derive(id, previous, newContexts: [:])
  }

  /// A new request: all its lines wait, in the order of their positions.
  private func enter(_ id: Int64, _ places: ArraySlice<Int>, of pending: PendingLines) throws {
    let links = places.map { pending.lines[$0].link }
    guard let chain = Chain(links), let primary = chain.primary, let first = places.first else {
      return
    }
    let name = pending.lines[first].event
    let figures = try figures(chain, links) {
      String(decoding: pending.text(name.request), as: UTF8.self)
    }
    for (index, place) in places.enumerated() {
      let line = pending.lines[place]
      let entered = try attempts.enter(
        line, text: pending.text(line.event.event), cost: figures.attemptCosts[index],
        place: index)
      if index > 0, line.link.context != chain.context {
        try attempts.enter(line.link.context, of: entered, dimensions)
      }
    }
    let derived = try derived(chain, figures, links)
    try requests.write(
      id, new: RequestTable.NewName(text: pending.text(name.request), key: name.requestKey),
      derived, primary: primary, dimensions)
    account(chain, figures, primary, previous: nil)
    try rollups.enter(derived, primary: primary.model, places, of: pending)
  }

  private func derive(
    _ id: Int64, _ previous: RequestTable.Previous, newContexts: [Int64: Context]
  ) throws {
    var lines = try attempts.lines(of: id, context: previous.context, dimensions)
    for index in lines.indices {
      if let own = newContexts[lines[index].id] { lines[index].link.context = own }
    }
    let links = lines.map(\.link)
    guard let chain = Chain(links), let primary = chain.primary else { return }
    try rates.learn(primary.model)
    for link in links { if let route = link.route { try rates.learn(route.model) } }
    let figures = try figures(chain, links) { try requests.name(of: id) }
    for (index, line) in lines.enumerated() {
      try attempts.settle(line, cost: figures.attemptCosts[index], place: index)
      try attempts.settle(
        line, differs: line.link.context != chain.context, isNew: newContexts[line.id] != nil,
        dimensions)
    }
    try requests.write(
      id, new: nil, derived(chain, figures, links), primary: primary, dimensions)
    account(chain, figures, primary, previous: previous)
    try rollups.enter(id)
  }

  private func figures(
    _ chain: Chain, _ links: [Link], _ name: () throws -> String
  ) throws -> RequestFigures {
    do {
      return try RequestFigures(chain, links: links, rates: rates)
    } catch {
      throw LedgerError(.data, "the request \(try name()): \(error.what)", remedy: error.remedy)
    }
  }

  /// Notes what a request changes in the sums over requests.
  private func account(
    _ chain: Chain, _ figures: RequestFigures, _ primary: RouteKey,
    previous: RequestTable.Previous?
  ) {
    let day = chain.startedAt.day
    let month = Int64(day.month.monthsSince0)
    let part = figures.ownPlannedCost.map {
      PlanPart(
        day: Int64(day.daysSince1970), month: month,
        workflow: chain.context.attribution[AttributionField.workflow.index],
        model: primary.model, planned: $0)
    }
    plan.replace(previous?.plan, by: part)
    guard rates.hasFees else { return }
    fees.touch(tenant: chain.context.attribution[AttributionField.tenant.index], month: month)
    if let previous { fees.touch(tenant: previous.tenant, month: previous.month) }
  }

  private func derived(
    _ chain: Chain, _ figures: RequestFigures, _ links: [Link]
  ) throws -> RequestTable.Derived {
    let day = chain.startedAt.day
    let tenant = chain.context.attribution[AttributionField.tenant.index]
    let terms = try rates.tenant(tenant)?.terms(on: day)
    var context = chain.context
    var tier = context.attribution[AttributionField.tier.index]
    if tier == 0, let name = terms?.tier { tier = try dimensions.id(name, of: .tier) }
    context.attribution[AttributionField.tier.index] = tier
    return RequestTable.Derived(
      chain: chain, figures: figures,
      trafficClass: try rates.trafficClass(
        given: context.trafficClass, { try dimensions.attribution(context) }, on: day),
      effectiveTier: tier == 0 ? nil : tier,
      revenue: chain.revenue ?? terms?.revenuePerRequest ?? .zero,
      servedModel: chain.servingIndex.flatMap { links[$0].route?.model })
  }
}
