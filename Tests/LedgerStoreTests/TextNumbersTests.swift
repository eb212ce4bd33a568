import Dispatch
import Synchronization
import TestSupport
import Testing
import Traffic
import Units

@testable import LedgerStore

@Suite("Numbers for texts that the ledger does not number")
struct TextNumbersTests {
  private static func texts(_ count: Int, seed: UInt64) -> [String] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      String(repeating: "s", count: .random(in: 0...2, using: &random))
        + "\(Int.random(in: 0..<count / 3, using: &random))"
    }
  }

  @Test("are one for each text, from 1, and lead back to it")
  func dictionary() {
    let numbers = TextNumbers()
    var known: [String: Int64] = [:]
    for text in Self.texts(5_000, seed: 1) + ["", "\u{E9}", "e\u{301}"] {
      let number = numbers.number(of: Array(text.utf8).span)
      // `String` would take two ways of writing a letter for one.
      let key = text.unicodeScalars.map { "\($0.value)" }.joined(separator: " ")
      #expect(number == known[key] ?? Int64(known.count + 1), "\(text)")
      known[key] = number
      #expect(numbers.name(number).text.utf8.elementsEqual(text.utf8))
    }
  }

  @Test("are the same for all threads that ask")
  func threads() {
    let numbers = TextNumbers()
    let texts = Self.texts(20_000, seed: 2)
    let found = Mutex<[Int: [Int64]]>([:])
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      let own = texts.map { numbers.number(of: Array($0.utf8).span) }
      found.withLock { $0[thread] = own }
    }
    let all = found.withLock { $0 }
    #expect(Set(all.values).count == 1 && all.count == 4)
    #expect(Set(all[0] ?? []).count == Set(texts).count)
  }
}
