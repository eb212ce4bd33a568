/// Tries and failures over time, summed under a triangle around any instant in constant time.
struct HealthTrack: Sendable {
  struct Sums {
    var tries: Double
    var failures: Double
  }

  /// Prefix sums over bins, of counts and of counts times their bin.
  private var tries: [Int64]
  private var failures: [Int64]
  private var placedTries: [Int64]
  private var placedFailures: [Int64]
  private(set) var totalTries: Int64 = 0
  private(set) var totalFailures: Int64 = 0

  init(bins: Int) {
    tries = Array(repeating: 0, count: bins + 1)
    failures = tries
    placedTries = tries
    placedFailures = tries
  }

  mutating func add(_ bin: Int, failed: Bool) {
    tries[bin + 1] += 1
    totalTries += 1
    guard failed else { return }
    failures[bin + 1] += 1
    totalFailures += 1
  }

  /// Turns counts into prefix sums; nothing may be added afterwards.
  mutating func close() {
    for bin in 1..<tries.count {
      placedTries[bin] = placedTries[bin - 1] + tries[bin] * Int64(bin - 1)
      placedFailures[bin] = placedFailures[bin - 1] + failures[bin] * Int64(bin - 1)
    }
    for bin in 1..<tries.count {
      tries[bin] += tries[bin - 1]
      failures[bin] += failures[bin - 1]
    }
  }

  /// Tries in some bins.
  func calls(from bin: Int, bins: Int) -> Int64 {
    let first = min(bin, tries.count - 1)
    return tries[min(first + bins, tries.count - 1)] - tries[first]
  }

  /// Each try weighs `1 - distance / width`, with distances in bins; none at or beyond the width.
  func sums(around bin: Int, width: Int) -> Sums {
    Sums(
      tries: weighted(tries, placedTries, bin, width),
      failures: weighted(failures, placedFailures, bin, width))
  }

  private func weighted(_ sums: [Int64], _ placed: [Int64], _ bin: Int, _ width: Int) -> Double {
    let low = max(0, bin - width + 1)
    let middle = min(bin + 1, sums.count - 1)
    let high = min(sums.count - 1, bin + width)
    let left = sums[middle] - sums[low]
    let right = sums[high] - sums[middle]
    let leftPlaced = placed[middle] - placed[low]
    let rightPlaced = placed[high] - placed[middle]
    // Exact among integers until the one division.
    let total =
      Int64(width - bin) * left + leftPlaced + Int64(width + bin) * right - rightPlaced
    return Double(total) / Double(width)
  }
}
