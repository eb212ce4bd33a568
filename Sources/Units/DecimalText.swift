/// Reads decimal numbers exactly, in the grammar of JSON numbers, never through floating point.
public enum DecimalText {
  public enum Rounding: Sendable {
    /// To the nearest, ties to the even neighbour (events.md: money).
    case halfEven
    /// Towards zero: a threshold is reached only by what truly reaches it.
    case down
  }

  public enum Failure: Error, Sendable {
    /// Not a JSON number.
    case malformed
    /// A number that does not fit the asked-for unit.
    case outOfRange
  }

  /// The number in `text`, in units of 10^-`places`.
  ///
  /// `1.25e-3` with 9 places is 1_250_000.
  /// - Throws: ``Failure``.
  public static func integer(
    in text: Span<UInt8>, places: Int, rounding: Rounding = .halfEven
  ) throws(Failure) -> Int128 {
    let number = try Parts(text)
    let magnitude = try number.magnitude(in: text, places: places, rounding: rounding)
    return number.isNegative ? -magnitude : magnitude
  }

  /// Whether the number in `text` is less than zero, if only by less than any unit; `-0` is not.
  public static func isNegative(_ text: Span<UInt8>) -> Bool {
    guard text.count > 0, text[0] == UInt8(ascii: "-") else { return false }
    for at in text.indices {
      if text[at] | 0x20 == UInt8(ascii: "e") { return false }
      if (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(text[at]) { return true }
    }
    return false
  }

  /// Where the digits of a number lie in its text.
  private struct Parts {
    var isNegative = false
    var whole = 0..<0
    var fraction = 0..<0
    var exponent = 0

    init(_ text: Span<UInt8>) throws(Failure) {
      var at = 0
      if at < text.count, text[at] == UInt8(ascii: "-") {
        isNegative = true
        at += 1
      }
      whole = DecimalText.digits(in: text, from: at)
      at = whole.upperBound
      guard !whole.isEmpty, whole.count == 1 || text[whole.lowerBound] != UInt8(ascii: "0") else {
        throw .malformed
      }
      fraction = at..<at
      if at < text.count, text[at] == UInt8(ascii: ".") {
        fraction = DecimalText.digits(in: text, from: at + 1)
        guard !fraction.isEmpty else { throw .malformed }
        at = fraction.upperBound
      }
      if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
        at += 1
        var falls = false
        if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
          falls = text[at] == UInt8(ascii: "-")
          at += 1
        }
        let digits = DecimalText.digits(in: text, from: at)
        guard !digits.isEmpty else { throw .malformed }
        for index in digits {
          // Beyond a hundred million the answer no longer depends on the exponent's size.
          exponent = min(exponent * 10 + Int(text[index] - UInt8(ascii: "0")), 100_000_000)
        }
        if falls { exponent = -exponent }
        at = digits.upperBound
      }
      guard at == text.count else { throw .malformed }
    }

    /// The digits as one row, the decimal point left out.
    func digit(_ index: Int, in text: Span<UInt8>) -> Int128 {
      let at =
        index < whole.count
        ? whole.lowerBound + index : fraction.lowerBound + index - whole.count
      return Int128(text[at] - UInt8(ascii: "0"))
    }

    func magnitude(
      in text: Span<UInt8>, places: Int, rounding: Rounding
    ) throws(Failure) -> Int128 {
      let count = whole.count + fraction.count
      var first = 0
      while first < count, digit(first, in: text) == 0 { first += 1 }
      guard first < count else { return 0 }

      // value = digits x 10^shift in the asked-for unit; `kept` digits stand before its point.
      let shift = places + exponent - fraction.count
      let kept = count - first + shift
      guard kept <= 38 else { throw .outOfRange }

      var value: Int128 = 0
      let end = min(count, first + max(kept, 0))
      for index in first..<end { value = value * 10 + digit(index, in: text) }
      if shift > 0 { for _ in 0..<shift { value *= 10 } }

      guard rounding == .halfEven, kept >= 0, end < count else { return value }
      let next = digit(end, in: text)
      var isTie = next == 5
      if isTie {
        for index in (end + 1)..<max(count, end + 1) where digit(index, in: text) != 0 {
          isTie = false
          break
        }
        if isTie { return value + (value & 1) }
      }
      return next >= 5 ? value + 1 : value
    }
  }

  private static func digits(in text: Span<UInt8>, from start: Int) -> Range<Int> {
    var end = start
    while end < text.count, text[end] &- UInt8(ascii: "0") < 10 { end += 1 }
    return start..<end
  }

  /// `value` x 10^-`places` as plain decimal text with all its places: `-0.000000001`.
  public static func text(_ value: Int128, places: Int) -> String {
    var digits = String(value.magnitude)
    if digits.utf8.count <= places {
      digits = String(repeating: "0", count: places + 1 - digits.utf8.count) + digits
    }
    let point = digits.index(digits.endIndex, offsetBy: -places)
    let fraction = places == 0 ? "" : "." + digits[point...]
    return (value < 0 ? "-" : "") + digits[..<point] + fraction
  }

  /// As ``text(_:places:)`` without the zeros that end the fraction: `0.1`, `25`.
  public static func shortText(_ value: Int128, places: Int) -> String {
    var text = text(value, places: places)
    guard places > 0 else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}

extension Int128 {
  /// The quotient rounded to the nearest integer, ties to even. The divisor is positive.
  public func dividedHalfEven(by divisor: Int128) -> Int128 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    let twice = remainder.magnitude * 2
    let step: Int128 = self < 0 ? -1 : 1
    if twice > divisor.magnitude { return quotient + step }
    if twice == divisor.magnitude, quotient & 1 != 0 { return quotient + step }
    return quotient
  }
}
