import PolicyEngine
import Pricing
import Testing
import Traffic
import Units

@testable import Replay

struct TokenRatioTests {
  private static let one = Route(model: ModelID(provider: "p", model: "one"))
  private static let other = Route(model: ModelID(provider: "p", model: "other"))

  /// A trace of single-line successes: of each request its tenant, model and output.
  private func trace(_ rows: [(tenant: Int, isOther: Bool, output: Int32)]) -> Trace {
    var builder = TraceBuilder(fields: [])
    let routes = (builder.route(Self.one), builder.route(Self.other))
    let profile = builder.profile(Attribution(), given: nil, primary: routes.0)
    let tenants = (0...2).map { builder.tenant(Name("t\($0)"), nil) }
    let kinds = tenants.map { tenant in
      builder.kind(
        tenant: tenant, profile: profile, workflow: builder.workflow("w"), group: builder.group([]))
    }
    let counts = tenants.indices.map { tenant in rows.count { $0.tenant == tenant } }
    var part = builder.parts([counts], tenants: tenants)[0]
    for (place, row) in rows.enumerated() {
      let route = row.isOther ? routes.1 : routes.0
      part.add(
        TracePart.Request(
          row: Int64(place), startedMilliseconds: Int64(place) * 1000, kind: Int32(row.tenant),
          tenant: row.tenant, session: 0, revenueNanoUSD: 0, status: 0, isContext: false,
          plannedNanoUSD: nil),
        Trace.Line(
          cost: .zero, latencyMilliseconds: 1, input: 100, cachedInput: 0, cacheWrite: 0,
          output: row.output, route: Int16(route), work: .success, isUnpriced: false),
        BudgetSnapshot())
    }
    builder.add(part, kinds: kinds, routes: [Int16(routes.0), Int16(routes.1)])
    return builder.build()
  }

  @Test("finds how much more another model writes, and lies within its own error of it")
  func ratio() {
    var random = SeededGenerator(seed: 5)
    var rows: [(tenant: Int, isOther: Bool, output: Int32)] = []
    for _ in 0..<6_000 {
      // Tenant 0 writes three times as much as tenant 1 and hardly ever meets the other model: a plain
      // ratio of means would be far off.
      let tenant = Int.random(in: 0...1, using: &random)
      let isOther = Int.random(in: 0..<10, using: &random) < (tenant == 0 ? 1 : 7)
      let base = Double.random(in: 50...150, using: &random) * (tenant == 0 ? 3 : 1)
      rows.append((tenant, isOther, Int32(isOther ? base * 0.8 : base)))
    }
    let ratios = TokenRatios(trace(rows), models: 2)
    let found = ratios.ratio(.output, from: 0, to: 1, 1)
    #expect(abs(found.value - 0.8) < 4 * found.relativeError)
    #expect(found.relativeError < 0.1)
    #expect(abs(ratios.ratio(.output, from: 1, to: 0, 1).value - 1.25) < 0.15)
  }

  @Test("a model that was never seen is taken to write as much as another")
  func unseen() {
    let ratios = TokenRatios(trace([(0, false, 100), (0, false, 120)]), models: 3)
    let found = ratios.ratio(.output, from: 0, to: 2, 1)
    #expect(found.value == 1)
    #expect(found.relativeError > 0.2)
  }

  /// Long requests fail more often and fall back; both models count a text alike. Of each request its
  /// input, and whether it went on to the other model; a failure reports what it read where `pairs`.
  private func fallbacks(_ seed: UInt64, pairs: Bool) -> Trace {
    var random = SeededGenerator(seed: seed)
    var builder = TraceBuilder(fields: [])
    let routes = [builder.route(Self.one), builder.route(Self.other)]
    let profile = builder.profile(Attribution(), given: nil, primary: routes[0])
    let tenant = builder.tenant("t", nil)
    let kind = builder.kind(
      tenant: tenant, profile: profile, workflow: builder.workflow("w"), group: builder.group([]))
    var part = builder.parts([[2_000]], tenants: [tenant])[0]
    for place in 0..<2_000 {
      let input = Int32.random(in: 200...3_000, using: &random)
      let falls = Int.random(in: 0..<30_000, using: &random) < input
      let lines = (falls ? [0, 1] : [0]).map { step in
        let failed = falls && step == 0
        return TraceBuilder.Line(
          Trace.Line(
            cost: .zero, latencyMilliseconds: 1, input: failed && !pairs ? 0 : input,
            cachedInput: 0,
            cacheWrite: 0, output: failed ? 0 : 100, route: Int16(routes[step]),
            work: failed ? .failure(.timeout) : .success, isUnpriced: false))
      }
      part.add(
        TracePart.Request(
          row: Int64(place), startedMilliseconds: Int64(place) * 1000, kind: 0, tenant: 0,
          session: 0, revenueNanoUSD: 0, status: 0, isContext: false, plannedNanoUSD: nil), lines)
    }
    builder.add(part, kinds: [kind], routes: routes.map { Int16($0) })
    return builder.build()
  }

  @Test(
    "what came to a model only as a fallback says less of its input than the same text counted twice",
    arguments: 0..<10 as Range<UInt64>)
  func selection(seed: UInt64) {
    // Requests that fell back are longer: a ratio of means would be about 1.3.
    let paired = TokenRatios(fallbacks(seed, pairs: true), models: 2)
    let found = paired.ratio(.input, from: 0, to: 1, 1)
    #expect(abs(found.value - 1) < 0.06 && found.relativeError < 0.08)
    let unpaired = TokenRatios(fallbacks(seed, pairs: false), models: 2)
    let other = unpaired.ratio(.input, from: 0, to: 1, 1)
    #expect(abs(other.value - 1) < 0.25 && other.relativeError > found.relativeError)
    #expect(abs(other.value - 1) < 3 * other.relativeError)
  }
}
