import TestSupport
import Testing
import Units

@Suite("Decimal text")
struct DecimalTextTests {
  private static func read(
    _ text: String, places: Int = 9, _ rounding: DecimalText.Rounding = .halfEven
  ) throws(DecimalText.Failure) -> Int128 {
    let bytes = Array(text.utf8)
    return try DecimalText.integer(in: bytes.span, places: places, rounding: rounding)
  }

  @Test(
    "is read exactly, in units of the asked-for place",
    arguments: [
      ("0", 9, 0), ("-0", 9, 0), ("0.0", 9, 0), ("0e99999999999999999999", 9, 0),
      ("1", 9, 1_000_000_000), ("-1", 9, -1_000_000_000), ("0.0125", 9, 12_500_000),
      ("1.25e-3", 9, 1_250_000), ("1.25E-3", 9, 1_250_000), ("1.25e+3", 9, 1_250_000_000_000),
      ("1e0", 0, 1), ("100e-2", 0, 1), ("0.000000001", 9, 1), ("1e-9", 9, 1),
      ("0.00000000000000000001e20", 0, 1), ("12.50", 1, 125),
      ("9007199254740993", 0, 9007199254740993),
      ("0.1", 24, 100_000_000_000_000_000_000_000),
    ] as [(String, Int, Int128)])
  func readsExactly(text: String, places: Int, expected: Int128) throws {
    #expect(try Self.read(text, places: places) == expected)
  }

  @Test(
    "that is no JSON number is malformed",
    arguments: [
      "", "-", "+1", "01", "-01", "00", ".5", "1.", "-.5", "1.e3", "1e", "1e+", "1e-", "e1",
      "1e1.5",
      " 1", "1 ", "1,5", "1_000", "0x10", "NaN", "Infinity", "-Infinity", "inf", "--1", "1.2.3",
      "1e5e5", "١", "1\u{0}", "$1",
    ])
  func refusesOtherGrammars(text: String) {
    #expect(throws: DecimalText.Failure.malformed) { try Self.read(text) }
  }

  @Test(
    "rounds half to even at the asked-for place",
    arguments: [
      ("0.5", 0), ("1.5", 2), ("2.5", 2), ("3.5", 4), ("-0.5", 0), ("-1.5", -2), ("-2.5", -2),
      ("0.49999999999999999999999999999999999999999999", 0),
      ("0.50000000000000000000000000000000000000000001", 1),
      ("2.5000000000000000000000000000000000000000001", 3), ("2.50000", 2), ("25e-1", 2),
      ("9.5", 10), ("99.5", 100), ("0.05", 0), ("0.09", 0), ("5e-1", 0), ("6e-1", 1),
      ("5000000000e-10", 0), ("15000000000e-10", 2),
    ] as [(String, Int128)])
  func roundsHalfToEven(text: String, expected: Int128) throws {
    #expect(try Self.read(text, places: 0) == expected)
  }

  @Test(
    "is cut towards zero where a threshold is read",
    arguments: [
      ("0.999", 0), ("-0.999", 0), ("1.999999999999999999999999999999999999999", 1), ("-1.5", -1),
      ("19e-1", 1), ("9e-400", 0),
    ] as [(String, Int128)])
  func cutsTowardsZero(text: String, expected: Int128) throws {
    #expect(try Self.read(text, places: 0, .down) == expected)
  }

  @Test(
    "too small for its place is zero, however small",
    arguments: ["1e-400", "9e-400", "-1e-400", "1e-99999999999999999999999999", "0.0000000004"])
  func vanishes(text: String) throws {
    #expect(try Self.read(text) == 0)
  }

  @Test(
    "too large for 38 digits is out of range, and found so at once",
    arguments: [
      "1e400", "-1e400", "1e99999999999999999999999999", "1e30", "1e29",
      "100000000000000000000000000000",
    ])
  func overflows(text: String) {
    #expect(throws: DecimalText.Failure.outOfRange) { try Self.read(text) }
  }

