/// Fits the columns of a table into a width: names give way first, then whole columns at the end.
struct ColumnFit {
  /// By column; a column left out has none.
  let widths: [Int?]

  static let gap = 2
  /// Less of a name tells nothing.
  private static let narrowestText = 10

  /// By column, `natural` is the width it would like, and `isElastic` whether its texts may be cut.
  init(natural: [Int], isElastic: [Bool], into width: Int) {
    var widths: [Int?] = natural
    var last = natural.count - 1
    func used() -> Int {
      let kept = widths.compactMap(\.self)
      return kept.reduce(0, +) + Self.gap * max(0, kept.count - 1)
    }
    func smallest() -> Int {
      var sum = 0
      for (index, width) in widths.enumerated() {
        guard let width else { continue }
        sum += (isElastic[index] ? min(width, Self.narrowestText) : width) + Self.gap
      }
      return max(0, sum - Self.gap)
    }
    while smallest() > width, last > 0 {
      widths[last] = nil
      last -= 1
    }
    // The widest name gives way until all fit, so short ones stay whole.
    while used() > width {
      var widest: Int?
      for (index, own) in widths.enumerated() where isElastic[index] {
        guard let own, own > 1 else { continue }
        if let best = widest, own <= widths[best] ?? 0 { continue }
        widest = index
      }
      guard let widest, let own = widths[widest] else { break }
      widths[widest] = own - 1
    }
    self.widths = widths
  }
}
