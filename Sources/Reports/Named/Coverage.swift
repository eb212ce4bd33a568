internal import LedgerStore
import Units

/// What the figures lack (`queries/reports/coverage.sql`).
struct Coverage: Sendable {
  struct Row: Hashable, Sendable {
    /// `field`, `unpriced`, `drift` or `line`.
    let topic: String
    let name: String
    let counted: Int64
    let whole: Int64
    let reported: Money?
    let catalog: Money?

    init(_ row: QueryRow) {
      topic = row.text("topic")
      name = row.text("name")
      counted = row.count("counted")
      whole = row.count("whole")
      reported = row.optionalMoney("reported_nano_usd")
      catalog = row.optionalMoney("catalog_nano_usd")
    }

    var drift: Int128? {
      guard let reported, let catalog else { return nil }
      return Int128(reported.nanoUSD) - Int128(catalog.nanoUSD)
    }
  }

  let rows: [Row]

  func section() throws(ReportError) -> ReportSection {
    var blocks: [ReportSection.Block] = [.table(try fields())]
    let unpriced = rows.filter { $0.topic == "unpriced" }
    if !unpriced.isEmpty {
      blocks.append(.table(counts("Models without a price", "Model", unpriced)))
    }
    if rows.contains(where: { $0.topic == "drift" }) { blocks.append(.table(try drift())) }
    let lines = rows.filter { $0.topic == "line" }
    if !lines.isEmpty {
      blocks.append(.table(counts("Lines that were not admitted", "Reason", lines)))
    }
    return ReportSection(
      name: ReportName.coverage.rawValue, title: "What the figures lack",
      lead:
        "Fields that requests do not name cannot be reported by; models without a price cost 0 until "
        + "they have one; lines that were not admitted are in no figure.",
      blocks: blocks, data: data,
      notes: unpriced.isEmpty && lines.isEmpty
        ? ["Every call has a price, and every line was admitted."] : [])
  }

  private func fields() throws(ReportError) -> ReportTable {
    ReportTable(
      title: "Attribution: requests that name a field",
      columns: [
        .init("field", "Field", .text), .init("known_share", "Known", .share, drawsBar: true),
        .init("known", "Known", .count), .init("missing", "Missing", .count),
      ],
      rows: rows.filter { $0.topic == "field" }.map {
        [
          .label($0.name), .share($0.counted, of: $0.whole), .count($0.counted),
          .count($0.whole - $0.counted),
        ]
      })
  }

  private func counts(_ title: String, _ head: String, _ rows: [Row]) -> ReportTable {
    ReportTable(
      title: title,
      columns: [
        .init("name", head, .text),
        .init("count", head == "Model" ? "Calls" : "Lines", .count, drawsBar: true),
        .init("share", "Share", .share),
      ],
      rows: rows.map { [.name($0.name), .count($0.counted), .share($0.counted, of: $0.whole)] }
    ).limited(to: 40)
  }

  private func drift() throws(ReportError) -> ReportTable {
    let both = rows.filter { $0.topic == "drift" }
    func sum(_ part: (Row) -> Money?) -> Money {
      Money(
        nanoUSD: Int64(clamping: both.reduce(Int128(0)) { $0 + Int128(part($1)?.nanoUSD ?? 0) }))
    }
    func cells(_ head: ReportTable.Cell, _ reported: Money, _ catalog: Money, _ calls: Int64)
      -> ReportTable.Row
    {
      let drift = Int128(reported.nanoUSD) - Int128(catalog.nanoUSD)
      return [
        head, .money(Money(nanoUSD: Int64(clamping: drift))), .change(from: catalog, to: reported),
        .money(reported), .money(catalog), .count(calls),
      ]
    }
    return try ReportTable(
      title: "Reported cost against the catalog’s, where both are known",
      columns: [
        .init("model", "Model", .text),
        .init("drift_usd", "Difference", .money, addsUp: true, drawsBar: true),
        .init("drift_share", "Of catalog", .change),
        .init("reported_usd", "Reported", .money, addsUp: true),
        .init("catalog_usd", "Catalog", .money, addsUp: true),
        .init("calls", "Calls", .count, addsUp: true),
      ],
      rows: both.map {
        cells(.name($0.name), $0.reported ?? .zero, $0.catalog ?? .zero, $0.counted)
      }
    ).limited(to: 40).totalled(
      cells(
        .label("All"), sum(\.reported), sum(\.catalog), both.reduce(0) { $0 + $1.counted }))
  }

  private var data: ReportTable {
    ReportTable(
      title: "Coverage",
      columns: [
        .init("topic", "Topic", .text), .init("name", "Name", .text),
        .init("count", "Count", .count), .init("of", "Of", .count),
        .init("share", "Share", .share), .init("reported_usd", "Reported", .money),
        .init("catalog_usd", "Catalog", .money), .init("difference_usd", "Difference", .money),
      ],
      rows: rows.map { row in
        [
          .label(row.topic), .name(row.name), .count(row.counted), .count(row.whole),
          .share(row.counted, of: row.whole), .optional(money: row.reported),
          .optional(money: row.catalog),
          .optional(money: row.drift.map { Money(nanoUSD: Int64(clamping: $0)) }),
        ]
      })
  }
}
