import Testing
import Units

@Suite("Seeded generator")
struct SeededGeneratorTests {
  @Test("gives SplitMix64's published numbers")
  func isSplitMix64() {
    var random = SeededGenerator(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("stays below its bound and reaches all of it", arguments: [1, 2, 7, 100])
  func staysBelow(bound: Int) {
    var random = SeededGenerator(seed: 7)
    let seen = Set((0..<bound * 50).map { _ in random.below(bound) })
    #expect(seen == Set(0..<bound))
  }

  @Test("a chance of none never comes, of all always")
  func chances() {
    var random = SeededGenerator(seed: 7)
    let never = (0..<100).contains { _ in random.chance(0, in: 3) }
    let always = (0..<100).allSatisfy { _ in random.chance(3, in: 3) }
    #expect(!never)
    #expect(always)
  }
}
