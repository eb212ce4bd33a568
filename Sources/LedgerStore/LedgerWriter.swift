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
  package var newRequests: Int { requests.newCount }

  private let database: Database
  private let dimensions: Dimensions
  private let derivation: Derivation
  private let requests: RequestTable
  private var pending = PendingLines()
  private var book = RunBook()

  /// Lines that wait for the derivation of their requests, at most.
  private static let mostPending = 50_000

  /// Keys that wait to be written as a run.
  private static let mostKeys = 400_000

  package init(_ database: Database) throws {
    self.database = database
    dimensions = try Dimensions(database)
    requests = try RequestTable(database)
    derivation = try Derivation(database, dimensions, requests)
  }

  // MARK: lines

  /// Takes note of the names that are new in a batch; comes before its lines.
  package func learn(_ batch: EventBatch) throws {
    if batch.hasNewBook {
      try derive(leastKeys: Self.mostKeys)
      book = RunBook()
    }
    for (kind, names) in batch.newNames.enumerated() {
      for name in names { book.add(try dimensions.id(name, kind: kind), kind: kind) }
    }
    for route in batch.newRoutes {
      let stored = try dimensions.route(route)
      try derivation.rates.learn(stored.key.model)
      book.add(stored)
    }
  }

  /// Takes in a line of the batch that was learnt last.
  package func admit(_ event: EventBatch.Event, of batch: EventBatch, file: Int64) throws -> Verdict
  {
    let eventID = batch.texts[event.event.range]
    if let known = try contentHash(event.eventKey, event: eventID) {
      return known == event.storedHash ? .duplicate : .conflict
    }
    requests.tell(event: event.eventKey)
    let name = batch.texts[event.request.range]
    let request = try number(event.requestKey, name: name)
    pending.append(
      PendingLine(event: event, request: request, file: file), event: eventID, name: name)
    if pending.count >= Self.mostPending { try derive(leastKeys: Self.mostKeys) }
    return .accepted
  }

  /// Derives what is left and brings means and fee shares up to date; the transaction may then end.
  package func finish() throws {
    try derive(leastKeys: 0)
    try derivation.finish()
  }

  private func contentHash(_ key: Int64, event: ArraySlice<UInt8>) throws -> Int64? {
    guard requests.mayHave(event: key) else { return nil }
    return try pending.contentHash(key, event: event)
      ?? requests.contentHash(key, event: event, dimensions)
  }

  /// The number of a request, which is a new one for a new request.
  private func number(_ key: Int64, name: ArraySlice<UInt8>) throws -> Int64 {
    if requests.mayHave(request: key) {
      if let known = pending.request(key, name: name) { return known }
      if let known = try requests.id(key, name: name) {
        pending.enter(request: known, key: key, name: name)
        return known
      }
    }
    requests.tell(request: key)
    let id = requests.newID()
    pending.enter(request: id, key: key, name: name)
    return id
  }

  /// Derives the requests of the lines that wait, and writes both.
  private func derive(leastKeys: Int) throws {
    let order = pending.inOrder()
    var start = order.startIndex
    while start < order.endIndex {
      let request = pending.lines[order[start]].request
      let end =
        order[start...].firstIndex { pending.lines[$0].request != request } ?? order.endIndex
      try derivation.derive(request, adding: order[start..<end], of: pending, book)
      start = end
    }
    pending.removeAll()
    try derivation.flushPlan()
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
        database,
        sql: "SELECT id FROM stored_request WHERE id > ? AND day >= ? ORDER BY id LIMIT ?",
        arguments: [last, from, Self.mostPending])
      for id in ids { try derivation.derive(id) }
      try derivation.flushPlan()
      guard let id = ids.last else { break }
      last = id
    }
    try finish()
  }
}
