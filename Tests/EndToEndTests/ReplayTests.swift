import Foundation
import TestSupport
import Testing

@Suite("replay")
struct ReplayTests {
  /// A ledger of a simulated month, and the same month under other policies.
  private struct Month {
    let ledger: TestLedger
    let seed: Int
    let requests: Int
    let options: [String]

    /// The options of the world; the same arrivals, outages and coin flips under any policy.
    private var world: [String] {
      [
        "simulate", "--seed", "\(seed)", "--days", "31", "--requests", "\(requests)", "--tenants",
        "24",
      ] + options
    }

    init(
      _ ledger: TestLedger, seed: Int, requests: Int = 3000, options: [String] = []
    ) async throws {
      self.ledger = ledger
      self.options = options
      self.requests = requests
      self.seed = seed
      try await simulate("month", policy: nil)
      try await load("month", into: ledger)
    }

    private func simulate(_ name: String, policy: String?) async throws {
      let outcome = try await Program.run(
        world + (policy.map { ["--policy", $0] } ?? []) + ["--out", name], in: ledger.folder)
      try #require(outcome.status == 0, "\(outcome.errText)")
    }

    private func load(_ name: String, into ledger: TestLedger) async throws {
      try await ledger.run(["prices", "import", "\(name)/prices.csv"])
      try await ledger.run(["tenants", "import", "\(name)/tenants.csv"])
      try await ledger.run(["policy", "apply", "\(name)/policy.yaml"])
      try await ledger.run(["ingest", "\(name)/events.jsonl.zst"])
    }

    /// The month's policy with parts of its text replaced, as a file.
    func policy(_ name: String, _ changes: [(String, String)]) throws -> String {
      var text = try String(
        contentsOf: ledger.folder.appending(path: "month/policy.yaml"), encoding: .utf8)
      for (old, new) in changes {
        try #require(text.contains(old), "the preset has no \(old)")
        text = text.replacingOccurrences(of: old, with: new)
      }
      return try ledger.write("\(name).yaml", text).path
    }

    func replay(_ policy: String, _ options: String...) async throws -> JSONObject {
      try JSONObject(
        try await ledger.run(["replay", "--policy", policy, "--format", "json"] + options).out)
    }

    /// What the world would have given under a policy.
    func truth(_ policy: String) async throws -> JSONObject {
      try await withLedger { other in
        let run = try await Program.run(
          world + ["--policy", policy, "--out", "truth"], in: other.folder)
        try #require(run.status == 0, "\(run.errText)")
        try await load("truth", into: other)
        return try await other.report().object("totals")
      }
    }
  }

  private static let stages = [
    (
      "watch: 0.70, constrained: 0.80, critical_only: 0.95",
      "watch: 0.50, constrained: 0.65, critical_only: 0.85"
    )
  ]

  private func number(_ object: JSONObject, _ key: String) throws -> Double {
    try #require(Double(try object.text(key)), "\(key)")
  }

  @Test("the policy that made a log replays to exactly that log, also in groups")
  func identity() async throws {
    try await withLedger { ledger in
      let month = try await Month(ledger, seed: 11)
      let report = try await month.replay(
        "month/policy.yaml", "--by", "traffic_class,status,served_by")
      let recorded = try report.object("recorded")
      let replayed = try report.object("replayed")
      #expect(try recorded.texts(recorded.keys) == replayed.texts(recorded.keys))
      #expect(recorded.keys.count == 29)
      let fidelity = try report.object("fidelity")
      #expect(try fidelity.count("requests") == 3000)
      #expect(try fidelity.count("reproduced") == 3000 && fidelity.count("drifted") == 0)
      #expect(try report.text("grounded_share") == "1")
      let groups = try report.objects("groups")
      #expect(groups.count > 10)
      for group in groups {
        let (before, after) = (try group.object("recorded"), try group.object("replayed"))
        #expect(try before.texts(before.keys) == after.texts(before.keys))
      }
    }
  }

