import GRDB
import Testing
import TestSupport
import Units

@testable import LedgerStore

@Suite("Rows entered as records of our own making")
struct RecordInsertTests {
  private static let numbers: [Int64] =
    [0, 1, -1, 2, -2, 127, 128, -128, -129, 32_767, 32_768, -32_768, -32_769, 8_388_607, 8_388_608]
    + [-8_388_608, -8_388_609, 2_147_483_647, 2_147_483_648, -2_147_483_648, -2_147_483_649]
    + [140_737_488_355_327, 140_737_488_355_328, -140_737_488_355_328, -140_737_488_355_329]
    + [.max, .min]

  private static let table = """
    CREATE TABLE fact (
      id INTEGER PRIMARY KEY, n INTEGER, t TEXT, b BLOB, a ANY, started_ms INTEGER NOT NULL,
      u BLOB, v INTEGER,
      day INTEGER GENERATED ALWAYS AS (started_ms / 86400000) VIRTUAL) STRICT;
    CREATE INDEX fact_by_day ON fact (day);
    CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT
    """
  private static let columns = ["id", "n", "t", "b", "a", "started_ms", "u", "v"]

  private struct Fact {
    let id: Int64
    let n: Int64?
    let t: [UInt8]?
    let b: [UInt8]?
    let ms: Int64
    /// At the end, where a NULL takes no room.
    let u: [UInt8]?
    let v: Int64?
  }

  private func facts(_ random: inout SeededGenerator, from first: Int64) -> [Fact] {
    var id = first
    return (0..<random.below(9_000)).map { _ in
      id += random.chance(1, in: 50) ? Int64(1 + random.below(1 << 40)) : 1
      // Lengths at which lengths take another byte, and rows that fill a good part of a page.
      let lengths = [0, 1, 56, 57, 58, 63, 64, 127, 128, 200, 8_190, 15_000]
      func bytes() -> [UInt8]? {
        guard !random.chance(1, in: 5) else { return nil }
        let long = random.chance(1, in: 40) ? 12 : 8
        return [UInt8](repeating: UInt8(97 + random.below(26)), count: lengths[random.below(long)])
      }
      return Fact(
        id: id, n: random.chance(1, in: 9) ? nil : Self.numbers[random.below(Self.numbers.count)],
        t: bytes(), b: bytes(), ms: Int64(random.below(4_000_000)) * 1_000_000,
        u: random.chance(1, in: 2) ? nil : bytes(), v: random.chance(1, in: 3) ? 0 : nil)
    }
  }

  /// Runs `body` in a transaction, with a thread behind it if it `isBehind`.
  private static func inTransaction(
    _ database: Database, isBehind: Bool, _ body: () throws -> Void
  ) throws {
    try database.inTransaction(.immediate) {
      if isBehind { try WriteBehind.with(database) { _ in try body() } } else { try body() }
      return .commit
    }
  }

  @Test("are what SQLite itself would have entered", arguments: 0..<12 as Range<UInt64>)
  func sameRows(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let ours = try DatabaseQueue()
    let theirs = try DatabaseQueue()
    for queue in [ours, theirs] { try queue.write { try $0.execute(sql: Self.table) } }
    var last: Int64 = 0
    for _ in 0..<3 {
      let facts = facts(&random, from: last)
      last = facts.last?.id ?? last
      // Transactions after one whose rows were taken from our memory are as any other.
      let isBehind = seed.isMultiple(of: 2)
      try ours.writeWithoutTransaction { database in
        try Self.inTransaction(database, isBehind: isBehind) {
          let insert = try RecordInsert(
            database, into: "fact", Self.columns, index: "fact_by_day")
          for fact in facts {
            insert.begin(row: fact.id)
            insert.add(fact.n)
            if let text = fact.t { insert.add(text: text.span) } else { insert.skip(1) }
            if let blob = fact.b { insert.add(blob: blob.span) } else { insert.skip(1) }
            if let blob = fact.b { insert.add(blob: blob.span) } else { insert.add(fact.n) }
            insert.add(fact.ms)
            if let blob = fact.u { insert.add(blob: blob.span) } else { insert.skip(1) }
            insert.add(fact.v)
            try insert.endRow(indexed: fact.ms / 86_400_000)
            if isBehind, random.chance(1, in: 30) { try insert.flushBehind() }
          }
          try insert.flush()
          let names = try RecordInsert(database, into: "name", ["id", "name"])
          for fact in facts.prefix(10) {
            names.begin(row: fact.id)
            let text = fact.t ?? []
            names.add(text: text.span)
            try names.endRow()
          }
          try names.flush()
        }
      }
      try theirs.write { database in
        let fact = try RawStatement(
          database, RawStatement.insert(into: "fact", ["id"] + Self.columns.dropFirst()))
        for row in facts {
          fact.add(row.id)
          fact.add(row.n)
          if let text = row.t { fact.add(text: text.span) } else { fact.skip(1) }
          if let blob = row.b { fact.add(blob) } else { fact.skip(1) }
          if let blob = row.b { fact.add(blob) } else { fact.add(row.n) }
          fact.add(row.ms)
          if let blob = row.u { fact.add(blob) } else { fact.skip(1) }
          fact.add(row.v)
          try fact.run()
        }
        let name = try RawStatement(database, "INSERT INTO name VALUES (?, ?)")
        for row in facts.prefix(10) {
          name.add(row.id)
          let text = row.t ?? []
          name.add(text: text.span)
          try name.run()
        }
      }
    }
    func all(_ queue: DatabaseQueue) throws -> [[DatabaseValue]] {
      try queue.read { database in
        #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
        return try ["SELECT *, day FROM fact ORDER BY id", "SELECT * FROM name ORDER BY id"]
          .flatMap { try Row.fetchAll(database, sql: $0) }.map { Array($0.databaseValues) }
      }
    }
    #expect(try all(ours) == all(theirs))
    // The index finds what a walk over all rows finds.
    try ours.read { database in
      for day in try Int64.fetchAll(database, sql: "SELECT DISTINCT day FROM fact LIMIT 20") {
        let found = try Int.fetchOne(
          database, sql: "SELECT count(*) FROM fact INDEXED BY fact_by_day WHERE day = ?",
          arguments: [day])
        let walked = try Int.fetchOne(
          database, sql: "SELECT count(*) FROM fact NOT INDEXED WHERE day = ?", arguments: [day])
        #expect(found == walked)
      }
    }
  }

