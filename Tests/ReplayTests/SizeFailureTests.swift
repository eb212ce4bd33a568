import PolicyEngine
import Pricing
import Testing
import Traffic
import Units

@testable import Replay

@Suite("Failures of long requests")
struct SizeFailureTests {
  /// Calls that fail once in fifty, and `perThousand` times in a hundred more for each thousand tokens.
  private func trace(_ seed: UInt64, perThousand: Double) -> Trace {
    var random = SeededGenerator(seed: seed)
    var builder = TraceBuilder(fields: [])
    let route = builder.route(Route(model: ModelID(provider: "p", model: "one")))
    let profile = builder.profile(Attribution(), given: nil, primary: route)
    let tenant = builder.tenant("t", nil)
    let kind = builder.kind(
      tenant: tenant, profile: profile, workflow: builder.workflow("w"), group: builder.group([]))
    var part = builder.parts([[12_000]], tenants: [tenant])[0]
    for place in 0..<12_000 {
      let input = Int32.random(in: 100...8_000, using: &random)
      let chance = 2 + perThousand * Double(input) / 1_000
      let fails = Double.random(in: 0..<100, using: &random) < chance
      part.add(
        TracePart.Request(
          row: Int64(place), startedMilliseconds: Int64(place) * 60_000, kind: 0, tenant: 0,
          session: 0, revenueNanoUSD: 0, status: 0, isContext: false, plannedNanoUSD: nil),
        Trace.Line(
          cost: .zero, latencyMilliseconds: 1, input: input, cachedInput: 0, cacheWrite: 0,
          output: fails ? 0 : 10, route: Int16(route), work: fails ? .failure(.timeout) : .success,
          isUnpriced: false),
        BudgetSnapshot())
    }
    builder.add(part, kinds: [kind], routes: [Int16(route)])
    return builder.build()
  }

  private func sizes(_ trace: Trace) -> SizeFailures {
    SizeFailures(
      trace, Health(trace, clock: TimeBins(trace), providerOf: [0], providers: 1))
  }

  @Test("are told from those of a provider: by so much more do long requests fail than short ones")
  func slope() {
    let sizes = sizes(trace(1, perThousand: 2))
    #expect(sizes.isActive)
    #expect(abs(sizes.chance(6_000) - sizes.chance(1_000) - 0.1) < 0.03)
    #expect(sizes.chance(100) < 0.01)
    // Half of all are longer than 4,050 tokens.
    #expect(abs(sizes.mean(0) - sizes.chance(4_050)) < 0.02)
    #expect(sizes.corrected(0.1, 0, input: 8_000) > 0.1)
    #expect(sizes.corrected(0.1, 0, input: 200) < 0.06)
  }

  @Test("are none where length makes no difference", arguments: 2..<8 as Range<UInt64>)
  func none(seed: UInt64) {
    let sizes = sizes(trace(seed, perThousand: 0))
    #expect(!sizes.isActive)
    #expect(sizes.corrected(0.1, 0, input: 8_000) == 0.1)
  }
}
