import GRDB
import Pricing
import TestSupport
import Testing
import Traffic
import Units

@testable import LedgerStore

/// Days that fit, of months that do not.
@Suite("Months whose sums leave 64 bits")
struct VastMonthTests {
  /// A day of its own holds one such amount beside much else, a month not two of them.
  private static let vast: Int64 = 1 << 62
  private static let primary = ModelID("vast/x").map { Route(model: $0) }

  private static func day(_ text: String) throws -> UTCDay { try #require(UTCDay(text)) }

  private static func attempt(
    _ request: String, on day: UTCDay, position: Int64 = 1, extra: Int64 = 0
  ) -> Attempt {
    Attempt(
      eventID: Name("e-\(request)/\(position)"), requestID: Name(request), position: position,
      index: position, startedAt: day.start,
      attribution: Attribution([.tenant: "vast", .workflow: "vast"]), primary: primary,
      route: primary, outcome: .success,
      usage: Usage(input: position == 1 ? vast + extra : 0, output: 7),
      reportedCost: Money(nanoUSD: position == 1 ? vast + extra : 0))
  }

  /// A request that nobody answered, planned at the mean of its month.
  private static func waiting(_ request: String, on day: UTCDay) -> Attempt {
    Attempt(
      eventID: Name("e-\(request)"), requestID: Name(request), position: 0, index: 0,
      startedAt: day.start, attribution: Attribution([.tenant: "modest", .workflow: "modest"]),
      primary: primary, action: .reject)
  }

  /// The world with a vast request on each of its days, and one that waits in each month.
  private static func world(seed: UInt64) throws -> SmallWorld {
    var world = SmallWorld(seed: seed)
    for (place, day) in SmallWorld.days.enumerated() {
      world.attempts.append(attempt("vast-\(day)", on: day, extra: Int64(place)))
    }
    for month in Set(SmallWorld.days.map(\.month)) {
      world.attempts.append(waiting("waits-\(month)", on: month.firstDay))
    }
    return world
  }

  private static let columns =
    RollupShape.sums.values + [
      "stood_in_nano_usd", "waiting", "unplanned", "planned_nano_usd",
    ]

  /// The rows of months as they should be, and as they are, by cut, month, day, a and b. Whether a month
  /// is kept by its days is told from sums in 128 bits.
  private static func rows(
    _ database: Database
  ) throws -> (expected: [[Int64]: [Int128]], found: [[Int64]: [Int128]]) {
    var days: [(key: [Int64], values: [Int128])] = []
    let daily = try Row.fetchCursor(
      database,
      sql: "SELECT cut, day, a, b, \(columns.joined(separator: ", ")) FROM daily_figure")
    while let row = try daily.next() {
      let month = UTCDay(daysSince1970: row[1]).month.monthsSince0
      let values = try columns.indices.map { place in
        Int128(try #require(Int64.fromDatabaseValue(row[4 + place])))
      }
      days.append(([row[0], Int64(month), row[1], row[2], row[3]], values))
    }
    func sums(_ key: ([Int64]) -> [Int64]) -> [[Int64]: [Int128]] {
      days.reduce(into: [:]) { sums, day in
        let zero = [Int128](repeating: 0, count: columns.count)
        sums[key(day.key), default: zero] = zip(sums[key(day.key)] ?? zero, day.values).map(+)
      }
    }
    let whole = sums { [$0[0], $0[1], 0, $0[3], $0[4]] }
    let kept = whole.mapValues { $0.dropLast(2) }
    let vast = Set(
      kept.filter { !$0.value.allSatisfy { Int64(exactly: $0) != nil } }.keys.map { $0[1] })
    let expected = sums { vast.contains($0[1]) ? $0 : [$0[0], $0[1], 0, $0[3], $0[4]] }

    var found: [[Int64]: [Int128]] = [:]
    let monthly = try Row.fetchCursor(
      database,
      sql: "SELECT cut, month, day, a, b, \(columns.joined(separator: ", ")) FROM monthly_figure")
    while let row = try monthly.next() {
      found[(0..<5).map { row[$0] }] = try columns.indices.map { place in
        Int128(try #require(Int64.fromDatabaseValue(row[5 + place])))
      }
    }
    return (expected, found)
  }

  private static func check(_ ledger: Ledger, _ seed: UInt64, wholeMonths: Set<String>) throws {
    let (expected, found) = try ledger.read { try rows($0) }
    #expect(found == expected, "seed \(seed)")
    let whole = found.keys.filter { $0[2] == 0 }
      .map { UTCMonth(monthsSince0: Int($0[1])).description }
    #expect(Set(whole) == wholeMonths, "seed \(seed)")
    let breaches = try ledger.read { database in
      var breaches = BreachList()
      try RollupCheck.run(database, &breaches)
      return breaches.result(of: RollupCheck.check)
    }
    #expect(breaches.breaches == [], "seed \(seed)")
  }

  @Test(
    "25: are kept by their days, whatever comes in what order, and whole again when they fit",
    arguments: 300..<312 as Range<UInt64>)
  func kept(seed: UInt64) async throws {
    try await WorldLedger.with(try Self.world(seed: seed), seed: seed) { ledger in
      // Two vast days in September, three in October, one in November.
      try Self.check(ledger, seed, wholeMonths: ["2026-11"])

      // A lower attempt that comes late takes the request to its own day: what is left of September fits.
      let moved = Self.attempt(
        "vast-2026-09-30", on: try Self.day("2026-12-05"), position: 0)
      try WorldLedger.enter([(10_000, moved)], into: ledger)
      try Self.check(ledger, seed, wholeMonths: ["2026-09", "2026-11", "2026-12"])

      // The other way: a second vast day in November.
      let second = Self.attempt("vast-more", on: try Self.day("2026-11-30"))
      try WorldLedger.enter([(10_001, second)], into: ledger)
      try Self.check(ledger, seed, wholeMonths: ["2026-09", "2026-12"])

      // All of it derived again from the middle of a month on.
      try ledger.enterTenants([
        TenantTerms(
          tenant: "vast", effectiveFrom: try Self.day("2026-10-02"), tier: "pro",
          monthlyFee: Money(nanoUSD: 1_000))
      ])
      try Self.check(ledger, seed, wholeMonths: ["2026-09", "2026-12"])
    }
  }

  @Test(
    "25: have an exact mean of planned cost, half to even",
    arguments: [
      // (2^62 + 2^62 + 5) / 2 = 2^62 + 2.5, and one more day of 2^62: (3 x 2^62 + 5) / 3 = 2^62 + 1.67.
      ([0, 5], 2), ([1, 6], 4), ([0, 5, 0], 2), ([0, 4, 0], 1), ([0], 0),
      // Ten times 2^62 and a half.
      ([0, 0, 0, 0, 0, 0, 0, 0, 0, 5], 0), ([1, 1, 1, 1, 1, 1, 1, 1, 1, 6], 2),
    ] as [([Int64], Int64)])
  func mean(extras: [Int64], mean: Int64) async throws {
    try await WorldLedger.with { ledger in
      let first = try Self.day("2026-10-01")
      var attempts = extras.enumerated().map { place, extra in
        Self.attempt("r\(place)", on: first.advanced(by: place), extra: extra)
      }
      attempts.append(Self.waiting("waits", on: try Self.day("2026-10-31")))
      // One by one, so that sums are carried in the ledger too.
      for (number, attempt) in attempts.enumerated() {
        try WorldLedger.enter([(number, attempt)], into: ledger)
      }
      let planned = try ledger.read { database in
        try Int64.fetchOne(
          database,
          sql: "SELECT planned_nano_usd FROM request_figure WHERE request_id = 'waits'")
      }
      #expect(planned == Self.vast + mean)
      let kept = try ledger.read { database in
        let row = try Row.fetchOne(
          database, sql: "SELECT planned_carry, planned_nano_usd FROM plan_month")
        return try (0..<2).map {
          Int128(try #require(Int64.fromDatabaseValue(row?[$0] as DatabaseValue? ?? .null)))
        }
      }
      let total = extras.reduce(Int128(0)) { $0 + Int128(Self.vast) + Int128($1) }
      #expect(kept[0] << 62 + kept[1] == total)
    }
  }
}
