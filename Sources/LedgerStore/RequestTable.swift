internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// What a request's own planned cost adds to the means that stand in for others.
struct PlanPart: Hashable {
  let day: Int64
  let month: Int64
  /// 0 for none.
  let workflow: Int64
  let model: Int64
  let planned: Money
}

/// Requests as they are derived from their attempts, each with its attempt if it has but one.
final class RequestTable {
  /// What the ledger holds of a request.
  struct Previous {
    /// The text of its id.
    let name: [UInt8]
    let month: Int64
    /// With the primary only if the lowest attempt states one.
    let context: Context
    let plan: PlanPart?
    /// ``RequestColumns/names`` but for the id.
    let columns: [Int64?]
    /// In their order.
    var lines: [DerivedLine]

    var tenant: Int64 { context.attribution[AttributionField.tenant.index] }
  }

  /// Everything that is derived for a request and stored with it.
  struct Derived {
    let chain: Chain
    let primary: RouteKey
    let figures: RequestFigures
    /// What stands in for a class, a tier and a revenue that are not given.
    let policyClass: TrafficClass?
    let termsTier: Int64?
    let termsRevenue: Money?
    let servedModel: Int64?
  }

  private let attempts: AttemptTable
  private let insert: RecordInsert
  private let update: RawStatement
  private let select: RawStatement
  private let name: RawStatement
  private let keys: KeyIndex
  private let eventKeys: KeyIndex
  private var nextID: Int64
  private var lastWritten: Int64
  private let drafts: DraftTable
  /// Requests that were written for the first time.
  private(set) var newCount = 0

  init(_ database: Database) throws {
    attempts = try AttemptTable(database)
    drafts = try DraftTable(database)
    // Numbers of drafts that were merged are not given again: they count as published.
    let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM stored_request") ?? 0
    lastWritten = max(last, drafts.lastPublished)
    nextID = lastWritten + 1
    keys = try KeyIndex(database, .request)
    eventKeys = try KeyIndex(database, .event)
    let own = ["id", "request_id"] + RequestColumns.names
    insert = try RecordInsert(
      database, into: "stored_request", own + ["fee_share_nano_usd"] + LineColumns.names,
      index: "request_by_day")
    let all = own + LineColumns.names
    update = try RawStatement(
      database,
      """
      UPDATE stored_request SET
        \(all.enumerated().dropFirst(2).map { "\($1) = ?\($0 + 1)" }.joined(separator: ", ")),
        fee_share_nano_usd = iif(?\(all.count + 1), fee_share_nano_usd, 0)
      WHERE id = ?1
      """)
    select = try RawStatement(
      database,
      "SELECT \(Previous.columnNames.joined(separator: ", ")) FROM stored_request WHERE id = ?")
    name = try RawStatement(database, "SELECT request_id FROM stored_request WHERE id = ?")
  }

  // MARK: finding

  /// The number of a request that the table has.
  func id(_ key: Int64, name text: ArraySlice<UInt8>) throws -> Int64? {
    try keys.row(key) { id in
      try insert.flush()
      name.add(id)
      defer { name.reset() }
      return try name.step() && name.nameText(0).elementsEqual(text)
    }
  }

  /// The number of the next new request.
  func newID() -> Int64 {
    defer { nextID += 1 }
    return nextID
  }

  /// Whether reports see a request.
  func isPublished(_ id: Int64) -> Bool { id <= drafts.lastPublished }

  /// Whether the table has no row of a request yet; new ones are written in the order of their numbers.
  func isNew(_ id: Int64) -> Bool { id > lastWritten }

  /// Whether an event, or a request, may be there or have been told of; if not, it is new.
  func mayHave(event key: Int64) -> Bool { eventKeys.mayHave(key) }
  func mayHave(request key: Int64) -> Bool { keys.mayHave(key) }

  /// Has fetched what will be asked of an event and its request soon.
  func prefetch(event: Int64, request: Int64) {
    eventKeys.prefetch(event)
    keys.prefetch(request)
  }

  /// Tells of an event, or a request, that will be written.
  func tell(event key: Int64) { eventKeys.tell(key) }
  func tell(request key: Int64) { keys.tell(key) }

  /// The content hash of the line with an event id.
  func contentHash(
    _ key: Int64, event: ArraySlice<UInt8>, _ dimensions: Dimensions
  ) throws -> Int64? {
    try line(key, event: event, dimensions)?.line.contentHash
  }

  /// The number of the request that has a line with an event id.
  func request(
    ofEvent key: Int64, text: ArraySlice<UInt8>, _ dimensions: Dimensions
  ) throws -> Int64? {
    try line(key, event: text, dimensions)?.request
  }

  private func line(
    _ key: Int64, event: ArraySlice<UInt8>, _ dimensions: Dimensions
  ) throws -> (request: Int64, line: StoredLine)? {
    var found: StoredLine?
    let request = try eventKeys.row(key) { id in
      for id in [id, drafts.draft(of: id)].compactMap(\.self) {
        let lines = try stored(id, dimensions)?.lines ?? []
        found = lines.first { $0.line.event.elementsEqual(event) }?.line
        if found != nil { return true }
      }
      return false
    }
    return request.flatMap { request in found.map { (request, $0) } }
  }

