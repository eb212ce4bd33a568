/// A 64-bit hash of a text by which the ledger finds its row (schema 0001, the tables `..._key`).
///
/// Stored, so it never changes. Equal keys prove nothing: the texts are compared. It is no defence
/// against texts made to collide, which cost time and no more.
package enum TextKey {
  package static func of(_ text: Span<UInt8>) -> Int64 {
    let raw = text.bytes
    let count = text.count
    var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    var at = 0
    while at + 8 <= count {
      // In bounds by the loop's condition.
      hash = mix(hash ^ word(raw, at), 0xE703_7ED1_A0B4_28DB)
      at += 8
    }
    let rest = at < count ? tail(text, raw, from: at) : 0
    return Int64(bitPattern: mix(hash ^ rest, 0x8EBC_6AF0_9C88_C6E3))
  }

  /// The last one to seven bytes as a word, little end first; they are read over others that are no
  /// part of it, or that are there already.
  @inline(__always)
  private static func tail(_ text: Span<UInt8>, _ raw: RawSpan, from at: Int) -> UInt64 {
    let count = text.count
    if count >= 8 { return word(raw, count - 8) >> UInt64(8 * (8 - (count - at))) }
    func byte(_ at: Int) -> UInt64 { UInt64(text[at]) << UInt64(8 * at) }
    guard count >= 4 else { return byte(0) | byte(count / 2) | byte(count - 1) }
    func half(_ at: Int) -> UInt64 {
      let half = raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self)
      return UInt64(UInt32(littleEndian: half)) << UInt64(8 * at)
    }
    return half(0) | half(count - 4)
  }

  @inline(__always)
  private static func word(_ raw: RawSpan, _ at: Int) -> UInt64 {
    UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high ^ low
  }
}
