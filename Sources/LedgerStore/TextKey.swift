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
    var rest: UInt64 = 0
    var shift: UInt64 = 0
    while at < count {
      rest |= UInt64(text[at]) << shift
      shift += 8
      at += 1
    }
    return Int64(bitPattern: mix(hash ^ rest, 0x8EBC_6AF0_9C88_C6E3))
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