  @Test(
    "foretells what other stages, retries and fallbacks do to the same month",
    arguments: [
      ("stages", stages),
      ("retries", [("retries_per_step: 0", "retries_per_step: 1")]),
      ("fallback", [("      - {model: anthropic/claude-opus-4, premium: true}\n", "")]),
    ])
  func truth(name: String, changes: [(String, String)]) async throws {
    try await withLedger { ledger in
      let month = try await Month(ledger, seed: 12, requests: 9000)
      let policy = try month.policy(name, changes)
      let report = try await month.replay(policy)
      let replayed = try report.object("replayed")
      let truth = try await month.truth(policy)
      let (cost, true_) = (try number(replayed, "cost_usd"), try number(truth, "cost_usd"))
      #expect(abs(cost / true_ - 1) < 0.005, "\(name): \(cost) against \(true_)")
      let served = try number(replayed, "served") - number(truth, "served")
      #expect(abs(served) / 9000 < 0.001, "\(name): \(served) served")
      let downgraded = try number(replayed, "downgraded") - number(truth, "downgraded")
      #expect(abs(downgraded) / 9000 < 0.003, "\(name): \(downgraded) downgraded")
    }
  }

  @Test("two runs give the same bytes, and a price of a model that nobody calls changes none")
  func sameBytes() async throws {
    try await withLedger { ledger in
      let month = try await Month(ledger, seed: 13)
      let policy = try month.policy("stages", Self.stages)
      let arguments = ["replay", "--policy", policy, "--by", "workflow", "--format", "json"]
      let first = try await ledger.run(arguments).out
      #expect(try await ledger.run(arguments).out == first)
      try ledger.write(
        "dear.csv",
        "provider,model,effective_from,input_usd_per_million,output_usd_per_million\n"
          + "nobody,calls-this,2026-01-01,999,999\n")
      try await ledger.run(["prices", "import", "dear.csv"])
      #expect(try await ledger.run(arguments).out == first)
    }
  }

  @Test("looser budgets never lower the spend")
  func looser() async throws {
    try await withLedger { ledger in
      let month = try await Month(ledger, seed: 14)
      let sweep = try JSONObject(
        try await ledger.run(
          [
            "replay", "--policy", "month/policy.yaml", "--format", "json",
            "--sweep", "budget.stages.constrained=0.75..0.9/0.05",
            "--sweep", "classes.batch.retries_per_step=0,1",
          ]).out)
      #expect(try sweep.count("tried") == 8)
      let candidates = try sweep.objects("candidates")
      #expect(candidates.count == 8)
      var costs: [String: [(Double, Double)]] = [:]
      for candidate in candidates {
        let settings = try candidate.object("settings")
        costs[try settings.text("classes.batch.retries_per_step"), default: []].append(
          (
            try number(settings, "budget.stages.constrained"),
            try number(try candidate.object("replayed"), "cost_usd")
          ))
      }
      for (_, points) in costs {
        let spends = points.sorted { $0.0 < $1.0 }.map(\.1)
        #expect(spends == spends.sorted())
      }
      _ = month
    }
  }

  @Test("refuses what rests on a model that was never called, unless it is assumed")
  func unobserved() async throws {
    try await withLedger { ledger in
      let month = try await Month(ledger, seed: 15)
      let policy = try month.policy(
        "new",
        [
          (
            "openai/gpt-5-nano:       {grade: low_cost}",
            "openai/gpt-5-nano:       {grade: low_cost}\n  mistral/small: {grade: balanced}"
          ),
          (
            "steps: [{model: primary}, {model: openai/gpt-5-mini}, {action: cached_response}]",
            "steps: [{model: mistral/small}, {model: primary}, {action: cached_response}]"
          ),
        ])
      let refusal = try await ledger.run(["replay", "--policy", policy], status: 65)
      #expect(refusal.errText.contains("mistral/small was never called"))
      #expect(refusal.errText.contains("--assume mistral/small"))
      let report = try await month.replay(policy, "--assume", "mistral/small")
      #expect(try report.text("evidence_class") == "D")
    }
  }