  @Test("holds 38 digits and not 39")
  func holds38Digits() throws {
    let most = String(repeating: "9", count: 38)
    #expect(try Self.read(most, places: 0) == Int128(most))
    #expect(try Self.read("-" + most, places: 0) == Int128("-" + most))
    #expect(try Self.read("0." + most, places: 38) == Int128(most))
    #expect(
      try Self.read(most + ".5", places: 0) == Int128("1" + String(repeating: "0", count: 38)))
    #expect(throws: DecimalText.Failure.outOfRange) { try Self.read("1" + most, places: 0) }
    // Zeros in front and behind are no digits of the value.
    #expect(try Self.read("0." + String(repeating: "0", count: 300) + "7e301", places: 0) == 7)
    #expect(try Self.read("7" + String(repeating: "0", count: 300) + "e-300", places: 0) == 7)
  }

  @Test("agrees with a twin that keeps every digit", arguments: 0..<2_000 as Range<UInt64>)
  func agreesWithTwin(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let number = WrittenNumber(using: &random)
    let places = random.below(31)
    let down = random.chance(1, in: 4)
    let expected = number.integer(places: places, halfEven: !down)
    let context = Comment(rawValue: "\(number.text), \(places) places")
    guard let expected else {
      #expect(throws: DecimalText.Failure.outOfRange, context) {
        try Self.read(number.text, places: places, down ? .down : .halfEven)
      }
      return
    }
    #expect(
      try Self.read(number.text, places: places, down ? .down : .halfEven) == expected, context)
  }

  @Test(
    "is written with all its places",
    arguments: [
      (0, 9, "0.000000000"), (1, 9, "0.000000001"), (-1, 9, "-0.000000001"),
      (12_500_000, 9, "0.012500000"), (-1_500_000_000, 9, "-1.500000000"), (7, 0, "7"),
      (.max, 9, "170141183460469231731687303715.884105727"),
      (.min, 9, "-170141183460469231731687303715.884105728"),
    ] as [(Int128, Int, String)])
  func writesAllPlaces(value: Int128, places: Int, expected: String) {
    #expect(DecimalText.text(value, places: places) == expected)
  }

  @Test(
    "is written short without the zeros that end a fraction",
    arguments: [
      (0, 9, "0"), (100_000_000, 9, "0.1"), (25_000_000_000, 9, "25"), (-500_000_000, 9, "-0.5"),
      (100, 0, "100"), (1, 24, "0.000000000000000000000001"),
    ] as [(Int128, Int, String)])
  func writesShort(value: Int128, places: Int, expected: String) {
    #expect(DecimalText.shortText(value, places: places) == expected)
  }

  @Test("is read back as it was written", arguments: 0..<200 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let magnitude = Int128(random.next() >> UInt64(random.below(64)))
    let value = random.chance(1, in: 2) ? -magnitude : magnitude
    let places = random.below(20)
    #expect(try Self.read(DecimalText.text(value, places: places), places: places) == value)
    #expect(try Self.read(DecimalText.shortText(value, places: places), places: places) == value)
  }

  @Test(
    "a quotient rounds half to even",
    arguments: [
      (5, 10, 0), (15, 10, 2), (25, 10, 2), (-5, 10, 0), (-15, 10, -2), (-25, 10, -2), (26, 10, 3),
      (-26, 10, -3), (24, 10, 2), (7, 1, 7), (1, 3, 0), (2, 3, 1), (-2, 3, -1), (3, 2, 2),
      (5, 2, 2),
      (.max, .max, 1), (.min, 1, .min),
      (.max, 2, 85_070_591_730_234_615_865_843_651_857_942_052_864),
    ] as [(Int128, Int128, Int128)])
  func dividesHalfEven(dividend: Int128, divisor: Int128, expected: Int128) {
    #expect(dividend.dividedHalfEven(by: divisor) == expected)
  }
}

/// A random number, its text, and what it is worth by keeping every digit.
private struct WrittenNumber {
  let text: String
  private let isNegative: Bool
  private let digits: String
  private let scale: Int

  init(using random: inout SeededGenerator) {
    // Few different digits, so that ties and runs of nines and zeros are common.
    let alphabet = Array(random.chance(1, in: 2) ? "0123456789" : "0059")
    func digits(_ count: Int) -> String {
      String((0..<count).map { _ in alphabet[random.below(alphabet.count)] })
    }
    let exponentSpan = random.chance(1, in: 8) ? 400 : 45
    isNegative = random.chance(1, in: 3)
    var whole = String(digits(1 + random.below(40)).drop { $0 == "0" })
    if whole.isEmpty || random.chance(1, in: 3) { whole = "0" }
    let fraction = random.chance(2, in: 3) ? digits(1 + random.below(40)) : ""
    let exponent = random.chance(1, in: 2) ? random.below(2 * exponentSpan) - exponentSpan : 0
    var text = (isNegative ? "-" : "") + whole
    if !fraction.isEmpty { text += "." + fraction }
    if exponent != 0 || random.chance(1, in: 8) {
      text += random.chance(1, in: 2) ? "e" : "E"
      if exponent >= 0, random.chance(1, in: 2) { text += "+" }
      text += String(exponent)
    }
    self.text = text
    self.digits = whole + fraction
    scale = fraction.utf8.count - exponent
  }

  /// Nil where its whole part in the unit has more than 38 digits.
  func integer(places: Int, halfEven: Bool) -> Int128? {
    let number = SlowNatural(digits)
    let surplus = scale - places
    let cut = surplus > 0 ? number.lowered(surplus, halfEven: false) : number.raised(-surplus)
    guard cut.length <= 38 else { return nil }
    let rounded = surplus > 0 ? number.lowered(surplus, halfEven: halfEven) : cut
    return Int128((isNegative ? "-" : "") + rounded.description)
  }
}
