import Units

/// How one amount becomes another: a bar for each step, where it starts and ends.
struct Waterfall: Chart {
  struct Step: Sendable {
    let label: String
    let amount: Money
  }

  let title: String
  let first: Step
  let steps: [Step]
  /// What `first` and all the steps add up to.
  let last: Step

  var summary: String {
    let parts = steps.map { "\($0.label) \(Self.text($0.amount, isSigned: true))" }
    return "\(first.label) \(Self.text(first.amount)) USD; \(parts.joined(separator: ", ")); "
      + "\(last.label) \(Self.text(last.amount)) USD."
  }

  private static func text(_ amount: Money, isSigned: Bool = false) -> String {
    let text = ReadingText.money(amount, places: ReadingText.places(for: amount))
    return minus(isSigned && amount > .zero ? "+" + text : text)
  }

  /// A bar between two levels.
  private struct Bar {
    let label: String
    let value: String
    let from: Int128
    let to: Int128
    let isTotal: Bool

    var style: HTML {
      if isTotal { return "total" }
      if to == from { return "zero" }
      return to < from ? "down" : "up"
    }
  }

  private var bars: [Bar] {
    var level = Int128(first.amount.nanoUSD)
    var bars = [
      Bar(label: first.label, value: Self.text(first.amount), from: 0, to: level, isTotal: true)
    ]
    for step in steps {
      let next = level + Int128(step.amount.nanoUSD)
      bars.append(
        Bar(
          label: step.label, value: Self.text(step.amount, isSigned: true), from: level, to: next,
          isTotal: false))
      level = next
    }
    let end = Int128(last.amount.nanoUSD)
    return bars + [
      Bar(label: last.label, value: Self.text(last.amount), from: 0, to: end, isTotal: true)
    ]
  }

  /// The levels the axis must show. Where the steps are small beside what they change, zero stays
  /// outside and the long bars are drawn broken.
  private static func range(_ bars: [Bar]) -> (values: ClosedRange<Int128>, isBroken: Bool) {
    let levels = bars.map(\.to)
    let low = levels.min() ?? 0
    let high = levels.max() ?? 0
    let span = high - low
    if span > 0, low > 3 * span { return (low - span / 2...high, true) }
    if span > 0, high < -3 * span { return (low...high + span / 2, true) }
    guard low != 0 || high != 0 else { return (0...AxisScale.dollar, false) }
    return (min(low, 0)...max(high, 0), false)
  }

  func drawing(width: Double) -> (height: Double, content: HTML) {
    let bars = bars
    let isNarrow = width < 480
    // Beside the bars where there is room, else above them.
    let labels = isNarrow ? 0 : (bars.map { ChartText.width($0.label) }.max() ?? 0) + 14
    let values = isNarrow ? 0 : (bars.map { ChartText.width($0.value) }.max() ?? 0) + 14
    let rowHeight: Double = isNarrow ? 42 : 32
    let barTop: Double = isNarrow ? 20 : 6
    let barHeight: Double = isNarrow ? 15 : 20
    let bottom = rowHeight * Double(bars.count) + 4

    let (range, isBroken) = Self.range(bars)
    let scale = AxisScale(
      covering: range, ticks: isNarrow ? 3 : 5, from: labels + 18, to: width - values - 18)
    var content: HTML = ""
    for tick in scale.ticks {
      let x = scale.position(tick)
      let isZero: HTML = tick == 0 ? "axis" : "grid"
      content += "<path class=\"\(isZero)\" d=\"M\(x) 2V\(bottom)\"/>\n"
      content += ChartText.at(x, bottom + 17, scale.moneyText(tick), .middle, style: "tick")
    }
    for (index, bar) in bars.enumerated() {
      let top = rowHeight * Double(index)
      let edge = scale.position(max(scale.low, min(scale.high, bar.from)))
      let tip = scale.position(bar.to)
      let left = min(edge, tip)
      content += """
        <rect class="\(bar.style)" x="\(left)" y="\(top + barTop)" \
        width="\(max(abs(tip - edge), 1.5))" height="\(barHeight)" rx="2"/>

        """
      if bar.isTotal, isBroken {
        // A zigzag across the bar, near where its rest is cut off.
        let x = edge + (tip > edge ? 9 : -9)
        let y = top + barTop
        content += """
          <path class="break" d="M\(x - 3) \(y - 2)l6 \(barHeight / 2 + 2)l-6 0l6 \
          \(barHeight / 2 + 2)"/>

          """
      }
      if index + 1 < bars.count {
        content += """
          <path class="link" d="M\(tip) \(top + barTop + barHeight)V\(top + rowHeight + barTop)"/>

          """
      }
      let baseline = isNarrow ? top + 14 : top + barTop + 14.5
      let weight: HTML = bar.isTotal ? "label strong halo" : "label halo"
      content += ChartText.at(0, baseline, bar.label, style: weight)
      content += ChartText.at(width, baseline, bar.value, .end, style: weight)
    }
    content += ChartText.at(
      0, bottom + 17, isNarrow ? "" : isBroken ? "USD, not from 0" : "USD", style: "tick")
    return (bottom + 24, content)
  }
}
