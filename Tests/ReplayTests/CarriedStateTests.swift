import PolicyEngine
import Pricing
import Testing
import Traffic
import Units

@testable import Replay

struct CarriedStateTests {
  private static let large = ModelID(provider: "p", model: "large")
  private static let small = ModelID(provider: "q", model: "small")

  /// Calls of the large model over a month, some of which fail and go on to the small one.
  private func trace(
    _ random: inout SeededGenerator, requests: Int = 600, tenants: Int = 3
  ) -> Trace {
    var builder = TraceBuilder(fields: [])
    let routes = [builder.route(Route(model: Self.large)), builder.route(Route(model: Self.small))]
    let profile = builder.profile(Attribution(), given: nil, primary: routes[0])
    let numbers = (0..<tenants).map { builder.tenant(Name("t\($0)"), nil) }
    let kinds = numbers.map { tenant in
      builder.kind(
        tenant: tenant, profile: profile, workflow: builder.workflow("w"), group: builder.group([]))
    }
    let owners = (0..<requests).map { _ in Int.random(in: 0..<tenants, using: &random) }
    let counts = numbers.indices.map { tenant in owners.count { $0 == tenant } }
    var part = builder.parts([counts], tenants: numbers)[0]
    let start = UTCDay(year: 2026, month: 10, day: 1)?.start.milliseconds ?? 0
    for place in 0..<requests {
      var lines: [TraceBuilder.Line] = []
      for (step, route) in routes.enumerated() {
        let failed = Int.random(in: 0..<10, using: &random) < 2
        let line = Trace.Line(
          cost: Money(
            nanoUSD: .random(in: 1_000_000...9_000_000, using: &random) / Int64(step * 3 + 1)),
          latencyMilliseconds: 100, input: .random(in: 50...500, using: &random), cachedInput: 0,
          cacheWrite: 0, output: failed ? 0 : .random(in: 20...200, using: &random),
          route: Int16(route), work: failed ? .failure(.timeout) : .success, isUnpriced: false)
        lines.append(
          TraceBuilder.Line(line, budget: BudgetSnapshot(limit: Money(nanoUSD: 700_000_000))))
        if !failed { break }
      }
      part.add(
        TracePart.Request(
          row: Int64(place),
          startedMilliseconds: start + Int64(place) * (2_400_000_000 / Int64(requests)),
          kind: Int32(owners[place]), tenant: owners[place], session: 0,
          revenueNanoUSD: 5_000_000, status: 0, isContext: false, plannedNanoUSD: nil), lines)
    }
    builder.add(part, kinds: kinds, routes: routes.map { Int16($0) })
    return builder.build()
  }

  /// Downgrades to the small model once a third of the month is spent.
  private func policy() throws -> Policy {
    var definition = PolicyDefinition(models: [Self.large: .frontier, Self.small: .lowCost])
    for trafficClass in TrafficClass.allCases {
      definition.classes[trafficClass] = ClassPolicy(
        steps: [.primary, Step(.model(.named(Self.small)))])
    }
    definition.stages[.constrained] = Ratio(billionths: 333_000_000)
    definition.effects[.constrained] = Dictionary(
      uniqueKeysWithValues: TrafficClass.allCases.map { ($0, .downgrade) })
    return try Policy(definition)
  }

  @Test(
    "a month replayed in two pieces with carried state comes to what it does in one",
    arguments: 0..<12 as Range<UInt64>)
  func pieces(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let trace = trace(&random)
    let policy = try policy()
    let prepared = Replay(trace, prices: [:], recordedPolicy: policy).prepared(for: [policy])
    let trial = Trial(prepared, policy, Replay.Options())
    trial.gather()
    var whole = trial.beginning()()
    var pieces = trial.beginning()()
    var crossings: Crossings?
    for range in trace.ofTenant {
      let book = whole.tenant(range, crossings: &crossings)
      let cut = Int.random(in: range.lowerBound...range.upperBound, using: &random)
      let half = pieces.tenant(range.lowerBound..<cut, crossings: &crossings)
      let end = pieces.tenant(cut..<range.upperBound, after: half, crossings: &crossings)
      #expect(book?.monthSpend == end?.monthSpend)
    }
    let (one, other) = (whole.takeSums(), pieces.takeSums())
    #expect(!one.modelledModels.isEmpty)
    for place in 0..<Tally.count {
      #expect(one.tallies[0].exact[place] == other.tallies[0].exact[place])
      #expect(one.tallies[0].expected[place] == other.tallies[0].expected[place])
    }
  }

  @Test("on one, two and eight threads the same comes out, to the last bit")
  func threads() throws {
    var random = SeededGenerator(seed: 9)
    let trace = trace(&random, requests: 40_000, tenants: 90)
    let policy = try policy()
    let prepared = Replay(trace, prices: [:], recordedPolicy: policy).prepared(for: [policy])
    #expect(prepared.replay.stretches.count > 2)
    let outcomes = [1, 2, 8].map { threads in
      var options = Replay.Options()
      options.withIntervals = false
      options.threads = threads
      return prepared.run(policy, options)
    }
    #expect(outcomes[0].grounding.share < 1)
    for outcome in outcomes.dropFirst() {
      #expect(outcome.totals == outcomes[0].totals)
      #expect(outcome.errors == outcomes[0].errors)
      #expect(outcome.transitions == outcomes[0].transitions)
    }
  }

  @Test("a policy that changes nothing needs no evidence")
  func nothing() throws {
    var random = SeededGenerator(seed: 3)
    let trace = trace(&random)
    let policy = try Policy(
      PolicyDefinition(
        models: [Self.large: .frontier, Self.small: .lowCost],
        classes: Dictionary(
          uniqueKeysWithValues: TrafficClass.allCases.map {
            ($0, ClassPolicy(steps: [.primary, Step(.model(.named(Self.small)))]))
          })))
    let prepared = Replay(trace, prices: [:], recordedPolicy: policy).prepared(for: [policy])
    let outcome = prepared.run(policy)
    #expect(outcome.grounding.share == 1)
    #expect(outcome.changedRequests == 0)
    #expect(prepared.evidence.known(1) == nil)
  }
}
