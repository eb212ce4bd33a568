/// A price in USD per token (or per request), exact to 10^-24 USD.
///
/// The finest published prices are per-token floats with 17 significant digits near 10^-8 USD, which
/// end at the 24th place; the highest cost that ``Money`` holds fits `Int128` ten thousand times over.
public struct UnitPrice: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let yoctoUSD: Int128

  public static let zero = UnitPrice(yoctoUSD: 0)
  static let places = 24
  static let yoctoPerNano: Int128 = 1_000_000_000_000_000
  /// cli.md refuses prices above 1,000,000 USD per million tokens.
  static let highest: Int128 = 1_000_000_000_000_000_000_000_000

  public init(yoctoUSD: Int128) { self.yoctoUSD = yoctoUSD }

  /// How many tokens (or requests) a published price is for.
  public enum Basis: Sendable { case one, million }

  /// Reads a decimal number of USD; digits past 10^-24 USD per token round half to even.
  /// - Throws: ``UnitError`` if it is no number, negative, or above one dollar a token.
  public init(_ text: String, per basis: Basis) throws(UnitError) {
    let bytes = Array(text.utf8)
    let places = basis == .one ? Self.places : Self.places - 6
    let price: Int128
    do {
      price = try DecimalText.integer(in: bytes.span, places: places)
    } catch {
      switch error {
      case .malformed:
        throw UnitError(what: "`\(text)` is no number", remedy: "write a decimal such as 0.15")
      case .outOfRange:
        throw Self.tooHigh(text)
      }
    }
    guard price >= 0 else {
      throw UnitError(what: "the price \(text) is negative", remedy: "give 0 or more")
    }
    guard price <= Self.highest else { throw Self.tooHigh(text) }
    self.init(yoctoUSD: price)
  }

  private static func tooHigh(_ text: String) -> UnitError {
    UnitError(
      what: "the price \(text) is above 1,000,000 USD per million",
      remedy: "check its unit")
  }

  /// The exact cost of `count` tokens in 10^-24 USD; nil if it leaves 128 bits.
  public func times(_ count: Int64) -> Int128? {
    let (product, overflow) = yoctoUSD.multipliedReportingOverflow(by: Int128(count))
    return overflow ? nil : product
  }

  public static func < (left: UnitPrice, right: UnitPrice) -> Bool {
    left.yoctoUSD < right.yoctoUSD
  }

  /// USD per token, exact: `0.00000125`.
  public var description: String { DecimalText.shortText(yoctoUSD, places: Self.places) }

  /// USD per million tokens, exact: `1.25`.
  public var perMillion: String {
    DecimalText.shortText(yoctoUSD * 1_000_000, places: Self.places)
  }
}

extension Money {
  /// Rounds an exact sum of 10^-24 USD once, half to even; nil outside 64 bits of nano-USD.
  public init?(roundingYoctoUSD sum: Int128) {
    guard let nano = Int64(exactly: sum.dividedHalfEven(by: UnitPrice.yoctoPerNano)) else {
      return nil
    }
    self.init(nanoUSD: nano)
  }
}
