/// An amount of US dollars in integer nano-USD (10^-9 USD), as events.md keeps money.
public struct Money: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let nanoUSD: Int64

  public static let zero = Money(nanoUSD: 0)
  static let places = 9

  public init(nanoUSD: Int64) { self.nanoUSD = nanoUSD }

  /// Reads a decimal number of USD exactly; digits past the ninth round half to even.
  /// - Throws: ``DecimalText/Failure`` for what is no number, or is outside 64 bits of nano-USD.
  public init(decimalUSD text: Span<UInt8>) throws(DecimalText.Failure) {
    if let nano = Self.plainNanoUSD(text) {
      self.init(nanoUSD: nano)
      return
    }
    let value = try DecimalText.integer(in: text, places: Self.places)
    guard let nano = Int64(exactly: value) else { throw .outOfRange }
    self.init(nanoUSD: nano)
  }

  /// The amount in `12.5` or `0.0125`, as nearly all are written: up to nine digits on each side of
  /// the point. Nil for any other text.
  private static func plainNanoUSD(_ text: Span<UInt8>) -> Int64? {
    var value: Int64 = 0
    var at = 0
    while at < text.count, at < 9, text[at] &- UInt8(ascii: "0") < 10 {
      value = value * 10 + Int64(text[at] - UInt8(ascii: "0"))
      at += 1
    }
    guard at == 1 || at > 1 && text[0] != UInt8(ascii: "0") else { return nil }
    var missing = places
    if at < text.count {
      guard text[at] == UInt8(ascii: "."), at + 1 < text.count, text.count - at - 1 <= places else {
        return nil
      }
      at += 1
      while at < text.count {
        guard text[at] &- UInt8(ascii: "0") < 10 else { return nil }
        value = value * 10 + Int64(text[at] - UInt8(ascii: "0"))
        missing -= 1
        at += 1
      }
    }
    for _ in 0..<missing { value *= 10 }
    return value
  }

  /// - Throws: ``DecimalText/Failure`` as ``init(decimalUSD:)`` does.
  public init(_ text: String) throws(DecimalText.Failure) {
    let bytes = Array(text.utf8)
    try self.init(decimalUSD: bytes.span)
  }

  /// - Throws: ``UnitError`` if the sum leaves 64 bits.
  public func adding(_ other: Money) throws(UnitError) -> Money {
    let (sum, overflow) = nanoUSD.addingReportingOverflow(other.nanoUSD)
    guard !overflow else {
      throw UnitError(
        what: "the sum of \(self) and \(other) USD is outside 64 bits of nano-USD",
        remedy: "mend the amounts")
    }
    return Money(nanoUSD: sum)
  }

  /// - Throws: ``UnitError`` if the difference leaves 64 bits.
  public func subtracting(_ other: Money) throws(UnitError) -> Money {
    let (difference, overflow) = nanoUSD.subtractingReportingOverflow(other.nanoUSD)
    guard !overflow else {
      throw UnitError(
        what: "\(self) less \(other) USD is outside 64 bits of nano-USD",
        remedy: "mend the amounts")
    }
    return Money(nanoUSD: difference)
  }

  /// Equal shares that add up to the amount: the first shares carry what does not divide.
  public func shared(equallyOver count: Int) -> [Money] {
    var shares = EqualShares(of: self, over: Int64(count))
    return (0..<max(0, count)).map { _ in shares.next() }
  }

  public static func < (left: Money, right: Money) -> Bool { left.nanoUSD < right.nanoUSD }

  /// Exact decimal USD with nine digits after the point: `0.012500000` (cli.md).
  public var description: String { DecimalText.text(Int128(nanoUSD), places: Self.places) }
}

/// Equal shares of an amount, one after another, that add up to it: the first carry what does not
/// divide.
public struct EqualShares: Hashable, Sendable {
  private let share: Int64
  private let step: Int64
  private var rest: Int64

  public init(of amount: Money, over count: Int64) {
    (share, rest) = count > 0 ? amount.nanoUSD.quotientAndRemainder(dividingBy: count) : (0, 0)
    step = rest.signum()
  }

  public mutating func next() -> Money {
    guard rest != 0 else { return Money(nanoUSD: share) }
    rest -= step
    return Money(nanoUSD: share + step)
  }
}
