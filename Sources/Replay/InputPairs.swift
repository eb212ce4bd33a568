/// Input that two models counted for the very same request: the surest evidence there is.
struct InputPairs {
  private struct Key: Hashable {
    let from: Int
    let to: Int
  }

  private struct Sums {
    var count = 0.0
    var from = 0.0
    var to = 0.0
    var fromSquares = 0.0
    var toSquares = 0.0
    var products = 0.0
  }

  private var pairs: [Key: Sums] = [:]

  init(_ trace: Trace) {
    for place in trace.indices where trace.rows[place].hasSeveralLines {
      let request = trace.request(place)
      for (first, second) in zip(request.lines, request.lines.dropFirst()) {
        let (a, b) = (trace.line(first), trace.line(second))
        guard a.input > 0, b.input > 0, a.route >= 0, b.route >= 0 else { continue }
        let (from, to) = (trace.modelOfRoute[Int(a.route)], trace.modelOfRoute[Int(b.route)])
        guard from != to else { continue }
        add(from, to, Double(a.input), Double(b.input))
        add(to, from, Double(b.input), Double(a.input))
      }
    }
  }

  private mutating func add(_ from: Int, _ to: Int, _ a: Double, _ b: Double) {
    var sums = pairs[Key(from: from, to: to)] ?? Sums()
    sums.count += 1
    sums.from += a
    sums.to += b
    sums.fromSquares += a * a
    sums.toSquares += b * b
    sums.products += a * b
    pairs[Key(from: from, to: to)] = sums
  }

  /// nil for fewer than three pairs.
  func ratio(from: Int, to: Int) -> (value: Double, variance: Double)? {
    guard let sums = pairs[Key(from: from, to: to)], sums.count >= 3 else { return nil }
    let ratio = sums.to / sums.from
    let rest = sums.toSquares - 2 * ratio * sums.products + ratio * ratio * sums.fromSquares
    let mean = sums.from / sums.count
    let sampling = max(0, rest) / (sums.count - 1) / sums.count / (mean * mean)
    let floor = 0.05 / sums.count
    return (ratio, sampling + floor * floor)
  }
}
