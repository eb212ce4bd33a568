import Foundation
import GRDB
import Pricing
import TestSupport
import Testing
import Traffic
import Units

@testable import LedgerStore
@testable import Replay

/// Rows read off their pages, held to what SQLite's statements say.
@Suite("Rows read off a ledger's pages")
struct TableRowsTests {
  /// A table with integers of every width, texts that go on over many pages, and a column of each kind
  /// that a record does not have.
  private static func fill(
    _ path: String, pageSize: Int, rows: Int, _ random: inout SeededGenerator
  ) throws {
    let database = try DatabaseQueue(path: path)
    try database.inDatabase { try $0.execute(sql: "PRAGMA page_size = \(pageSize)") }
    try database.write { database in
      try database.execute(
        sql: """
          CREATE TABLE t (a INTEGER, id INTEGER PRIMARY KEY, text ANY, b INTEGER,
            twice INTEGER GENERATED ALWAYS AS (2 * a) VIRTUAL, c INTEGER) STRICT;
          CREATE TABLE other (id INTEGER PRIMARY KEY, a INTEGER)
          """)
      for _ in 0..<rows {
        let text = Int.random(in: 0..<30, using: &random) == 0 ? 9_000 : 20
        try database.execute(
          sql: "INSERT OR IGNORE INTO t (id, a, text, b, c) VALUES (?, ?, ?, ?, ?)",
          arguments: [
            Int64.random(in: -40...Int64(4 * rows), using: &random), value(&random),
            Self.text(.random(in: 0...text, using: &random), &random), value(&random),
            value(&random),
          ])
        // Its pages lie between the others.
        try database.execute(sql: "INSERT INTO other (a) VALUES (?)", arguments: [value(&random)])
      }
      try database.execute(sql: "DELETE FROM t WHERE a % 7 = 1")
      // Rows that were there before have one field less.
      try database.execute(sql: "ALTER TABLE t ADD COLUMN late INTEGER")
      try database.execute(sql: "INSERT INTO t (a, late) VALUES (5, 6)")
    }
    try database.close()
  }

  /// A text, a blob of some of the same bytes, or nothing.
  private static func text(
    _ count: Int, _ random: inout SeededGenerator
  ) -> (any DatabaseValueConvertible)? {
    let text = String(repeating: Bool.random(using: &random) ? "x" : "\u{E9}", count: count)
    return switch Int.random(in: 0..<4, using: &random) {
    case 0: nil
    case 1: Data(text.utf8)
    default: text
    }
  }

