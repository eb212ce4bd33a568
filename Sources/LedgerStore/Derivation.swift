internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// Derives requests from their lines and writes what follows: the requests, the costs of their lines,
/// the sums behind the means of planned cost.
final class Derivation {
  let rates: RateBook
  let contexts: RequestContexts
  private let requests: RequestTable
  private let database: Database
  private let dimensions: Dimensions
  private let plan: PlanTables
  private let rollups: Rollups
  private var fees = FeeShares()

  init(
    _ database: Database, _ rates: Rates, _ dimensions: Dimensions, _ requests: RequestTable
  ) throws {
    self.database = database
    self.dimensions = dimensions
    self.requests = requests
    self.rates = RateBook(rates, dimensions)
    contexts = try RequestContexts(database, dimensions)
    plan = PlanTables(database)
    rollups = try Rollups(database, self.rates, dimensions)
  }

  /// Brings the means of planned cost up to date.
  func flushPlan() throws { try plan.flush() }

  /// Brings the shares of fees up to date, and the sums that reports read.
  func finish() throws {
    try fees.flush(database, rates, dimensions, rollups)
    try rollups.flush()
  }

  /// Derives a request from its stored lines and those that wait, in the order of their positions, and
  /// writes it and them. Of a draft of a `published` request no sum is told yet.
  func derive(
    _ id: Int64, adding places: ArraySlice<Int>, of pending: PendingLines, _ book: RunBook,
    continuing published: Int64? = nil
  ) throws {
    if let only = places.first, places.count == 1, published == nil, contexts.isEmpty,
      requests.isNew(id)
    {
      return try derive(new: id, only: only, of: pending, book)
    }
    var added = places.map { pending.line(at: $0, book) }
    if let first = places.first, !contexts.isEmpty {
      try contexts.fill(&added, of: pending.requestID(at: first))
    }
    let keys = places.lazy.map { pending.eventKey(at: $0) }
    if let first = places.first, requests.isNew(id) {
      let key = pending.requestKey(at: first)
      let name = pending.requestID(at: first)
      guard let derived = try derived(added, name: name) else { return }
      try requests.write(
        new: id, name: name, key: key, derived, added, eventKeys: keys,
        continuing: published, dimensions)
      if published == nil { try account(id, derived, added, previous: nil) }
    } else if let previous = try requests.stored(id, dimensions) {
      if published == nil { try rollups.withdraw(id, previous) }
      let lines = (previous.lines.map(\.line) + added).sorted(by: StoredLine.precedes)
      try write(id, lines, over: previous, eventKeys: keys, isDraft: published != nil)
    }
  }

  /// Derives a new request of one line, as most are: the same without lists.
  private func derive(
    new id: Int64, only place: Int, of pending: PendingLines, _ book: RunBook
  ) throws {
    let line = pending.line(at: place, book)
    let name = pending.requestID(at: place)
    let chain = Chain(only: line.link)
    try rates.learn(tenant: chain.context.attribution[AttributionField.tenant.index])
    let derived = try derived(
      chain, RequestFigures(chain, only: line.link, rates: rates),
      primary: chain.primary ?? dimensions.route(Self.unknownRoute).key,
      servedModel: chain.servingIndex == nil ? nil : line.link.route?.model)
    try requests.write(
      new: id, name: name, key: pending.requestKey(at: place), derived, only: line,
      eventKey: pending.eventKey(at: place), dimensions)
    plan.replace(nil, by: Self.planPart(derived))
    try rollups.enter(derived, only: line)
    if rates.hasFees { touchFees(of: chain) }
  }

  /// Prepares for deriving every request from a day on again: what was summed of them under other
  /// prices or another policy goes.
  func begin(from day: UTCDay?) throws { try rollups.clear(from: day) }

  /// Derives a stored request again, after ``begin(from:)`` or while it `isSummed` in the rollups.
  func derive(_ id: Int64, isSummed: Bool = false) throws {
    guard let previous = try requests.stored(id, dimensions) else { return }
    if isSummed { try rollups.withdraw(id, previous) }
    var lines = previous.lines.map(\.line)
    try contexts.fill(&lines, of: previous.name[...])
    try write(id, lines, over: previous, eventKeys: EmptyCollection())
  }

  /// Puts the drafts into the requests that they go on with.
  func mergeDrafts() throws {
    try requests.takeDrafts(dimensions) { published, added in
      guard let previous = try requests.stored(published, dimensions) else { return }
      try rollups.withdraw(published, previous)
      let lines = (previous.lines.map(\.line) + added).sorted(by: StoredLine.precedes)
      try write(published, lines, over: previous, eventKeys: EmptyCollection())
    }
  }

