import PolicyAnalysis
import PolicyEngine
import Testing
import Traffic
import Units

@Suite("A budget month as it is booked")
struct BudgetRunTests {
  /// Books amounts one after the other; a limit of nil is none.
  private func run(
    _ costs: [String], limits: [String?], under policy: Policy?
  ) throws -> BudgetRun {
    var run = BudgetRun()
    for (index, cost) in costs.enumerated() {
      try run.book(
        .init(
          request: Name("r\(index)"), startedAt: Timestamp(milliseconds: Int64(index)),
          cost: try Money(cost),
          limit: try limits[min(index, limits.count - 1)].map { text in try Money(text) }),
        under: policy)
    }
    return run
  }

  @Test("each stage is reached by the request that takes the sum to its threshold, not before")
  func crossings() throws {
    // Five-class: 0.70, 0.80, 0.95 of 10 USD.
    let run = try run(
      ["6.999999999", "0.000000001", "2.4", "0.1"], limits: ["10"], under: Sample.fiveClass())
    #expect(run.crossings.map(\.stage) == [.watch, .constrained, .criticalOnly])
    #expect(run.crossings.map(\.request) == ["r1", "r2", "r3"])
    #expect(run.crossings[0].spent == (try Money("7")))
    #expect(run.stage == .criticalOnly)
    #expect(run.spent == (try Money("9.5")))
  }

  @Test("one request may reach several stages at once")
  func together() throws {
    let run = try run(["20"], limits: ["10"], under: Sample.fiveClass())
    #expect(run.crossings.map(\.stage) == BudgetStage.allCases)
    #expect(Set(run.crossings.map(\.request)) == ["r0"])
  }

  @Test("a limit that rises leaves a stage, which may then be reached again")
  func risingLimit() throws {
    let run = try run(["7.5", "0", "13"], limits: ["10", "28", "28"], under: Sample.fiveClass())
    #expect(run.crossings.map(\.stage) == [.watch, .watch])
    #expect(run.crossings.map(\.request) == ["r0", "r2"])
  }

  @Test("without a limit or a policy there is no stage, and the sum is kept all the same")
  func unlimited() throws {
    #expect(try run(["5", "6"], limits: [nil], under: Sample.fiveClass()).crossings.isEmpty)
    let unruled = try run(["5", "6"], limits: ["1"], under: nil)
    #expect(unruled.crossings.isEmpty)
    #expect(unruled.spent == (try Money("11")))
    #expect(unruled.requests == 2)
  }

  @Test("a tenant's own months begin when they do, whatever the calendar's")
  func ownMonths() throws {
    func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }
    var book = SpendBook()
    for (month, at, cost) in [
      ("2026-09-15T00:00:00Z", "2026-09-20T00:00:00Z", "1"),
      ("2026-09-15T00:00:00Z", "2026-10-02T00:00:00Z", "2"),
    ] {
      try book.advance(to: time(at))
      try book.beginMonth(of: "own", at: time(month))
      for tenant in ["own", "plain"] as [Name] {
        try book.book(Money(cost), tenant, in: nil, session: nil, at: time(at))
      }
    }
    #expect(book.spentThisMonth("own") == (try Money("3")))
    #expect(book.spentThisMonth("plain") == (try Money("2")))
    try book.beginMonth(of: "own", at: time("2026-10-15T00:00:00Z"))
    #expect(book.spentThisMonth("own") == .zero)
  }

  @Test("a sum beyond 64 bits is an error")
  func overflow() {
    #expect(throws: UnitError.self) {
      try run(["9223372036", "9223372036"], limits: [nil], under: nil)
    }
  }

  @Test("snapshots agree, or tell the one that is off by most and the last")
  func agreement() throws {
    var agreement = SnapshotAgreement()
    for (index, (gateway, ledger)) in [("1", "1"), ("2", "5"), ("9", "7"), ("8", "8")].enumerated()
    {
      agreement.add(
        gateway: try Money(gateway), ledger: try Money(ledger), request: Name("r\(index)"),
        startedAt: Timestamp(milliseconds: 0))
    }
    #expect(agreement.snapshots == 4)
    #expect(agreement.agreeing == 2)
    #expect(agreement.largest?.request == "r1")
    #expect(agreement.largest?.off == -3_000_000_000)
    #expect(agreement.latest?.request == "r2")
  }
}
