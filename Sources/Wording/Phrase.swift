/// Pieces of messages.
package enum Phrase {
  /// `` `a`, `b` or `c` ``.
  package static func list(_ words: [String], _ conjunction: String = "or") -> String {
    joined(words.map { "`\($0)`" }, conjunction)
  }

  /// `a, b or c`.
  package static func joined(_ words: [String], _ conjunction: String = "or") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }

  /// Text out of a file as it is quoted in a message: on one line, and no longer than a line.
  package static func quoted(_ text: String) -> String {
    let limit = 60
    var shown = ""
    for scalar in text.unicodeScalars.prefix(limit) {
      shown += scalar.properties.generalCategory == .control ? " " : String(scalar)
    }
    return "`\(shown)\(text.unicodeScalars.count > limit ? "…" : "")`"
  }
}
