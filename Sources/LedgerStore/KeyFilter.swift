/// Tells of most keys that are not in a table that they are not: a Bloom filter that grows, of three
/// bits a key, wrong about 1 key in 100.
struct KeyFilter {
  /// Each twice as large as the one before; the last takes new keys.
  private var layers: [[UInt64]] = []
  private var room = 0
  /// Whether it was told of every key; otherwise any may be there.
  private(set) var knowsAll: Bool

  private static let firstKeys = 1 << 18
  private static let bitsPerKey = 16
  /// 40 million keys in 80 MB; a ledger with more is asked itself.
  static let mostKeys = 40_000_000
  private static let mostWords = mostKeys * bitsPerKey / 64

  init(knowsAll: Bool) { self.knowsAll = knowsAll }

  /// For keys that are all added before it is asked.
  init(roomFor count: Int) {
    knowsAll = true
    guard count > Self.firstKeys else { return }
    room = Self.firstKeys
    while room < count { room *= 2 }
    layers = [[UInt64](repeating: 0, count: room * Self.bitsPerKey / 64)]
  }

  func mayHave(_ key: Int64) -> Bool {
    guard knowsAll else { return true }
    let bits = Self.spread(key)
    for layer in layers {
      let word = layer[Int(truncatingIfNeeded: bits.word) & (layer.count - 1)]
      if word & bits.mask == bits.mask { return true }
    }
    return false
  }

  mutating func add(_ key: Int64) {
    guard knowsAll else { return }
    if room == 0 {
      guard layers.reduce(0, { $0 + $1.count }) < Self.mostWords else {
        knowsAll = false
        layers = []
        return
      }
      room = max(Self.firstKeys, 2 * (layers.last?.count ?? 0) * 64 / Self.bitsPerKey)
      layers.append([UInt64](repeating: 0, count: room * Self.bitsPerKey / 64))
    }
    room -= 1
    let bits = Self.spread(key)
    let last = layers.count - 1
    layers[last][Int(truncatingIfNeeded: bits.word) & (layers[last].count - 1)] |= bits.mask
  }

  /// The word of a key, and its bits in it.
  private static func spread(_ key: Int64) -> (word: UInt64, mask: UInt64) {
    // The bits that runs keep.
    let mixed = (UInt64(bitPattern: key) >> 24) &* 0x9E37_79B9_7F4A_7C15
    let mask =
      1 << (mixed >> 58) | 1 << (mixed >> 52 & 63) | 1 << (mixed >> 46 & 63) as UInt64
    return (mixed >> 8, mask)
  }
}
