internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// The attempts of the requests that have several.
final class AttemptTable {
  private let insert: BulkInsert
  private let select: RawStatement
  private let delete: RawStatement
  private let insertContext: RawStatement
  private let deleteContexts: RawStatement

  private static let ownColumns = [
    "started_ms", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens",
    "reasoning_tokens", "cost_nano_usd", "request_day",
    "event_revenue_nano_usd",
  ]

  /// What ``line(_:from:request:context:_:)`` reads, of `source`.
  static let columnNames =
    (ownColumns + LineColumns.names).map { "a.\($0)" } + ["c.request_id"]
    + ContextColumns.names.map { "c.\($0)" }
  static let source = """
    stored_attempt a LEFT JOIN attempt_context c ON c.request_id = a.request_id AND c.place = a.place
    """

  /// An attempt whose ``columnNames`` begin at `first`. Without a context of its own it has `context`.
  static func line(
    _ row: RawStatement, from first: Int32, request name: [UInt8], context: Context,
    _ dimensions: Dimensions
  ) throws -> DerivedLine {
    let lineColumn = first + Int32(ownColumns.count)
    let afterLine = lineColumn + Int32(LineColumns.names.count)
    let own =
      row.isNull(afterLine)
      ? context : try ContextColumns.read(row, from: afterLine + 1, dimensions)
    let usage = Usage(
      input: row.int(first + 1), cachedInput: row.int(first + 2), cacheWrite: row.int(first + 3),
      output: row.int(first + 4), reasoning: row.int(first + 5))
    var line = try LineColumns.read(
      row, from: lineColumn, request: name,
      startedAt: Timestamp(milliseconds: row.int(first)), context: own, usage: usage,
      cost: row.int(first + 6), revenue: row.optionalInt(first + 8), dimensions)
    line.hasOwnContext = !row.isNull(afterLine)
    line.requestDay = row.int(first + 7)
    return line
  }

  /// Where in ``columnNames`` those of ``LineColumns`` begin.
  static let lineColumn = Int32(ownColumns.count)

  init(_ database: Database) throws {
    let columns = ["request_id", "place"] + Self.ownColumns + LineColumns.names
    // Many, so that those before have long gone in on the thread behind.
    insert = BulkInsert(database, into: "stored_attempt", columns, mostRows: 1_024)
    select = try RawStatement(
      database,
      """
      SELECT \(Self.columnNames.joined(separator: ", ")) FROM \(Self.source)
      WHERE a.request_id = ? ORDER BY a.place
      """)
    delete = try RawStatement(database, "DELETE FROM stored_attempt WHERE request_id = ?")
    insertContext = try RawStatement(
      database,
      RawStatement.insert(
        into: "attempt_context", ["request_id", "place"] + ContextColumns.names))
    deleteContexts = try RawStatement(
      database, "DELETE FROM attempt_context WHERE request_id = ?")
  }

  /// The attempts of a request in their order. Those without a context of their own have `context`.
  func lines(
    of request: Int64, name: [UInt8], context: Context, _ dimensions: Dimensions
  ) throws -> [DerivedLine] {
    var lines: [DerivedLine] = []
    try insert.flush()
    select.add(request)
    while try select.step() {
      lines.append(
        try Self.line(select, from: 0, request: name, context: context, dimensions))
    }
    return lines
  }

  /// Writes the attempts of a request that has none here.
  func write(
    _ lines: [StoredLine], costs: AttemptCosts, of request: Int64, name: ArraySlice<UInt8>,
    _ dimensions: Dimensions
  ) throws {
    guard let lowest = lines.first else { return }
    let day = Int64(lowest.link.startedAt.day.daysSince1970)
    for (place, line) in lines.enumerated() {
      insert.add(request)
      insert.add(Int64(place))
      insert.add(line.link.startedAt.milliseconds)
      insert.add(line.link.usage.input)
      insert.add(line.link.usage.cachedInput)
      insert.add(line.link.usage.cacheWrite)
      insert.add(line.link.usage.output)
      insert.add(line.link.usage.reasoning)
      insert.add(costs[place].amount.nanoUSD)
      insert.add(day)
      insert.add(line.link.revenue?.nanoUSD)
      LineColumns.add(line, cost: costs[place], request: name, to: insert)
      try insert.endRow()
      if place > 0, line.link.context != lowest.link.context {
        insertContext.add(request)
        insertContext.add(Int64(place))
        try ContextColumns.add(line.link.context, to: insertContext, dimensions)
        try insertContext.run()
      }
    }
  }

  /// Writes the attempts that wait.
  func flush() throws { try insert.flush() }

  /// Has them written meanwhile.
  func flushBehind() throws { try insert.flushBehind() }

  func remove(of request: Int64) throws {
    try insert.flush()
    deleteContexts.add(request)
    try deleteContexts.run()
    delete.add(request)
    try delete.run()
  }
}
