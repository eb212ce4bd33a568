internal import CLinux

/// Tells of most keys that are not in a table that they are not: a Bloom filter that grows, of six bits a
/// key within two words beside each other, wrong about fewer than 4 new keys in 1,000 when it is full.
final class KeyFilter {
  private struct Layer {
    private let words: UnsafeMutablePointer<UInt64>
    let pairs: Int

    init(pairs: Int) {
      words = LargeMemory.allocate(UInt64.self, count: 2 * pairs)
      words.initialize(repeating: 0, count: 2 * pairs)
      self.pairs = pairs
    }

    func deallocate() { words.deallocate() }

    /// The pair of a key: in the order of keys, so that those of a stored run, which come in that order,
    /// are told of one after the other.
    @inline(__always)
    func pair(_ bits: Bits) -> UnsafeMutablePointer<UInt64> {
      words + 2 * Int(bits.kept.multipliedFullWidth(by: UInt64(pairs)).high)
    }
  }

  /// Each twice as large as the one before, as far as that goes; the last takes new keys.
  private var layers: [Layer] = []
  private var room = 0
  /// Whether it was told of every key; otherwise any may be there.
  private(set) var knowsAll: Bool

  private static let firstKeys = 1 << 18
  private static let keysPerPair = 8
  /// 40 million keys in 80 MB; a ledger with so many is asked itself.
  static let mostKeys = 40_000_000

  init(knowsAll: Bool) { self.knowsAll = knowsAll }

  /// For keys that are all added before it is asked.
  init(roomFor count: Int) {
    knowsAll = true
    if count > 0 { append(max(Self.firstKeys, count)) }
  }

  deinit { removeAll() }

  private func append(_ keys: Int) {
    layers.append(Layer(pairs: (keys + Self.keysPerPair - 1) / Self.keysPerPair))
    room = keys
  }

  private func removeAll() {
    for layer in layers { layer.deallocate() }
    layers = []
  }

  /// Has the place fetched where a key is looked for.
  @inline(__always)
  func prefetch(_ key: Int64) {
    let bits = Bits(key)
    for layer in layers { fl_prefetch(layer.pair(bits)) }
  }

  func mayHave(_ key: Int64) -> Bool {
    guard knowsAll else { return true }
    let bits = Bits(key)
    for layer in layers {
      let words = layer.pair(bits)
      if words[0] & bits.first == bits.first, words[1] & bits.second == bits.second { return true }
    }
    return false
  }

  func add(_ key: Int64) {
    guard knowsAll else { return }
    if room == 0 {
      let left = Self.mostKeys - Self.keysPerPair * layers.reduce(0) { $0 + $1.pairs }
      guard left > 0 else {
        knowsAll = false
        removeAll()
        return
      }
      append(min(left, max(Self.firstKeys, 2 * Self.keysPerPair * (layers.last?.pairs ?? 0))))
    }
    room -= 1
    let bits = Bits(key)
    let words = layers[layers.count - 1].pair(bits)
    words[0] |= bits.first
    words[1] |= bits.second
  }

  /// The words of a key, and its bits in them.
  private struct Bits {
    /// The bits that runs keep, as the highest ones.
    let kept: UInt64
    let first: UInt64
    let second: UInt64

    @inline(__always)
    init(_ key: Int64) {
      let stored = UInt64(bitPattern: key) >> 24
      kept = stored << 24
      let mixed = stored &* 0x9E37_79B9_7F4A_7C15
      func bit(_ shift: UInt64) -> UInt64 { 1 << (mixed >> shift & 63) }
      first = bit(58) | bit(52) | bit(46)
      second = bit(40) | bit(34) | bit(28)
    }
  }
}
