import Traffic
import Units

/// Random numbers by what they are for.
///
/// Each purpose and key has a generator of its own, so what happens to one request, provider or model
/// does not hang on how many draws came before. Two policies over the same world therefore meet the
/// same arrivals, outages and coin flips.
struct Draws: Sendable {
  enum Purpose: UInt64, Sendable {
    case conversation = 1
    /// What a request holds: by the number of its arrival.
    case content
    /// A day of a provider: by its name and the day.
    case incident
    /// A call: by the arrival, the model, and which try of that model it is.
    case call
    /// When a request that was put off comes back: by the arrival, and how often it was.
    case suspension
    /// What is peculiar to a model: by its name.
    case model
    /// Whether a request is sent somewhere by chance, and where: by the arrival.
    case probe
  }

  let seed: UInt64

  func generator(_ purpose: Purpose, _ keys: UInt64...) -> SeededGenerator {
    var state = seed
    for key in [purpose.rawValue] + keys {
      var mixer = SeededGenerator(seed: state ^ (key &* 0x9E37_79B9_7F4A_7C15))
      state = mixer.next()
    }
    return SeededGenerator(seed: state)
  }
}

/// FNV-1a in 64 bits: unlike `Hasher`, the same in every run and release.
struct StableHash: Sendable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

  mutating func combine(_ number: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      combine(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  mutating func combine(_ name: Name) {
    for byte in name.text.utf8 { combine(byte) }
    combine(0xFF as UInt8)
  }

  static func of(_ names: Name...) -> UInt64 {
    var hash = StableHash()
    for name in names { hash.combine(name) }
    return hash.value
  }
}

extension SeededGenerator {
  /// A whole number of the range.
  mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// The place of one of `weights`, as often as it weighs. Their sum is above 0.
  mutating func weighted(_ weights: [Int]) -> Int {
    var rest = below(weights.reduce(0, +))
    for (place, weight) in weights.enumerated() {
      if rest < weight { return place }
      rest -= weight
    }
    return weights.count - 1
  }

  /// A size around `median` with a long tail, as lengths and delays have: sixteen equally likely
  /// stretches, from a quarter of the median to six times.
  mutating func size(around median: Int) -> Int {
    let stretch = below(Self.permille.count - 1)
    let low = Self.permille[stretch]
    let high = Self.permille[stretch + 1]
    return median * (low + below(high - low)) / 1000
  }

  /// The mean of ``size(around:)`` over its median, in thousandths.
  static let meanSizePermille =
    zip(permille, permille.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 2 } / (permille.count - 1)

  private static let permille = [
    250, 380, 480, 560, 640, 720, 810, 900, 1000, 1110, 1240, 1400, 1600, 1880, 2300, 3100, 6000,
  ]
}
