import LedgerStore
import Testing
import Units

@testable import Ingest

@Suite("Numbers for names")
struct InternerTests {
  @Test("are those of a dictionary", arguments: 0..<20 as Range<UInt64>)
  func dictionary(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let interner = Interner()
    var numbers: [[UInt8]: Int32] = [:]
    for _ in 0..<2_000 {
      // Few letters and all lengths around those that fit a slot: many names come again, or nearly.
      let count = Int.random(in: 0...20, using: &random)
      var name = [UInt8](repeating: 0x61, count: count)
      for _ in 0..<2 where count > 0 {
        name[Int.random(in: 0..<count, using: &random)] = .random(in: 0x61...0x64, using: &random)
      }
      let (number, isNew) = interner.number(of: name.span, key: TextKey.of(name.span))
      #expect(isNew == (numbers[name] == nil))
      #expect(number == numbers[name] ?? Int32(numbers.count + 1), "\(name)")
      numbers[name] = number
    }
    #expect(interner.count == numbers.count)
  }

  @Test("are told apart by the texts where keys are the same")
  func collision() {
    let interner = Interner()
    let names = ["a", "b", "a long name, which no slot holds", "a long name, which no slot hold!"]
    for _ in 0..<2 {
      for (place, name) in names.enumerated() {
        let name = Array(name.utf8)
        #expect(interner.number(of: name.span, key: 7).number == Int32(place + 1))
      }
    }
  }
}
