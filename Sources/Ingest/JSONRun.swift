/// Some bytes that are expected, such as a key with its quotes and colon.
struct JSONRun: Sendable {
  /// The longest.
  static let most = 32

  let words: SIMD4<UInt64>
  let mask: SIMD4<UInt64>
  let count: Int

  /// Nil for more than ``most`` bytes.
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count <= Self.most else { return nil }
    var words = SIMD32<UInt8>()
    var mask = SIMD32<UInt8>()
    for (place, byte) in bytes.enumerated() {
      words[place] = byte
      mask[place] = 0xFF
    }
    self.words = unsafeBitCast(words, to: SIMD4<UInt64>.self)
    self.mask = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
    count = bytes.count
  }

  init(_ text: StaticString) {
    let run = JSONRun(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    precondition(run != nil, "\(text) is too long for a run")
    self = run.unsafelyUnwrapped
  }
}
