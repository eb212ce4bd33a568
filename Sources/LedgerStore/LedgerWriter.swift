package import GRDB
internal import Pricing
internal import Traffic
package import Units

/// Admits lines to the ledger and derives their requests, inside one transaction.
///
/// What is derived depends on the lines, prices, tenants and policies alone, never on the order in
/// which they came: a request is derived from all its lines whenever one is added.
package final class LedgerWriter {
  package enum Verdict: Hashable, Sendable {
    case accepted
    /// The same line is on record.
    case duplicate
    /// Another content is on record under the line's event id.
    case conflict
  }

  /// Requests that the ledger did not have before.
  package var newRequests: Int { derivation.requests.newCount }

  private let database: Database
  private let dimensions: Dimensions
  private let derivation: Derivation
  private var attempts: AttemptTable { derivation.attempts }
  private var requests: RequestTable { derivation.requests }
  private var pending = PendingLines()
  /// The ledger's numbers for those of the run's book, by kind.
  private var numbers = [[Int64]](repeating: [0], count: EventBatch.nameKinds)
  private var routes: [Dimensions.StoredRoute] = []

  /// Lines that wait for the derivation of their requests, at most.
  private static let mostPending = 50_000

  /// Keys that wait to be written in their order. More would make fewer page writes of as many keys.
  private static let mostKeys = 400_000

  package init(_ database: Database) throws {
    self.database = database
    dimensions = try Dimensions(database)
    derivation = try Derivation(database, dimensions)
  }

  // MARK: lines

  /// Takes note of the names that are new in a batch; comes before its lines.
  package func learn(_ batch: EventBatch) throws {
    if batch.hasNewBook {
      numbers = [[Int64]](repeating: [0], count: EventBatch.nameKinds)
      routes = []
    }
    for (kind, names) in batch.newNames.enumerated() {
      for name in names { numbers[kind].append(try dimensions.id(name, kind: kind)) }
    }
    for route in batch.newRoutes {
      let stored = try dimensions.route(route)
      try derivation.rates.learn(stored.key.model)
      routes.append(stored)
    }
  }

  /// Takes in a line of the batch that was learnt last.
  package func admit(_ event: EventBatch.Event, of batch: EventBatch, file: Int64) throws -> Verdict
  {
    let eventID = batch.texts[event.event.range]
    if let known = try pending.contentHash(event.eventKey, event: eventID)
      ?? attempts.contentHash(event.eventKey, event: eventID)
    {
      return known == event.contentHash ? .duplicate : .conflict
    }
    let name = batch.texts[event.request.range]
    let request: Int64
    if let known = pending.request(event.requestKey, name: name) {
      request = known
    } else {
      request = try requests.id(event.requestKey, name: name) ?? requests.newID()
      pending.enter(request: request, key: event.requestKey, name: name)
    }
    let route = event.route == 0 ? nil : routes[Int(event.route) - 1]
    let link = Link(
      startedAt: event.startedAt, context: context(of: event), action: event.action,
      route: route?.key, outcome: event.outcome, usage: event.usage,
      reportedCost: event.reportedCost, revenue: event.revenue)
    let reason = numbers[EventBatch.decisionReasons][Int(event.decisionReason)]
    pending.append(
      PendingLine(
        event: event, request: request, file: file, route: route?.id,
        decisionReason: reason == 0 ? nil : reason, link: link),
      event: eventID, name: name)
    if pending.count >= Self.mostPending { try derive(leastKeys: Self.mostKeys) }
    return .accepted
  }

  /// Derives what is left and brings means and fee shares up to date; the transaction may then end.
  package func finish() throws {
    try derive(leastKeys: 0)
    try derivation.finish()
  }

  private func context(of event: EventBatch.Event) -> Context {
    var context = Context()
    for kind in 0..<EventBatch.decisionReasons {
      context.attribution[kind] = numbers[kind][Int(event.attribution[kind])]
    }
    context.trafficClass = event.trafficClass
    if event.primary != 0 { context.primary = routes[Int(event.primary) - 1].key }
    return context
  }

  /// Derives the requests of the lines that wait, and writes both.
  private func derive(leastKeys: Int) throws {
    let order = pending.inOrder()
    var start = order.startIndex
    while start < order.endIndex {
      let request = pending.lines[order[start]].request
      let end =
        order[start...].firstIndex { pending.lines[$0].request != request } ?? order.endIndex
      try derivation.derive(request, adding: order[start..<end], of: pending)
      start = end
    }
    pending.removeAll()
    try derivation.flushPlan()
    try attempts.flush(least: leastKeys)
    try requests.flush(least: leastKeys)
    try dimensions.flush(least: leastKeys)
  }

  // MARK: all requests

  /// Derives all requests from a day on again, after prices, tenants or policies changed.
  package func deriveAll(from day: UTCDay? = nil) throws {
    try derivation.begin(from: day)
    let from = Int64(day?.daysSince1970 ?? Int.min)
    var last: Int64 = 0
    while true {
      let ids = try Int64.fetchAll(
        database, sql: "SELECT id FROM request WHERE id > ? AND day >= ? ORDER BY id LIMIT ?",
        arguments: [last, from, Self.mostPending])
      for id in ids { try derivation.derive(id) }
      try derivation.flushPlan()
      guard let id = ids.last else { break }
      last = id
    }
    try finish()
  }
}
