import Pricing
import Traffic
import Units

/// Puts the requests of a trace in their order and settles what hangs on it.
struct TracePlacing {
  private(set) var trace: TraceColumns
  private var notes: [TracePart.Note] = []

  init(_ trace: TraceColumns) { self.trace = trace }

  /// Puts each request among those of its tenant, in the order in which they came.
  mutating func place(_ sources: inout [TraceBuilder.Source]) {
    var counts = Array(repeating: 0, count: trace.tenants.count)
    for source in sources {
      for (kind, count) in source.part.counts.enumerated() where count > 0 {
        counts[Int(trace.kinds[Int(source.kinds[kind])].tenant)] += Int(count)
      }
    }
    var starts = tenantStarts(counts)
    let total = counts.reduce(0, +)
    let tenantOfKind = trace.kinds.map { Int($0.tenant) }
    var merged = Trace.Merged()
    trace.rows = Array(unsafeUninitializedCapacity: total) { rows, count in
      for place in sources.indices {
        let base = merged.add(&sources[place], lines: total)
        // Each piece is let go once it is placed.
        while !sources[place].part.pieces.isEmpty {
          let piece = sources[place].part.pieces.removeFirst()
          for row in piece {
            let row = base.row(row)
            let tenant = tenantOfKind[Int(row.kind)]
            rows.initializeElement(at: starts[tenant], to: row)
            starts[tenant] += 1
          }
        }
        sources[place].part = TracePart()
      }
      count = total
    }
    notes = merged.notes
    trace.several = merged.several
    trace.laterStandings = merged.laterStandings
    trace.planned = merged.planned
    trace.prepaid = merged.prepaid
  }

  /// By name, so that the result does not hang on the order in which tenants came.
  private mutating func tenantStarts(_ counts: [Int]) -> [Int] {
    let names = trace.tenants
    var starts = Array(repeating: 0, count: names.count)
    var start = 0
    for tenant in names.indices.sorted(by: { names[$0] < names[$1] }) {
      starts[tenant] = start
      trace.ofTenant.append(start..<start + counts[tenant])
      start += counts[tenant]
    }
    return starts
  }

  /// Orders the requests of each tenant by (start, request id).
  mutating func sort(names: ([Int64]) throws -> [Int64: Name]) rethrows {
    var ties: [Range<Int>] = []
    var tied = 0
    for range in trace.ofTenant {
      trace.rows.withUnsafeMutableBufferPointer { Self.sort(&$0, range) }
      var first = range.lowerBound
      while first < range.upperBound {
        var next = first + 1
        let start = trace.rows[first].startedMilliseconds
        while next < range.upperBound, trace.rows[next].startedMilliseconds == start { next += 1 }
        if next > first + 1 {
          ties.append(first..<next)
          tied += next - first
        }
        first = next
      }
      if tied > 10_000 {
        try untie(ties, names)
        (ties, tied) = ([], 0)
      }
    }
    try untie(ties, names)
  }

  private static func sort(_ rows: inout UnsafeMutableBufferPointer<TraceRow>, _ range: Range<Int>)
  {
    func isBefore(_ one: TraceRow, _ other: TraceRow) -> Bool {
      (one.startedMilliseconds, one.ledgerRow) < (other.startedMilliseconds, other.ledgerRow)
    }
    var isSorted = true
    for place in range.dropFirst() where !isBefore(rows[place - 1], rows[place]) {
      isSorted = false
      break
    }
    if !isSorted { rows[range].sort(by: isBefore) }
  }

  private mutating func untie(
    _ ties: [Range<Int>], _ names: ([Int64]) throws -> [Int64: Name]
  ) rethrows {
    guard !ties.isEmpty else { return }
    let known = try names(ties.flatMap { trace.rows[$0].map { Int64($0.ledgerRow) } })
    guard !known.isEmpty else { return }
    for range in ties {
      let sorted = trace.rows[range].sorted { one, other in
        guard let left = known[Int64(one.ledgerRow)], let right = known[Int64(other.ledgerRow)]
        else { return one.ledgerRow < other.ledgerRow }
        return left < right
      }
      trace.rows.replaceSubrange(range, with: sorted)
    }
  }

