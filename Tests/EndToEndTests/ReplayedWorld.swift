import Foundation
import TestSupport
import Testing

/// A simulated month under the five-class preset, what a replay says of a changed policy over it, and what
/// the same month comes to under that policy.
struct ReplayedWorld {
  let replay: Data
  let truth: JSONObject

  /// - Parameters:
  ///   - options: of `simulate`, but for the policies and the folder.
  ///   - change: of the preset's text.
  ///   - ledger: an empty one; it then holds the month under the preset, with `five.yaml` and `other.yaml`
  ///     beside it.
  /// - Throws: if a command fails.
  init(_ options: [String], _ change: (String, String), _ ledger: TestLedger) async throws {
    let preset = try await Self.plain(["policy", "preset", "five-class"], ledger)
    try #require(preset.contains(change.0))
    let candidate = preset.replacing(change.0, with: change.1)
    try ledger.write("five.yaml", preset)
    try ledger.write("other.yaml", candidate.replacing("name: five-class", with: "name: other"))
    _ = try await Self.plain(
      ["simulate", "--days", "31"] + options
        + ["--policy", "five.yaml", "--also", "other.yaml", "--out", "w"], ledger)
    try await Self.load("w", "events", "five.yaml", into: ledger)
    replay = try await ledger.run(["replay", "--policy", "other.yaml", "--format", "json"]).out
    let folder = ledger.folder.appending(path: "w").path
    truth = try await withLedger { other in
      try other.write("other.yaml", candidate)
      try await Self.load(folder, "events-other", "other.yaml", into: other)
      return try await other.report().object("totals")
    }
  }

  /// Runs a command that knows no ledger.
  static func plain(_ arguments: [String], _ ledger: TestLedger) async throws -> String {
    let outcome = try await Program.run(arguments, in: ledger.folder)
    try #require(outcome.status == 0, "\(outcome.errText)")
    return outcome.outText
  }

  /// Takes a simulated log in, with its prices, its tenants and a policy.
  static func load(
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
    return replayed - (try actual(measure))
  }

  func actual(_ measure: String) throws -> Double {
    try #require(Double(truth.text(measure)))
  }

  private var members: [String: Any] {
    get throws { try JSONSerialization.jsonObject(with: replay) as? [String: Any] ?? [:] }
  }

  var warnings: [String] { get throws { try members["warnings"] as? [String] ?? [] } }

  /// Half of what lies between the bounds of a measure.
  func halfWidth(_ measure: String) throws -> Double {
    let intervals = try members["intervals"] as? [String: Any]
    let bounds = (intervals?[measure] as? [String] ?? []).compactMap(Double.init)
    try #require(bounds.count == 2)
    return (bounds[1] - bounds[0]) / 2
  }
}
