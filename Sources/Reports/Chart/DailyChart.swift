import Units

/// Two figures over the same days, one above the other: an amount as bars, a share as a line.
struct DailyChart: Chart {
  struct Point: Sendable {
    let day: UTCDay
    let amount: Money
    /// In basis points; nil on a day without requests.
    let share: Int64?
  }

  let title: String
  let amountLabel: String
  let shareLabel: String
  /// By rising day, none left out; the last is the one the page is about.
  let points: [Point]

  var summary: String {
    guard let first = points.first, let last = points.last else { return "No days." }
    let dearest = points.max { $0.amount < $1.amount } ?? last
    func money(_ amount: Money) -> String {
      ReadingText.money(amount, places: ReadingText.places(for: amount))
    }
    var text =
      "From \(first.day) to \(last.day). \(amountLabel): \(money(last.amount)) USD on the last day; "
      + "the most was \(money(dearest.amount)) on \(dearest.day)."
    let shares = points.compactMap(\.share)
    if let low = shares.min(), let high = shares.max(), let share = last.share {
      text +=
        " \(shareLabel): \(ReadingText.share(basisPoints: share)) % on the last day, between "
        + "\(ReadingText.share(basisPoints: low)) and \(ReadingText.share(basisPoints: high)) %."
    }
    return text
  }

  private static let top: Double = 40
  private static let gap: Double = 52

  func drawing(width: Double) -> (height: Double, content: HTML) {
    let amountHeight: Double = width < 480 ? 110 : 130
    let shareHeight: Double = 80
    let amountBottom = Self.top + amountHeight
    let shareTop = amountBottom + Self.gap
    let bottom = shareTop + shareHeight

    let dearest = points.map { Int128($0.amount.nanoUSD) }.max() ?? 0
    let amounts = AxisScale(
      covering: 0...(dearest > 0 ? dearest : AxisScale.dollar), ticks: 4, from: amountBottom,
      to: Self.top)
    let highest = points.compactMap(\.share).max() ?? 0
    let shares = AxisScale(
      covering: 0...max(Int128(highest), 100), ticks: 3, from: bottom, to: shareTop)

    let labels =
      (amounts.ticks.map(amounts.moneyText) + shares.ticks.map(shares.shareText))
      .map(ChartText.width).max() ?? 0
    let left = labels + 10
    let band = (width - left) / Double(max(points.count, 1))
    func middle(_ index: Int) -> Double { left + band * (Double(index) + 0.5) }

    var content = ChartText.at(0, 14, amountLabel + ", USD", style: "label strong")
    content += ChartText.at(0, shareTop - 20, shareLabel, style: "label strong")
    // The last day's values stand over the panels, where no bar or line is in their way.
    if let last = points.last {
      let amount = ReadingText.money(last.amount, places: ReadingText.places(for: last.amount))
      content += ChartText.at(width, 14, amount, .end, style: "label strong")
      let share = last.share.map { ReadingText.share(basisPoints: $0) + "%" } ?? ReadingText.none
      content += ChartText.at(width, shareTop - 20, share, .end, style: "label strong")
    }
    for (scale, text) in [(amounts, amounts.moneyText), (shares, shares.shareText)] {
      for tick in scale.ticks {
        let y = scale.position(tick)
        let style: HTML = tick == 0 ? "axis" : "grid"
        content += "<path class=\"\(style)\" d=\"M\(left) \(y)H\(width)\"/>\n"
        content += ChartText.at(left - 8, y + 4, text(tick), .end, style: "tick")
      }
    }
    for (index, point) in points.enumerated() {
      let isLast = index == points.count - 1
      let style: HTML = isLast ? "total" : "past"
      let barTop = amounts.position(Int128(point.amount.nanoUSD))
      // A day alone is no wall.
      let barWidth = min(band * 0.72, 48)
      content += """
        <rect class="\(style)" x="\(middle(index) - barWidth / 2)" y="\(barTop)" \
        width="\(barWidth)" height="\(amountBottom - barTop)" rx="1.5"/>

        """
    }
    content += ShareLine.drawing(points.map(\.share), on: shares, x: middle, lastRadius: 4)
    content += days(middle, band: band, y: bottom + 17, width: width)
    return (bottom + 24, content)
  }

  /// As many days as fit, the last among them.
  private func days(
    _ middle: (Int) -> Double, band: Double, y: Double, width: Double
  ) -> HTML {
    let every = max(1, Int((ChartText.width("00-00 ") / band).rounded(.up)))
    var content: HTML = ""
    for (index, point) in points.enumerated() where (points.count - 1 - index) % every == 0 {
      // The month and the day; the year is in the title.
      let text = String(point.day.description.dropFirst(5))
      let half = ChartText.width(text) / 2
      content += ChartText.at(min(middle(index), width - half), y, text, .middle, style: "tick")
    }
    return content
  }
}
