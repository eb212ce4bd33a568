import Pricing
import Traffic
import Units

/// Puts the requests of a trace in their order and settles what hangs on it, tenant by tenant.
struct TracePlacing {
  private(set) var trace: TraceColumns
  private let pieces: [[TraceBuilder.Piece]]
  private var bases: [Base] = []
  private let stretches: [Range<Int>]
  /// In milliseconds, of all requests.
  private var span: (first: Int64, last: Int64)?

  init(
    _ trace: TraceColumns, _ pieces: [[TraceBuilder.Piece]],
    _ sources: consuming [TraceBuilder.Source]
  ) {
    self.trace = trace
    self.pieces = pieces
    stretches = trace.ofTenant.stretches
    merge(sources)
  }

  /// What a part's own numbers are in the whole.
  private struct Base: Sendable {
    let several: Int
    let limits: [Int]
    let kinds: [Int32]
    let routes: [Int16]

    func settle(_ row: inout TraceRow) {
      row.kind = kinds[Int(row.kind)]
      row.limit = limits[row.limit]
      if row.hasSeveralLines {
        row.firstLine += several
      } else if row.route >= 0 {
        row.route = routes[Int(row.route)]
      }
    }
  }

  /// Each is let go once it is merged.
  private mutating func merge(_ sources: consuming [TraceBuilder.Source]) {
    var limits: [Int64: Int] = [:]
    for place in trace.limits.indices { limits[trace.limits[place]] = place }
    func number(_ limit: Int64, _ all: inout [Int64]) -> Int {
      if let known = limits[limit] { return known }
      limits[limit] = all.count
      all.append(limit)
      return all.count - 1
    }
    trace.several.reserveCapacity(sources.reduce(0) { $0 + $1.part.several.count })
    while !sources.isEmpty {
      let source = sources.removeFirst()
      let part = source.part
      bases.append(
        Base(
          several: trace.several.count, limits: part.limits.map { number($0, &trace.limits) },
          kinds: source.kinds, routes: source.routes))
      for (line, standing) in part.laterStandings {
        trace.laterStandings[Int32(trace.rows.count + trace.several.count) + line] = standing
      }
      for line in part.several {
        var line = line
        if line.route >= 0 { line.route = source.routes[Int(line.route)] }
        trace.several.append(line)
      }
      trace.planned.merge(part.planned) { own, _ in own }
      trace.prepaid.merge(part.prepaid) { own, _ in own }
      trace.wide.merge(part.wide) { own, _ in own }
    }
    for history in trace.histories {
      for limit in history?.monthlyBudgets ?? [] { _ = number(limit.nanoUSD, &trace.limits) }
    }
  }

  /// Orders the requests of each tenant by (start, request id).
  mutating func sort(names: ([Int64]) throws -> [Int64: Name]) rethrows {
    let (rows, ofTenant, pieces, bases) = (trace.rows, trace.ofTenant, pieces, bases)
    let stretches = stretches
    let parts = Parallel.map(stretches.count) { stretch in
      var ties: [Range<Int>] = []
      var span: (first: Int64, last: Int64)?
      for tenant in stretches[stretch] {
        for piece in pieces[tenant] {
          for place in piece.places { bases[piece.source].settle(&rows[place]) }
        }
        let own = rows.slice(ofTenant[tenant])
        Self.sort(own)
        ties += Self.ties(own, ofTenant[tenant].lowerBound)
        if let first = own.first, let last = own.last {
          span = (
            min(span?.first ?? .max, first.startedMilliseconds),
            max(span?.last ?? .min, last.startedMilliseconds)
          )
        }
      }
      return (ties: ties, span: span)
    }
    for case let span? in parts.map(\.span) {
      self.span = (
        min(self.span?.first ?? .max, span.first), max(self.span?.last ?? .min, span.last)
      )
    }
    var ties: [Range<Int>] = []
    var tied = 0
    for range in parts.flatMap(\.ties) {
      ties.append(range)
      tied += range.count
      if tied > 10_000 {
        try untie(ties, names)
        (ties, tied) = ([], 0)
      }
    }
    try untie(ties, names)
  }

  private static func sort(_ rows: UnsafeMutableBufferPointer<TraceRow>) {
    func isBefore(_ one: TraceRow, _ other: TraceRow) -> Bool {
      let starts = (one.startedMilliseconds, other.startedMilliseconds)
      return starts.0 < starts.1 || starts.0 == starts.1 && one.ledgerRow < other.ledgerRow
    }
    for place in rows.indices.dropFirst() where !isBefore(rows[place - 1], rows[place]) {
      var rows = rows
      return rows.sort(by: isBefore)
    }
  }

