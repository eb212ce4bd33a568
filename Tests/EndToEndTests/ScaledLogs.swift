import Foundation
import TestSupport
import Testing
import Units

/// Logs that go two ways: into one machine's ledger, and through the filters of `scale`.
struct ScaledLogs {
  let ledger: TestLedger
  /// Names of files below the folder, in the order of their bytes.
  let files: [String]
  /// What both ways are given: prices, tenants and a policy.
  let catalogs: [String]

  /// The demo's fortnight in four files, and a fifth with what engines get wrong.
  static func demo(in ledger: TestLedger) throws -> ScaledLogs {
    let demo = Repository.path("fixtures/demo")
    let packed = try Data(contentsOf: demo.appending(path: "events.jsonl.zst"))
    let lines = try Packed.unpackedZstd(packed).split(separator: 0x0A).map { Data($0) }
    var parts = [Data](repeating: Data(), count: 4)
    for (place, line) in lines.enumerated() { parts[place * 7 % 4] += line + Data("\n".utf8) }
    for (place, part) in parts.enumerated() { try ledger.write("logs/\(place).jsonl", part) }
    try ledger.write("logs/4 late.jsonl", late(after: lines))
    return ScaledLogs(
      ledger: ledger, files: ["0", "1", "2", "3", "4 late"].map { "logs/\($0).jsonl" },
      catalogs: ["--prices", "prices.csv", "--tenants", "tenants.csv", "--policy", "policy.yaml"]
        .map { $0.hasPrefix("--") ? $0 : demo.appending(path: $0).path })
  }

  /// Duplicates, conflicts within and across tenants, a request of two tenants, tenants whose names look
  /// like keys, rejects, blank lines and a byte-order mark.
  private static func late(after lines: [Data]) -> Data {
    func native(_ request: String, tenant: String, _ more: String = "") -> Data {
      Data(
        Lines.native(request, more)
          .replacing(#""tenant_id":"acme""#, with: #""tenant_id":"\#(tenant)""#).utf8)
    }
    var late = [Data([0xEF, 0xBB, 0xBF]) + lines[0], lines[700], Data(), Data("  ".utf8)]
    late += [
      native("q1", tenant: "!reject"), native("q2", tenant: "a\\\\b"),
      native("q3", tenant: "!file"),
      native("q4", tenant: "first", #","event_id":"e1""#),
      native("q5", tenant: "second", #","event_id":"e1""#),
      native("q6", tenant: "third"), native("q6", tenant: "fourth", #","event_id":"e2""#),
      native("q7", tenant: "fourth", #","event_id":"q8/0""#), native("q8", tenant: "fifth"),
      native("q9", tenant: "second", #","budget":{"limit_usd":"5"},"failure":null"#),
      native("q9", tenant: "second", #","latency_ms":-1"#),
      Data(#"{"request_id":"q10","attempt":0,"ts""#.utf8), Data([0x7B, 0xFF, 0x7D]),
      Data("[1]".utf8), Data("\r".utf8),
    ]
    // Changed copies of demo's lines: the file that comes first has the word.
    for line in lines.prefix(2_000) where line.count % 40 == 0 {
      late.append(
        Data(
          String(decoding: line, as: UTF8.self)
            .replacing(#""attempt":"#, with: #""latency_ms":77777,"attempt":"#).utf8))
    }
    return late.reduce(Data()) { $0 + $1 + Data("\n".utf8) }
  }

  /// What one machine's ledger comes to.
  func figures() async throws -> String {
    for (option, file) in zip(catalogs, catalogs.dropFirst()) where option.hasPrefix("--") {
      let command = [
        "--prices": ["prices", "import"], "--tenants": ["tenants", "import"],
        "--policy": ["policy", "apply"],
      ][option]
      try await ledger.run(try #require(command) + [file])
    }
    try await ledger.run(["ingest"] + files)
    return try await ledger.run(["scale", "figures"]).outText
  }

  /// The rows of all files, each normalised by itself.
  func rows() async throws -> [String] {
    var rows: [String] = []
    for file in files {
      let log = try Data(contentsOf: ledger.folder.appending(path: file))
      let out = try await scale(["normalise", "--file", file], stdin: log)
      rows += out.split(separator: "\n").map(String.init)
    }
    return rows
  }

  /// Runs a filter, which must do its work.
  func scale(
    _ arguments: [String], stdin: Data, status: Int32 = 0,
    _ location: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let outcome = try await Program.run(["scale"] + arguments, stdin: stdin, in: ledger.folder)
    #expect(outcome.status == status, "\(outcome.errText)", sourceLocation: location)
    return outcome.outText
  }

  /// The figures of parts, added.
  func merged(_ parts: [[String]], options: [String] = []) async throws -> String {
    var figures = ""
    for part in parts where !part.isEmpty {
      figures += try await scale(
        ["partition"] + catalogs + options, stdin: Data((part.joined(separator: "\n") + "\n").utf8))
    }
    return try await scale(["merge"], stdin: Data(figures.utf8))
  }
}

/// Rows spread over partitions as docs/scale.md says: tenants whole, and those together that share an id.
enum Spread {
  static func parts(_ rows: [String], _ count: Int, seed: UInt64) throws -> [[String]] {
    var random = SeededGenerator(seed: seed)
    let groups = try groups(rows)
    var places: [String: Int] = [:]
    for group in Set(groups.values).sorted() { places[group] = random.below(count) }
    var parts = [[String]](repeating: [], count: count)
    for row in rows.shuffled(using: &random) {
      let key = key(row)
      parts[groups[key].flatMap { places[$0] } ?? random.below(count)].append(row)
    }
    return parts
  }

  static func key(_ row: String) -> String { String(row.prefix { $0 != "\t" }) }

  /// Of each tenant's key one of those with which it shares ids, the same for all of them.
  private static func groups(_ rows: [String]) throws -> [String: String] {
    var parent: [String: String] = [:]
    func root(_ key: String) -> String {
      var key = key
      while let next = parent[key], next != key { key = next }
      return key
    }
    var owners: [String: String] = [:]
    for row in rows {
      let key = key(row)
      guard key != "!reject", key != "!file" else { continue }
      parent[key] = parent[key] ?? key
      let json = try JSONObject(Data(row.dropFirst(key.count + 1).utf8))
      let ids = try ["event_id", "request_id", "parent_id"].filter(json.keys.contains)
        .map { ($0 == "event_id" ? "e" : "r") + (try json.text($0)) }
      for id in ids {
        if let owner = owners[id] { parent[root(owner)] = root(key) } else { owners[id] = key }
      }
    }
    return Dictionary(uniqueKeysWithValues: parent.keys.map { ($0, root($0)) })
  }
}