  @Test("keeps what was sent by chance as it went, under any policy")
  func probes() async throws {
    try await withLedger { ledger in
      let month = try await Month(ledger, seed: 17, options: ["--probe-share", "5"])
      let report = try await month.replay("month/policy.yaml")
      let recorded = try report.object("recorded")
      #expect(try recorded.texts(recorded.keys) == report.object("replayed").texts(recorded.keys))
      let fidelity = try report.object("fidelity")
      let explored = try fidelity.count("explored")
      // Of 3000 requests one in twenty, where the policy lets a model be called at all.
      #expect((75...200).contains(explored))
      #expect(try fidelity.count("requests") == 3000 - explored)
      #expect(try fidelity.count("drifted") == 0)

      let noModel = try month.policy(
        "none",
        [
          (
            "steps: [{model: primary}, {model: openai/gpt-5-mini}, {action: cached_response}]",
            "steps: [{action: cached_response}]"
          )
        ])
      let class_ = "non_critical_user_facing"
      let groups = try await month.replay(noModel, "--by", "traffic_class").objects("groups")
      let group = try #require(
        groups.first { try $0.object("key").text("traffic_class") == class_ })
      // The policy calls no model for this class: what is left are the probes, each as it went.
      let count = try await ledger.run([
        "sql", "--format", "csv",
        "SELECT count(*), sum(cost_nano_usd) FROM attempts "
          + "WHERE action = 'model' AND request_id IN (SELECT request_id FROM attempts "
          + "WHERE decision_reason = 'probe' AND traffic_class = '\(class_)')",
      ]).out
      let text = String(decoding: count, as: UTF8.self)
      let left = text.split(whereSeparator: \.isNewline).last?.split(separator: ",") ?? []
      let replayed = try group.object("replayed")
      #expect(try String(left[0]) == replayed.text("attempts") && left[0] != "0")
      let cost = try number(replayed, "cost_usd") * 1e9
      #expect(try abs(cost - #require(Double(left[1]))) < 0.5)
    }
  }

  @Test("walks one request under both policies")
  func explain() async throws {
    try await withLedger { ledger in
      let month = try await Month(ledger, seed: 16)
      let policy = try month.policy("stages", Self.stages)
      let report = try await month.replay(policy)
      let example = try #require(try report.objects("examples").first)
      let request = try example.text("request_id")
      let page = try await ledger.run(["replay", "--policy", policy, "--explain", request])
      for part in ["In the log", "Under the policy in force", "How it ends"] {
        #expect(page.outText.contains(part))
      }
      let unknown = try await ledger.run(
        ["replay", "--policy", policy, "--explain", "nobody"], status: 65)
      #expect(unknown.errText.contains("no request `nobody`"))
    }
  }

  @Test("suggests nothing that breaks the bounds")
  func suggest() async throws {
    try await withLedger { ledger in
      _ = try await Month(ledger, seed: 17)
      let found = try JSONObject(
        try await ledger.run(
          [
            "replay", "--policy", "month/policy.yaml", "--suggest", "--min-served", "95",
            "--max-downgraded", "12", "--format", "json",
          ]).out)
      #expect(try found.text("within_bounds") == "1")
      let (given, suggested) = (try found.object("given"), try found.object("suggested"))
      #expect(try number(suggested, "cost_usd") <= number(given, "cost_usd"))
      #expect(try number(suggested, "served") >= 0.95 * 3000)
      #expect(try number(suggested, "downgraded") <= 0.12 * 3000)
    }
  }

  @Test("an empty period has nothing to replay")
  func nothing() async throws {
    try await withLedger { ledger in
      try await ledger.importSmallDay()
      let policy = Repository.path("fixtures/small_day/policy.yaml").path
      let outcome = try await ledger.run(
        ["replay", "--policy", policy, "--from", "2020-01-01", "--to", "2020-02-01"], status: 65)
      #expect(outcome.errText.contains("nothing to replay"))
    }
  }
}
