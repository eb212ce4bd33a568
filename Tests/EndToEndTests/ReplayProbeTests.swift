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
    let primary =
      "      - {model: primary}                                                 # what the request asked for\n"
    let opus = "      - {model: anthropic/claude-opus-4, premium: true}\n"
    return try await withLedger { ledger in
      let world = try await ReplayedWorld(
        [
          "--seed", "\(seed)", "--requests", "8000", "--tenants", "24", "--probe-share",
          probeShare,
        ],
        (primary + opus, "      - {model: anthropic/claude-opus-4}\n" + primary), ledger)
      let cost = try world.actual("cost_usd")
      return Estimate(
        error: abs(try world.error("cost_usd")) / cost,
        halfWidth: try world.halfWidth("cost_usd") / cost)
    }
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
      _ = try await ReplayedWorld.plain(world + ["--probe-share", "5", "--out", "w"], ledger)
      try await ReplayedWorld.load("w", "events", "w/policy.yaml", into: ledger)
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