  /// Adds a request that is stored and not published to the sums over requests, for a run that goes on
  /// where another was cut short.
  func account(staged id: Int64) throws {
    guard let stored = try requests.stored(id, dimensions) else { return }
    let lines = stored.lines.map(\.line)
    try learnModels(of: lines)
    if let derived = try derived(lines, name: stored.name[...]) {
      try account(id, derived, lines, previous: nil)
    }
  }

  /// Looks up what stored lines name before their prices are asked for.
  func learnModels(of lines: [StoredLine]) throws {
    for line in lines {
      if let route = line.link.route { try rates.learn(route.model) }
      if let model = line.link.answeredAs { try rates.learn(model) }
      if let primary = line.link.context.primary { try rates.learn(primary.model) }
      if let base = line.link.pricedAs { try rates.learn(base) }
    }
  }

  private func write(
    _ id: Int64, _ lines: [StoredLine], over previous: RequestTable.Previous,
    eventKeys: some Collection<Int64>, isDraft: Bool = false
  ) throws {
    try learnModels(of: lines)
    guard let derived = try derived(lines, name: previous.name[...]) else { return }
    let isSame =
      try lines.count == previous.lines.count
      && derived.figures.attemptCosts.elementsEqual(previous.lines) { $0.stored == $1.derived }
      && derived.chain.context.unbounded == previous.context.unbounded
      && RequestColumns.values(derived, dimensions) == previous.columns
    if !isSame {
      try requests.write(
        id, over: previous, derived, lines, eventKeys: eventKeys, dimensions)
    }
    if !isDraft { try account(id, derived, lines, previous: previous) }
  }

  /// Notes what a request changes in the sums over requests. What it was is taken off the rollups before
  /// it is written.
  private func account(
    _ id: Int64, _ derived: RequestTable.Derived, _ lines: [StoredLine],
    previous: RequestTable.Previous?
  ) throws {
    plan.replace(previous?.plan, by: Self.planPart(derived))
    try rollups.enter(id, derived, lines, isNew: previous == nil)
    guard rates.hasFees else { return }
    touchFees(of: derived.chain)
    if let previous { fees.touch(tenant: previous.tenant, month: previous.month) }
  }

  private func touchFees(of chain: Chain) {
    fees.touch(
      tenant: chain.context.attribution[AttributionField.tenant.index],
      month: Int64(chain.startedAt.day.month.monthsSince0))
  }

  private static func planPart(_ derived: RequestTable.Derived) -> PlanPart? {
    derived.figures.ownPlannedCost.map {
      let day = derived.chain.startedAt.day
      return PlanPart(
        day: Int64(day.daysSince1970), month: Int64(day.month.monthsSince0),
        workflow: derived.chain.context.attribution[AttributionField.workflow.index],
        model: derived.primary.model, planned: $0)
    }
  }

  /// The primary of a request whose lowest line names neither one nor a route; others may still come.
  private static let unknownRoute = Route(model: ModelID(provider: "unknown", model: "unknown"))

  /// What follows from a request's lines; nil if there are none.
  /// - Throws: ``LedgerError`` naming the request if a sum leaves 64 bits.
  func derived(
    _ lines: [StoredLine], name: ArraySlice<UInt8>
  ) throws -> RequestTable.Derived? {
    let links = lines.map(\.link)
    guard let chain = Chain(links) else { return nil }
    let primary = try chain.primary ?? dimensions.route(Self.unknownRoute).key
    try rates.learn(tenant: chain.context.attribution[AttributionField.tenant.index])
    let figures: RequestFigures
    do {
      figures = try RequestFigures(chain, links: links, rates: rates)
    } catch {
      let name = String(decoding: name, as: UTF8.self)
      throw LedgerError(.data, "the request \(name): \(error.what)", remedy: error.remedy)
    }
    return try self.derived(
      chain, figures, primary: primary,
      servedModel: chain.servingIndex.flatMap { links[$0].route?.model })
  }

  /// What follows from a chain and its figures with the terms of its tenant and the policy in force.
  private func derived(
    _ chain: Chain, _ figures: RequestFigures, primary: RouteKey, servedModel: Int64?
  ) throws -> RequestTable.Derived {
    let day = chain.startedAt.day
    var context = chain.context
    let terms = try rates.tenant(context.attribution[AttributionField.tenant.index])?
      .terms(on: day)
    var termsTier: Int64?
    if context.attribution[AttributionField.tier.index] == 0, let name = terms?.tier {
      let tier = try dimensions.id(name, of: .tier)
      context.attribution[AttributionField.tier.index] = tier
      termsTier = tier
    }
    return RequestTable.Derived(
      chain: chain, primary: primary, figures: figures,
      policyClass: context.trafficClass == nil
        ? try rates.trafficClass(
          given: nil, { try dimensions.attribution(context) }, on: day) : nil,
      termsTier: termsTier,
      termsRevenue: chain.revenue == nil ? terms?.revenuePerRequest : nil,
      servedModel: servedModel)
  }
}
