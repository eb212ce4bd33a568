import Foundation
import TestSupport
import Testing

@Suite("replay of strained worlds")
struct ReplayStrainTests {
  private static let miniFirst = (
    "steps: [{model: primary}, {model: openai/gpt-5-mini}, {action: cached_response}]",
    "steps: [{model: openai/gpt-5-mini}, {model: primary}, {action: cached_response}]"
  )
  private static let retries = ("retries_per_step: 0", "retries_per_step: 1")

  private static func options(_ strain: [String]) -> [String] {
    ["--seed", "2", "--requests", "9000"] + strain
  }

  @Test(
    "follows limits on calls that the policy moves calls against",
    arguments: [
      (["--tenants", "40", "--calls-per-minute", "2"], miniFirst),
      (["--tenants", "40", "--calls-per-minute", "2"], retries),
      (["--tenants", "20", "--tenant-calls-per-minute", "1"], miniFirst),
      (["--tenants", "20", "--tenant-calls-per-minute", "1"], retries),
    ])
  func limits(options: [String], change: (String, String)) async throws {
    try await withLedger { ledger in
      let world = try await ReplayedWorld(Self.options(options), change, ledger)
      let cost = try world.actual("cost_usd")
      #expect(try abs(world.error("cost_usd")) < 0.008 * cost, "\(options) \(change.1)")
      #expect(try abs(world.error("served")) < 0.002 * 9000, "\(options) \(change.1)")
      #expect(try abs(world.error("downgraded")) < 0.003 * 9000, "\(options) \(change.1)")
      #expect(try world.warnings.contains { $0.contains("refused for their rate") })
      // The policy that made the log still replays to exactly that log, and two runs agree.
      let own = try JSONObject(
        try await ledger.run(["replay", "--policy", "five.yaml", "--format", "json"]).out)
      let recorded = try own.object("recorded")
      #expect(
        try recorded.texts(recorded.keys) == own.object("replayed").texts(recorded.keys))
      let again = try await ledger.run(["replay", "--policy", "other.yaml", "--format", "json"])
      #expect(again.out == world.replay)
    }
  }

  @Test("has long requests fail more often on a model that they would come to")
  func length() async throws {
    try await withLedger { ledger in
      let world = try await ReplayedWorld(
        Self.options(["--tenants", "8", "--failures-per-thousand-tokens", "15"]), Self.miniFirst,
        ledger)
      #expect(try abs(world.error("downgraded")) < 0.003 * 9000)
      #expect(try abs(world.error("served")) < 0.002 * 9000)
    }
  }

  /// One more retry for internal automation, whose last step puts off and begins again.
  private static let internalRetries = (
    "    quality_floor: low_cost\n    steps: [{model: primary}, {model: openai/gpt-5-nano}",
    "    retries_per_step: 1\n    quality_floor: low_cost\n"
      + "    steps: [{model: primary}, {model: openai/gpt-5-nano}"
  )

  @Test("keeps the ways of a request few where calls are refused again and again")
  func ways() async throws {
    try await withLedger { ledger in
      _ = try await ReplayedWorld(
        Self.options([
          "--tenants", "24", "--calls-per-minute", "3", "--tenant-calls-per-minute", "1",
          "--failures-per-thousand-tokens", "8",
        ]), Self.internalRetries, ledger)
      let running = try RunningProgram(
        ["replay", "--policy", "other.yaml", "--ledger", ledger.path.path], in: ledger.folder)
      let outcome = try await running.finish()
      #expect(outcome.status == 0, "\(outcome.errText)")
      let memory = running.peakMemory >> 20
      // Each way that is walked notes its calls.
      #expect(memory > 0 && memory < 160, "\(memory) MiB")
    }
  }
}
