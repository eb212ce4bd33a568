/// The bytes of a chunk of keys (``KeyRuns``), in a row that stands still.
struct KeyChunk {
  private let bytes: UnsafeRawBufferPointer
  private let numberBytes: Int
  private let count: Int

  init(_ bytes: UnsafeRawBufferPointer, numberBytes: Int) {
    self.bytes = bytes
    self.numberBytes = numberBytes
    count = bytes.count / (5 + numberBytes)
  }

  /// Calls `body` with the row numbers of the keys whose highest 40 bits are `wanted`.
  func search(_ wanted: UInt64, _ body: (Int64) -> Void) {
    let low = UInt32(truncatingIfNeeded: wanted).littleEndian
    let high = UInt8(truncatingIfNeeded: wanted >> 32)
    for place in 0..<count
    where bytes.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self) == low {
      if bytes[4 * count + place] == high { body(number(place)) }
    }
  }

  func forEach(_ body: (KeyRuns.Entry) -> Void) {
    for place in 0..<count {
      let low = UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
      let key = (UInt64(bytes[4 * count + place]) << 32 | UInt64(low)) << 24
      body((Int64(bitPattern: key), number(place)))
    }
  }

  private func number(_ place: Int) -> Int64 {
    var number: Int64 = 0
    for index in 0..<numberBytes {
      number |= Int64(bytes[5 * count + numberBytes * place + index]) << Int64(8 * index)
    }
    return number
  }

  static func bytes(_ entries: some Collection<KeyRuns.Entry>, numberBytes: Int) -> [UInt8] {
    let count = entries.count
    return [UInt8](unsafeUninitializedCapacity: count * (5 + numberBytes)) { buffer, filled in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      var at = 5 * count
      for (place, entry) in entries.enumerated() {
        let kept = UInt64(bitPattern: entry.key) >> 24
        raw.storeBytes(
          of: UInt32(truncatingIfNeeded: kept).littleEndian, toByteOffset: 4 * place,
          as: UInt32.self)
        raw[4 * count + place] = UInt8(truncatingIfNeeded: kept >> 32)
        for index in 0..<numberBytes {
          raw[at] = UInt8(truncatingIfNeeded: entry.value >> Int64(8 * index))
          at += 1
        }
      }
      filled = raw.count
    }
  }
}
