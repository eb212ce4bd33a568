package import GRDB
internal import Pricing
package import Traffic
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
  private let pending = PendingLines()
  private var book = RunBook()
  /// Requests of which a log said more in a line of its own.
  private var touched: Set<Int64> = []

  /// Lines that wait for the derivation of their requests, at most.
  private static let mostPending = 32_000

  /// Lines of which batches are kept for those that wait, at most: of a log that is on record but for a
  /// few lines, many.
  private static let mostKept = 4 * mostPending

  /// Lines between the one that is taken in and the one for which memory is fetched.
  private static let ahead = 8

  /// Keys that wait to be written as a run.
  private static let mostKeys = 250_000

  /// Goes on with the staged file if it `resumes`; otherwise that is taken back. Rates that are not
  /// given are read.
  package init(_ database: Database, rates: Rates? = nil, resumes: Bool = false) throws {
    if !resumes { try Staging.discard(database) }
    self.database = database
    dimensions = try Dimensions(database)
    requests = try RequestTable(database)
    derivation = try Derivation(database, rates ?? Rates(database), dimensions, requests)
    if resumes { try resume() }
  }

  /// Takes up the sums over the requests that another run staged.
  private func resume() throws {
    let staged = try RawStatement(
      database,
      """
      SELECT id FROM stored_request WHERE id > (SELECT last_request FROM publication)
        AND id NOT IN (SELECT id FROM draft) ORDER BY id
      """)
    while try staged.step() { try derivation.account(staged: staged.int(0)) }
  }

  // MARK: lines

  /// Takes note of the names that are new in a batch; comes before its lines.
  package func learn(_ batch: EventBatch) throws {
    defer { pending.begin(batch) }
    if batch.hasNewBook || pending.kept >= Self.mostKept {
      try derive(leastKeys: Self.mostKeys)
    }
    if batch.hasNewBook { book = RunBook() }
    for (kind, names) in batch.newNames.enumerated() {
      for name in names {
        let text = batch.nameTexts.span.extracting(name.range)
        book.add(try dimensions.id(text, kind: kind), kind: kind)
      }
    }
    for route in batch.newRoutes {
      let stored = try dimensions.route(route)
      try derivation.rates.learn(stored.key.model)
      book.add(stored)
    }
  }

  /// Takes in a line of the batch that was learnt last, by its place there.
  package func admit(_ place: Int, of batch: EventBatch, file: Int64) throws -> Verdict {
    if place + Self.ahead < batch.events.count {
      let next = batch.entry(place + Self.ahead)
      requests.prefetch(event: next.eventKey, request: next.requestKey)
      pending.prefetch(event: next.eventKey, request: next.requestKey)
    }
    let entry = batch.entry(place)
    if entry.isContext, case .context(let parent) = batch.events[place].kind {
      return try admit(batch.events[place], parent: parent, of: batch, file: file)
    }
    if requests.mayHave(event: entry.eventKey),
      let known = try contentHash(entry.eventKey, event: batch.texts[entry.event.range])
    {
      return known == entry.storedHash ? .duplicate : .conflict
    }
    requests.tell(event: entry.eventKey)
    let request = try request(entry.requestKey, name: entry.request, of: batch)
    pending.append(entry, at: place, of: request, file: file)
    if pending.count >= Self.mostPending { try derive(leastKeys: Self.mostKeys) }
    return .accepted
  }

  /// Takes in what a log says of a request in a line of its own.
  private func admit(
    _ event: EventBatch.Event, parent: EventBatch.Text?, of batch: EventBatch, file: Int64
  ) throws -> Verdict {
    let contexts = derivation.contexts
    let request = batch.texts[event.request.range]
    if let known = try contexts.contentHash(of: request) {
      return known == event.storedHash ? .duplicate : .conflict
    }
    try contexts.enter(
      request, parent: parent.map { batch.texts[$0.range] }, contentHash: event.storedHash,
      book.context(of: event, batch.texts), file: file, line: event.line)
    // Requests that only wait are derived later anyway.
    for below in try contexts.requests(under: request) {
      let key = TextKey.of(below.span)
      if let id = try requests.id(key, name: below[...]) { touched.insert(id) }
    }
    return .accepted
  }

  /// Writes what is left, unseen by reports; the transaction may then end, and another go on.
  package func stage() throws {
    try derive(leastKeys: 0)
    try settle()
  }

  /// Waits until what was begun is written: the connection may then be used for something else.
  package func settle() throws { try WriteBehind.settle(database) }

  /// Derives what is left, publishes it and brings means and fee shares up to date; the transaction may
  /// then end.
  package func finish() throws {
    try derive(leastKeys: 0, isLast: true)
    try settle()
    try derivation.mergeDrafts()
    for request in touched.sorted() { try derivation.derive(request, isSummed: true) }
    touched.removeAll()
    try requests.publish()
    try derivation.flushPlan()
    try derivation.finish()
  }

  /// The number of the request that has the attempt of an event, once it is written.
  package func request(ofEvent event: Name) throws -> Int64? {
    let text = Array(event.text.utf8)
    return try requests.request(ofEvent: TextKey.of(text.span), text: text[...], dimensions)
  }

  private func contentHash(_ key: Int64, event: ArraySlice<UInt8>) throws -> Int64? {
    try pending.contentHash(key, event: event)
      ?? requests.contentHash(key, event: event, dimensions)
  }

  /// A line's request, which gets a new number if it is new.
  private func request(
    _ key: Int64, name text: EventBatch.Text, of batch: EventBatch
  ) throws -> PendingLines.Request {
    if requests.mayHave(request: key) {
      let name = batch.texts[text.range]
      if let known = pending.request(key, name: name) { return known }
      if let known = try requests.id(key, name: name) {
        return pending.enter(request: known, key: key, name: text)
      }
    }
    requests.tell(request: key)
    return pending.enter(request: requests.newID(), key: key, name: text)
  }

  /// Derives the requests of the lines that wait, and writes both. As long as more may come, lines of
  /// published requests are kept as drafts.
  private func derive(leastKeys: Int, isLast: Bool = false) throws {
    let order = pending.inOrder()
    var continued: [Range<Int>] = []
    var start = order.startIndex
    while start < order.endIndex {
      let request = pending.lines[order[start]].request
      let end =
        order[start...].firstIndex { pending.lines[$0].request != request } ?? order.endIndex
      if !isLast, requests.isPublished(request) {
        continued.append(start..<end)
      } else {
        try derivation.derive(request, adding: order[start..<end], of: pending, book)
      }
      start = end
    }
    // Their new numbers are above those of all other requests.
    for range in continued {
      let request = pending.lines[order[range.lowerBound]].request
      try derivation.derive(
        requests.draft(of: request) ?? requests.newID(), adding: order[range], of: pending, book,
        continuing: request)
    }
    pending.removeAll()
    // Reports see published requests, and their drafts come first: those are derived at the end.
    for request in touched.sorted() where !requests.isPublished(request) {
      try derivation.derive(request, isSummed: true)
    }
    touched = touched.filter(requests.isPublished)
    try requests.flush(least: leastKeys)
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
