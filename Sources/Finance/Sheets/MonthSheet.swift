package import Pricing
internal import Traffic
internal import Units

/// A month for people: a row per UTC day, tenant, workflow and model that served, and the totals in a
/// sheet of their own.
///
/// Amounts are shown in cents that add up to the rounded total, and exact beside that.
package struct MonthSheet: Sendable {
  private let facts: MonthFacts

  package init(_ margins: MonthFacts) { facts = margins }

  /// The rows of a sheet, its header included, that a spreadsheet opens.
  package static let mostRows = 1_048_576

  static let nanoPerCent: Int128 = 10_000_000
  private static let firstAmount = CountMeasure.allCases.count

  /// The sheet, cut where a spreadsheet would; every part has the header.
  package func parts(mostRows: Int = mostRows) -> [(text: String, rows: Int)] {
    let rows = facts.rows
    let cents = MoneyMeasure.allCases.indices.map { index in
      CentShares.of(
        rows.map { $0.amounts[Self.firstAmount + index] }, unit: Self.nanoPerCent)
    }
    let most = max(1, mostRows - 1)
    return stride(from: 0, to: max(1, rows.count), by: most).map { start in
      let places = start..<min(rows.count, start + most)
      var text = SheetCSV.byteOrderMark + Self.header
      for place in places { text += line(rows[place], cents.map { $0[place] }) }
      return (text, places.count)
    }
  }

  private static var header: String {
    SheetCSV.line(
      fields: ["Day (UTC)", "Tenant", "Workflow", "Served by", "Corrects closed month"]
        + CountMeasure.allCases.map(\.words)
        + MoneyMeasure.allCases.flatMap {
          ["\($0.words) (USD, cents)", "\($0.words), exact (USD)"]
        })
  }

  private func line(_ row: MonthFacts.Row, _ cents: [Int128]) -> String {
    // The day, then names.
    let names = row.key.fields.enumerated().map { place, field in
      place == 0 ? SheetCSV.Cell.plain(field.text) : .text(field.text)
    }
    let corrects: SheetCSV.Cell = row.corrects.map { .plain($0.description) } ?? .none
    let counts = row.amounts.prefix(Self.firstAmount).map { SheetCSV.Cell.number(String($0)) }
    let money = zip(cents, row.amounts.dropFirst(Self.firstAmount)).flatMap { cents, nano in
      [SheetCSV.Cell.number(Self.cents(cents)), .number(Self.exact(nano))]
    }
    return SheetCSV.line(names + [corrects] + counts + money)
  }

  /// The sums over the rows of the sheet: of the month itself, of its corrections, and of both.
  package var totals: String {
    var text =
      SheetCSV.byteOrderMark
      + SheetCSV.line(fields: [
        "Measure", "Unit", "Total", "Total, exact", "Of the month, exact", "Of corrections, exact",
      ])
    for (index, measure) in CountMeasure.allCases.enumerated() {
      let (all, own) = (facts.sum(index), facts.own.sum(index))
      text += SheetCSV.line(
        fields: [measure.words, "count", "\(all)", "\(all)", "\(own)", "\(all - own)"])
    }
    for (index, measure) in MoneyMeasure.allCases.enumerated() {
      let all = facts.sum(Self.firstAmount + index)
      let own = facts.own.sum(Self.firstAmount + index)
      text += SheetCSV.line(fields: [
        measure.words, "USD", Self.cents(all.dividedHalfEven(by: Self.nanoPerCent)),
        Self.exact(all), Self.exact(own), Self.exact(all - own),
      ])
    }
    return text
  }

  package static var totalRows: Int { CountMeasure.allCases.count + MoneyMeasure.allCases.count }

  static func cents(_ cents: Int128) -> String { DecimalText.text(cents, places: 2) }
  static func exact(_ nano: Int128) -> String { DecimalText.text(nano, places: 9) }

  /// The sum of an amount over all rows, in nano-USD.
  package static func sum(_ measure: MoneyMeasure, of facts: MonthFacts) -> Int128 {
    let index = MoneyMeasure.allCases.firstIndex(of: measure) ?? 0
    return facts.sum(firstAmount + index)
  }
}
