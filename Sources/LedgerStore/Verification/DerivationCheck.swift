internal import GRDB
internal import Pricing
internal import Traffic
internal import Units

/// Derives every request again from its lines, prices, tenants and policies, by the code that the
/// writer uses, and compares each derived column with what is stored. Reads requests and attempts side
/// by side, one request at a time.
struct DerivationCheck {
  static let check = LedgerCheck(
    "derivations",
    "every request is what its lines, the prices, tenants and policies make of it")

  private let database: Database
  private let dimensions: Dimensions
  private let rates: RateBook
  private let tiers: [Name: Int64]
  private var tenants: [Int64: TenantHistory?] = [:]

  static func run(_ database: Database, _ breaches: inout BreachList) throws {
    var check = try DerivationCheck(database)
    try check.run(&breaches)
  }

  private init(_ database: Database) throws {
    self.database = database
    dimensions = try Dimensions(database)
    rates = try RateBook(database, dimensions)
    let rows = try Row.fetchAll(database, sql: "SELECT name, id FROM tier")
    tiers = Dictionary(rows.map { (Name($0[0] as String), $0[1]) }) { first, _ in first }
  }

  private mutating func run(_ breaches: inout BreachList) throws {
    let requests = try StoredRequests(database)
    let attempts = try StoredAttempts(database)
    while let request = try requests.next(dimensions) {
      let lines = try attempts.lines(of: request, dimensions)
      // A request without lines is another check's to tell of.
      if !lines.isEmpty { try compare(request, lines, &breaches) }
    }
  }

  private mutating func compare(
    _ request: StoredRequests.Row, _ lines: [StoredAttempts.Line], _ breaches: inout BreachList
  ) throws {
    let links = lines.map(\.link)
    guard let chain = Chain(links), let primary = chain.primary else {
      breaches.add(
        "request \(request.name)", found: "no primary and no route", expected: "one of them")
      return
    }
    try rates.learn(primary.model)
    try rates.learn(links, tenant: chain.context.attribution[AttributionField.tenant.index])
    let figures: RequestFigures
    do {
      figures = try RequestFigures(chain, links: links, rates: rates)
    } catch {
      breaches.add("request \(request.name)", found: error.what, expected: "sums of 64 bits")
      return
    }
    let expected = try columns(chain, figures, links: links, primary: primary)
    if request.columns != expected {
      for (column, (found, expected)) in zip(request.columns, expected).enumerated()
      where found != expected {
        breaches.add(
          "request \(request.name), \(StoredRequests.columns[column])", found: Self.text(found),
          expected: Self.text(expected))
      }
    }
    for (place, line) in lines.enumerated() {
      compare(line, place: place, cost: figures.attemptCosts[place], chain, &breaches)
    }
  }

  /// The request's columns as they should be, in the order of ``StoredRequests/columns``.
  private mutating func columns(
    _ chain: Chain, _ figures: RequestFigures, links: [Link], primary: RouteKey
  ) throws -> [Int64?] {
    let day = chain.startedAt.day
    let context = chain.context
    let terms = try tenant(context.attribution[AttributionField.tenant.index])?.terms(on: day)
    var effective = context
    if effective.attribution[AttributionField.tier.index] == 0, let tier = terms?.tier {
      // A tier that no table has is no request's.
      effective.attribution[AttributionField.tier.index] = tiers[tier] ?? -1
    }
    let dimensions = dimensions
    let trafficClass = try rates.trafficClass(
      given: context.trafficClass, { try dimensions.attribution(effective) }, on: day)
    let tier = effective.attribution[AttributionField.tier.index]

    var columns: [Int64?] = [
      chain.startedAt.milliseconds, Int64(day.daysSince1970), Int64(day.month.monthsSince0),
    ]
    for field in AttributionField.allCases {
      let id = context.attribution[field.index]
      columns.append(id == 0 ? nil : id)
    }
    columns += [
      context.trafficClass.map(Code.of), try dimensions.routeID(primary),
      context.primary == nil ? 0 : 1, Int64(chain.attributionConflicts), tier == 0 ? nil : tier,
      trafficClass.map(Code.of), primary.model, Code.of(chain.status),
      chain.servingIndex.flatMap { links[$0].route?.model },
    ]
    columns += [
      Int64(figures.attempts), Int64(figures.failedAttempts), Int64(figures.unpricedAttempts),
      figures.isDowngraded ? 1 : 0, figures.isUngraded ? 1 : 0, figures.usage.input,
      figures.usage.cachedInput, figures.usage.cacheWrite, figures.usage.output,
      figures.usage.reasoning,
    ]
    columns += [
      figures.cost.nanoUSD, figures.servingCost.nanoUSD, figures.ownPlannedCost?.nanoUSD,
      (chain.revenue ?? terms?.revenuePerRequest ?? .zero).nanoUSD,
      Int64(figures.catalogAttempts), figures.catalogCost.nanoUSD,
    ]
    return columns
  }

  private func compare(
    _ line: StoredAttempts.Line, place: Int, cost: AttemptCost, _ chain: Chain,
    _ breaches: inout BreachList
  ) {
    func expect(_ column: String, _ found: Int64?, _ expected: Int64?) {
      guard found != expected else { return }
      breaches.add(
        "attempt \(line.event), \(column)", found: Self.text(found), expected: Self.text(expected))
    }
    for (column, (found, expected)) in zip(line.derived, cost.stored).enumerated() {
      expect(StoredAttempts.derivedColumns[column], found, expected)
    }
    expect("attempt", line.index, line.hasOwnIndex ? line.position : Int64(place))
    // A context of its own is kept exactly where it is not the request's.
    if line.hasContextRow != (line.link.context != chain.context) {
      breaches.add(
        "attempt \(line.event), attempt_context",
        found: line.hasContextRow ? "a row" : "no row",
        expected: line.hasContextRow ? "none, as it says what the request says" : "one")
    }
  }

  private mutating func tenant(_ id: Int64) throws -> TenantHistory? {
    if let known = tenants[id] { return known }
    let history = rates.tenant(try dimensions.tenant(id))
    tenants[id] = history
    return history
  }

  private static func text(_ value: Int64?) -> String { value.map(String.init) ?? "nothing" }
}
