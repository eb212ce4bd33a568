import Testing
import Units

@Suite("Money")
struct MoneyTests {
  @Test(
    "is read into nano-USD, further digits half to even",
    arguments: [
      ("0", 0), ("0.0125", 12_500_000), ("1.25e-3", 1_250_000), ("-3", -3_000_000_000),
      ("0.0000000005", 0), ("0.0000000015", 2), ("0.0000000025", 2), ("0.00000000250000001", 3),
      ("9223372036.854775807", .max), ("-9223372036.854775808", .min),
      ("9223372036.8547758074", .max),
    ] as [(String, Int64)])
  func reads(text: String, nano: Int64) throws {
    #expect(try Money(text) == Money(nanoUSD: nano))
  }

  @Test(
    "outside 64 bits of nano-USD is out of range",
    arguments: ["9223372036.854775808", "9223372036.8547758075", "-9223372036.854775809", "1e11"])
  func outOfRange(text: String) {
    #expect(throws: DecimalText.Failure.outOfRange) { try Money(text) }
  }

  @Test("that is no number is malformed", arguments: ["", "12 USD", "1,25", "$1", "1.", "NaN"])
  func malformed(text: String) {
    #expect(throws: DecimalText.Failure.malformed) { try Money(text) }
  }

  @Test(
    "is written with nine digits after the point",
    arguments: [
      (0, "0.000000000"), (12_500_000, "0.012500000"), (-1, "-0.000000001"),
      (.max, "9223372036.854775807"), (.min, "-9223372036.854775808"),
    ] as [(Int64, String)])
  func writes(nano: Int64, text: String) throws {
    #expect(Money(nanoUSD: nano).description == text)
    #expect(try Money(text).nanoUSD == nano)
  }

  @Test("adds and subtracts exactly")
  func adds() throws {
    let (one, two) = (Money(nanoUSD: 1), Money(nanoUSD: 2))
    #expect(try one.adding(two) == Money(nanoUSD: 3))
    #expect(try one.subtracting(two) == Money(nanoUSD: -1))
    #expect(try Money(nanoUSD: .max).adding(.zero) == Money(nanoUSD: .max))
    #expect(one < two)
  }

  @Test("refuses a sum or difference outside 64 bits, naming both amounts")
  func refusesOverflow() {
    let (highest, lowest, one) = (
      Money(nanoUSD: .max), Money(nanoUSD: .min), Money(nanoUSD: 1)
    )
    let error = #expect(throws: UnitError.self) { try highest.adding(one) }
    #expect(error?.what.contains("9223372036.854775807 and 0.000000001") == true)
    #expect(throws: UnitError.self) { try lowest.subtracting(one) }
    #expect(throws: UnitError.self) { try lowest.adding(Money(nanoUSD: -1)) }
    #expect(throws: UnitError.self) { try Money.zero.subtracting(lowest) }
  }

  @Test(
    "shared equally, the first shares carry what does not divide",
    arguments: [
      (10, 3, [4, 3, 3]), (-10, 3, [-4, -3, -3]), (2, 4, [1, 1, 0, 0]), (0, 2, [0, 0]), (9, 1, [9]),
      (5, 0, []),
    ] as [(Int64, Int, [Int64])])
  func shares(nano: Int64, count: Int, expected: [Int64]) {
    #expect(Money(nanoUSD: nano).shared(equallyOver: count).map(\.nanoUSD) == expected)
  }

  @Test("sharing a fee over requests loses nothing", arguments: 0..<200 as Range<UInt64>)
  func sharesAddUp(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fee = Money(nanoUSD: Int64(bitPattern: random.next()))
    let shares = fee.shared(equallyOver: 1 + random.below(1_000)).map(\.nanoUSD)
    #expect(shares.reduce(Int128(0)) { $0 + Int128($1) } == Int128(fee.nanoUSD))
    let (least, most) = (try #require(shares.min()), try #require(shares.max()))
    #expect(most - least <= 1)
  }
}
