import TestSupport
import Testing
import Units

@testable import LedgerStore

@Suite("The filter of keys")
struct KeyFilterTests {
  /// Fills more than its first layer: 262,144 keys.
  private static let count = 300_000

  private static func keys(_ count: Int, seed: UInt64) -> [Int64] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Int64(bitPattern: random.next()) }
  }

  @Test("never says that a key which it was told of is new", arguments: [true, false])
  func told(grows: Bool) {
    let keys = Self.keys(Self.count, seed: 1)
    let filter = grows ? KeyFilter(knowsAll: true) : KeyFilter(roomFor: Self.count)
    for key in keys { filter.add(key) }
    #expect(keys.allSatisfy(filter.mayHave))
  }

  @Test("says of few new keys that they may be there, however full it is")
  func new() {
    let filter = KeyFilter(knowsAll: true)
    // A layer is full when its last key comes.
    for key in Self.keys(262_144, seed: 2) { filter.add(key) }
    let new = Self.keys(100_000, seed: 3)
    let mistaken = new.count(where: filter.mayHave)
    #expect(mistaken < new.count * 4 / 1_000, "\(mistaken) of \(new.count)")
  }

  @Test(
    "of a ledger's keys with some room is right of them and of those that come after",
    arguments: [1, 999, 300_000])
  func filled(count: Int) {
    let keys = Self.keys(count + 300_000, seed: 5)
    let filter = KeyFilter(roomFor: count + count / 4)
    for key in keys { filter.add(key) }
    #expect(keys.allSatisfy(filter.mayHave))
    let mistaken = Self.keys(100_000, seed: 6).count(where: filter.mayHave)
    // Each of its layers may be mistaken.
    #expect(mistaken < 100_000 * 8 / 1_000, "\(mistaken)")
  }

  @Test("may have any key where it was not told of all")
  func untold() {
    let filter = KeyFilter(knowsAll: false)
    filter.add(1)
    #expect(Self.keys(100, seed: 4).allSatisfy(filter.mayHave))
  }
}
