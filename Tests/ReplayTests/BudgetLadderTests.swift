import Testing
import Units

@testable import Replay

struct BudgetLadderTests {
  @Test("an amount reaches what its ratio reaches", arguments: 0..<300 as Range<UInt64>)
  func twin(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let ratios = (0..<Int.random(in: 0...5, using: &random)).map { _ in
      Ratio(billionths: .random(in: -200_000_000...1_500_000_000, using: &random))
    }.sorted()
    var ladder = BudgetLadder(ratios)
    for _ in 0..<20 {
      let limit = Int64.random(in: -1...7, using: &random)
      let spent = Int64.random(in: -3...9, using: &random)
      let ratio = Ratio(Money(nanoUSD: spent), of: Money(nanoUSD: limit))
      let slow = ratio.map { ratio in ratios.count { ratio >= $0 } } ?? 0
      #expect(Int(ladder.rank(spentNanoUSD: spent, limitNanoUSD: limit)) == slow)
    }
  }

  @Test("a threshold is reached by the very amount, and not by a nano-dollar less")
  func edge() {
    var ladder = BudgetLadder([Ratio(billionths: 800_000_000)])
    #expect(ladder.rank(spentNanoUSD: 80_000_000_000, limitNanoUSD: 100_000_000_000) == 1)
    #expect(ladder.rank(spentNanoUSD: 79_999_999_999, limitNanoUSD: 100_000_000_000) == 0)
    #expect(ladder.rank(spentNanoUSD: 80_000_000_000, limitNanoUSD: Trace.noAmount) == 0)
  }
}
