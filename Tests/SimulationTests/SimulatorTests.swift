import PolicyFile
import Simulation
import Testing
import Traffic
import Units

@Suite("A simulated world")
struct SimulatorTests {
  @Test(
    "the same seed gives the same bytes, another seed others", arguments: 0..<4 as Range<UInt64>)
  func isDeterministic(seed: UInt64) throws {
    let text = SampleWorlds.text(try SampleWorlds.make(seed: seed, requests: 200))
    #expect(text == SampleWorlds.text(try SampleWorlds.make(seed: seed, requests: 200)))
    #expect(text != SampleWorlds.text(try SampleWorlds.make(seed: seed + 1, requests: 200)))
  }

  @Test(
    "it has as many requests and tenants as asked for, within its days and in order",
    arguments: [(1, 1, 1), (1, 40, 3), (3, 500, 12), (30, 900, 40)])
  func isAsAskedFor(days: Int, requests: Int, tenants: Int) throws {
    let world = try SampleWorlds.make(days: days, requests: requests, tenants: tenants)
    let all = Array(Simulator(world))
    let firsts = try all.map { try #require($0.first) }
    #expect(all.count == requests)
    #expect(Set(firsts.map(\.requestID)).count == requests)
    #expect(world.tenants.count == tenants)
    #expect(Set(world.tenants.map(\.name)).count == tenants)

    let span = SampleWorlds.firstDay..<SampleWorlds.firstDay.advanced(by: days)
    #expect(firsts.allSatisfy { span.contains($0.startedAt.day) })
    #expect(firsts.map(\.startedAt) == firsts.map(\.startedAt).sorted())
    #expect(firsts.map(\.requestID) == firsts.map(\.requestID).sorted())
  }

  @Test("a request's lines are numbered, in time, and share its context")
  func linesOfARequest() throws {
    for lines in Simulator(try SampleWorlds.make(seed: 5)) {
      let first = try #require(lines.first)
      #expect(lines.map(\.index) == (0..<Int64(lines.count)).map { $0 })
      for (earlier, later) in zip(lines, lines.dropFirst()) {
        let ended = earlier.startedAt.milliseconds + (earlier.latencyMilliseconds ?? 0)
        #expect(later.startedAt.milliseconds >= ended)
        #expect(earlier.outcome != .success)
      }
      for line in lines {
        #expect(line.attribution == first.attribution)
        #expect(line.trafficClass == first.trafficClass)
        #expect(line.primary == first.primary)
        #expect(line.budget == first.budget)
        #expect(line.usage.cachedInput + line.usage.cacheWrite <= line.usage.input)
        #expect(line.usage.reasoning <= line.usage.output)
      }
    }
  }

  @Test("a request is put off three times at most")
  func putsOffAFewTimes() throws {
    let world = try SampleWorlds.make(
      days: 3,
      outages: [try SampleWorlds.outage("openai", "2026-10-01T00:00:00Z", "2026-10-04T00:00:00Z")])
    let putOff = Simulator(world).map { lines in
      lines.count { $0.action == .pause || $0.action == .queue }
    }
    // Three times it comes back, and the fourth is the last that is heard of it.
    #expect(putOff.max() == 4)
  }

  @Test("every status, class and workflow occurs in a fortnight")
  func isVaried() throws {
    let world = try SampleWorlds.make(
      days: 14, requests: 3_000,
      outages: [try SampleWorlds.outage("openai", "2026-10-05T17:00:00Z", "2026-10-06T03:00:00Z")])
    let lines = Simulator(world).flatMap { $0 }
    #expect(Set(lines.map(\.trafficClass)) == Set(TrafficClass.allCases))
    #expect(Set(lines.map { $0.attribution[.workflow] }).count == 8)
    #expect(
      Set(lines.map(\.action)).isSuperset(
        of: [.model, .cachedResponse, .queue, .pause, .manualReview, .reject]))
    let reasons = Set(lines.compactMap(\.decisionReason))
    #expect(
      reasons.isSuperset(
        of: [
          "primary", "budget_downgrade", "fallback", "resume", "budget_blocked", "not_retryable",
          "hard_stop",
        ]))
    let kinds = Set(lines.compactMap(\.failure?.kind))
    #expect(
      kinds.isSuperset(of: [.contentPolicy, .malformedRequest, .contextWindowExceeded, .timeout]))
    for field in AttributionField.allCases {
      #expect(lines.contains { $0.attribution[field] != nil })
    }
  }

  @Test("most requests are served by their primary, on any seed", arguments: 0..<8 as Range<UInt64>)
  func isPlausible(seed: UInt64) throws {
    let all = Array(Simulator(try SampleWorlds.make(seed: seed, requests: 1_000)))
    let served = all.count { $0.contains { $0.outcome == .success } }
    let asPlanned = all.count { $0.first?.outcome == .success && $0.first?.decisionStep == 0 }
    let revenue = all.reduce(0) { sum, lines in
      sum + (lines.last?.outcome == .success ? lines.last?.revenue?.nanoUSD ?? 0 : 0)
    }
    let cost = all.joined().reduce(0) { $0 + ($1.reportedCost?.nanoUSD ?? 0) }
    #expect(served >= 850)
    #expect(asPlanned >= 800)
    #expect(revenue > cost)
    #expect(cost > 1_000_000_000)
  }
}

@Suite("Common random numbers")
struct CommonRandomNumberTests {
  @Test("another policy meets the same arrivals")
  func policyChangesNoArrival() throws {
    func arrivals(_ preset: PolicyPreset) throws -> [Attempt] {
      try Simulator(try SampleWorlds.make(preset: preset)).map { lines in
        var first = try #require(lines.first)
        let arrival = Attempt(
          eventID: first.eventID, requestID: first.requestID, position: 0, index: 0,
          startedAt: first.startedAt, attribution: first.attribution, primary: first.primary,
          revenue: first.revenue)
        first = arrival
        return first
      }
    }
    #expect(try arrivals(.fiveClass) == arrivals(.twoTier))
  }

  @Test("an outage changes nothing that was over when it began")
  func outageChangesNoPast() throws {
    let from = "2026-10-04T00:00:00Z"
    let start = try #require(Timestamp(from))
    func past(_ outages: [Outage]) throws -> [[Attempt]] {
      let before = Simulator(try SampleWorlds.make(outages: outages)).prefix {
        ($0.first?.startedAt ?? start) < start
      }
      return before.map { lines in
        // Names tell the worlds apart.
        lines.filter { $0.startedAt < start }.map { line in
          var line = line
          line.requestID = ""
          line.eventID = ""
          return line
        }
      }
    }
    let outage = try SampleWorlds.outage("openai", from, "2026-10-05T00:00:00Z")
    let undisturbed = try past([])
    #expect(undisturbed.count > 100)
    #expect(try past([outage]) == undisturbed)
  }
}
