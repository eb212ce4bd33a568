import Scale
import TestSupport
import Testing

@Suite("Figures in long form")
struct LongSumsTests {
  private let place = LongRow.Place(report: "r", dimensions: "{}", measure: "m")

  @Test("add up the same in any order, and leave sums of nothing out")
  func order() throws {
    let values: [Int64] = [.max, -5, .max, 7, .min, .min, 3]
    let other = LongRow.Place(report: "a", dimensions: "{}", measure: "m")
    var one = LongSums()
    for value in values { one.add(LongRow(place, value)) }
    one.add(LongRow(other, 1))
    one.add(LongRow(other, -1))
    var reversed = LongSums()
    for value in values.reversed() { reversed.add(LongRow(place, value)) }
    #expect(try one.rows() == [LongRow(place, 3)])
    #expect(try reversed.rows() == [LongRow(place, 3)])
  }

  @Test("say which sum leaves 64 bits", arguments: [Int64.max, Int64.min])
  func overflow(value: Int64) {
    var sums = LongSums()
    sums.add(LongRow(place, value))
    sums.add(LongRow(place, value < 0 ? -1 : 1))
    #expect(throws: LongSums.Overflow(place: place)) { try sums.rows() }
  }

  @Test(
    "are read as they are written, and nothing else is",
    arguments: ["r\t{\"a\":\"é\"}\tm\t-9223372036854775808", "r\t{}\tm\t0"])
  func lines(line: String) throws {
    #expect(try #require(LongRow(line: Array(line.utf8)[...])).line == line)
    for wrong in [line + ".5", line + "\t", "\t" + line, line + " ", "{}\tm\t1", ""] {
      #expect(LongRow(line: Array(wrong.utf8)[...]) == nil, "\(wrong)")
    }
    #expect(LongRow(line: Array("r\t{}\tm\t+1".utf8)[...]) == nil)
    #expect(LongRow(line: Array("r\t{}\tm\t9223372036854775808".utf8)[...]) == nil)
  }

  @Test("keep two spellings of one letter apart")
  func bytes() throws {
    var sums = LongSums()
    for name in ["\u{e9}", "e\u{301}"] {
      sums.add(LongRow(LongRow.Place(report: "r", dimensions: name, measure: "m"), 1))
    }
    #expect(try sums.rows().count == 2)
  }
}
