import Testing
import Units

@testable import LedgerStore

@Suite("The key of a text")
struct TextKeyTests {
  /// Byte by byte.
  private func slow(_ text: [UInt8]) -> Int64 {
    func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let (high, low) = a.multipliedFullWidth(by: b)
      return high ^ low
    }
    func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    var hash = UInt64(text.count) &* 0x9E37_79B9_7F4A_7C15
    var rest = text[...]
    while rest.count >= 8 {
      hash = mix(hash ^ word(rest.prefix(8)), 0xE703_7ED1_A0B4_28DB)
      rest = rest.dropFirst(8)
    }
    return Int64(bitPattern: mix(hash ^ word(rest), 0x8EBC_6AF0_9C88_C6E3))
  }

  @Test("is what its definition says, of any length", arguments: 0..<70)
  func definition(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    for _ in 0..<20 {
      let text = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(TextKey.of(text.span) == slow(text))
    }
  }

  @Test(
    "stays what it is: ledgers hold it",
    arguments: [
      ("", 0), ("a", -8_487_288_302_132_388_812), ("tenant-1", 5_575_506_993_179_409_035),
      ("01KFBZ0000ABCDEFGHJKMNPQRS", 9_059_725_043_173_476_448),
    ] as [(String, Int64)])
  func stored(text: String, key: Int64) {
    #expect(TextKey.of(Array(text.utf8).span) == key)
  }
}
