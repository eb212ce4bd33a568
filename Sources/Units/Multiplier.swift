/// A factor on a price, in billionths: 950_000_000 is a discount of 5 %.
public struct Multiplier: Hashable, Sendable, CustomStringConvertible {
  public let billionths: Int64

  static let places = 9
  /// Ten times the list price is a mistake of units, not a contract.
  static let highest: Int64 = 10_000_000_000

  public static let one = Multiplier(billionths: 1_000_000_000)

  public init(billionths: Int64) { self.billionths = billionths }

  /// Reads a decimal number from 0 to 10 of at most nine places.
  /// - Throws: ``UnitError`` for anything else.
  public init(_ text: String) throws(UnitError) {
    let bytes = Array(text.utf8)
    let value: Int128
    do {
      value = try DecimalText.integer(in: bytes.span, places: Self.places)
      let finer = try DecimalText.integer(in: bytes.span, places: Self.places + 9)
      guard finer == value * 1_000_000_000 else {
        throw UnitError(
          what: "the multiplier \(text) has more than nine places", remedy: "round it")
      }
    } catch let error as UnitError {
      throw error
    } catch {
      throw UnitError(
        what: "`\(text)` is no multiplier", remedy: "write a decimal such as 0.95")
    }
    guard value >= 0 else {
      throw UnitError(what: "the multiplier \(text) is negative", remedy: "give 0 to 10")
    }
    guard value <= Int128(Self.highest) else {
      throw UnitError(what: "the multiplier \(text) is above 10", remedy: "5 % off is 0.95")
    }
    self.init(billionths: Int64(value))
  }

  public var description: String { DecimalText.shortText(Int128(billionths), places: Self.places) }
}

extension UnitPrice {
  /// The price times a multiplier, rounded half to even to 10^-24 USD.
  public func times(_ multiplier: Multiplier) -> UnitPrice {
    // One dollar a token times ten is 10^35 before the division: it fits.
    UnitPrice(
      yoctoUSD: (yoctoUSD * Int128(multiplier.billionths)).dividedHalfEven(by: 1_000_000_000))
  }
}
