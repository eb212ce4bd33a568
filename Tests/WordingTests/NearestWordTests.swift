import Testing

@testable import Wording

@Suite("The nearest word")
struct NearestWordTests {
  @Test(
    "is the one with the fewest slips of the hand",
    arguments: [
      ("quality_flor", "quality_floor"), ("stpes", "steps"), ("STOP", "stop"),
      ("retries", "retries_per_step"), ("x", nil), ("premium", nil),
    ] as [(String, String?)])
  func nearest(word: String, expected: String?) {
    let words = ["quality_floor", "steps", "retries_per_step", "stop"]
    #expect(NearestWord.of(word, in: words) == expected)
  }

  @Test(
    "among long words may be half another word",
    arguments: [
      ("input_per_million", "input_usd_per_million"), ("Provider", "provider"), ("shoe", nil),
    ] as [(String, String?)])
  func half(word: String, expected: String?) {
    let words = ["provider", "model", "input_usd_per_million", "output_usd_per_million"]
    #expect(NearestWord.of(word, in: words, within: .half) == expected)
  }

  @Test("counts a swap of neighbours as one slip")
  func swaps() {
    #expect(NearestWord.editDistance(Array("ab".unicodeScalars), Array("ba".unicodeScalars)) == 1)
    #expect(NearestWord.editDistance(Array("".unicodeScalars), Array("abc".unicodeScalars)) == 3)
    #expect(
      NearestWord.editDistance(
        Array("kitten".unicodeScalars), Array("sitting".unicodeScalars)) == 3)
  }

  @Test("of a text without end is none, and is found at once")
  func endless() {
    #expect(NearestWord.of(String(repeating: "a", count: 1_000_000), in: ["aaaa"]) == nil)
  }
}
