import Units

/// Amounts of each day, one series on top of the other.
struct StackedChart: Chart {
  struct Series: Sendable {
    let name: String
    /// By the chart's days; nano-USD.
    let amounts: [Int64]
  }

  let title: String
  let unit: String
  /// By rising day, none left out.
  let days: [UTCDay]
  /// At most six, and perhaps the others; the first lies at the bottom.
  let series: [Series]

  private var totals: [Int128] {
    days.indices.map { index in series.reduce(Int128(0)) { $0 + Int128($1.amounts[index]) } }
  }

  var summary: String {
    guard let first = days.first, let last = days.last, let latest = totals.last else {
      return "No days."
    }
    func text(_ amount: Int128) -> String {
      let money = Money(nanoUSD: Int64(clamping: amount))
      return ReadingText.money(money, places: ReadingText.places(for: money)) + " \(unit)"
    }
    let parts = series.map { "\($0.name) \(text(Int128($0.amounts.last ?? 0)))" }
    return "\(first) to \(last). On the last day \(text(latest)): \(parts.joined(separator: ", "))."
  }

  func drawing(width: Double) -> (height: Double, content: HTML) {
    let top: Double = 26
    let bottom = top + (width < 480 ? 150 : 190)
    let totals = totals
    let most = max(totals.max() ?? 0, 0)
    let scale = AxisScale(
      covering: 0...(most > 0 ? most : AxisScale.dollar), ticks: 4, from: bottom, to: top)
    let left = (scale.ticks.map(scale.moneyText).map(ChartText.width).max() ?? 0) + 10
    let band = (width - left) / Double(max(days.count, 1))
    let barWidth = min(band * 0.76, 46)

    var content = ChartText.at(0, 12, unit, style: "tick")
    content += ChartAxis.horizontal(scale, from: left, to: width, text: scale.moneyText)
    for index in days.indices {
      var level = Int128(0)
      let x = left + band * (Double(index) + 0.5) - barWidth / 2
      for (place, part) in series.enumerated() where part.amounts[index] > 0 {
        let next = level + Int128(part.amounts[index])
        let (low, high) = (scale.position(level), scale.position(next))
        content += """
          <rect class="series s\(place + 1)" x="\(x)" y="\(high)" width="\(barWidth)" \
          height="\(low - high)"/>

          """
        level = next
      }
    }
    content += ChartAxis.days(days, left: left, band: band, y: bottom + 17, width: width)
    let (legend, height) = ChartLegend.drawing(
      series.enumerated().map { (name: $1.name, style: "series s\($0 + 1)") }, top: bottom + 38,
      width: width)
    return (bottom + 38 + height, content + legend)
  }
}

/// Axes that several charts have.
enum ChartAxis {
  /// A line across for each tick, with what it says at its left.
  static func horizontal(
    _ scale: AxisScale, from left: Double, to right: Double, text: (Int128) -> String
  ) -> HTML {
    var content: HTML = ""
    for tick in scale.ticks {
      let y = scale.position(tick)
      let style: HTML = tick == 0 ? "axis" : "grid"
      content += "<path class=\"\(style)\" d=\"M\(left) \(y)H\(right)\"/>\n"
      content += ChartText.at(left - 8, y + 4, text(tick), .end, style: "tick")
    }
    return content
  }

  /// As many days as fit below bands of a width, the last among them: the month and the day.
  static func days(
    _ days: [UTCDay], left: Double, band: Double, y: Double, width: Double
  ) -> HTML {
    let every = max(1, Int((ChartText.width("00-00 ") / band).rounded(.up)))
    var content: HTML = ""
    for (index, day) in days.enumerated() where (days.count - 1 - index) % every == 0 {
      let text = String(day.description.dropFirst(5))
      let half = ChartText.width(text) / 2
      let middle = left + band * (Double(index) + 0.5)
      content += ChartText.at(min(middle, width - half), y, text, .middle, style: "tick")
    }
    return content
  }
}

/// Names beside the colours they stand for, in as many lines as they need.
enum ChartLegend {
  static func drawing(
    _ entries: [(name: String, style: HTML)], top: Double, width: Double
  ) -> (content: HTML, height: Double) {
    var content: HTML = ""
    var (x, y) = (0.0, top)
    for entry in entries {
      let name = DisplayWidth.cut(VisibleText.escaping(entry.name), to: 30)
      let needed = 16 + ChartText.width(name)
      if x > 0, x + needed > width { (x, y) = (0, y + 19) }
      content +=
        "<rect class=\"\(entry.style)\" x=\"\(x)\" y=\"\(y)\" width=\"11\" height=\"11\" rx=\"2\"/>\n"
      content += ChartText.at(x + 16, y + 10, name)
      x += needed + 18
    }
    return (content, y - top + 18)
  }
}
