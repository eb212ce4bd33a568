/// Finds the word that was meant.
package enum NearestWord {
  /// How far a word may be from the one it is taken for, in edits.
  package enum Tolerance: Sendable {
    /// A third of its length, at least one: for words that are many and short.
    case third
    /// Half the length of the right word: for few and long ones, such as the columns of a file.
    case half

    fileprivate func edits(_ given: Int, _ word: Int) -> Int {
      switch self {
      case .third: max(1, max(given, word) / 3)
      case .half: word / 2
      }
    }
  }

  /// The word among `words` that `text` most likely misspells, the first of equally near ones; else
  /// the first that begins with all of it, such as `cached_response` for `cached`; nil if none is near.
  package static func of(
    _ text: String, in words: some Sequence<String>, within tolerance: Tolerance = .third
  ) -> String? {
    let given = Array(text.lowercased().unicodeScalars.prefix(longest + 1))
    var best: (word: String, distance: Int)?
    for candidate in words {
      let word = Array(candidate.unicodeScalars)
      let allowed = tolerance.edits(given.count, word.count)
      guard given.count <= longest, abs(given.count - word.count) <= allowed else { continue }
      let distance = editDistance(given, word)
      if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    if let best { return best.word }
    return given.count < 3 ? nil : words.first { $0.hasPrefix(text) }
  }

  /// No right word is longer by far; comparing costs the product of the lengths.
  private static let longest = 100

  /// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
  static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var cost = min(last[column + 1], current[column]) + 1
        cost = min(cost, last[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
