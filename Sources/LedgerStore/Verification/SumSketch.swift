/// What sums by key come to, in one number: sums over the same keys have the same sketch, however they
/// were put together, and others another one, but for a chance of one in 2^59.
///
/// Every key and every column has a random factor, and all values times their factors are added modulo
/// a prime: so sums of any number of keys are compared in no memory. The factors are drawn anew for each
/// run, so that what escapes one does not escape the next.
struct SumSketch: Equatable {
  struct Factors: Sendable {
    fileprivate let columns: InlineArray<32, Int64>
    fileprivate let key: UInt64

    init(using random: inout some RandomNumberGenerator) {
      // With a value of 64 bits, and 32 of them added, the product stays within 128.
      var columns = InlineArray<32, Int64>(repeating: 0)
      for index in columns.indices { columns[index] = .random(in: 1..<1 << 56, using: &random) }
      self.columns = columns
      key = random.next()
    }
  }

  private var sum: UInt64 = 0

  private static let prime: UInt64 = 1 << 61 - 1

  /// Adds the values of a key, at most 32.
  mutating func add(_ key: CellKey, _ values: some Sequence<Int64>, _ factors: borrowing Factors) {
    var total: Int128 = 0
    var index = 0
    for value in values {
      let (high, low) = value.multipliedFullWidth(by: factors.columns[index])
      total &+= Int128(truncatingIfNeeded: high) << 64 | Int128(low)
      index += 1
    }
    add(Self.product(Self.rest(total), Self.factor(of: key, factors.key)))
  }

  /// Adds what another sketch has.
  mutating func add(_ other: SumSketch) { add(other.sum) }

  private mutating func add(_ value: UInt64) {
    sum += value
    if sum >= Self.prime { sum -= Self.prime }
  }

  private static func factor(of key: CellKey, _ start: UInt64) -> UInt64 {
    var hash = start
    for lane in 0..<8 {
      let (high, low) = (hash ^ UInt64(bitPattern: key[lane]))
        .multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
      hash = (high ^ low) &+ 0x9E37_79B9_7F4A_7C15
    }
    return rest(UInt128(hash))
  }

  private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = left.multipliedFullWidth(by: right)
    return rest(UInt128(high) << 64 | UInt128(low))
  }

  private static func rest(_ value: Int128) -> UInt64 {
    let rest = rest(value.magnitude)
    return value < 0 && rest > 0 ? prime - rest : rest
  }

  /// Modulo 2^61 - 1: parts of 61 bits are added.
  private static func rest(_ value: UInt128) -> UInt64 {
    let mask = UInt128(prime)
    let once = (value & mask) + (value >> 61 & mask) + (value >> 122)
    let twice = UInt64(truncatingIfNeeded: (once & mask) + (once >> 61))
    return twice >= prime ? twice - prime : twice
  }
}

/// What keys and their rows come to, in one number, as ``SumSketch`` does it: whatever their order.
struct KeySketch: Equatable {
  private var count: Int64 = 0
  private var sum: UInt64 = 0
  private var other: UInt64 = 0

  mutating func add(key: Int64, row: Int64, seed: UInt64) {
    count &+= 1
    let mixed = Self.fold(UInt64(bitPattern: key) ^ seed, 0xE703_7ED1_A0B4_28DB)
    let word = Self.fold(
      mixed ^ UInt64(bitPattern: row) &* 0x9E37_79B9_7F4A_7C15, 0x8EBC_6AF0_9C88_C6E3)
    sum &+= word
    other &+= Self.fold(word, seed | 1)
  }

  mutating func add(_ sketch: KeySketch) {
    count &+= sketch.count
    sum &+= sketch.sum
    other &+= sketch.other
  }

  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high ^ low
  }
}
