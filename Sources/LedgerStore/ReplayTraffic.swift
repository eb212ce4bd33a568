internal import Dispatch
internal import GRDB
internal import PolicyEngine
internal import Pricing
internal import Replay
internal import Synchronization
internal import Traffic
internal import Units

/// The traffic of a period on its way into a trace: what of it to read, and what its numbers mean.
struct ReplayTraffic {
  private let period: Period
  private let fields: [GroupField]
  private let tenants: [Name: TenantHistory]
  private let columns: ReplayScan.Columns
  private let looked: Set<AttributionField>
  private let names: LedgerNames
  /// By ``AttributionField/unboundedPlace``.
  private let texts = AttributionField.unbounded.map { _ in TextNumbers() }
  /// Half of what is read may be left to a second connection from this many requests on.
  private static let leastHalf: Int64 = 20_000

  init(
    _ database: Database, _ period: Period, _ fields: [GroupField],
    _ tenants: [Name: TenantHistory], _ policies: [Policy]
  ) throws {
    self.period = period
    self.fields = fields
    self.tenants = tenants
    looked = policies.reduce([]) { $0.union($1.attributionFields) }
    let grouped = Set(fields.compactMap { AttributionField(rawValue: $0.rawValue) })
    columns = ReplayScan.Columns(
      fields: looked.union(grouped).subtracting([.tenant, .workflow])
        .sorted { $0.index < $1.index },
      needsSession: policies.contains(where: \.watchesSessions),
      needsClass: fields.contains(.trafficClass),
      needsDay: fields.contains(.day) || fields.contains(.month))
    names = try LedgerNames(database)
  }

  /// `byPages` has requests read off their pages where that can be done.
  func read(
    _ database: Database, beside second: Database?, byPages: Bool = true
  ) throws -> Trace {
    let span = try span()
    let routes = try Routes(database)
    guard let range = try range(database, span) else {
      return TraceBuilder(fields: looked).build()
    }
    var ranges = [range]
    var databases = [database]
    if let second, range.count > Self.leastHalf {
      let middle = range.lowerBound + Int64(range.count / 2)
      ranges = [range.lowerBound...middle, middle + 1...range.upperBound]
      databases.append(second)
    }
    let scans = try zip(databases, ranges).map { database, range in
      try ReplayScan(
        database, columns, routes: routes.numbers, texts: texts, range: range, span: span,
        period: period, byPages: byPages)
    }
    try Self.forEach(scans) { scan, _ in try scan.count() }
    var resolver = Resolver(self, routes, span)
    let tenants = try resolver.tenants(scans.map(\.counts))
    let parts = resolver.builder.parts(scans.map(\.counts), tenants: tenants)
    try Self.forEach(scans) { scan, place in try scan.read(into: parts[place]) }
    for scan in scans { try resolver.add(scan) }
    return try resolver.builder.build { try RequestNames.names(database, $0) }
  }

