package import Units

/// Figures as people read them: separators, few places, a word where rounding would lie.
/// Exact figures are those of CSV and JSON.
package enum ReadingText {
  /// What stands where there is no value.
  static let none = "–"

  /// `1 request`, `1,204 requests`.
  static func requests(_ count: Int64) -> String {
    count == 1 ? "1 request" : "\(self.count(count)) requests"
  }

  package static func count(_ count: Int64) -> String { grouped(Int128(count), places: 0) }

  /// `1,234.50`; an amount that would round to nothing reads `<0.01`.
  package static func money(_ money: Money, places: Int) -> String {
    rounded(Int128(money.nanoUSD), from: 9, to: places)
  }

  /// Per cent without its sign: `12.3`; `<0.1` and `>99.9` for what is nearly nothing or all.
  static func share(basisPoints: Int64) -> String {
    if basisPoints > 9_994, basisPoints < 10_000 { return ">99.9" }
    return rounded(Int128(basisPoints), from: 2, to: 1)
  }

  /// Places that show the amounts of a column: 2 where it has hundreds of dollars, else 4, and 6 where
  /// all is under ten cents.
  static func places(for amounts: some Sequence<Money>) -> Int {
    let largest = amounts.reduce(0 as UInt64) { max($0, $1.nanoUSD.magnitude) }
    if largest >= 100_000_000_000 || largest == 0 { return 2 }
    return largest >= 100_000_000 ? 4 : 6
  }

  /// Places for an amount that stands alone: 2 from ten dollars on, else 4, and 6 under a cent.
  static func places(for amount: Money) -> Int {
    let magnitude = amount.nanoUSD.magnitude
    if magnitude >= 10_000_000_000 || magnitude == 0 { return 2 }
    return magnitude >= 10_000_000 ? 4 : 6
  }

  private static func rounded(_ value: Int128, from: Int, to places: Int) -> String {
    var divisor: Int128 = 1
    for _ in places..<from { divisor *= 10 }
    let kept = value.dividedHalfEven(by: divisor)
    guard kept == 0, value != 0 else { return grouped(kept, places: places) }
    return (value > 0 ? "<" : ">-") + DecimalText.text(1, places: places)
  }

  /// `value` x 10^-`places` with a comma after each three digits before the point.
  static func grouped(_ value: Int128, places: Int) -> String {
    let text = DecimalText.text(Int128(value.magnitude), places: places)
    let point = text.firstIndex(of: ".") ?? text.endIndex
    let whole = text[..<point]
    var grouped = value < 0 ? "-" : ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.utf8.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return grouped + text[point...]
  }
}

extension ReportTable {
  /// Every cell of a column as people read it, the total's last. Names are as their log has them.
  func readingTexts(of column: Int) -> [String] {
    let cells = cells(of: column)
    let places = ReadingText.places(
      for: cells.lazy.compactMap { cell in
        if case .money(let money) = cell { money } else { nil }
      })
    return cells.map { cell in
      switch cell {
      case .none: ReadingText.none
      case .label(let text), .name(let text): text
      case .count(let count): ReadingText.count(count)
      case .money(let money): ReadingText.money(money, places: places)
      case .share(let basisPoints): ReadingText.share(basisPoints: basisPoints)
      case .day(let day): day.description
      }
    }
  }
}
