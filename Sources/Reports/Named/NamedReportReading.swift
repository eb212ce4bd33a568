package import LedgerStore
internal import PolicyAnalysis
internal import PolicyEngine
internal import Pricing
internal import QueryCatalog
internal import Traffic
internal import Units

extension NamedReport {
  /// Named reports of the same days, all of one state of the ledger.
  /// - Throws: ``LedgerError``, or ``ReportError`` if a report does not foot.
  package static func read(
    _ names: [ReportName], _ ledger: Ledger, _ days: DaySpan
  ) throws -> [NamedReport] {
    try ledger.read { database in try read(names, database, days) }
  }

  package static func read(
    _ names: [ReportName], _ database: LedgerDatabase, _ days: DaySpan
  ) throws -> [NamedReport] {
    let reader = try NamedReportReader(database, days)
    return try names.map { name in
      NamedReport(name, days, try reader.section(name), basis: reader.basis)
    }
  }
}

/// Reads what the named reports of some days need, and what they share once.
package struct NamedReportReader {
  private let database: LedgerDatabase
  private let days: DaySpan
  private let totals: Measures
  private let daily: DailyFigures
  /// The last day that is counted.
  private let lastDay: UTCDay
  let basis: [String]

  package init(_ database: LedgerDatabase, _ days: DaySpan) throws {
    self.database = database
    self.days = days
    let basis = try BasisReader.read(database, days)
    self.basis = basis.notes
    totals = try SummaryReader.read(database, days.period).totals
    lastDay =
      days.end?.advanced(by: -1) ?? basis.lastHour?.day ?? days.first
      ?? UTCDay(daysSince1970: 0)
    // A trend needs some days before; a longer period is shown whole, as far as it can be read.
    let most = max(NightlyFigures.trendDays, min(days.length ?? 92, 92))
    let span = DaySpan(first: lastDay.advanced(by: 1 - most), end: lastDay.advanced(by: 1))
    daily = DailyFigures(
      try QueryReader.rows(database, QueryCatalog.dailyCost, span, [:], DailyFigures.Row.init),
      until: lastDay, most: most)
  }

  func section(_ name: ReportName) throws -> ReportSection {
    switch name {
    case .workflowCost:
      try WorkflowCost(
        rows: rows(QueryCatalog.workflowCost, WorkflowCost.Row.init), trend: daily, totals: totals
      ).section()
    case .downgrades:
      try Downgrades(
        rows: rows(QueryCatalog.downgrades, Downgrades.Row.init), chart: try rateChart(),
        totals: totals
      ).section()
    case .margin:
      try MarginBridge(rows: rows(QueryCatalog.margin, MarginBridge.Row.init), totals: totals)
        .section()
    case .fallbackPremium:
      try FallbackPremium(
        rows: rows(QueryCatalog.fallbackPremium, FallbackPremium.Row.init), totals: totals
      ).section()
    case .failures:
      try Failures(
        rows: rows(QueryCatalog.failures, Failures.Row.init),
        hours: rows(QueryCatalog.failureHours, HeatMap.Cell.init), totals: totals
      ).section()
    case .providers:
      try Providers(rows: rows(QueryCatalog.providers, Providers.Row.init), totals: totals)
        .section()
    case .budgets: try budgets().section()
    case .loops: try loops().section()
    case .coverage: try Coverage(rows: rows(QueryCatalog.coverage, Coverage.Row.init)).section()
    case .drift: try drift()
    }
  }

  private func rows<R>(
    _ query: QueryCatalog.Report, _ make: (QueryRow) -> R
  ) throws -> [R] { try QueryReader.rows(database, query, days, [:], make) }

  private func budgets() throws -> Budgets {
    let policy = try PolicyTable.inForce(database, on: lastDay)
    let month = DaySpan(first: nil, end: lastDay.advanced(by: 1))
    return Budgets(
      rows: try QueryReader.rows(database, QueryCatalog.budgets, month, [:], Budgets.Row.init),
      limits: try TenantTable.budgets(database, on: lastDay),
      stages: policy.map(\.definition.stages) ?? Budgets.defaultStages, day: lastDay)
  }

  private func loops() throws -> Loops {
    let loopGuard =
      try PolicyTable.inForce(database, on: lastDay)?.definition.loopGuard ?? LoopGuard()
    let guards: [String: Int64?] = [
      "per_minute": loopGuard.sessionRequestsPerMinute ?? Loops.usualPerMinute,
      "per_day": loopGuard.sessionCostPerDay?.nanoUSD,
    ]
    return Loops(
      rows: try QueryReader.rows(database, QueryCatalog.loops, days, guards, Loops.Row.init),
      loopGuard: loopGuard)
  }

  private func drift() throws -> ReportSection {
    try DriftReport(RecordedRequestReader.drift(database, days.period), in: days.period).section
  }

  // MARK: downgrades over time

  /// By the hour for up to three days, else by the day.
  private func rateChart() throws -> RateChart {
    let outages = try rows(QueryCatalog.outageHours) {
      (provider: $0.text("provider"), hour: $0.count("hour"))
    }
    if let first = days.first, let length = days.length, length <= 3 {
      let hours = try rows(QueryCatalog.hourlyDowngrades) {
        (hour: $0.count("hour"), requests: $0.count("requests"), downgraded: $0.count("downgraded"))
      }
      let start = Int64(first.daysSince1970) * 24
      var points = (0..<length * 24).map { hour in
        RateChart.Point(label: Self.hourLabel(hour % 24), share: nil)
      }
      for hour in hours {
        let place = Int(hour.hour - start)
        points[place] = RateChart.Point(
          label: points[place].label,
          share: ReportTable.Cell.share(hour.downgraded, of: hour.requests).basisPoints)
      }
      return RateChart(
        title: "Downgraded requests by the hour (UTC)", label: "of requests that started then",
        points: points,
        outages: Self.spans(outages.map { ($0.provider, Int($0.hour - start)) }))
    }
    var sums: [UTCDay: (requests: Int64, downgraded: Int64)] = [:]
    for row in daily.rows {
      let sum = sums[row.day] ?? (0, 0)
      sums[row.day] = (sum.requests + row.requests, sum.downgraded + row.downgraded)
    }
    let first = daily.days.first?.daysSince1970 ?? 0
    let points = daily.days.map { day -> RateChart.Point in
      let sum = sums[day] ?? (0, 0)
      return RateChart.Point(
        label: String(day.description.dropFirst(5)),
        share: ReportTable.Cell.share(sum.downgraded, of: sum.requests).basisPoints)
    }
    let places = outages.map {
      ($0.provider, Int($0.hour.quotientAndRemainder(dividingBy: 24).quotient) - first)
    }
    .filter { points.indices.contains($0.1) }
    return RateChart(
      title: "Downgraded requests by the day", label: "of requests", points: points,
      outages: Self.spans(places))
  }

  private static func hourLabel(_ hour: Int) -> String { hour < 10 ? "0\(hour):00" : "\(hour):00" }

  /// Neighbouring places of one provider as one; they come by provider and rising.
  private static func spans(_ places: [(String, Int)]) -> [RateChart.Outage] {
    var spans: [RateChart.Outage] = []
    for (provider, place) in places {
      if let last = spans.last, Array(last.what.utf8) == Array(provider.utf8),
        place <= last.places.upperBound
      {
        spans[spans.count - 1] = .init(
          what: provider, places: last.places.lowerBound..<max(place + 1, last.places.upperBound))
      } else {
        spans.append(.init(what: provider, places: place..<place + 1))
      }
    }
    return spans
  }
}
