import Foundation
import GRDB
import Pricing
import TestSupport
import Testing
import Traffic
import Units

@testable import LedgerStore

@Suite("The summary and a slow, obvious twin")
struct SummaryTests {
  @Test("agree to the last digit, in total and in every group", arguments: 0..<60 as Range<UInt64>)
  func agree(seed: UInt64) async throws {
    let world = SmallWorld(seed: seed)
    let plain = PlainSummary(world)
    try await WorldLedger.with { ledger in
      try WorldLedger.enter(world, into: ledger, seed: seed &+ 1_000)
      let periods: [(Period, (UTCDay) -> Bool)] =
        [(.everything, { _ in true })]
        + [SmallWorld.days[1], SmallWorld.days[2]].map { day in (Period(day), { $0 == day }) }
        + [SmallWorld.days[2].month].map { month in (Period(month), { $0.month == month }) }
      for (period, holds) in periods {
        let requests = plain.requests.filter { holds($0.day) }
        let groupings: [[GroupField]] =
          GroupField.allCases.map { [$0] }
          + [[.day, .tenant, .workflow, .servedBy], [.status, .trafficClass, .tier, .feature]]
        for fields in groupings {
          let summary = try ledger.read { try SummaryReader.read($0, period, by: fields) }
          #expect(
            summary.totals == PlainSummary.measures(requests), "seed \(seed), \(period)")
          let groups = Dictionary(grouping: requests) { request in
            fields.map { plain.key(request, $0) }
          }
          let keys = summary.groups.map { $0.key.map { $0.map { Name($0) } } }
          #expect(Set(keys) == Set(groups.keys), "seed \(seed), \(fields)")
          for (key, group) in zip(keys, summary.groups) {
            #expect(
              group.measures == PlainSummary.measures(groups[key] ?? []),
              "seed \(seed), \(fields), \(key)")
          }
          let printed = keys.map {
            $0.map { $0.map { "\u{1}\($0)" } ?? "" }.joined(separator: "\u{0}")
          }
          #expect(
            printed == printed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            "groups are not in order")
        }
      }
    }
  }

  @Test("the sums behind the means are those of the requests, whatever came in between")
  func planTables() async throws {
    for seed in 100..<110 as Range<UInt64> {
      let world = SmallWorld(seed: seed)
      try await WorldLedger.with { ledger in
        try WorldLedger.enter(world, into: ledger, seed: seed)
        let differences = try ledger.read { database in
          try Int.fetchOne(
            database,
            sql: """
              WITH own AS (
                SELECT day, month, ifnull(workflow_id, 0) AS workflow_id, primary_model_id,
                  own_planned_nano_usd AS planned
                FROM request WHERE own_planned_nano_usd IS NOT NULL),
              by_day AS (
                SELECT day, workflow_id, primary_model_id, sum(planned), count(*) FROM own
                GROUP BY 1, 2, 3),
              by_month AS (
                SELECT month, primary_model_id, sum(planned), count(*) FROM own GROUP BY 1, 2)
              SELECT
                (SELECT count(*) FROM (SELECT * FROM by_day EXCEPT
                  SELECT day, workflow_id, model_id, planned_nano_usd, requests FROM plan_day))
                + (SELECT count(*) FROM (SELECT day, workflow_id, model_id, planned_nano_usd,
                  requests FROM plan_day EXCEPT SELECT * FROM by_day))
                + (SELECT count(*) FROM (SELECT * FROM by_month EXCEPT
                  SELECT month, model_id, planned_nano_usd, requests FROM plan_month))
                + (SELECT count(*) FROM (SELECT month, model_id, planned_nano_usd, requests
                  FROM plan_month EXCEPT SELECT * FROM by_month))
              """)
        }
        #expect(differences == 0, "seed \(seed)")
      }
    }
  }

  @Test(
    "a mean rounds half to even",
    arguments: [
      ([1, 2], 2), ([2, 3], 2), ([0, 1], 0), ([1, 1, 2], 1), ([1, 2, 2], 2), ([7], 7),
      ([0, 0, 0, 1], 0), ([1, 1, 2, 2], 2), ([0, 0, 1, 1], 0), ([3, 4, 4, 3], 4),
    ] as [([Int64], Int64)])
  func mean(plans: [Int64], mean: Int64) async throws {
    try await WorldLedger.with { ledger in
      let primary = ModelID("a/x").map { Route(model: $0) }
      let day = try #require(SmallWorld.days.first)
      func attempt(_ number: Int, cost: Int64?) -> Attempt {
        Attempt(
          eventID: Name("e\(number)"), requestID: Name("r\(number)"), position: 0, index: 0,
          startedAt: day.start, attribution: Attribution([.tenant: "t"]), primary: primary,
          action: cost == nil ? .reject : .model, route: cost == nil ? nil : primary,
          outcome: cost == nil ? nil : .success, reportedCost: cost.map(Money.init(nanoUSD:)))
      }
      var attempts = plans.enumerated().map { attempt($0, cost: $1) }
      attempts.append(attempt(plans.count, cost: nil))
      try WorldLedger.enter(Array(attempts.enumerated()), into: ledger)
      let summary = try ledger.read { try SummaryReader.read($0, .everything) }
      #expect(summary.totals[.avoidedCost].nanoUSD == mean)
      #expect(summary.totals[.unplanned] == 0)
    }
  }

  @Test(
    "fee shares add up to the fee, however many requests share it", arguments: [1, 2, 3, 7, 60])
  func fees(count: Int) async throws {
    try await WorldLedger.with { ledger in
      let primary = ModelID("a/x").map { Route(model: $0) }
      let day = try #require(SmallWorld.days.first)
      let attempts = (0..<count).map { number in
        Attempt(
          eventID: Name("e\(number)"), requestID: Name("r\(number)"), position: 0, index: 0,
          startedAt: day.start, attribution: Attribution([.tenant: "t"]), primary: primary,
          route: primary, outcome: .success)
      }
      for fee in [0, 1, 59, 1_000_000_007] as [Int64] {
        try ledger.enterTenants([
          TenantTerms(
            tenant: "t", effectiveFrom: day.month.firstDay, monthlyFee: Money(nanoUSD: fee))
        ])
        // One by one: shares are worked out again and again.
        for (number, attempt) in attempts.enumerated() {
          try WorldLedger.enter([(number, attempt)], into: ledger)
        }
        let shares = try ledger.read {
          try Int64.fetchAll(
            $0,
            sql: "SELECT fee_share_nano_usd FROM request ORDER BY started_ms, request_id")
        }
        #expect(shares.reduce(0, +) == fee)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
        #expect(shares == shares.sorted(by: >), "what does not divide goes to the first")
      }
    }
  }

  @Test("25: sums outside 64 bits are said, not wrapped")
  func overflow() async throws {
    try await WorldLedger.with { ledger in
      let primary = ModelID("a/x").map { Route(model: $0) }
      let day = try #require(SmallWorld.days.first)
      let attempts = (0..<3).map { number in
        Attempt(
          eventID: Name("e\(number)"), requestID: Name("r\(number)"), position: 0, index: 0,
          startedAt: day.advanced(by: number * 40).start, attribution: Attribution([.tenant: "t"]),
          primary: primary, route: primary, outcome: .success,
          reportedCost: Money(nanoUSD: .max - 5))
      }
      try WorldLedger.enter(Array(attempts.enumerated()), into: ledger)
      let error = #expect(throws: LedgerError.self) {
        try ledger.read { try SummaryReader.read($0, .everything) }
      }
      #expect(error?.kind == .data)
      // Each day for itself can be told.
      let summary = try ledger.read { try SummaryReader.read($0, Period(day)) }
      #expect(summary.totals[.cost].nanoUSD == .max - 5)

      // Two of one day cannot be planned, and nothing of them is taken.
      var second = attempts[0]
      second.eventID = "e9"
      second.requestID = "r9"
      let refusal = #expect(throws: LedgerError.self) {
        try WorldLedger.enter([(9, second)], into: ledger)
      }
      #expect(refusal?.kind == .data)
      #expect(try ledger.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM attempt") } == 3)
    }
  }
}
