import Units

/// Maps whole numbers (nano-USD, basis points) to pixels, over round numbers.
struct AxisScale {
  let low: Int128
  let high: Int128
  /// Between two ticks: 1, 2 or 5 times a power of ten.
  let step: Int128
  /// Where `low` and `high` are; they may run backwards, as heights do.
  let start: Double
  let end: Double

  /// In nano-USD: what an axis shows where all amounts are zero.
  static let dollar: Int128 = 1_000_000_000

  /// A scale that reaches from a tick at or below `values` to one at or above, in about `ticks` steps.
  init(covering values: ClosedRange<Int128>, ticks: Int, from start: Double, to end: Double) {
    let span = max(values.upperBound - values.lowerBound, 1)
    let wanted = max((span - 1) / Int128(max(ticks, 1)) + 1, 1)
    var power: Int128 = 1
    while power * 10 <= wanted { power *= 10 }
    step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= wanted } ?? power * 10
    low = Self.floor(values.lowerBound, to: step)
    high = max(-Self.floor(-values.upperBound, to: step), low + step)
    self.start = start
    self.end = end
  }

  var ticks: [Int128] {
    (0...Int((high - low) / step)).map { low + Int128($0) * step }
  }

  /// Pixels are no money: here an amount may become floating point.
  func position(_ value: Int128) -> Double {
    start + (end - start) * Double(value - low) / Double(high - low)
  }

  private static func floor(_ value: Int128, to step: Int128) -> Int128 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: step)
    return (remainder < 0 ? quotient - 1 : quotient) * step
  }

  /// A tick in US dollars with the places its step needs; from a million on in millions.
  func moneyText(_ tick: Int128) -> String {
    guard tick != 0 else { return "0" }
    let isMillions = max(low.magnitude, high.magnitude) >= 1_000_000_000_000_000
    let unit = isMillions ? 15 : 9
    var places = 0
    var grain = Self.power(unit)
    while grain > step, places < unit {
      places += 1
      grain /= 10
    }
    let value = tick.dividedHalfEven(by: grain)
    return minus(ReadingText.grouped(value, places: places)) + (isMillions ? "M" : "")
  }

  /// A tick of basis points in per cent.
  func shareText(_ tick: Int128) -> String {
    step % 100 == 0
      ? "\(tick / 100)%" : DecimalText.shortText(tick, places: 2) + "%"
  }

  private static func power(_ exponent: Int) -> Int128 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}

/// A true minus sign is as wide as a digit.
func minus(_ text: String) -> String { text.replacing("-", with: "−") }