  private static func value(_ random: inout SeededGenerator) -> Int64? {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return nil
    case 1: return .random(in: 0...1, using: &random)
    default:
      let bits = Int64.random(in: 0..<63, using: &random)
      return Int64.random(in: .min ... .max, using: &random) >> bits
    }
  }

  private struct Row: Hashable {
    var id: Int64?
    var columns: [Int64?]
    var text: [UInt8]?
    var isText = false
  }

  private static let names = ["c", "id", "a", "", "late", "b", "text"]

  private static func byPages(
    _ database: Database, _ range: ClosedRange<Int64>
  ) throws -> [Row]? {
    try LedgerPages(database).map { try rows(database, $0, range) }
  }

  private static func rows(
    _ database: Database, _ pages: LedgerPages, _ range: ClosedRange<Int64>
  ) throws -> [Row] {
    var rows: [Row] = []
    try TableRows(database, pages, table: "t", names, texts: ["text"]).forEach(range) { row in
      let text = row.bytes(6)
      rows.append(
        Row(
          id: row.optionalInt(1), columns: (0..<6).map { row.optionalInt($0) },
          text: text.map { [UInt8]($0.bytes) }, isText: text?.isText ?? false))
    }
    return rows
  }

  private static func reading<Result>(
    _ path: String, _ body: (Database) throws -> Result
  ) throws -> Result {
    var configuration = Configuration()
    configuration.readonly = true
    return try DatabaseQueue(path: path, configuration: configuration).read { database in
      _ = try Int64.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema")
      return try body(database)
    }
  }

  @Test(
    "are what SQLite says they are, whatever their width and length",
    arguments: [512, 1024, 4096, 65_536], 0..<3 as Range<UInt64>)
  func same(pageSize: Int, seed: UInt64) async throws {
    try await withTemporaryFolder { folder in
      var random = SeededGenerator(seed: seed)
      let path = folder.appending(path: "t.sqlite").path
      try Self.fill(path, pageSize: pageSize, rows: seed == 0 ? 3 : 900, &random)
      try Self.reading(path) { database in
        for _ in 0..<12 {
          let first = Int64.random(in: -50...2_000, using: &random)
          let range = first...Int64.random(in: first...4_000, using: &random)
          let expected = try GRDB.Row.fetchAll(
            database,
            sql: """
              SELECT c, id, a, NULL, late, b, text, typeof(text) FROM t
              WHERE id BETWEEN ? AND ? ORDER BY id
              """,
            arguments: [range.lowerBound, range.upperBound])
          let found = try #require(try Self.byPages(database, range))
          #expect(
            found
              == expected.map { row in
                Row(
                  id: row[1], columns: (0..<6).map { row[$0] as Int64? },
                  text: (row[6] as Data?).map { [UInt8]($0) }, isText: row[7] == "text")
              })
        }
      }
    }
  }

  @Test("are left to SQLite while something stands in the write-ahead log")
  func log() async throws {
    try await withTemporaryFolder { folder in
      var random = SeededGenerator(seed: 1)
      let path = folder.appending(path: "t.sqlite").path
      try Self.fill(path, pageSize: 4096, rows: 50, &random)
      let whole = Int64.min...Int64.max
      let writer = try DatabaseQueue(path: path)
      try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
      let before = try Self.reading(path) { database in
        let pages = try #require(LedgerPages(database))
        let before = try Self.rows(database, pages, whole)
        // What is committed after a reading began does not reach the file before it ends.
        try writer.write { try $0.execute(sql: "UPDATE t SET b = 77") }
        _ = try writer.writeWithoutTransaction { database in
          try GRDB.Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
        #expect(try Self.rows(database, pages, whole) == before)
        return before
      }
      let log = try Self.reading(path) { try Self.byPages($0, whole) }
      #expect(log == nil)
      try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      let after = try #require(try Self.reading(path) { try Self.byPages($0, whole) })
      #expect(after.count == before.count)
      #expect(after.allSatisfy { $0.columns[5] == 77 } && after != before)
      try writer.close()
    }
  }

  @Test(
    "of a damaged file are an error or other rows, and nothing worse",
    arguments: 0..<60 as Range<UInt64>)
  func damage(seed: UInt64) async throws {
    try await withTemporaryFolder { folder in
      var random = SeededGenerator(seed: seed)
      let path = folder.appending(path: "t.sqlite").path
      try Self.fill(path, pageSize: 512, rows: 200, &random)
      var bytes = try Data(contentsOf: URL(filePath: path))
      // The schema stays, so that the file opens.
      for _ in 0..<(1 + Int(seed) * 4) {
        bytes[Int.random(in: 1024..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      if seed % 3 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &random)) }
      try bytes.write(to: URL(filePath: path))
      do {
        _ = try Self.reading(path) { try Self.byPages($0, .min ... .max) }
      } catch let error as DatabaseError {
        #expect([.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode.primaryResultCode))
      }
    }
  }

  @Test("make the same trace as rows that are stepped", arguments: 700..<712)
  func trace(seed: Int) async throws {
    let world = SmallWorld(seed: UInt64(seed))
    let fields: [GroupField] = [.tenant, .day, .trafficClass, .feature, .user, .session]
    let october = UTCMonth("2026-10")
    let periods = [
      Period.everything, DaySpan(first: october?.firstDay, end: october?.next.firstDay).period,
      DaySpan(SmallWorld.days[2]).period,
    ]
    try await WorldLedger.with(world, seed: UInt64(seed)) { ledger in
      // What was written is moved into the file itself.
      try ledger.checkpoint()
      try ledger.readTwice { database, second in
        #expect(LedgerPages(database) != nil)
        for period in periods {
          let policies = try PolicyTable.all(database).map(\.policy)
          let traffic = try ReplayTraffic(
            database, period, fields, try TenantTable.histories(database), policies)
          let pages = try traffic.read(database, beside: second)
          let stepped = try traffic.read(database, beside: nil, byPages: false)
          #expect(pages.told == stepped.told)
          #expect(pages.ofTenant == stepped.ofTenant && pages.planCells == stepped.planCells)
        }
      }
    }
  }
}

extension Ledger {
  fileprivate func checkpoint() throws {
    let database = try DatabaseQueue(path: path)
    try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    try database.close()
  }
}

extension Trace {
  /// Everything that requests and their lines say.
  fileprivate var told: [String] {
    // Sessions have the numbers that two connections gave them as they came.
    var sessions: [Int32: Int64] = [0: 0]
    return indices.map { index in
      let request = request(index)
      let kind = [
        tenants[Int(request.tenant)].text, "\(profiles[Int(request.profile)])",
        "\(strata[Int(request.stratum)]?.text ?? "")", "\(groups[Int(request.group)])",
        "\(planCells[Int(request.planCell)])", "\(planned(request) ?? .zero)",
        "\(prepaidBalance(request) ?? .zero)",
      ]
      let session = sessions[request.session] ?? Int64(sessions.count)
      sessions[request.session] = session
      let own = [
        request.startedAt.milliseconds, request.revenue.nanoUSD, request.cost.nanoUSD,
        request.limitNanoUSD, request.spentOffsetNanoUSD, Int64(request.row),
        session,
        Int64(request.status), request.isContext ? 1 : 0,
      ]
      let lines = request.lines.map { at in
        let line = line(at)
        let route = line.route < 0 ? "" : "\(routes[Int(line.route)])"
        return "\(route) \(line.work) \(line.tokens) \(line.latencyMilliseconds) \(line.cost)"
      }
      return "\(kind) \(own) \(lines)"
    }
  }
}
