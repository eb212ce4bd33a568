import PolicyAnalysis
import Testing
import Traffic
import Units

@testable import LedgerStore

@Suite("What the drift report judges requests by, and a slow, obvious twin")
struct RecordedRequestTests {
  @Test("agree on every request, from wherever the reading begins", arguments: 600..<640)
  func agree(seed: Int) async throws {
    let world = SmallWorld(seed: UInt64(seed))
    let plain = PlainDrift(world)
    let october = UTCMonth("2026-10")
    let spans = [
      DaySpan(first: nil, end: nil), DaySpan(SmallWorld.days[1]), DaySpan(SmallWorld.days[3]),
      DaySpan(SmallWorld.days[4]), DaySpan(first: SmallWorld.days[3], end: nil),
      DaySpan(first: october?.firstDay, end: october?.next.firstDay),
    ]
    try await WorldLedger.with(world, seed: UInt64(seed)) { ledger in
      for days in spans {
        let (found, tally) = try ledger.read { database in
          var found: [RecordedRequest] = []
          var tally = DriftTally()
          try RecordedRequestReader.forEach(database, days.period) { request, policy in
            found.append(request)
            tally.add(request, under: policy)
          }
          return (found, tally)
        }
        let expected = plain.recorded(in: days)
        #expect(found.map(\.id) == expected.map(\.id), "seed \(seed), \(days)")
        for (one, other) in zip(found, expected) {
          #expect(one == other, "seed \(seed), \(days), \(other.id)")
        }
        // Every request is counted once, and what was burnt is at most what all of them cost.
        let counted = tally.counts.values.reduce(0) { $0 + $1.requests }
        let others = tally.following + tally.withoutPolicy + tally.probes
        #expect(counted + others == Int64(expected.count))
        let cost = expected.flatMap(\.lines).reduce(0) { $0 + $1.cost.nanoUSD }
        #expect(tally.counts.values.reduce(0) { $0 + $1.burnt.nanoUSD } <= cost)
      }
    }
  }
}
