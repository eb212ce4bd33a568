@testable import Reports
import Testing
import Units

@Suite("A picture")
struct ChartTests {
  @Test(
    "has ticks of 1, 2 or 5 times a power of ten around its values",
    arguments: [
      (0, 7, 4, [0, 2, 4, 6, 8]), (-3, 11, 3, [-5, 0, 5, 10, 15]), (0, 0, 4, [0, 1]),
      (0, 100, 5, [0, 20, 40, 60, 80, 100]), (-90, -20, 4, [-100, -80, -60, -40, -20]),
    ])
  func ticks(low: Int, high: Int, count: Int, expected: [Int]) {
    let scale = AxisScale(covering: Int128(low)...Int128(high), ticks: count, from: 0, to: 100)
    #expect(scale.ticks.map { Int($0) } == expected)
    #expect(scale.position(scale.low) == 0 && scale.position(scale.high) == 100)
  }

  @Test("labels its ticks with the places they need")
  func labels() {
    let cents = AxisScale(covering: 0...80_000_000, ticks: 4, from: 0, to: 1)
    #expect(cents.ticks.map(cents.moneyText) == ["0", "0.02", "0.04", "0.06", "0.08"])
    let millions = AxisScale(covering: 0...1_400_000_000_000_000, ticks: 3, from: 0, to: 1)
    #expect(millions.ticks.map(millions.moneyText) == ["0", "0.5M", "1.0M", "1.5M"])
    let shares = AxisScale(covering: 0...120, ticks: 3, from: 0, to: 1)
    #expect(shares.ticks.map(shares.shareText) == ["0%", "0.5%", "1%", "1.5%"])
  }

  @Test(
    "of a bridge stays inside its frame",
    arguments: [
      [0, 0, 0], [1, 2, -4], [1_000_000, 1, -2], [-1_000_000, 5, 5], [.max / 2, -.max / 2, 3],
    ] as [[Int64]], [340, 560] as [Double])
  func inside(amounts: [Int64], width: Double) {
    let waterfall = Waterfall(
      title: "", first: .init(label: "first", amount: Money(nanoUSD: amounts[0])),
      steps: amounts.dropFirst().map { .init(label: "step", amount: Money(nanoUSD: $0)) },
      last: .init(label: "last", amount: Money(nanoUSD: amounts.reduce(0, +))))
    let (height, content) = waterfall.drawing(width: width)
    for bar in content.markup.matches(of: #/x="([0-9.-]+)" y="([0-9.-]+)" width="([0-9.-]+)"/#) {
      let left = Double(bar.1) ?? -1
      #expect(left >= 0 && left + (Double(bar.3) ?? 0) <= width)
      #expect((Double(bar.2) ?? -1) < height)
    }
  }
}
