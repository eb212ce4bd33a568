package import GRDB
internal import Pricing
package import Traffic
package import Units

/// Admits lines to the ledger and derives their requests, inside one transaction.
///
/// What is derived depends on the lines, prices, tenants and policies alone, never on the order in
/// which they came: a request is derived from all its lines whenever one is added.
package final class LedgerWriter {
  /// A line as its source gives it.
  package struct Entry: Sendable {
    package let attempt: Attempt
    /// 16 bytes over the values of the line's fields: the same content has the same hash.
    package let contentHash: [UInt8]
    /// From 1.
    package let line: Int64

    package init(attempt: Attempt, contentHash: [UInt8], line: Int64) {
      self.attempt = attempt
      self.contentHash = contentHash
      self.line = line
    }
  }

  package enum Verdict: Hashable, Sendable {
    case accepted
    /// The same line is on record.
    case duplicate
    /// Another content is on record under the line's event id.
    case conflict
  }

  /// Requests that the ledger did not have before.
  package var newRequests: Int { requests.newCount }

  private let database: Database
  private let dimensions: Dimensions
  private let rates: RateBook
  private let attempts: AttemptTable
  private let requests: RequestTable
  private var plan = PlanTables()
  private var fees = FeeShares()
  /// Requests to derive, with their names.
  private var touched: [Int64: Name] = [:]
  /// The lines of requests that are not written yet: all that there are.
  private var pending: [Int64: [PendingLine]] = [:]
  /// Contexts of lines that were added to other requests since the last derivation.
  private var newContexts: [Int64: Context] = [:]

  private struct PendingLine {
    let position: Int64
    let event: Name
    let stored: AttemptTable.Stored
  }

  /// Requests that wait for their derivation, at most.
  private static let mostTouched = 20_000

  /// Requests whose names are held in memory, at most.
  private static let mostKnown = 5 * mostTouched

  package init(_ database: Database) throws {
    self.database = database
    dimensions = try Dimensions(database)
    rates = try RateBook(database, dimensions)
    attempts = try AttemptTable(database)
    requests = try RequestTable(database)
  }

  package func admit(_ entry: Entry, file: Int64) throws -> Verdict {
    let attempt = entry.attempt
    let request = try requests.id(attempt.requestID)
    let route = try attempt.route.map(dimensions.route)
    let link = Link(
      startedAt: attempt.startedAt, context: try context(of: attempt), action: attempt.action,
      route: route?.key, outcome: attempt.outcome, usage: attempt.usage,
      reportedCost: attempt.reportedCost, revenue: attempt.revenue)
    // The request's day decides the price; nearly always it is the attempt's own.
    if let model = route?.key.model { try rates.learn(model) }
    let cost = AttemptCost(
      of: link,
      at: route.flatMap { rates.price(of: $0.key.model, on: attempt.startedAt.day) })
    guard
      let id = try attempts.enter(
        attempt, hash: entry.contentHash, cost: cost, request: request, route: route?.id,
        file: file, line: entry.line)
    else {
      // A log of nothing but known lines must not fill the memory with their requests.
      if requests.knownCount >= Self.mostKnown { try derive() }
      let known = try attempts.contentHash(of: attempt.eventID)
      return known == entry.contentHash ? .duplicate : .conflict
    }
    if requests.isUnwritten(request) {
      let stored = AttemptTable.Stored(
        id: id, link: link, index: attempt.index ?? 0, hasOwnIndex: attempt.index != nil,
        hasContextRow: false, derived: cost.stored)
      pending[request, default: []].append(
        PendingLine(position: attempt.position, event: attempt.eventID, stored: stored))
    } else {
      newContexts[id] = link.context
    }
    touched[request] = attempt.requestID
    if touched.count >= Self.mostTouched { try derive() }
    return .accepted
  }

  /// Derives what is left and brings means and fee shares up to date; the transaction may then end.
  package func finish() throws {
    try derive()
    try fees.flush(database, rates, dimensions)
  }

  /// Derives all requests from a day on again, after prices, tenants or policies changed.
  package func deriveAll(from day: UTCDay? = nil) throws {
    let from = Int64(day?.daysSince1970 ?? Int.min)
    var last: Int64 = 0
    while true {
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT id, request_id FROM request WHERE id > ? AND day >= ? ORDER BY id LIMIT ?",
        arguments: [last, from, Self.mostTouched])
      for row in rows { touched[row[0]] = Name(row[1] as String) }
      guard let id = rows.last?[0] as Int64? else { break }
      last = id
      try derive()
    }
    try finish()
  }

  // MARK: derivation

  private func derive() throws {
    for (id, name) in touched.sorted(by: { $0.key < $1.key }) { try derive(id, name) }
    touched.removeAll(keepingCapacity: true)
    pending.removeAll(keepingCapacity: true)
    newContexts.removeAll(keepingCapacity: true)
    requests.didDerive()
    try plan.flush(database)
  }

  private func derive(_ id: Int64, _ name: Name) throws {
    let previous: RequestTable.Previous?
    var lines: [AttemptTable.Stored]
    if let pending = pending[id] {
      previous = nil
      lines = pending.sorted { ($0.position, $0.event) < ($1.position, $1.event) }.map(\.stored)
    } else {
      previous = try requests.previous(id, dimensions)
      lines = try attempts.lines(of: id, context: previous?.context, dimensions)
      for index in lines.indices {
        if let own = newContexts[lines[index].id] { lines[index].link.context = own }
      }
    }
    let links = lines.map(\.link)
    guard let chain = Chain(links), let primary = chain.primary else { return }
    try rates.learn(primary.model)
    for link in links { if let route = link.route { try rates.learn(route.model) } }

    let figures: RequestFigures
    do {
      figures = try RequestFigures(chain, links: links, rates: rates)
    } catch {
      throw LedgerError(.data, "the request \(name): \(error.what)", remedy: error.remedy)
    }
    for (index, line) in lines.enumerated() {
      try attempts.settle(line, cost: figures.attemptCosts[index], place: index)
      try attempts.settle(
        line, differs: line.link.context != chain.context,
        isNew: previous == nil || newContexts[line.id] != nil, dimensions)
    }

    let derived = try derived(chain, figures, links: links)
    try requests.write(
      id, name: name.text, isNew: previous == nil, derived, primary: primary, dimensions)
    let day = chain.startedAt.day
    let part = figures.ownPlannedCost.map {
      PlanPart(
        day: Int64(day.daysSince1970), month: Int64(day.month.monthsSince0),
        workflow: chain.context.attribution[AttributionField.workflow.index],
        model: primary.model, planned: $0)
    }
    plan.replace(previous?.plan, by: part)
    let tenant = chain.context.attribution[AttributionField.tenant.index]
    fees.touch(tenant: tenant, month: Int64(day.month.monthsSince0))
    if let previous { fees.touch(tenant: previous.tenant, month: previous.month) }
  }

  private func derived(
    _ chain: Chain, _ figures: RequestFigures, links: [Link]
  ) throws -> RequestTable.Derived {
    let day = chain.startedAt.day
    let tenantID = chain.context.attribution[AttributionField.tenant.index]
    let terms = rates.tenant(try dimensions.tenant(tenantID))?.terms(on: day)
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

  private func context(of attempt: Attempt) throws -> Context {
    var context = Context()
    for field in AttributionField.allCases {
      guard let name = attempt.attribution[field] else { continue }
      context.attribution[field.index] = try dimensions.id(name, of: field)
    }
    context.trafficClass = attempt.trafficClass
    context.primary = try attempt.primary.map { try dimensions.route($0).key }
    return context
  }
}
