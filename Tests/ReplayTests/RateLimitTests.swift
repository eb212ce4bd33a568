import PolicyEngine
import Pricing
import Testing
import Traffic
import Units

@testable import Replay

@Suite("Limits on calls")
struct RateLimitTests {
  private static let model = ModelID(provider: "p", model: "one")

  /// Single calls of two tenants at random times of some days, refused where the provider had `all`
  /// of them in the same minute, or `own` of the same tenant, or by chance once in two hundred.
  private func trace(
    _ seed: UInt64, all: Int? = nil, own: Int? = nil, tenants tenantCount: Int = 2,
    requests: Int = 8_000
  ) -> Trace {
    var random = SeededGenerator(seed: seed)
    var builder = TraceBuilder(fields: [])
    let route = builder.route(Route(model: Self.model))
    let profile = builder.profile(Attribution(), given: nil, primary: route)
    let tenants = (0..<tenantCount).map { builder.tenant(Name("t\($0)"), nil) }
    let kinds = tenants.map { tenant in
      builder.kind(
        tenant: tenant, profile: profile, workflow: builder.workflow("w"), group: builder.group([]))
    }
    let span = Int64(30_000 * requests)
    let times = (0..<requests).map { _ in Int64.random(in: 0..<span, using: &random) }.sorted()
    let callers = times.map { _ in Int.random(in: 0..<tenantCount, using: &random) }
    let counts = tenants.indices.map { tenant in callers.count { $0 == tenant } }
    var part = builder.parts([counts], tenants: tenants)[0]
    var calls: [[Int64]: Int] = [:]
    for (place, time) in times.enumerated() {
      let tenant = callers[place]
      let minute = time / 60_000
      calls[[minute], default: 0] += 1
      calls[[minute, Int64(tenant)], default: 0] += 1
      let isRefused =
        (calls[[minute]] ?? 0) > all ?? .max || (calls[[minute, Int64(tenant)]] ?? 0) > own ?? .max
        || Int.random(in: 0..<200, using: &random) == 0
      part.add(
        TracePart.Request(
          row: Int64(place), startedMilliseconds: time, kind: Int32(tenant), tenant: tenant,
          session: 0, revenueNanoUSD: 0, status: 0, isContext: false, plannedNanoUSD: nil),
        Trace.Line(
          cost: .zero, latencyMilliseconds: 1, input: 100, cachedInput: 0, cacheWrite: 0, output: 1,
          route: Int16(route), work: isRefused ? .failure(.rateLimited) : .success,
          isUnpriced: false),
        BudgetSnapshot())
    }
    builder.add(part, kinds: kinds, routes: [Int16(route)])
    return builder.build()
  }

  @Test("are found as a log shows them: of all, or of each tenant, by the minute of the clock")
  func found() throws {
    let ofAll = try #require(RateLimits(trace(1, all: 3), providerOf: [0]))
    #expect(ofAll.limits.count == 1)
    #expect(ofAll.limits[0].scope == .provider && !ofAll.limits[0].isTrailing)
    #expect(ofAll.limits[0].chances.chance(3) < 0.02 && ofAll.limits[0].chances.chance(4) > 0.98)

    let ofTenants = try #require(RateLimits(trace(2, own: 2), providerOf: [0]))
    #expect(ofTenants.limits.count == 1)
    #expect(ofTenants.limits[0].scope == .tenantOfProvider)

    let both = try #require(RateLimits(trace(3, all: 3, own: 2), providerOf: [0]))
    #expect(Set(both.limits.map(\.scope)) == [.provider, .tenantOfProvider])
  }

  @Test("are none where refusals come by chance")
  func none() {
    #expect(RateLimits(trace(4), providerOf: [0]) == nil)
  }

  @Test("a call that is added is refused the likelier, one that is taken away makes room")
  func changed() throws {
    let limits = try #require(RateLimits(trace(5, all: 3), providerOf: [0]))
    // A minute after all others, with three calls that a policy adds.
    func call(_ milliseconds: Int64) -> RateLimits.Call {
      RateLimits.Call(tenant: 0, model: 0, milliseconds: 300_000_000 + milliseconds)
    }
    func load(_ units: Int64) -> ChangedLoad {
      ChangedLoad((1...3).map { .init(call: call($0), units: units) }, limits)
    }
    #expect(limits.chance(call(4), nil) < 0.02)
    #expect(limits.chance(call(4), load(CallTimes.unit)) > 0.98)
    #expect(limits.chance(call(3), load(CallTimes.unit)) < 0.02)
    #expect(limits.chance(call(60_000), load(CallTimes.unit)) < 0.02)
    #expect(limits.chance(call(4), load(-CallTimes.unit)) < 0.02)
  }

  @Test("what they do to a policy's calls is the same on one, two and eight threads")
  func threads() throws {
    let trace = trace(6, all: 3, tenants: 40, requests: 40_000)
    let policy = try Policy(
      PolicyDefinition(
        models: [Self.model: .frontier],
        classes: Dictionary(
          uniqueKeysWithValues: TrafficClass.allCases.map {
            ($0, ClassPolicy(steps: [.primary], retriesPerStep: 1))
          })))
    let prepared = Replay(trace, prices: [:], recordedPolicy: policy).prepared(for: [policy])
    #expect(prepared.replay.stretches.count > 2)
    let outcomes = [1, 2, 8].map { threads in
      var options = Replay.Options()
      options.threads = threads
      return prepared.run(policy, options)
    }
    #expect(outcomes[0].grounding.modelledAttempts > 1_000)
    for outcome in outcomes.dropFirst() {
      #expect(outcome.totals == outcomes[0].totals)
      #expect(outcome.errors == outcomes[0].errors)
    }
  }

  @Test("calls within a time are counted as one by one", arguments: 0..<20 as Range<UInt64>)
  func counted(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let calls = (0..<Int.random(in: 0...120, using: &random)).map { _ in
      (
        group: Int.random(in: 0...2, using: &random),
        time: Int64.random(in: 0...400, using: &random),
        units: Int64.random(in: -9...9, using: &random)
      )
    }
    let one = CallTimes(calls.map { CallTimes.key($0.group, $0.time) })
    let other = CallTimes(calls.map { (CallTimes.key($0.group, $0.time), $0.units) })
    for _ in 0..<60 {
      let from = Int64.random(in: 0...400, using: &random)
      let time = from..<Int64.random(in: from...401, using: &random)
      let group = Int.random(in: 0...3, using: &random)
      let within = calls.filter { $0.group == group && time.contains($0.time) }
      #expect(one.units(group, in: time) == Int64(within.count) * CallTimes.unit)
      #expect(other.units(group, in: time) == within.reduce(0) { $0 + $1.units })
    }
  }

  @Test("chances never fall as a minute fills", arguments: 0..<20 as Range<UInt64>)
  func rising(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let calls = (0..<400).map { _ in
      let place = Int.random(in: 1...200, using: &random)
      return (
        place: Double(place), isRefused: Int.random(in: 0..<300, using: &random) < place
      )
    }
    let chances = RankChances(calls)
    var last = 0.0
    for place in stride(from: 0.0, through: 260, by: 0.5) {
      let chance = chances.chance(place)
      #expect(chance >= last && chance <= 1)
      last = chance
    }
  }
}
