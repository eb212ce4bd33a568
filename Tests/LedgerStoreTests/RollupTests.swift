import Pricing
import TestSupport
import Testing
import Traffic
import Units

@testable import LedgerStore

@Suite("The sums that reports read")
struct RollupTests {
  @Test(
    "are those of the requests, whatever came in what order", arguments: 200..<240 as Range<UInt64>)
  func kept(seed: UInt64) async throws {
    try await WorldLedger.with(SmallWorld(seed: seed), seed: seed) { ledger in
      let breaches = try ledger.read { database in
        var breaches = BreachList()
        try RollupCheck.run(database, &breaches)
        return breaches.result(of: RollupCheck.check)
      }
      #expect(breaches.breaches == [], "seed \(seed)")
    }
  }

  @Test("give the measures of every cut as the requests do", arguments: 240..<260 as Range<UInt64>)
  func measures(seed: UInt64) async throws {
    let world = SmallWorld(seed: seed)
    let plain = PlainSummary(world)
    try await WorldLedger.with(world, seed: seed) { ledger in
      for cut in SumCut.allCases {
        for day in SmallWorld.days {
          let expected = PlainSummary.measures(plain.requests.filter { $0.day == day })
          let row: [Int64] = try ledger.read { database in
            let sums = try RawStatement(
              database,
              """
              SELECT ifnull(sum(requests), 0), ifnull(sum(planned_nano_usd), 0),
                ifnull(sum(avoided_nano_usd), 0), ifnull(sum(served_revenue_nano_usd), 0),
                ifnull(sum(cost_nano_usd), 0), ifnull(sum(unplanned), 0)
              FROM daily_part WHERE cut = ? AND day = ?
              """)
            sums.add(cut.rawValue)
            sums.add(Int64(day.daysSince1970))
            #expect(try sums.step())
            return (0..<6).map { sums.int($0) }
          }
          #expect(row[0] == expected[.requests])
          #expect(row[1] == expected[.plannedCost].nanoUSD, "seed \(seed), \(cut), \(day)")
          #expect(row[2] == expected[.avoidedCost].nanoUSD)
          #expect(row[3] == expected[.revenue].nanoUSD)
          #expect(row[4] == expected[.cost].nanoUSD)
          #expect(row[5] == expected[.unplanned])
        }
      }
    }
  }

  @Test(
    "give the measures of months as their days do, means of the month included",
    arguments: 240..<260 as Range<UInt64>)
  func months(seed: UInt64) async throws {
    let world = SmallWorld(seed: seed)
    let plain = PlainSummary(world)
    try await WorldLedger.with(world, seed: seed) { ledger in
      for cut in SumCut.allCases {
        for month in Set(SmallWorld.days.map(\.month)) {
          let expected = PlainSummary.measures(plain.requests.filter { $0.day.month == month })
          for (figures, time) in [("monthly_figure", "month"), ("daily_figure", "day")] {
            let row: [Int64] = try ledger.read { database in
              let sums = try RawStatement(
                database,
                """
                SELECT ifnull(sum(requests), 0), ifnull(sum(planned_nano_usd), 0),
                  ifnull(sum(served_revenue_nano_usd + fee_nano_usd), 0),
                  ifnull(sum(cost_nano_usd), 0), ifnull(sum(unplanned), 0)
                FROM \(figures) WHERE cut = ? AND \(time) >= ? AND \(time) < ?
                """)
              sums.add(cut.rawValue)
              if time == "month" {
                sums.add(Int64(month.monthsSince0))
                sums.add(Int64(month.next.monthsSince0))
              } else {
                sums.add(Int64(month.firstDay.daysSince1970))
                sums.add(Int64(month.next.firstDay.daysSince1970))
              }
              #expect(try sums.step())
              return (0..<5).map { sums.int($0) }
            }
            #expect(row[0] == expected[.requests])
            #expect(row[1] == expected[.plannedCost].nanoUSD, "seed \(seed), \(cut), \(figures)")
            #expect(row[2] == expected[.revenue].nanoUSD)
            #expect(row[3] == expected[.cost].nanoUSD)
            #expect(row[4] == expected[.unplanned])
          }
        }
      }
    }
  }
}
