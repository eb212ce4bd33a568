@testable import Reports
import Testing
import Units

@Suite("A table for a terminal")
struct TextRendererTests {
  let columns: [ReportTable.Column] = [
    .init("tenant", "Tenant", .text), .init("requests", "Requests", .count, addsUp: true),
    .init("cost_usd", "Cost", .money, addsUp: true), .init("share", "Share", .share),
    .init("day", "Day", .day),
  ]

  func table(_ name: String) throws -> ReportTable {
    try ReportTable(
      title: "Cost",
      columns: columns,
      rows: [
        [
          .name(name), .count(1_234_567), .money(Money(nanoUSD: 1_234_500_000_000)),
          .share(basisPoints: 9_999), .day(UTCDay(daysSince1970: 0)),
        ],
        [.none, .count(-5), .money(Money(nanoUSD: -1)), .share(basisPoints: 1), .none],
      ]
    ).totalled([
      .label("All"), .count(1_234_562), .money(Money(nanoUSD: 1_234_499_999_999)), .none, .none,
    ])
  }

  @Test("aligns numbers right under their unit, and never rounds something to nothing or all")
  func alignment() throws {
    #expect(
      TextRenderer().text(try table("acme"))
        == """
        Cost
                               Cost  Share  Day
        Tenant   Requests       USD      %  UTC
        ──────────────────────────────────────────────
        acme    1,234,567  1,234.50  >99.9  1970-01-01
        –              -5    >-0.01   <0.1  –
        ──────────────────────────────────────────────
        All     1,234,562  1,234.50      –  –

        """)
  }

  @Test("cuts a long name in its middle, then leaves columns out and says which")
  func narrow() throws {
    let table = try table("tenant-with-a-name-that-goes-on-and-on-until-nobody-reads-it")
    let wide = TextRenderer(width: 60).text(table)
    #expect(wide.contains("…") && !wide.contains("Too narrow"))
    let narrow = TextRenderer(width: 34).text(table)
    #expect(narrow.contains("Too narrow for: Share, Day."))
    for line in (wide + narrow).split(separator: "\n") {
      #expect(DisplayWidth.of(String(line)) <= 60)
    }
  }

  @Test("is coloured only if asked")
  func color() throws {
    #expect(!TextRenderer().text(try table("acme")).contains("\u{1B}"))
    #expect(TextRenderer(isColored: true).text(try table("acme")).contains("\u{1B}[1mCost"))
  }

  @Test(
    "counts wide characters twice",
    arguments: [
      ("abc", 3), ("请求", 4), ("e\u{301}", 1), ("😀", 2), ("", 0),
    ])
  func width(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test(
    "cuts to the width",
    arguments: [
      ("abcdefgh", 5, "ab…gh"), ("abcdefgh", 8, "abcdefgh"), ("请求重试", 5, "请…试"), ("abc", 1, "…"),
    ])
  func cut(text: String, width: Int, expected: String) {
    #expect(DisplayWidth.cut(text, to: width) == expected)
  }
}

@Suite("A table's total")
struct ReportTableTests {
  @Test("is refused where a column misses it")
  func footing() {
    let table = ReportTable(
      title: "Cost", columns: [.init("cost_usd", "Cost", .money, addsUp: true)],
      rows: [[.money(Money(nanoUSD: 1))], [.money(Money(nanoUSD: 2))]])
    let error = #expect(throws: ReportError.self) {
      try table.totalled([.money(Money(nanoUSD: 4))])
    }
    #expect(
      error?.description == "cost_usd of “Cost” adds up to 0.000000003 USD, the total is "
        + "0.000000004 USD; run fallback-ledger verify")
  }

  @Test("shares round half to even, but to nothing or all only what is")
  func shares() {
    #expect(ReportTable.Cell.share(Int64(1), of: 8) == .share(basisPoints: 1_250))
    #expect(ReportTable.Cell.share(Int64(1), of: 1_000_000) == .share(basisPoints: 1))
    #expect(ReportTable.Cell.share(Int64(999_999), of: 1_000_000) == .share(basisPoints: 9_999))
    #expect(ReportTable.Cell.share(Int64(0), of: 0) == .none)
  }
}
