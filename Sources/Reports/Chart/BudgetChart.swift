/// How much of their budgets tenants used, and how much they will have by the end of the month.
struct BudgetChart: Chart {
  struct Bar: Sendable {
    let name: String
    /// In basis points of the limit.
    let used: Int64
    let projected: Int64
  }

  let title: String
  let bars: [Bar]
  /// In basis points: where stages begin.
  let stages: [Int64]

  var summary: String {
    let parts = bars.map { bar in
      "\(bar.name) used \(ReadingText.share(basisPoints: bar.used)) %, "
        + "\(ReadingText.share(basisPoints: bar.projected)) % by the end of the month"
    }
    return parts.isEmpty ? "No tenant has a budget." : parts.joined(separator: "; ") + "."
  }

  func drawing(width: Double) -> (height: Double, content: HTML) {
    let isNarrow = width < 480
    let names = bars.map { DisplayWidth.cut(VisibleText.escaping($0.name), to: 24) }
    let values = bars.map { ReadingText.share(basisPoints: $0.used) + "%" }
    let left = isNarrow ? 0 : (names.map(ChartText.width).max() ?? 0) + 14
    let right = width - (values.map(ChartText.width).max() ?? 0) - 10
    // A tenant far over its limit must not make all others small.
    let most = min(max(bars.map { max($0.used, $0.projected) }.max() ?? 0, 10_000), 20_000)
    let scale = AxisScale(
      covering: 0...Int128(most), ticks: isNarrow ? 3 : 5, from: left, to: right)
    let rowHeight: Double = isNarrow ? 38 : 27
    let barTop: Double = isNarrow ? 18 : 4
    let bottom = rowHeight * Double(bars.count) + 4
    var content: HTML = ""
    for tick in scale.ticks {
      let x = scale.position(tick)
      content +=
        "<path class=\"\(tick == 0 ? "axis" : "grid" as HTML)\" d=\"M\(x) 0V\(bottom)\"/>\n"
      content += ChartText.at(
        min(x, right), bottom + 17, scale.shareText(tick), tick == 0 ? .start : .middle,
        style: "tick")
    }
    for (row, bar) in bars.enumerated() {
      let top = rowHeight * Double(row)
      func reach(_ share: Int64) -> Double { scale.position(min(Int128(share), scale.high)) - left }
      let tone: HTML = bar.used >= 10_000 ? "over" : "total"
      content += """
        <rect class="projected" x="\(left)" y="\(top + barTop + 4)" \
        width="\(max(reach(max(bar.projected, bar.used)), 1))" height="9" rx="2"/>
        <rect class="\(tone)" x="\(left)" y="\(top + barTop)" width="\(max(reach(bar.used), 1.5))" \
        height="17" rx="2"/>

        """
      let baseline = isNarrow ? top + 13 : top + barTop + 13
      content += ChartText.at(0, baseline, names[row])
      content += ChartText.at(width, isNarrow ? top + barTop + 13 : baseline, values[row], .end)
    }
    for stage in stages {
      let x = scale.position(Int128(stage))
      content += "<path class=\"stage\" d=\"M\(x) 0V\(bottom)\"/>\n"
    }
    content += "<path class=\"limit\" d=\"M\(scale.position(10_000)) 0V\(bottom)\"/>\n"
    let (legend, height) = ChartLegend.drawing(
      [
        (name: "used", style: "total"), (name: "used, over the limit", style: "over"),
        (name: "by the end of the month", style: "projected"),
      ], top: bottom + 34, width: width)
    return (bottom + 34 + height, content + legend)
  }
}
