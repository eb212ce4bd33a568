/// Finds the word that was meant.
enum NearestWord {
  /// The word fewest letters away from `text`, the first of several; nil if none is alike in at least
  /// half of its letters.
  static func of(_ text: String, in words: some Sequence<String>) -> String? {
    var nearest: (word: String, distance: Int)?
    for word in words {
      let distance = distance(Array(text.lowercased().utf8.prefix(64)), Array(word.utf8))
      if distance < nearest?.distance ?? (word.utf8.count / 2 + 1) { nearest = (word, distance) }
    }
    return nearest?.word
  }

  /// Letters to insert, remove or change to make one of the other (Levenshtein).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in right.enumerated() {
        let change = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
