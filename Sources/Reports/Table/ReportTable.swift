package import Units

/// A result as rows of typed cells: one value, printed by every renderer.
package struct ReportTable: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case text
    case count
    /// US dollars.
    case money
    /// A part of a whole, or a change.
    case share
    /// A UTC day.
    case day
    /// How much something is more or less than before, in per cent of that.
    case change
    /// Amounts over time, as a picture as high as a line.
    case trend
  }

  package struct Column: Hashable, Sendable {
    /// In CSV and JSON, `snake_case`.
    package let name: String
    /// For people, without its unit.
    package let title: String
    package let kind: Kind
    /// Whether the total is the sum of the rows. Means and shares are not sums.
    package let addsUp: Bool
    /// Whether a renderer that can may draw its amounts as bars.
    package let drawsBar: Bool

    package init(
      _ name: String, _ title: String, _ kind: Kind, addsUp: Bool = false, drawsBar: Bool = false
    ) {
      self.name = name
      self.title = title
      self.kind = kind
      self.addsUp = addsUp
      self.drawsBar = drawsBar
    }

    /// For the header; nil for what needs none.
    package var unit: String? {
      switch kind {
      case .money: "USD"
      case .share, .change: "%"
      case .day: "UTC"
      case .text, .count, .trend: nil
      }
    }

    package var isNumeric: Bool {
      switch kind {
      case .count, .money, .share, .change: true
      case .text, .day, .trend: false
      }
    }
  }

  package enum Cell: Hashable, Sendable {
    /// Not known, or not defined for this row.
    case none
    /// Words of the program.
    case label(String)
    /// A name out of a log or a file: whatever its writer chose.
    case name(String)
    case count(Int64)
    case money(Money)
    /// 10_000 is the whole; changes may be negative or above it.
    case share(basisPoints: Int64)
    case day(UTCDay)
    /// In basis points of what was before.
    case change(basisPoints: Int64)
    /// By rising time, the last the latest.
    case trend([Int64])
  }

  package typealias Row = [Cell]

  package let title: String
  package let columns: [Column]
  package let rows: [Row]
  package private(set) var total: Row?
  /// Sentences that stand below the table.
  package let notes: [String]
  /// Whether all amounts are read with the same places, as they are compared across columns.
  package var alignsMoney = false

  package init(title: String, columns: [Column], rows: [Row], notes: [String] = []) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row is not as wide as its table")
    self.title = title
    self.columns = columns
    self.rows = rows
    self.notes = notes
  }

  /// The table with a total row, once every column that adds up is seen to do so.
  /// - Throws: ``ReportError`` naming the first column that does not.
  package func totalled(_ total: Row) throws(ReportError) -> ReportTable {
    precondition(total.count == columns.count, "the total is not as wide as its table")
    for (index, column) in columns.enumerated() where column.addsUp {
      let sum = rows.reduce(Int128(0)) { $0 + $1[index].amount }
      guard sum == total[index].amount else {
        throw .doesNotFoot(
          "\(column.name) of “\(title)”", sum: sum, total: total[index].amount,
          isMoney: column.kind == .money)
      }
    }
    var table = self
    table.total = total
    return table
  }

  /// The table with at most so many rows: those past the limit join into one, which has what adds up.
  func limited(to limit: Int) -> ReportTable {
    guard rows.count > limit else { return self }
    let others = rows.dropFirst(limit)
    let joined = columns.enumerated().map { index, column -> Cell in
      if index == 0 { return .label("\(ReadingText.count(Int64(others.count))) others") }
      guard column.addsUp else { return .none }
      let sum = Int64(clamping: others.reduce(Int128(0)) { $0 + $1[index].amount })
      return column.kind == .money ? .money(Money(nanoUSD: sum)) : .count(sum)
    }
    var table = ReportTable(
      title: title, columns: columns, rows: Array(rows.prefix(limit)) + [joined], notes: notes)
    table.alignsMoney = alignsMoney
    return table
  }

  /// The cells of a column, the total's last.
  func cells(of column: Int) -> [Cell] {
    rows.map { $0[column] } + (total.map { [$0[column]] } ?? [])
  }
}

extension ReportTable.Cell {
  /// In counts, or nano-USD; 0 for anything else.
  var amount: Int128 {
    switch self {
    case .count(let count): Int128(count)
    case .money(let money): Int128(money.nanoUSD)
    case .none, .label, .name, .share, .day, .change, .trend: 0
    }
  }

  /// Of a share; nil for anything else.
  var basisPoints: Int64? {
    if case .share(let basisPoints) = self { basisPoints } else { nil }
  }

  /// A name, or none where the log gives none.
  package static func optional(name: String?) -> Self { name.map { .name($0) } ?? .none }

  package static func optional(money: Money?) -> Self { money.map { .money($0) } ?? .none }

  /// How much `to` is more than `from`; none where there is nothing to compare with.
  package static func change(from: Money?, to: Money) -> Self {
    guard let from, from.nanoUSD > 0 else { return .none }
    let difference = Int128(to.nanoUSD) - Int128(from.nanoUSD)
    let points = (difference * 10_000).dividedHalfEven(by: Int128(from.nanoUSD))
    return .change(basisPoints: Int64(clamping: points))
  }

  /// The part a count is of another; none of nothing.
  ///
  /// Rounds half to even, but to nothing or to all only what is nothing or all.
  package static func share(_ part: Int64, of whole: Int64) -> Self {
    share(Int128(part), of: Int128(whole))
  }

  /// The part an amount is of another, as for counts.
  package static func share(_ part: Money, of whole: Money) -> Self {
    share(Int128(part.nanoUSD), of: Int128(whole.nanoUSD))
  }

  private static func share(_ part: Int128, of whole: Int128) -> Self {
    guard whole > 0 else { return .none }
    var points = (part * 10_000).dividedHalfEven(by: whole)
    if points == 0, part != 0 { points = part > 0 ? 1 : -1 }
    if points == 10_000, part != whole { points += part > whole ? 1 : -1 }
    return .share(basisPoints: Int64(clamping: points))
  }

  /// An amount for each `times` of `count`, rounded half to even to nano-USD; none for none.
  package static func money(_ amount: Money, per count: Int64, times: Int128 = 1) -> Self {
    guard count > 0 else { return .none }
    let each = (Int128(amount.nanoUSD) * times).dividedHalfEven(by: Int128(count))
    return .money(Money(nanoUSD: Int64(clamping: each)))
  }
}

extension ReportError {
  static func doesNotFoot(
    _ what: String, sum: Int128, total: Int128, isMoney: Bool
  ) -> ReportError {
    func text(_ value: Int128) -> String {
      isMoney ? DecimalText.text(value, places: 9) + " USD" : String(value)
    }
    return ReportError(
      what: "\(what) adds up to \(text(sum)), the total is \(text(total))",
      remedy: "run fallback-ledger verify")
  }
}