  @Test(
    "indexes and triggers of the owner's own are kept up to date",
    arguments: [
      "CREATE INDEX own ON name (name)",
      "CREATE TRIGGER own AFTER INSERT ON name BEGIN INSERT INTO seen VALUES (NEW.name); END",
    ])
  func added(sql: String) throws {
    let queue = try DatabaseQueue()
    try queue.write { database in
      try database.execute(sql: Self.table + "; CREATE TABLE seen (name TEXT); " + sql)
      let insert = try RecordInsert(database, into: "name", ["id", "name"])
      for id in 1...3 as ClosedRange<Int64> {
        insert.begin(row: id)
        insert.add("x\(id)")
        try insert.endRow()
      }
      try insert.flush()
    }
    try queue.write { database in
      #expect(try String.fetchAll(database, sql: "PRAGMA integrity_check") == ["ok"])
      let found = try String.fetchAll(
        database,
        sql: sql.contains("TRIGGER")
          ? "SELECT name FROM seen" : "SELECT name FROM name INDEXED BY own ORDER BY name")
      #expect(found == ["x1", "x2", "x3"])
    }
  }

  @Test("a row whose number is taken is an error, and the table stays as it was")
  func doubled() throws {
    let queue = try DatabaseQueue()
    try queue.write { try $0.execute(sql: Self.table + "; INSERT INTO name VALUES (2, 'two')") }
    #expect(throws: DatabaseError.self) {
      try queue.write { database in
        let insert = try RecordInsert(database, into: "name", ["id", "name"])
        for id in 1...3 as ClosedRange<Int64> {
          insert.begin(row: id)
          insert.add("x")
          try insert.endRow()
        }
        try insert.flush()
      }
    }
    #expect(try queue.read { try String.fetchAll($0, sql: "SELECT name FROM name") } == ["two"])
    // Memory that was lent to SQLite is not looked at any more.
    try queue.write { try $0.execute(sql: "INSERT INTO name VALUES (3, 'three')") }
  }

  @Test("what fails on the thread behind is told at the next use and at every one after it")
  func failsBehind() throws {
    let queue = try DatabaseQueue()
    try queue.write { try $0.execute(sql: Self.table + "; INSERT INTO name VALUES (5, 'five')") }
    var told = 0
    #expect(throws: DatabaseError.self) {
      try queue.write { database in
        try WriteBehind.with(database) { behind in
          let insert = try RecordInsert(database, into: "name", ["id", "name"])
          func enter(_ ids: ClosedRange<Int64>) throws {
            for id in ids {
              insert.begin(row: id)
              insert.add("x")
              try insert.endRow()
            }
          }
          // The first rows are written at once, whatever is asked.
          try enter(1...2)
          try insert.flushBehind()
          try enter(3...6)
          try insert.flushBehind()
          do { _ = try RawStatement(database, "SELECT count(*) FROM name") } catch { told += 1 }
          do { try insert.flush() } catch { told += 1 }
          do { try behind.settle() } catch { told += 1 }
          try WriteBehind.settle(database)
        }
      }
    }
    #expect(told == 3)
    #expect(try queue.read { try String.fetchAll($0, sql: "SELECT name FROM name") } == ["five"])
    try queue.write { try $0.execute(sql: "INSERT INTO name VALUES (6, 'six')") }
  }

  @Test("a look-up sees the rows that went in on the thread behind")
  func readsBehind() throws {
    let queue = try DatabaseQueue()
    try queue.write { database in
      try database.execute(sql: Self.table)
      try WriteBehind.with(database) { _ in
        let insert = try RecordInsert(database, into: "name", ["id", "name"])
        let bulk = BulkInsert(database, into: "fact", ["id", "n", "started_ms"])
        let names = try RawStatement(database, "SELECT count(*) FROM name")
        let facts = try RawStatement(database, "SELECT count(*) FROM fact")
        for id in 1...2_000 as ClosedRange<Int64> {
          insert.begin(row: id)
          insert.add("x\(id)")
          try insert.endRow()
          for value in [id, id * 3, id * 1_000] { bulk.add(value) }
          try bulk.endRow()
          guard id.isMultiple(of: 100) else { continue }
          try insert.flushBehind()
          try bulk.flushBehind()
          #expect(try names.step() && names.int(0) == id)
          names.reset()
          #expect(try facts.step() && facts.int(0) == id)
          facts.reset()
        }
      }
    }
  }
}