  /// At the same time.
  private static func forEach(
    _ scans: [ReplayScan], _ body: @Sendable (ReplayScan, Int) throws -> Void
  ) throws {
    // Each scan has a connection of its own, and no other thread touches it meanwhile.
    nonisolated(unsafe) let scans = scans
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: scans.count) { place in
      do {
        try body(scans[place], place)
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// From when and until when requests count for budgets that the period sees: whole months, and since
  /// balances were paid in advance.
  private func span() throws -> (from: Timestamp?, to: Timestamp?) {
    let from = period.from.map { from in
      var starts = [from.day.month.firstDay.start]
      var calendar = BudgetCalendar()
      for history in tenants.values {
        if let day = history.firstPrepaidDay { starts.append(day.start) }
        guard history.hasOwnMonths else { continue }
        let billing = history.terms(on: from.day)?.billing ?? .utc
        starts.append(calendar.month(of: billing, at: from).from)
      }
      return starts.min() ?? from
    }
    let to = period.to.map { to in
      Timestamp(milliseconds: to.milliseconds - 1).day.month.next.firstDay.start
    }
    return (from, to)
  }

  /// The numbers between which all published requests of a span lie; nil where there are none.
  private func range(
    _ database: Database, _ span: (from: Timestamp?, to: Timestamp?)
  ) throws -> ClosedRange<Int64>? {
    let days = try RawStatement(database, "SELECT min(day), max(day) FROM stored_request")
    guard try days.step(), !days.isNull(0) else { return nil }
    let from = span.from.map { Int64($0.day.daysSince1970) } ?? .min
    let to = span.to.map { Int64($0.day.daysSince1970) } ?? .max
    let (earliest, latest) = (max(from, days.int(0)), min(to, days.int(1)))
    let isAll = from <= days.int(0) && to >= days.int(1)
    days.reset()
    var ends: (first: Int64, last: Int64)?
    func note(_ condition: String, _ day: Int64?) throws {
      var found: [Int64] = []
      // Each is found at one end of an index.
      for end in ["min", "max"] {
        let find = try RawStatement(
          database, "SELECT \(end)(id) FROM stored_request \(condition)")
        if let day { find.add(day) }
        if try find.step(), !find.isNull(0) { found.append(find.int(0)) }
        find.reset()
      }
      guard found.count == 2 else { return }
      ends = (min(ends?.first ?? .max, found[0]), max(ends?.last ?? .min, found[1]))
    }
    if isAll {
      try note("", nil)
    } else if earliest <= latest {
      let next = try RawStatement(
        database, "SELECT min(day) FROM stored_request WHERE day >= ?1")
      var day = earliest
      while day <= latest {
        next.add(day)
        guard try next.step(), !next.isNull(0), next.int(0) <= latest else { break }
        day = next.int(0)
        next.reset()
        try note("WHERE day = ?1", day)
        day += 1
      }
      next.reset()
    }
    let published = try RawStatement(database, "SELECT last_request FROM publication")
    guard let ends, try published.step(), !published.isNull(0) else { return nil }
    let last = min(ends.last, published.int(0))
    published.reset()
    return ends.first <= last ? ends.first...last : nil
  }

  /// The ledger's routes, numbered in its order.
  private struct Routes {
    /// By the ledger's number; -1 for none.
    let numbers: [Int16]
    let ids: [Int64]

    init(_ database: Database) throws {
      let all = try RawStatement(database, "SELECT id FROM route ORDER BY id")
      var ids: [Int64] = []
      while try all.step() { ids.append(all.int(0)) }
      guard ids.count <= Int(Int16.max) else {
        throw LedgerError(
          .data, "the ledger has \(ids.count) routes, more than a replay can take",
          remedy: "map the models of the log to fewer names")
      }
      var numbers = Array(repeating: Int16(-1), count: Int(ids.last ?? 0) + 1)
      for (number, id) in ids.enumerated() { numbers[Int(id)] = Int16(number) }
      self.ids = ids
      self.numbers = numbers
    }
  }

  /// Puts names in the place of the ledger's numbers.
  private struct Resolver {
    var builder: TraceBuilder
    private let traffic: ReplayTraffic
    private let routes: Routes
    private let span: (from: Timestamp?, to: Timestamp?)
    private var calendar = BudgetCalendar()
    private var routeNumbers: [Int64: Int] = [:]

    init(
      _ traffic: ReplayTraffic, _ routes: Routes, _ span: (from: Timestamp?, to: Timestamp?)
    ) {
      self.traffic = traffic
      self.routes = routes
      self.span = span
      builder = TraceBuilder(fields: traffic.looked)
    }

    /// What the ledger's numbers of tenants are in the trace; -1 for those without requests.
    mutating func tenants(_ counts: [[Int]]) throws -> [Int] {
      try (0..<(counts.map(\.count).max() ?? 0)).map { id in
        guard counts.contains(where: { id < $0.count && $0[id] > 0 }) else { return -1 }
        return tenant(try traffic.names.name(Int64(id), of: .tenant))
      }
    }

    mutating func add(_ scan: ReplayScan) throws {
      guard let part = scan.part else { return }
      // The only one that holds it.
      scan.part = nil
      let kinds = try (0..<scan.kinds.count).map { try kind(Array(scan.kinds.key($0))) }
      let seen = part.routes
      let numbers = try routes.ids.enumerated().map { place, id in
        seen.contains(Int16(place)) ? Int16(try route(id)) : -1
      }
      builder.add(part, kinds: kinds, routes: numbers)
    }

    private mutating func route(_ id: Int64) throws -> Int {
      if let known = routeNumbers[id] { return known }
      let number = builder.route(try traffic.names.route(id))
      routeNumbers[id] = number
      return number
    }

    private mutating func kind(_ key: [Int64]) throws -> Int32 {
      typealias Key = ReplayScan.Key
      let names = traffic.names
      var attribution = Attribution()
      attribution[.tenant] = try names.name(key[Key.tenant], of: .tenant)
      if key[Key.workflow] >= 0 {
        attribution[.workflow] = try names.name(key[Key.workflow], of: .workflow)
      }
      for (place, field) in traffic.columns.fields.enumerated() {
        let id = key[Key.firstField + place]
        guard id >= 0 else { continue }
        attribution[field] =
          if let place = field.unboundedPlace {
            traffic.texts[place].name(id)
          } else {
            try names.name(id, of: field)
          }
      }
      let primary = try route(key[Key.primary])
      let given = key[Key.given]
      return builder.kind(
        tenant: tenant(attribution[.tenant] ?? ""),
        profile: builder.profile(
          attribution, given: given < 0 ? nil : Code.word(TrafficClass.self, given),
          primary: primary),
        workflow: builder.workflow(attribution[.workflow]),
        group: builder.group(try group(key, attribution)))
    }

    private mutating func tenant(_ name: Name) -> Int {
      let history = traffic.tenants[name]
      let months = history.flatMap { $0.hasOwnMonths ? monthStarts($0) : nil }
      return builder.tenant(name, history, monthStarts: months)
    }

    /// As far as the span goes, else far around the terms.
    private mutating func monthStarts(_ history: TenantHistory) -> [Timestamp] {
      let day = UTCDay(daysSince1970: 0).start
      var at = span.from ?? day
      let end = span.to ?? UTCDay(daysSince1970: 60_000).start
      var starts: [Timestamp] = []
      while at < end {
        let billing = history.terms(on: at.day)?.billing ?? .utc
        let month = calendar.month(of: billing, at: at)
        starts.append(month.from)
        at = month.to
      }
      return starts
    }

    private func group(_ key: [Int64], _ attribution: Attribution) throws -> [String?] {
      typealias Key = ReplayScan.Key
      return try traffic.fields.map { field in
        if let own = AttributionField(rawValue: field.rawValue) { return attribution[own]?.text }
        let day = UTCDay(daysSince1970: Int(key[Key.day]))
        switch field {
        case .trafficClass:
          let code = key[Key.trafficClass]
          return code < 0 ? nil : Code.word(TrafficClass.self, code)?.rawValue
        case .primary: return try traffic.names.route(key[Key.primary]).model.description
        case .month: return day.month.description
        default: return day.description
        }
      }
    }
  }
}

extension Policy {
  /// Whether a loop guard of it counts what sessions did.
  fileprivate var watchesSessions: Bool {
    definition.loopGuard.sessionRequestsPerMinute != nil
      || definition.loopGuard.sessionCostPerDay != nil
  }
}
