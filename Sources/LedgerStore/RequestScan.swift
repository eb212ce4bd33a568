internal import GRDB
internal import Traffic
internal import Units

extension RequestTable.Previous {
  /// Of `stored_request`, as ``init(_:from:_:several:)`` reads them.
  static let columnNames = ["request_id"] + RequestColumns.names + LineColumns.names

  /// Where in ``columnNames`` those of ``LineColumns`` begin.
  static let lineColumn = Int32(RequestColumns.names.count) + 1

  /// A request whose ``columnNames`` begin at `first`; `several` gives the lines of one that has them in
  /// rows of their own.
  init(
    _ row: RawStatement, from first: Int32, _ dimensions: Dimensions,
    several: (_ name: [UInt8], Context) throws -> [DerivedLine]
  ) throws {
    let name = row.nameText(first)
    let columns = RequestColumns.read(row, from: first + 1)
    func value(_ column: StoredColumn) -> Int64 { columns[column.place] ?? 0 }
    var context = try ContextColumns.read(row, from: first + 2, dimensions)
    if value(.primaryIsStated) == 0 { context.primary = nil }
    let startedAt = Timestamp(milliseconds: value(.startedAt))
    let month = Int64(startedAt.day.month.monthsSince0)
    let plan = columns[StoredColumn.premium.place].map { premium in
      PlanPart(
        day: Int64(startedAt.day.daysSince1970), month: month,
        workflow: context.attribution[AttributionField.workflow.index],
        model: value(.primaryModel),
        planned: Money(nanoUSD: value(.cost) &- value(.wasted) &- premium))
    }
    let lineColumn = first + Self.lineColumn
    let lines: [DerivedLine]
    if row.isNull(lineColumn) {
      lines = try several(name, context)
    } else {
      let usage = Usage(
        input: value(.input), cachedInput: value(.cachedInput), cacheWrite: value(.cacheWrite),
        output: value(.output), reasoning: value(.reasoning))
      lines = [
        try LineColumns.read(
          row, from: lineColumn, request: name, startedAt: startedAt, context: context,
          usage: usage, cost: value(.cost),
          revenue: columns[StoredColumn.eventRevenue.place], dimensions)
      ]
    }
    self.init(
      name: name, month: month, context: context, plan: plan, columns: columns, lines: lines)
  }
}

/// Reads a range of requests with their lines as they lie in the ledger, one after the other: those
/// that reports see, and those that are staged.
final class RequestScan {
  /// The numbers of a line that stand for words or rows of other tables, as they are stored.
  struct LineNumbers {
    let action: Int64?
    let route: Int64?
    let outcome: Int64?
    let failureKind: Int64?
    let decisionReason: Int64?
    let answeredModel: Int64?
    let file: Int64?
    let costSource: Int64?
    let pricedModel: Int64?
  }

  private let requests: RawStatement
  private let attempts: RawStatement
  private let dimensions: Dimensions
  private var hasAttempt: Bool

  /// Of the request that was read last.
  private(set) var id: Int64 = 0
  private(set) var feeShare: Int64 = 0
  /// Whether its only line stands with it.
  private(set) var isLone = false
  private(set) var numbers: [LineNumbers] = []
  /// Whether an attempt was met whose request is not there, or has its line with it.
  private(set) var hasOrphans = false

  private static let feeColumn = Int32(RequestTable.Previous.columnNames.count) + 1

  init(_ database: Database, _ dimensions: Dimensions, ids: ClosedRange<Int64>) throws {
    self.dimensions = dimensions
    let columns = ["id"] + RequestTable.Previous.columnNames + ["fee_share_nano_usd"]
    requests = try RawStatement(
      database,
      """
      SELECT \(columns.joined(separator: ", ")) FROM stored_request
      WHERE id >= ?1 AND id <= ?2 ORDER BY id
      """)
    attempts = try RawStatement(
      database,
      """
      SELECT a.request_id, \(AttemptTable.columnNames.joined(separator: ", "))
      FROM \(AttemptTable.source)
      WHERE a.request_id >= ?1 AND a.request_id <= ?2 ORDER BY a.request_id, a.place
      """)
    for statement in [requests, attempts] {
      statement.add(ids.lowerBound)
      statement.add(ids.upperBound)
    }
    hasAttempt = try attempts.step()
  }

  /// The next request; nil after the last.
  func next() throws -> RequestTable.Previous? {
    guard try requests.step() else {
      if hasAttempt { hasOrphans = true }
      return nil
    }
    id = requests.int(0)
    feeShare = requests.int(Self.feeColumn)
    numbers.removeAll(keepingCapacity: true)
    while hasAttempt, attempts.int(0) < id {
      hasOrphans = true
      hasAttempt = try attempts.step()
    }
    let lineColumn = RequestTable.Previous.lineColumn + 1
    isLone = !requests.isNull(lineColumn)
    if isLone {
      numbers.append(LineNumbers(requests, from: lineColumn))
      if hasAttempt, attempts.int(0) == id { hasOrphans = true }
    }
    return try RequestTable.Previous(requests, from: 1, dimensions, several: lines)
  }

  private func lines(name: [UInt8], context: Context) throws -> [DerivedLine] {
    var lines: [DerivedLine] = []
    while hasAttempt, attempts.int(0) == id {
      numbers.append(LineNumbers(attempts, from: 1 + AttemptTable.lineColumn))
      lines.append(
        try AttemptTable.line(attempts, from: 1, request: name, context: context, dimensions))
      hasAttempt = try attempts.step()
    }
    return lines
  }
}

extension RequestScan.LineNumbers {
  private static func place(_ name: String) -> Int32 {
    guard let place = LineColumns.names.firstIndex(of: name) else {
      preconditionFailure("lines are stored without \(name)")
    }
    return Int32(place)
  }

  private static let places = [
    "action", "route_id", "outcome", "failure_kind", "decision_reason_id", "answered_model_id",
    "file_id", "cost_source", "priced_model_id",
  ].map(place)

  fileprivate init(_ row: RawStatement, from first: Int32) {
    let places = Self.places
    func value(_ index: Int) -> Int64? { row.optionalInt(first + places[index]) }
    action = value(0)
    route = value(1)
    outcome = value(2)
    failureKind = value(3)
    decisionReason = value(4)
    answeredModel = value(5)
    file = value(6)
    costSource = value(7)
    pricedModel = value(8)
  }
}
