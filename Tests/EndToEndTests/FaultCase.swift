import Foundation
import TestSupport
import Testing

/// A command that writes, and what there is before it.
struct FaultCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let command: [String]
  /// Files that the command writes beside the ledger.
  var outputs: [String] = []
  let prepare: @Sendable (TestLedger) async throws -> Void

  static let all = [newLedger, parts, migration, prices, close, nightly, export, retry]

  private static let newLedger = FaultCase(
    testDescription: "ingest into a new ledger", command: ["ingest", "events.jsonl"]
  ) { ledger in
    try ledger.write("events.jsonl", Data(contentsOf: URL(filePath: SmallDay.events)))
  }

  private static let parts = FaultCase(
    testDescription: "ingest in parts", command: ["ingest", "more.jsonl", "--batch-lines", "60"]
  ) { ledger in
    try await ledger.importSmallDay()
    try await ledger.ingest(SmallDay.events)
    // Second attempts of requests that are published, among new ones and copies.
    let lines = (0..<200).map { number in
      number % 5 == 3
        ? Lines.native("r0\(1 + number % 9)", #","event_id":"late-\#(number)""#)
          .replacing(#""attempt":0"#, with: #""attempt":\#(5 + number)"#)
        : Lines.native("new-\(number - number % 7)")
    }
    try ledger.write("more.jsonl", lines.joined(separator: "\n") + "\n")
  }

  /// The ledger as an older program left it, before sums were kept.
  private static let migration = FaultCase(
    testDescription: "migration", command: ["ingest", "late.jsonl"]
  ) { ledger in
    try await ledger.importSmallDay()
    try await ledger.ingest(SmallDay.events)
    try OlderLedger.turnBack(ledger, to: 4)
    try ledger.write("late.jsonl", Lines.native("late"))
  }

  private static let prices = FaultCase(
    testDescription: "prices import", command: ["prices", "import", "prices.csv"]
  ) { ledger in
    try await ledger.importSmallDay()
    try await ledger.ingest(SmallDay.events)
    let prices = try String(
      contentsOf: SmallDay.folder.appending(path: "prices.csv"), encoding: .utf8)
    try ledger.write("prices.csv", prices.replacing("1.25", with: "1.75"))
  }

  private static let close = FaultCase(
    testDescription: "close", command: ["close", "2026-10"]
  ) { ledger in
    try await ledger.importSmallDay()
    try await ledger.ingest(SmallDay.events)
  }

  private static let makeNight = ["nightly", "--date", "2026-10-05", "--out", "nights"]
  private static let makeExport = ["export", "csv", "--month", "2026-10", "--out", "month.csv"]

  private static let nightly = FaultCase(
    testDescription: "nightly", command: makeNight, outputs: ["nights"]
  ) { ledger in
    try await ledger.ingest(SmallDay.events)
    try await ledger.run(makeNight)
    try await ledger.importSmallDay()
  }

  private static let export = FaultCase(
    testDescription: "export", command: makeExport, outputs: ["month.csv", "month-totals.csv"]
  ) { ledger in
    try await ledger.ingest(SmallDay.events)
    try await ledger.run(makeExport)
    try await ledger.importSmallDay()
  }

  private static let retry = FaultCase(
    testDescription: "rejects retry", command: ["rejects", "retry", "mended.jsonl"]
  ) { ledger in
    let lines = [Lines.native("good"), Lines.native("bad", #","attempt":-1"#), "{}"]
    try ledger.write("some.jsonl", lines.joined(separator: "\n") + "\n")
    try await ledger.ingest("some.jsonl")
    let waiting = try await ledger.run(["rejects", "export", "--out", "-"]).outText
    try ledger.write("mended.jsonl", waiting.replacing(#","attempt":-1"#, with: ""))
  }
}

/// What a case has made: everything the ledger says, and each file written beside it.
struct FaultState {
  let dump: [String]
  let report: Data
  /// Every report, as a night's folder has them; nil where they were not made.
  let night: [String: Data]?
  let outputs: [String: Data]

  init(_ ledger: TestLedger, _ outputs: [String], withNight: Bool = true) async throws {
    dump = try TestLogs.dump(ledger) + Self.rest(ledger)
    report = try await ledger.run(["report", "--by", "day,workflow,served_by,status"]).out
    night = withNight ? try await Self.night(ledger) : nil
    self.outputs = try Self.files(ledger, outputs)
  }

  private static func night(_ ledger: TestLedger) async throws -> [String: Data] {
    try await withTemporaryFolder { folder in
      try await ledger.run(["nightly", "--date", "2026-10-05", "--out", folder.path])
      let reports = try files(TestLedger(folder: folder), ["2026-10-05"])
      try #require(reports.count > 10)
      return reports
    }
  }

  /// Whether it is the same, byte for byte, as far as both were made.
  func isSame(as other: FaultState) -> Bool {
    dump == other.dump && report == other.report && outputs == other.outputs
      && (night == nil || other.night == nil || night == other.night)
  }

  /// Of sums, catalogs and closed months.
  private static func rest(_ ledger: TestLedger) throws -> [String] {
    let file = SQLiteFile(ledger.path)
    return try [
      "SELECT day, sum(requests), sum(attempts), sum(cost_nano_usd) FROM daily GROUP BY day",
      "SELECT * FROM prices", "SELECT month, kind, key, amounts FROM closed_fact",
      "SELECT name, part, rows, sha256 FROM closed_file",
      "SELECT count(*) FROM closing", "SELECT count(*) FROM staged_file",
    ].flatMap { try file.rows($0).map { $0.map { $0 ?? "NULL" }.joined(separator: " ") } }
  }

  static func files(_ ledger: TestLedger, _ names: [String]) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in names {
      let path = ledger.folder.appending(path: name)
      let below = FileManager.default.enumerator(atPath: path.path)
      while let entry = below?.nextObject() as? String {
        let file = path.appending(path: entry)
        if !file.hasDirectoryPath, !entry.contains(".tmp-"), let data = try? Data(contentsOf: file)
        {
          files["\(name)/\(entry)"] = data
        }
      }
      if let data = try? Data(contentsOf: path) { files[name] = data }
    }
    return files
  }
}

/// Makes a ledger what a program of an older schema had left.
enum OlderLedger {
  static func turnBack(_ ledger: TestLedger, to version: Int) throws {
    let scratch = SQLiteFile(ledger.folder.appending(path: "older.sqlite"))
    let schema = Repository.path("queries/schema")
    let names = try FileManager.default.contentsOfDirectory(atPath: schema.path).sorted()
    for name in names.prefix(version) {
      try scratch.execute(String(contentsOf: schema.appending(path: name), encoding: .utf8))
    }
    let older = try scratch.rows("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    let file = SQLiteFile(ledger.path)
    let known = Set(older.compactMap { $0[0] == "view" ? nil : $0[1] })
    let present = try file.rows(
      "SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'table') ORDER BY type = 'table'"
    )
    for row in present {
      guard let type = row[0], let name = row[1], !known.contains(name) else { continue }
      try file.execute("DROP \(type) \(name)")
    }
    for case let (type?, sql?) in older.map({ ($0[0], $0[2]) }) where type == "view" {
      try file.execute(sql)
    }
    try file.execute("PRAGMA user_version = \(version)")
    try FileManager.default.removeItem(at: ledger.folder.appending(path: "older.sqlite"))
  }
}
