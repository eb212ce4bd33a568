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

  /// A world under the preset, and what it comes to under a candidate.
  private struct World {
    let replay: Data
    let warnings: [String]
    let truth: JSONObject

    init(_ options: [String], _ change: (String, String), _ ledger: TestLedger) async throws {
      let preset = try await Self.plain(["policy", "preset", "five-class"], ledger)
      try #require(preset.contains(change.0))
      let candidate = preset.replacing(change.0, with: change.1)
      try ledger.write("five.yaml", preset)
      try ledger.write("other.yaml", candidate.replacing("name: five-class", with: "name: other"))
      _ = try await Self.plain(
        ["simulate", "--seed", "2", "--days", "31", "--requests", "9000"] + options
          + ["--policy", "five.yaml", "--also", "other.yaml", "--out", "w"], ledger)
      try await Self.load("w", "events", "five.yaml", into: ledger)
      replay = try await ledger.run(["replay", "--policy", "other.yaml", "--format", "json"]).out
      let members = try JSONSerialization.jsonObject(with: replay) as? [String: Any]
      warnings = members?["warnings"] as? [String] ?? []
      let folder = ledger.folder.appending(path: "w").path
      truth = try await withLedger { other in
        try other.write("other.yaml", candidate)
        try await Self.load(folder, "events-other", "other.yaml", into: other)
        return try await other.report().object("totals")
      }
    }

    /// Runs a command that knows no ledger.
    private static func plain(_ arguments: [String], _ ledger: TestLedger) async throws -> String {
      let outcome = try await Program.run(arguments, in: ledger.folder)
      try #require(outcome.status == 0, "\(outcome.errText)")
      return outcome.outText
    }

    private static func load(
      _ folder: String, _ events: String, _ policy: String, into ledger: TestLedger
    ) async throws {
      try await ledger.run(["prices", "import", "\(folder)/prices.csv"])
      try await ledger.run(["tenants", "import", "\(folder)/tenants.csv"])
      try await ledger.run(["policy", "apply", policy])
      try await ledger.run(["ingest", "\(folder)/\(events).jsonl.zst"])
    }

    /// How far the replay is from the truth.
    func error(_ measure: String) throws -> Double {
      let replayed = try #require(Double(JSONObject(replay).object("replayed").text(measure)))
      return replayed - (try #require(Double(truth.text(measure))))
    }
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
      let world = try await World(options, change, ledger)
      let cost = try #require(Double(world.truth.text("cost_usd")))
      #expect(try abs(world.error("cost_usd")) < 0.008 * cost, "\(options) \(change.1)")
      #expect(try abs(world.error("served")) < 0.002 * 9000, "\(options) \(change.1)")
      #expect(try abs(world.error("downgraded")) < 0.003 * 9000, "\(options) \(change.1)")
      #expect(world.warnings.contains { $0.contains("refused for their rate") })
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
      let world = try await World(
        ["--tenants", "8", "--failures-per-thousand-tokens", "15"], Self.miniFirst, ledger)
      #expect(try abs(world.error("downgraded")) < 0.003 * 9000)
      #expect(try abs(world.error("served")) < 0.002 * 9000)
    }
  }
}
