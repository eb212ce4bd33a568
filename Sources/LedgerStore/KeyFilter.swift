internal import CLinux

/// Tells of most keys that are not in a table that they are not: a Bloom filter that grows, of six bits a
/// key within two words beside each other, wrong about fewer than 4 new keys in 1,000 when it is full.
final class KeyFilter {
  private struct Layer {
    let words: UnsafeMutablePointer<UInt64>
    /// Pairs of words, a power of two.
    let pairs: Int
  }

  /// Each twice as large as the one before; the last takes new keys.
  private var layers: [Layer] = []
  private var room = 0
  /// Whether it was told of every key; otherwise any may be there.
  private(set) var knowsAll: Bool

  private static let firstKeys = 1 << 18
  private static let keysPerPair = 8
  /// 40 million keys in 80 MB; a ledger with more is asked itself.
  static let mostKeys = 40_000_000
  private static let mostPairs = mostKeys / keysPerPair

  init(knowsAll: Bool) { self.knowsAll = knowsAll }

  /// For keys that are all added before it is asked.
  init(roomFor count: Int) {
    knowsAll = true
    guard count > Self.firstKeys else { return }
    var keys = Self.firstKeys
    while keys < count { keys *= 2 }
    append(keys)
  }

  deinit { removeAll() }

  private func append(_ keys: Int) {
    let pairs = keys / Self.keysPerPair
    let words = LargeMemory.allocate(UInt64.self, count: 2 * pairs)
    words.initialize(repeating: 0, count: 2 * pairs)
    layers.append(Layer(words: words, pairs: pairs))
    room = keys
  }

  private func removeAll() {
    for layer in layers { layer.words.deallocate() }
    layers = []
  }

  /// Has the place fetched where a key is looked for.
  @inline(__always)
  func prefetch(_ key: Int64) {
    let bits = Bits(key)
    for layer in layers { fl_prefetch(layer.words + 2 * (bits.pair & (layer.pairs - 1))) }
  }

  func mayHave(_ key: Int64) -> Bool {
    guard knowsAll else { return true }
    let bits = Bits(key)
    for layer in layers {
      let words = layer.words + 2 * (bits.pair & (layer.pairs - 1))
      if words[0] & bits.first == bits.first, words[1] & bits.second == bits.second { return true }
    }
    return false
  }

  func add(_ key: Int64) {
    guard knowsAll else { return }
    if room == 0 {
      guard layers.reduce(0, { $0 + $1.pairs }) < Self.mostPairs else {
        knowsAll = false
        removeAll()
        return
      }
      append(max(Self.firstKeys, 2 * (layers.last?.pairs ?? 0) * Self.keysPerPair))
    }
    room -= 1
    let bits = Bits(key)
    let last = layers[layers.count - 1]
    let words = last.words + 2 * (bits.pair & (last.pairs - 1))
    words[0] |= bits.first
    words[1] |= bits.second
  }

  /// The words of a key, and its bits in them.
  private struct Bits {
    let pair: Int
    let first: UInt64
    let second: UInt64

    @inline(__always)
    init(_ key: Int64) {
      // The bits that runs keep.
      let kept = UInt64(bitPattern: key) >> 24
      let mixed = kept &* 0x9E37_79B9_7F4A_7C15
      func bit(_ shift: UInt64) -> UInt64 { 1 << (mixed >> shift & 63) }
      first = bit(58) | bit(52) | bit(46)
      second = bit(40) | bit(34) | bit(28)
      pair = Int(truncatingIfNeeded: kept ^ mixed >> 28)
    }
  }
}
