import Foundation
import TestSupport
import Testing

@Suite("policy drift")
struct PolicyDriftTests {
  private static let day = Repository.path("fixtures/drift_day")

  /// A ledger of the day of drift in `folder`, which is the working folder of its commands.
  private func ledger(in folder: URL) async throws {
    let preset = try await Program.run(["policy", "preset", "five-class"])
    try preset.out.write(to: folder.appending(path: "policy.yaml"))
    for arguments in [
      ["policy", "apply", "policy.yaml"],
      ["tenants", "import", Self.day.appending(path: "tenants.csv").path],
      ["ingest", Self.day.appending(path: "events.jsonl").path],
    ] {
      let outcome = try await Program.run(arguments, in: folder)
      try #require(outcome.status == 0, "\(arguments): \(outcome.errText)")
    }
  }

  private func json(_ arguments: [String], in folder: URL) async throws -> [String: Any] {
    let outcome = try await Program.run(
      ["policy", "drift", "--format", "json"] + arguments, in: folder)
    #expect(outcome.status == 0, "\(outcome.errText)")
    return try #require(try JSONSerialization.jsonObject(with: outcome.out) as? [String: Any])
  }

  @Test("finds every bug of the fixture, names it and says what it burnt")
  func day() async throws {
    try await withTemporaryFolder { folder in
      try await ledger(in: folder)
      let report = try await json(["--examples", "9"], in: folder)
      #expect(report["requests"] as? Int == 21 && report["drifted"] as? Int == 12)
      #expect(report["no_drift"] as? Int == 9 && report["without_policy"] as? Int == 0)
      let expected: [String: (burnt: String, ids: [String])] = [
        "retried_non_retryable": ("0.020000000", ["d02"]),
        "below_floor": ("0.001000000", ["d03"]),
        "premium_without_tier": ("0.030000000", ["d04"]),
        "past_hard_stop": ("0.133000000", ["d05", "d14", "d19", "d21"]),
        "ignored_budget_stage": ("0.080000000", ["d06", "d12", "d17"]),
        "stopped_early": ("0.000000000", ["d07"]),
        "other_route": ("0.060000000", ["d08"]),
      ]
      let kinds = try #require(report["kinds"] as? [[String: Any]])
      #expect(kinds.count == expected.count)
      for kind in kinds {
        let name = try #require(kind["kind"] as? String)
        let (burnt, ids) = try #require(expected[name])
        let examples = try #require(kind["examples"] as? [[String: Any]])
        #expect(kind["requests"] as? Int == ids.count, "\(name)")
        #expect(kind["burnt_usd"] as? String == burnt, "\(name)")
        #expect(examples.map { $0["request_id"] as? String } == ids, "\(name)")
      }
    }
  }

  @Test("judges the period alone, on sums that began before it")
  func period() async throws {
    try await withTemporaryFolder { folder in
      try await ledger(in: folder)
      let late = try await json(
        ["--from", "2026-10-05T08:11:00Z", "--to", "2026-10-06"], in: folder)
      #expect(late["requests"] as? Int == 9 && late["drifted"] as? Int == 5)
      let next = try await json(["--from", "2026-10-06"], in: folder)
      #expect(next["requests"] as? Int == 1 && next["drifted"] as? Int == 0)
    }
  }

  @Test("ends with 1 if more requests drift than allowed")
  func maximum() async throws {
    try await withTemporaryFolder { folder in
      try await ledger(in: folder)
      let over = try await Program.run(["policy", "drift", "--max", "11"], in: folder)
      #expect(over.status == 1 && over.errText == "12 requests drift; --max allows 11\n")
      let within = try await Program.run(["policy", "drift", "--max", "12"], in: folder)
      #expect(within.status == 0 && within.errText.isEmpty)
      #expect(within.outText == over.outText)
      #expect(within.outText.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }

  @Test("needs a policy to have been in force")
  func withoutPolicy() async throws {
    try await withTemporaryFolder { folder in
      try await ledger(in: folder)
      let from = try await Program.run(
        ["policy", "apply", "policy.yaml", "--from", "2026-11-01", "--ledger", "other.sqlite"],
        in: folder)
      #expect(from.status == 0)
      let events = Self.day.appending(path: "events.jsonl").path
      _ = try await Program.run(["ingest", events, "--ledger", "other.sqlite"], in: folder)
      let outcome = try await Program.run(
        ["policy", "drift", "--ledger", "other.sqlite"], in: folder)
      #expect(outcome.status == 65)
      #expect(
        outcome.errText == """
          error: no policy was in force when these 21 requests started; put one in force with \
          `policy apply FILE --from DAY`

          """)
    }
  }

  /// The demo's gateway asks the engine, and books a request to its tenant's month when it starts.
  @Test("finds none in a gateway that follows its policy")
  func obedient() async throws {
    let demo = Repository.path("fixtures/demo")
    try await withTemporaryFolder { folder in
      for arguments in [
        ["policy", "apply", "policy.yaml"], ["prices", "import", "prices.csv"],
        ["tenants", "import", "tenants.csv"], ["ingest", "events.jsonl.zst"],
      ] {
        let path = demo.appending(path: arguments.last ?? "").path
        let outcome = try await Program.run(arguments.dropLast() + [path], in: folder)
        try #require(outcome.status == 0, "\(outcome.errText)")
      }
      let report = try await json(["--max", "0"], in: folder)
      #expect(report["requests"] as? Int == 3_000 && report["no_drift"] as? Int == 3_000)
      // Another policy, and the same log drifts.
      let preset = try await Program.run(["policy", "preset", "two-tier"])
      try preset.out.write(to: folder.appending(path: "other.yaml"))
      _ = try await Program.run(
        ["policy", "apply", "other.yaml", "--from", "2000-01-01"], in: folder)
      let other = try await Program.run(["policy", "drift", "--max", "0"], in: folder)
      #expect(other.status == 1)
    }
  }
}
