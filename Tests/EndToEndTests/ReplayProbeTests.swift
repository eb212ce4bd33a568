import Foundation
import TestSupport
import Testing

@Suite("replay with probes in the log")
struct ReplayProbeTests {
  private struct Estimate {
    /// Of the truth.
    let error: Double
    let halfWidth: Double
  }

  /// What a replay says of a policy that begins with a model which the log, but for probes, knows as a
  /// fallback only, held to what the same world does under it.
  private func estimate(seed: Int, probeShare: String) async throws -> Estimate {
    try await withLedger { ledger in
      let world = [
        "simulate", "--seed", "\(seed)", "--days", "31", "--requests", "8000", "--tenants", "24",
        "--probe-share", probeShare,
      ]
      let preset = try await plain(["policy", "preset", "five-class"], ledger)
      let primary =
        "      - {model: primary}                                                 # what the request asked for\n"
      let opus = "      - {model: anthropic/claude-opus-4, premium: true}\n"
      try #require(preset.contains(primary + opus))
      let candidate = preset.replacing(
        primary + opus, with: "      - {model: anthropic/claude-opus-4}\n" + primary)
      try ledger.write("five.yaml", preset)
      try ledger.write("opus.yaml", candidate.replacing("name: five-class", with: "name: opus"))
      _ = try await plain(
        world + ["--policy", "five.yaml", "--also", "opus.yaml", "--out", "w"], ledger)
      try await load("w", "events", "five.yaml", into: ledger)
      let replay = try await ledger.run(["replay", "--policy", "opus.yaml", "--format", "json"]).out
      let truth = try await withLedger { other in
        let folder = ledger.folder.appending(path: "w").path
        try other.write("opus.yaml", candidate)
        try await load(folder, "events-opus", "opus.yaml", into: other)
        return try await other.report().object("totals").text("cost_usd")
      }
      let cost = try #require(Double(truth))
      let replayed = try #require(
        Double(JSONObject(replay).object("replayed").text("cost_usd")))
      let members = try JSONSerialization.jsonObject(with: replay) as? [String: Any]
      let intervals = members?["intervals"] as? [String: Any]
      let bounds = (intervals?["cost_usd"] as? [String] ?? []).compactMap(Double.init)
      try #require(bounds.count == 2)
      return Estimate(
        error: abs(replayed / cost - 1), halfWidth: (bounds[1] - bounds[0]) / 2 / cost)
    }
  }

  /// Runs a command that knows no ledger.
  private func plain(_ arguments: [String], _ ledger: TestLedger) async throws -> String {
    let outcome = try await Program.run(arguments, in: ledger.folder)
    try #require(outcome.status == 0, "\(outcome.errText)")
    return outcome.outText
  }

  private func load(
    _ folder: String, _ events: String, _ policy: String, into ledger: TestLedger
  ) async throws {
    try await ledger.run(["prices", "import", "\(folder)/prices.csv"])
    try await ledger.run(["tenants", "import", "\(folder)/tenants.csv"])
    try await ledger.run(["policy", "apply", policy])
    try await ledger.run(["ingest", "\(folder)/\(events).jsonl.zst"])
  }

  @Test("two requests in a hundred sent by chance more than halve the error of a swap")
  func swap() async throws {
    var errors = (without: 0.0, with: 0.0)
    for seed in [31, 33] {
      let without = try await estimate(seed: seed, probeShare: "0")
      let with = try await estimate(seed: seed, probeShare: "2")
      #expect(with.halfWidth < without.halfWidth, "seed \(seed)")
      errors.without += without.error
      errors.with += with.error
    }
    #expect(errors.with < errors.without / 2, "\(errors)")
  }

  @Test("a request that was sent by chance is no drift, and is counted apart")
  func drift() async throws {
    try await withLedger { ledger in
      let world = ["simulate", "--seed", "17", "--days", "31", "--requests", "2000"]
      _ = try await plain(world + ["--probe-share", "5", "--out", "w"], ledger)
      try await load("w", "events", "w/policy.yaml", into: ledger)
      let report = try JSONObject(
        try await ledger.run(["policy", "drift", "--max", "0", "--format", "json"]).out)
      let probes = try report.count("probes")
      #expect((40...130).contains(probes))
      #expect(try report.count("requests") == 2000 - probes && report.count("drifted") == 0)
      let text = try await ledger.run(["policy", "drift"]).outText
      #expect(text.contains("\(probes) more requests were sent by chance, as probes"))
      let days = ["--from", "2026-10-05T06:00:00Z", "--to", "2026-10-09T18:00:00Z"]
      let part = try JSONObject(
        try await ledger.run(["policy", "drift", "--max", "0", "--format", "json"] + days).out)
      #expect(try part.count("drifted") == 0 && (1..<probes).contains(part.count("probes")))
      // The same lines without the mark are drift.
      let packed = try Data(contentsOf: ledger.folder.appending(path: "w/events.jsonl.zst"))
      let log = String(decoding: try Packed.unpackedZstd(packed), as: UTF8.self)
      #expect(log.contains("\"reason\":\"probe\""))
      let policy = ledger.folder.appending(path: "w/policy.yaml").path
      try await withLedger { other in
        try other.write(
          "events.jsonl", log.replacing("\"reason\":\"probe\"", with: "\"reason\":\"primary\""))
        try await other.run(["policy", "apply", policy])
        try await other.run(["ingest", "events.jsonl"])
        let bare = try JSONObject(
          try await other.run(["policy", "drift", "--format", "json"]).out)
        #expect(try bare.count("drifted") > 0 && bare.count("probes") == 0)
      }
    }
  }
}
