/// The word among `words` that `word` most likely misspells; nil if none is near.
///
/// Near is a third of the word's length in edits, at least one; the first of equally near words.
func nearestWord(to word: String, among words: some Sequence<String>) -> String? {
  let given = Array(word.lowercased().unicodeScalars)
  var best: (word: String, distance: Int)?
  for candidate in words {
    let other = Array(candidate.unicodeScalars)
    let allowed = max(1, max(given.count, other.count) / 3)
    guard abs(given.count - other.count) <= allowed, given.count <= 100 else { continue }
    let distance = editDistance(given, other)
    if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.word
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
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