  /// Each request's limit, and by how much its log's account of the month differs from the ledger's.
  mutating func settleBudgets() {
    var allowances: [Trace.Allowance: Int32] = [:]
    var last = Trace.Allowance(limitNanoUSD: Trace.noAmount, spentOffsetNanoUSD: 0)
    trace.allowances = [last]
    allowances[last] = 0
    var lastPlace: Int32 = 0
    for range in trace.ofTenant where !range.isEmpty {
      var account = BudgetAccount(
        trace, tenant: trace.kinds[Int(trace.rows[range.lowerBound].kind)].tenant)
      for index in range {
        let allowance = account.allowance(
          notes[Int(trace.rows[index].standing)], trace.rows[index])
        if allowance != last {
          last = allowance
          if let known = allowances[allowance] {
            lastPlace = known
          } else {
            lastPlace = Int32(trace.allowances.count)
            allowances[allowance] = lastPlace
            trace.allowances.append(allowance)
          }
        }
        trace.rows[index].standing = lastPlace
      }
    }
    notes = []
  }

  /// Numbers the days, workflows and primaries of which planned costs are averaged.
  mutating func number(plans: [(workflow: Int32, model: Int32)]) {
    let days = trace.rows.lazy.map { Timestamp(milliseconds: $0.startedMilliseconds).day }
    guard let first = days.min(), let last = days.max() else { return }
    trace.firstDay = first.daysSince1970
    trace.dayPlaces = Array(
      repeating: -1, count: last.daysSince1970 - first.daysSince1970 + 1)
    var months: [Trace.PlanMonth: Int32] = [:]
    for row in trace.rows {
      let day = Timestamp(milliseconds: row.startedMilliseconds).day
      let offset = day.daysSince1970 - trace.firstDay
      if trace.dayPlaces[offset] < 0 {
        trace.dayPlaces[offset] = Int32(trace.cellOf.count)
        trace.cellOf += Array(repeating: -1, count: plans.count)
      }
      let plan = Int(trace.kinds[Int(row.kind)].plan)
      let at = Int(trace.dayPlaces[offset]) + plan
      guard trace.cellOf[at] < 0 else { continue }
      let (workflow, model) = plans[plan]
      let month = Trace.PlanMonth(month: day.month, primaryModel: model)
      if months[month] == nil {
        months[month] = Int32(trace.planMonths.count)
        trace.planMonths.append(month)
      }
      trace.cellOf[at] = Int32(trace.planCells.count)
      trace.planCells.append(
        Trace.PlanCell(
          day: day, workflow: workflow, primaryModel: model, month: months[month] ?? 0))
    }
  }
}

extension Trace {
  /// The parts that come together, each with numbers of its own.
  fileprivate struct Merged {
    var notes: [TracePart.Note] = []
    var several: [Line] = []
    var laterStandings: [Int32: Standing] = [:]
    var planned: [UInt32: Int64] = [:]
    var prepaid: [UInt32: Int64] = [:]

    /// `lines` stand before those of requests with several.
    mutating func add(_ source: inout TraceBuilder.Source, lines: Int) -> Base {
      let base = Base(
        notes: Int32(notes.count), several: Int32(several.count), kinds: source.kinds,
        routes: source.routes)
      if notes.isEmpty {
        swap(&notes, &source.part.notes)
      } else {
        notes += source.part.notes
        source.part.notes = []
      }
      for (line, standing) in source.part.laterStandings {
        laterStandings[Int32(lines) + base.several + line] = standing
      }
      several += source.part.several.map { line in
        var line = line
        if line.route >= 0 { line.route = source.routes[Int(line.route)] }
        return line
      }
      planned.merge(source.part.planned) { own, _ in own }
      prepaid.merge(source.part.prepaid) { own, _ in own }
      return base
    }
  }

  /// What a part's own numbers are in the whole.
  fileprivate struct Base {
    let notes: Int32
    let several: Int32
    let kinds: [Int32]
    let routes: [Int16]

    func row(_ own: TraceRow) -> TraceRow {
      var row = own
      row.kind = kinds[Int(row.kind)]
      row.standing += notes
      if row.hasSeveralLines {
        row.input += several
      } else if row.route >= 0 {
        row.route = routes[Int(row.route)]
      }
      return row
    }
  }
}
