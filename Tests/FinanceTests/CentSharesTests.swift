import Finance
import Testing
import Units

@Suite("Rounding to cents by the largest remainder")
struct CentSharesTests {
  @Test("three thirds of a dollar: the first gets the cent that is left")
  func thirds() {
    #expect(
      CentShares.of([333_333_334, 333_333_333, 333_333_333], unit: 10_000_000) == [34, 33, 33])
  }

  @Test("a credit is cut downwards like the rest, and the sum stays the rounded sum")
  func credits() {
    // -0.014, 0.016 and 0.004 USD add up to 0.006, a cent.
    #expect(CentShares.of([-14, 16, 4], unit: 10) == [-1, 2, 0])
  }

  @Test("any amounts: the cents add up to the rounded sum, and none is a cent off")
  func random() {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<500 {
      let unit = Int128.random(in: 1...1_000, using: &random)
      let amounts = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        Int128.random(in: -100_000...100_000, using: &random)
      }
      let cents = CentShares.of(amounts, unit: unit)
      #expect(cents.reduce(0, +) == amounts.reduce(0, +).dividedHalfEven(by: unit))
      for (cent, amount) in zip(cents, amounts) {
        #expect((cent * unit - amount).magnitude < unit.magnitude)
      }
    }
  }
}