  /// Where requests started at once, in places from `base`.
  private static func ties(
    _ rows: UnsafeMutableBufferPointer<TraceRow>, _ base: Int
  ) -> [Range<Int>] {
    var ties: [Range<Int>] = []
    var first = 0
    while first < rows.count {
      var next = first + 1
      let start = rows[first].startedMilliseconds
      while next < rows.count, rows[next].startedMilliseconds == start { next += 1 }
      if next > first + 1 { ties.append(base + first..<base + next) }
      first = next
    }
    return ties
  }

  private func untie(
    _ ties: [Range<Int>], _ names: ([Int64]) throws -> [Int64: Name]
  ) rethrows {
    guard !ties.isEmpty else { return }
    let rows = trace.rows
    let known = try names(ties.flatMap { $0.map { Int64(rows[$0].ledgerRow) } })
    guard !known.isEmpty else { return }
    for range in ties {
      let sorted = range.map { rows[$0] }.sorted { one, other in
        guard let left = known[Int64(one.ledgerRow)], let right = known[Int64(other.ledgerRow)]
        else { return one.ledgerRow < other.ledgerRow }
        return left < right
      }
      for (place, row) in zip(range, sorted) { rows[place] = row }
    }
  }

  /// Each request's limit, and by how much its log's account of the month differs from the ledger's;
  /// and the days, workflows and primaries of which planned costs are averaged.
  mutating func settle(plans: [(workflow: Int32, model: Int32)]) {
    let (trace, stretches) = (trace, stretches)
    let limits = Dictionary(
      trace.limits.enumerated().map { ($1, $0) }, uniquingKeysWith: { own, _ in own })
    let cells = Parallel.map(stretches.count) { stretch in
      var cells: Set<PlanKey> = []
      for tenant in stretches[stretch] where !trace.ofTenant[tenant].isEmpty {
        Self.settle(trace, trace.ofTenant[tenant], limits, plans: plans.count, &cells)
      }
      return cells
    }
    number(cells.reduce(into: []) { $0.formUnion($1) }, plans)
  }

  private struct PlanKey: Hashable {
    let day: UTCDay
    let plan: Int
  }

  private static func settle(
    _ trace: TraceColumns, _ range: Range<Int>, _ limits: [Int64: Int], plans: Int,
    _ cells: inout Set<PlanKey>
  ) {
    let rows = trace.rows.slice(range)
    var account = BudgetAccount(trace, tenant: trace.kinds[Int(rows[0].kind)].tenant)
    var last = (limit: Trace.noAmount, number: 0)
    // Of each plan, the day that was noted last.
    var noted = Array(repeating: UTCDay?.none, count: plans)
    for place in rows.indices {
      let row = rows[place]
      let time = Timestamp(milliseconds: row.startedMilliseconds)
      let cost = row.isWide ? trace.wide[row.ledgerRow]?.costNanoUSD : nil
      let own = account.allowance(
        at: time, stated: trace.limits[row.limit], spent: row.spentOffsetNanoUSD,
        cost: cost ?? row.costNanoUSD)
      if own.limitNanoUSD != last.limit {
        last = (own.limitNanoUSD, limits[own.limitNanoUSD] ?? 0)
      }
      rows[place].limit = last.number
      rows[place].spentOffsetNanoUSD = own.spentOffsetNanoUSD
      let plan = Int(trace.kinds[Int(row.kind)].plan)
      if noted[plan] != time.day {
        noted[plan] = time.day
        cells.insert(PlanKey(day: time.day, plan: plan))
      }
    }
  }

  private mutating func number(
    _ cells: Set<PlanKey>, _ plans: [(workflow: Int32, model: Int32)]
  ) {
    guard let span else { return }
    let first = Timestamp(milliseconds: span.first).day
    let last = Timestamp(milliseconds: span.last).day
    trace.firstDay = first.daysSince1970
    trace.dayPlaces = Array(
      repeating: -1, count: last.daysSince1970 - first.daysSince1970 + 1)
    var months: [Trace.PlanMonth: Int32] = [:]
    for cell in cells.sorted(by: { ($0.day, $0.plan) < ($1.day, $1.plan) }) {
      let offset = cell.day.daysSince1970 - trace.firstDay
      if trace.dayPlaces[offset] < 0 {
        trace.dayPlaces[offset] = Int32(trace.cellOf.count)
        trace.cellOf += Array(repeating: -1, count: plans.count)
      }
      let (workflow, model) = plans[cell.plan]
      let month = Trace.PlanMonth(month: cell.day.month, primaryModel: model)
      if months[month] == nil {
        months[month] = Int32(trace.planMonths.count)
        trace.planMonths.append(month)
      }
      trace.cellOf[Int(trace.dayPlaces[offset]) + cell.plan] = Int32(trace.planCells.count)
      trace.planCells.append(
        Trace.PlanCell(
          day: cell.day, workflow: workflow, primaryModel: model, month: months[month] ?? 0))
    }
  }
}
