import GRDB
import QueryCatalog
import Testing
import Traffic
import Units

@testable import LedgerStore

@Suite("The questions behind the named reports and a slow, obvious twin")
struct NamedReportTests {
  /// The rows of a question as text, in its own order.
  private func rows(
    _ ledger: Ledger, _ query: QueryCatalog.Report, _ days: DaySpan,
    _ more: [String: Int64?] = [:]
  ) throws -> [PlainReports.Row] {
    try ledger.read { database in
      let statement = try database.makeStatement(sql: query.sql)
      var values: [String: (any DatabaseValueConvertible)?] = [
        "from": days.first?.description, "to": days.end?.description,
      ]
      for (name, value) in more { values[name] = value }
      statement.setUncheckedArguments(StatementArguments(values))
      return try Row.fetchAll(statement).map { row in
        var texts: PlainReports.Row = [:]
        for (column, value) in row { texts[column] = value.isNull ? "NULL" : "\(value)" }
        return texts.mapValues { $0.trimmingQuotes }
      }
    }
  }

  @Test("agree on every row", arguments: 300..<345 as Range<UInt64>)
  func agree(seed: UInt64) async throws {
    let world = SmallWorld(seed: seed)
    let october = UTCMonth("2026-10")
    let spans = [
      DaySpan(first: nil, end: nil),
      DaySpan(first: SmallWorld.days[2], end: SmallWorld.days[3].advanced(by: 1)),
      DaySpan(first: october?.firstDay, end: october?.next.firstDay),
    ]
    try await WorldLedger.with(world, seed: seed) { ledger in
      for days in spans {
        let plain = PlainReports(world, days)
        if days.end == nil { #expect(!plain.workflowCost().isEmpty && !plain.coverage().isEmpty) }
        func check(
          _ query: QueryCatalog.Report, _ expected: Set<PlainReports.Row>,
          _ more: [String: Int64?] = [:]
        ) throws {
          let found = try rows(ledger, query, days, more)
          #expect(Set(found) == expected, "seed \(seed), \(query.name), \(days)")
          #expect(found.count == expected.count, "\(query.name) has a row twice")
        }
        try check(QueryCatalog.workflowCost, plain.workflowCost())
        try check(QueryCatalog.dailyCost, plain.dailyCost())
        try check(QueryCatalog.margin, plain.margin())
        try check(QueryCatalog.fallbackPremium, plain.fallbackPremium())
        // The premium is what the margin lost by waste and dearer routes, whoever wasted it.
        if let all = plain.margin().first(where: { $0["field"] == "all" }) {
          let lost = ["retry_waste_nano_usd", "route_price_effect_nano_usd"]
            .compactMap { all[$0].flatMap(Int.init) }
          let premium = try rows(ledger, QueryCatalog.fallbackPremium, days)
            .compactMap { $0["premium_nano_usd"].flatMap(Int.init) }
          #expect(premium.reduce(0, +) == -lost.reduce(0, +), "seed \(seed), \(days)")
        }
        try check(QueryCatalog.downgrades, plain.downgrades())
        try check(QueryCatalog.hourlyDowngrades, plain.hourlyDowngrades())
        try check(QueryCatalog.failures, plain.failures())
        try check(QueryCatalog.failureHours, plain.failureHours())
        try check(QueryCatalog.outageHours, plain.outageHours())
        try check(QueryCatalog.providers, plain.providers())
        try check(QueryCatalog.coverage, plain.coverage())
        try check(
          QueryCatalog.loops, plain.loops(perMinute: 2, perDay: 300_000),
          ["per_minute": 2, "per_day": 300_000])
        if let end = days.end { try check(QueryCatalog.budgets, plain.budgets(until: end)) }
      }
    }
  }
}

extension String {
  /// GRDB shows texts in quotes.
  fileprivate var trimmingQuotes: String {
    count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
  }
}
