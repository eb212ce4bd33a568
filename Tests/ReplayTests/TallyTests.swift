import Pricing
import Testing
import Units

@testable import Replay

struct TallyTests {
  @Test("groups of a replay add up to its total, to the last nano-dollar")
  func groupsAddUp() {
    var tallies = (0..<7).map { place in
      var tally = Tally()
      tally.add(.cost, Int64(place) * 3)
      tally.add(.cost, expected: 0.4)
      tally.add(.servedPrimary, expected: 1.0 / 3)
      return tally
    }
    tallies[0].add(.rejected, 5)
    let rounded = ReplayedMeasures.rounded(tallies)
    // 3 x (0 + 1 + … + 6) + 7 x 0.4 = 65.8.
    #expect(rounded.total[.cost].nanoUSD == 66)
    #expect(rounded.groups.reduce(0) { $0 + $1[.cost].nanoUSD } == 66)
    #expect(rounded.groups.reduce(Int128(0)) { $0 + $1[.servedPrimary] } == 2_333_333)
    #expect(rounded.total[.rejected] == 5_000_000)
  }
}
