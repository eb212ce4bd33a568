import Testing
import Units

@Suite("Ratio")
struct RatioTests {
  private static func read(_ text: String) throws(DecimalText.Failure) -> Ratio {
    let bytes = Array(text.utf8)
    return try Ratio(decimal: bytes.span)
  }

  @Test(
    "is read in billionths, cut towards zero",
    arguments: [
      ("0.8", 800_000_000), ("1", 1_000_000_000), ("1.25", 1_250_000_000), ("0", 0),
      ("0.7999999999", 799_999_999), ("0.79999999999999999999999", 799_999_999),
      ("8e-1", 800_000_000),
    ] as [(String, Int64)])
  func reads(text: String, billionths: Int64) throws {
    #expect(try Self.read(text).billionths == billionths)
  }

  @Test("that is no number, or too large, is refused")
  func refuses() {
    #expect(throws: DecimalText.Failure.malformed) { try Self.read("80 %") }
    #expect(throws: DecimalText.Failure.outOfRange) { try Self.read("1e10") }
  }

  @Test(
    "of a part to its whole reaches a threshold only by truly reaching it",
    arguments: [
      (80, 100, 800_000_000), (1, 3, 333_333_333), (2, 3, 666_666_666),
      (799_999_999_999, 1_000_000_000_000, 799_999_999),
      (800_000_000_000, 1_000_000_000_000, 800_000_000), (0, 5, 0), (5, 4, 1_250_000_000),
      (-1, 3, -333_333_333),
      (.max, 1, .max), (.max, .max, 1_000_000_000),
    ] as [(Int64, Int64, Int64)])
  func divides(part: Int64, whole: Int64, billionths: Int64) {
    #expect(
      Ratio(Money(nanoUSD: part), of: Money(nanoUSD: whole)) == Ratio(billionths: billionths))
  }

  @Test("of a zero limit is the whole, spent or not")
  func zeroLimit() {
    #expect(Ratio(Money(nanoUSD: 5), of: .zero) == .whole)
    #expect(Ratio(.zero, of: .zero) == .whole)
    #expect(Ratio(.zero, of: Money(nanoUSD: -1)) == nil)
  }

  @Test("is written short, and ordered")
  func writes() {
    #expect(Ratio.whole.description == "1")
    #expect(Ratio(billionths: 850_000_000).description == "0.85")
    #expect(Ratio.zero < Ratio.whole)
  }
}