  // MARK: reading and writing

  func stored(_ id: Int64, _ dimensions: Dimensions) throws -> Previous? {
    try insert.flush()
    select.add(id)
    defer { select.reset() }
    guard try select.step() else { return nil }
    return try Previous(select, from: 0, dimensions) { name, context in
      try attempts.lines(of: id, name: name, context: context, dimensions)
    }
  }

  /// Writes a new request and its lines, in their order; a draft under the `published` request that it
  /// goes on with, by which it is found.
  func write(
    new id: Int64, name text: ArraySlice<UInt8>, key: Int64, _ derived: Derived,
    _ lines: [StoredLine], eventKeys new: some Sequence<Int64>, continuing published: Int64? = nil,
    _ dimensions: Dimensions
  ) throws {
    try begin(id, name: text, derived, dimensions)
    try write(lines, of: id, name: text, derived, with: insert, dimensions)
    try endRow(derived)
    if let published {
      try drafts.enter(id, continuing: published)
    } else {
      keys.add(key, id)
      newCount += 1
    }
    for key in new { eventKeys.add(key, published ?? id) }
    lastWritten = id
  }

  /// Writes a new request and its only line.
  func write(
    new id: Int64, name text: ArraySlice<UInt8>, key: Int64, _ derived: Derived,
    only line: StoredLine,
    eventKey: Int64, _ dimensions: Dimensions
  ) throws {
    try begin(id, name: text, derived, dimensions)
    LineColumns.add(line, cost: derived.figures.attemptCosts[0], request: text, to: insert)
    try endRow(derived)
    keys.add(key, id)
    newCount += 1
    eventKeys.add(eventKey, id)
    lastWritten = id
  }

  private func begin(
    _ id: Int64, name text: ArraySlice<UInt8>, _ derived: Derived, _ dimensions: Dimensions
  ) throws {
    insert.begin(row: id)
    insert.add(name: text.span)
    try RequestColumns.add(derived, to: insert, dimensions)
    // No share of a fee yet.
    insert.add(Int64(0))
  }

  private func endRow(_ derived: Derived) throws {
    try insert.endRow(indexed: Int64(derived.chain.startedAt.day.daysSince1970))
  }

  /// Writes a request that the table has, and its lines, anew.
  func write(
    _ id: Int64, over previous: Previous, _ derived: Derived, _ lines: [StoredLine],
    eventKeys new: some Sequence<Int64>, _ dimensions: Dimensions
  ) throws {
    let chain = derived.chain
    let owner = drafts.published(behind: id) ?? id
    let keepsFee =
      Int64(chain.startedAt.day.month.monthsSince0) == previous.month
      && chain.context.attribution[AttributionField.tenant.index] == previous.tenant
    if previous.lines.count > 1 { try attempts.remove(of: id) }
    update.add(id)
    update.skip(1)
    try RequestColumns.add(derived, to: update, dimensions)
    update.setLast(keepsFee)
    try write(lines, of: id, name: previous.name[...], derived, with: update, dimensions)
    try update.run()
    for key in new { eventKeys.add(key, owner) }
  }

  private func write(
    _ lines: [StoredLine], of id: Int64, name: ArraySlice<UInt8>, _ derived: Derived,
    with row: some RowSink, _ dimensions: Dimensions
  ) throws {
    let costs = derived.figures.attemptCosts
    if lines.count == 1 {
      LineColumns.add(lines[0], cost: costs[0], request: name, to: row)
    } else {
      LineColumns.addNone(to: row)
      try attempts.write(lines, costs: costs, of: id, name: name, dimensions)
    }
  }

  // MARK: drafts

  /// The number of the draft that goes on with a published request, if there is one yet.
  func draft(of published: Int64) -> Int64? { drafts.draft(of: published) }

  /// Takes all drafts out, in the order of the requests that they go on with.
  func takeDrafts(
    _ dimensions: Dimensions, _ body: (_ published: Int64, [StoredLine]) throws -> Void
  ) throws {
    for (published, id) in drafts.all {
      let lines = try stored(id, dimensions)?.lines.map(\.line) ?? []
      try attempts.remove(of: id)
      try drafts.remove(id)
      try body(published, lines)
    }
  }

  /// Lets reports see all requests.
  func publish() throws {
    try flushRows()
    try drafts.publish(upTo: lastWritten)
  }

  /// Writes the requests and attempts that wait.
  private func flushRows() throws {
    try insert.flush()
    try attempts.flush()
  }

  /// Has the requests that wait written, and the keys of new requests and events, if there are `least`.
  func flush(least: Int) throws {
    try insert.flushBehind()
    try attempts.flushBehind()
    if keys.freshCount >= least { try keys.flush() }
    if eventKeys.freshCount >= least { try eventKeys.flush() }
  }
}
