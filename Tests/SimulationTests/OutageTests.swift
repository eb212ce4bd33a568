import Simulation
import Testing
import Traffic
import Units

@Suite("Outages of a simulated world")
struct OutageTests {
  @Test("a provider that is down fails nearly every call, the others do not")
  func failures() throws {
    let outage = try SampleWorlds.outage("openai", "2026-10-05T08:00:00Z", "2026-10-05T18:00:00Z")
    let lines = Simulator(try SampleWorlds.make(requests: 3_000, outages: [outage])).flatMap { $0 }
    func failed(_ isMeant: (Attempt) -> Bool) -> (share: Double, calls: Int) {
      let calls = lines.filter { $0.route != nil && isMeant($0) }
      return (
        Double(calls.count { $0.failure?.kind.isProviderFailure ?? false }) / Double(calls.count),
        calls.count
      )
    }
    let during = failed {
      $0.route?.model.provider == "openai" && outage.from <= $0.startedAt
        && $0.startedAt < outage.to
    }
    let else_ = failed {
      $0.route?.model.provider == "openai"
        && ($0.startedAt < outage.from || outage.to <= $0.startedAt)
    }
    let others = failed { $0.route?.model.provider != "openai" }
    #expect(during.calls > 100)
    #expect(during.share > 0.85)
    #expect(else_.share < 0.06)
    #expect(others.share < 0.1)
  }

  @Test("ends and providers of an outage are checked")
  func checks() throws {
    for (provider, from, to, message) in [
      (
        "openai", "2026-10-02T00:00:00Z", "2026-10-02T00:00:00Z",
        """
        the outage of openai ends at 2026-10-02T00:00:00.000Z, not after it began at \
        2026-10-02T00:00:00.000Z; give the earlier time first
        """
      ),
      (
        "opanai", "2026-10-02T00:00:00Z", "2026-10-03T00:00:00Z",
        """
        the policy has no model of opanai, which is to have an outage; \
        its providers are anthropic, openai
        """
      ),
      (
        "openai", "2026-10-08T00:00:00Z", "2026-10-09T00:00:00Z",
        """
        the outage of openai from 2026-10-08T00:00:00.000Z lies outside the simulated days; \
        choose it within them, or other days
        """
      ),
    ] {
      let outage = try SampleWorlds.outage(Name(provider), from, to)
      let error = #expect(throws: WorldError.self) {
        try SampleWorlds.make(outages: [outage])
      }
      #expect(error?.description == message)
      #expect(error?.kind == .option)
    }
  }

  @Test(
    "a world that cannot be is refused in one sentence",
    arguments: [
      (0, 1, 1, "0 days cannot be simulated; give 1 to 366"),
      (1, 0, 1, "0 requests cannot be simulated; give 1 to 1000000"),
      (1, 1, 1_001, "1001 tenants cannot be simulated; give 1 to 1000"),
    ])
  func ranges(days: Int, requests: Int, tenants: Int, message: String) throws {
    let error = #expect(throws: WorldError.self) {
      try SampleWorlds.make(days: days, requests: requests, tenants: tenants)
    }
    #expect(error?.description == message)
  }

  @Test("a model of the policy without a price is named")
  func missingPrice() throws {
    let known = try SampleWorlds.make()
    let error = #expect(throws: WorldError.self) {
      try World(
        seed: 1, firstDay: SampleWorlds.firstDay, days: 1, requests: 1, tenants: 1,
        policy: known.policy, prices: [])
    }
    #expect(error?.kind == .data)
    #expect(
      error?.description == """
        no price on 2026-10-01 for anthropic/claude-opus-4, openai/gpt-5, openai/gpt-5-mini, \
        openai/gpt-5-nano; give a price file with all models of the policy
        """)
  }
}
