import TestSupport
import Testing
import Units

@Suite("Unit price")
struct UnitPriceTests {
  @Test(
    "is exact per token, whatever it is published for",
    arguments: [
      ("1.25", .million, 1_250_000_000_000_000_000),
      ("0.00000125", .one, 1_250_000_000_000_000_000),
      ("1.25e-06", .one, 1_250_000_000_000_000_000), ("0", .million, 0), ("-0", .one, 0),
      ("3.7500000000000001e-07", .one, 375_000_000_000_000_010),
      ("0.000000000000000001", .million, 1), ("1e-24", .one, 1),
      ("0.0000000000000000005", .million, 0), ("0.0000000000000000015", .million, 2),
      ("1000000", .million, 1_000_000_000_000_000_000_000_000),
      ("1", .one, 1_000_000_000_000_000_000_000_000),
    ] as [(String, UnitPrice.Basis, Int128)])
  func reads(text: String, basis: UnitPrice.Basis, yocto: Int128) throws {
    #expect(try UnitPrice(text, per: basis).yoctoUSD == yocto)
  }

  @Test(
    "that cannot be is refused, saying why",
    arguments: [
      ("1.25 USD", .million, "no number"), ("", .one, "no number"), (".5", .one, "no number"),
      ("-0.01", .million, "negative"), ("1000000.01", .million, "above"), ("1.01", .one, "above"),
      ("1e400", .one, "above"), ("1e400", .million, "above"),
    ] as [(String, UnitPrice.Basis, String)])
  func refuses(text: String, basis: UnitPrice.Basis, reason: String) {
    let error = #expect(throws: UnitError.self) { try UnitPrice(text, per: basis) }
    #expect(error?.what.contains(reason) == true)
    #expect(error?.what.contains(text) == true)
  }

  @Test("is written exactly, per token and per million tokens")
  func writes() throws {
    let price = try UnitPrice("1.25", per: .million)
    #expect(price.description == "0.00000125")
    #expect(price.perMillion == "1.25")
    #expect(UnitPrice.zero.description == "0")
    let finest = UnitPrice(yoctoUSD: 1)
    #expect(try UnitPrice(finest.perMillion, per: .million) == finest)
    #expect(try UnitPrice(finest.description, per: .one) == finest)
    #expect(finest < price)
  }

  @Test(
    "times a count of tokens is exact, or nil beyond 128 bits", arguments: 0..<200 as Range<UInt64>)
  func multiplies(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let price = UnitPrice(yoctoUSD: Int128(random.next()) << Int128(random.below(17)))
    let count = Int64(random.next() >> UInt64(1 + random.below(63)))
    let exact = SlowNatural(price.yoctoUSD) * SlowNatural(count)
    #expect(price.times(count) == Int128(exact.description))
  }

  @Test("times more tokens than 128 bits hold is nil, which is far beyond any money")
  func leaves128Bits() throws {
    let dollar = try UnitPrice("1", per: .one)
    #expect(dollar.times(0) == 0)
    #expect(dollar.times(170_141_183_460_469) != nil)
    #expect(dollar.times(170_141_183_460_470) == nil)
    #expect(dollar.times(.max) == nil)
  }

  @Test(
    "a sum is rounded once, half to even, to nano-USD",
    arguments: [
      (500_000_000_000_000, 0), (1_500_000_000_000_000, 2), (2_500_000_000_000_000, 2),
      (2_500_000_000_000_001, 3), (499_999_999_999_999, 0), (-500_000_000_000_000, 0),
      (-1_500_000_000_000_000, -2),
    ] as [(Int128, Int64)])
  func roundsOnce(yocto: Int128, nano: Int64) {
    #expect(Money(roundingYoctoUSD: yocto)?.nanoUSD == nano)
  }

  @Test("a sum outside 64 bits of nano-USD is no money")
  func leavesMoney() {
    #expect(Money(roundingYoctoUSD: Int128(Int64.max) * 1_000_000_000_000_000)?.nanoUSD == .max)
    #expect(Money(roundingYoctoUSD: (Int128(Int64.max) + 1) * 1_000_000_000_000_000) == nil)
    #expect(Money(roundingYoctoUSD: .max) == nil)
  }
}
