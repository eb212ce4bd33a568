import Units

/// A share over time as a line, and the times in which something was down as shades behind it.
struct RateChart: Chart {
  struct Point: Sendable {
    /// For the axis.
    let label: String
    /// In basis points; nil where there is nothing to have a share of.
    let share: Int64?
  }

  /// Half-open, in places of points.
  struct Outage: Sendable {
    let what: String
    let places: Range<Int>
  }

  let title: String
  let label: String
  let points: [Point]
  let outages: [Outage]

  var summary: String {
    let shares = points.compactMap(\.share)
    guard let low = shares.min(), let high = shares.max(),
      let peak = points.first(where: { $0.share == high })
    else { return "Nothing in this time." }
    func text(_ share: Int64) -> String { ReadingText.share(basisPoints: share) + " %" }
    var summary = "Between \(text(low)) and \(text(high)), the most at \(peak.label)."
    for outage in outages {
      let last = points[outage.places.upperBound - 1].label
      let first = points[outage.places.lowerBound].label
      summary += " \(outage.what) was failing from \(first) to \(last)."
    }
    if outages.isEmpty { summary += " No provider was failing for an hour." }
    return summary
  }

  func drawing(width: Double) -> (height: Double, content: HTML) {
    let top: Double = 26
    let bottom = top + (width < 480 ? 120 : 150)
    let highest = max(points.compactMap(\.share).max() ?? 0, 100)
    let scale = AxisScale(covering: 0...Int128(highest), ticks: 4, from: bottom, to: top)
    let left = (scale.ticks.map(scale.shareText).map(ChartText.width).max() ?? 0) + 10
    let band = (width - left) / Double(max(points.count, 1))
    func middle(_ index: Int) -> Double { left + band * (Double(index) + 0.5) }

    var content = ChartText.at(0, 12, label, style: "tick")
    for outage in outages {
      content += """
        <rect class="outage" x="\(left + band * Double(outage.places.lowerBound))" y="\(top)" \
        width="\(band * Double(outage.places.count))" height="\(bottom - top)"/>

        """
    }
    content += ChartAxis.horizontal(scale, from: left, to: width, text: scale.shareText)
    content += ShareLine.drawing(points.map(\.share), on: scale, x: middle)
    let widest = points.map { ChartText.width($0.label) }.max() ?? 0
    let every = max(1, Int(((widest + 10) / band).rounded(.up)))
    for index in stride(from: 0, to: points.count, by: every) {
      let half = ChartText.width(points[index].label) / 2
      content += ChartText.at(
        min(max(middle(index), half), width - half), bottom + 17, points[index].label, .middle,
        style: "tick")
    }
    guard !outages.isEmpty else { return (bottom + 24, content) }
    var names: [String] = []
    for outage in outages where !names.contains(outage.what) { names.append(outage.what) }
    let shown = names.prefix(3).map { DisplayWidth.cut(VisibleText.escaping($0), to: 24) }
    let more = names.count > 3 ? " and \(names.count - 3) more" : ""
    let (legend, height) = ChartLegend.drawing(
      [(name: "failing: \(shown.joined(separator: ", "))\(more)", style: "outage")],
      top: bottom + 36, width: width)
    return (bottom + 36 + height, content + legend)
  }
}
