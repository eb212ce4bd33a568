/// A ratio such as a budget's utilisation, in billionths: 1_000_000_000 is the whole, more is over it.
///
/// Reading and dividing cut towards zero, so a threshold counts as reached only when it is.
public struct Ratio: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let billionths: Int64

  public static let zero = Ratio(billionths: 0)
  public static let whole = Ratio(billionths: 1_000_000_000)

  public init(billionths: Int64) { self.billionths = billionths }

  /// - Throws: ``DecimalText/Failure`` for what is no number or leaves 64 bits.
  public init(decimal text: Span<UInt8>) throws(DecimalText.Failure) {
    let value = try DecimalText.integer(in: text, places: 9, rounding: .down)
    guard let billionths = Int64(exactly: value) else { throw .outOfRange }
    self.init(billionths: billionths)
  }

  /// As ``init(decimal:)``, but a number beyond 64 bits is the largest: it reaches every threshold.
  /// - Throws: ``DecimalText/Failure`` for what is no number.
  public init(saturating text: Span<UInt8>) throws(DecimalText.Failure) {
    do {
      try self.init(decimal: text)
    } catch {
      guard case .outOfRange = error else { throw error }
      self.init(billionths: text[0] == UInt8(ascii: "-") ? .min : .max)
    }
  }

  /// `part` of `whole`; nil if there is no whole. A spent zero limit is wholly used.
  public init?(_ part: Money, of whole: Money) {
    guard whole.nanoUSD >= 0 else { return nil }
    guard whole.nanoUSD > 0 else {
      self = .whole
      return
    }
    let billionths = Int128(part.nanoUSD) * 1_000_000_000 / Int128(whole.nanoUSD)
    self.init(billionths: Int64(clamping: billionths))
  }

  public static func < (left: Ratio, right: Ratio) -> Bool { left.billionths < right.billionths }

  public var description: String { DecimalText.shortText(Int128(billionths), places: 9) }
}
