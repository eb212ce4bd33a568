import Pricing
import Units

/// A figure of the day at a glance, beside the day before.
struct Headline: Sendable {
  struct Change: Sendable {
    enum Direction { case up, down, level }
    /// Whether a reader would be glad of it.
    enum Tone { case good, bad, neutral }

    let text: String
    let direction: Direction
    let tone: Tone
  }

  let label: String
  let value: String
  let unit: String
  /// What the value is made of.
  let detail: String
  /// Nil where the day before has no requests.
  let change: Change?

  static func all(_ figures: NightlyFigures) throws(ReportError) -> [Headline] {
    let now = figures.total.totals
    let before = figures.measures(of: figures.day.advanced(by: -1))
    let impact = try now.impact()
    return [
      Headline(
        label: "Requests", value: ReadingText.count(now[.requests]), unit: "",
        detail: now[.requests] == 0
          ? "none on record"
          : "\(share(now[.served], of: now[.requests])) served, "
            + "\(ReadingText.count(now.unanswered)) failed or rejected",
        change: before.map {
          relative(Int128(now[.requests]), Int128($0[.requests]), risingIs: .neutral)
        }),
      Headline(
        label: "Cost", value: text(now[.cost]), unit: "USD",
        detail: "planned \(text(now[.plannedCost])) USD",
        change: before.map {
          relative(Int128(now[.cost].nanoUSD), Int128($0[.cost].nanoUSD), risingIs: .bad)
        }),
      Headline(
        label: "Wasted", value: text(now[.wasted]), unit: "USD",
        detail: now[.cost] == .zero
          ? "nothing was spent" : "\(share(now[.wasted], of: now[.cost])) of the cost",
        change: before.map {
          relative(Int128(now[.wasted].nanoUSD), Int128($0[.wasted].nanoUSD), risingIs: .bad)
        }),
      Headline(
        label: "Downgraded", value: share(now[.downgraded], of: now[.requests]), unit: "",
        detail: "\(ReadingText.count(now[.downgraded])) of the requests",
        change: before.flatMap { points(now, $0) }),
      Headline(
        label: "Margin", value: minus(text(now[.actualMargin])), unit: "USD",
        detail: "fallback changed it by \(signed(impact)) USD",
        change: before.map { amount(now[.actualMargin], $0[.actualMargin]) }),
    ]
  }

  private static func text(_ money: Money) -> String {
    ReadingText.money(money, places: ReadingText.places(for: money))
  }

  private static func signed(_ money: Money) -> String {
    minus((money > .zero ? "+" : "") + text(money))
  }

  private static func share(_ part: Int64, of whole: Int64) -> String {
    share(ReportTable.Cell.share(part, of: whole))
  }

  private static func share(_ part: Money, of whole: Money) -> String {
    share(ReportTable.Cell.share(part, of: whole))
  }

  private static func share(_ cell: ReportTable.Cell) -> String {
    cell.basisPoints.map { ReadingText.share(basisPoints: $0) + "%" } ?? ReadingText.none
  }

  private static func change(
    _ difference: Int128, _ size: String, risingIs tone: Change.Tone
  ) -> Change {
    guard difference != 0 else {
      return Change(text: "as the day before", direction: .level, tone: .neutral)
    }
    let opposite: Change.Tone =
      switch tone {
      case .good: .bad
      case .bad: .good
      case .neutral: .neutral
      }
    return difference > 0
      ? Change(text: "\(size) more than the day before", direction: .up, tone: tone)
      : Change(text: "\(size) less than the day before", direction: .down, tone: opposite)
  }

  private static func relative(
    _ now: Int128, _ before: Int128, risingIs tone: Change.Tone
  ) -> Change {
    let difference = now - before
    guard before > 0 else {
      return difference == 0
        ? change(0, "", risingIs: tone)
        : Change(text: "none the day before", direction: .up, tone: tone)
    }
    if now >= 3 * before {
      let tenths = (now * 10).dividedHalfEven(by: before)
      return Change(
        text: "\(ReadingText.grouped(tenths, places: 1)) times the day before", direction: .up,
        tone: tone)
    }
    let points = Int128(difference.magnitude * 10_000).dividedHalfEven(by: before)
    return change(
      difference, ReadingText.share(basisPoints: Int64(clamping: max(points, 1))) + "%",
      risingIs: tone)
  }

  private static func amount(_ now: Money, _ before: Money) -> Change {
    let difference = Int128(now.nanoUSD) - Int128(before.nanoUSD)
    let size = Money(nanoUSD: Int64(clamping: difference.magnitude))
    return change(difference, text(size) + " USD", risingIs: .good)
  }

  /// Of the downgraded share, in percentage points.
  private static func points(_ now: Measures, _ before: Measures) -> Change? {
    func share(_ measures: Measures) -> Int64? {
      ReportTable.Cell.share(measures[.downgraded], of: measures[.requests]).basisPoints
    }
    guard let now = share(now), let before = share(before) else { return nil }
    let difference = now - before
    let size = ReadingText.share(basisPoints: Int64(difference.magnitude))
    return change(Int128(difference), size + " points", risingIs: .bad)
  }
}
