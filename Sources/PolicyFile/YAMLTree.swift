import Wording

/// What a policy file holds, without anchors, aliases or tags; every node with its place.
package struct YAMLTree {
  package struct Pair {
    package let key: YAMLTree
    package let value: YAMLTree
  }

  package enum Content {
    case plain(String)
    /// Quoted or in a block: always a string.
    case string(String)
    case sequence([YAMLTree])
    case mapping([Pair])
    /// Refused with a mistake of its own; nothing more is said about it.
    case refused
  }

  package let position: Position
  package let content: Content

  static let maximumNesting = 64
  static let maximumNodes = 100_000
  static let nestingMistake = (
    what: "nesting deeper than \(maximumNesting)", remedy: "a policy needs no more than six levels"
  )

  /// Words that YAML's core schema does not take for strings; an empty value is null.
  private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]
  private static let booleans = [
    "true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false,
  ]

  /// A plain `true` or `false`.
  package var bool: Bool? {
    if case .plain(let text) = content { return Self.booleans[text] }
    return nil
  }

  /// The text of a node that is a string in YAML, so that no editor reads it otherwise.
  package var string: String? {
    switch content {
    case .string(let text): text
    case .plain(let text): Self.kind(ofPlain: text) == nil ? text : nil
    case .sequence, .mapping, .refused: nil
    }
  }

  /// The text of any scalar but null: keys are strings whatever they look like.
  package var keyText: String? {
    switch content {
    case .string(let text): text
    case .plain(let text): Self.nulls.contains(text) ? nil : text
    case .sequence, .mapping, .refused: nil
    }
  }

  /// What was found, for a message.
  package var found: String {
    switch content {
    case .plain(""): "the empty value"
    case .string(let text): "the text \(Phrase.quoted(text))"
    case .plain(let text):
      Self.kind(ofPlain: text).map { "\($0) \(Phrase.quoted(text))" } ?? Phrase.quoted(text)
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .refused: "nothing"
    }
  }

  package var isRefused: Bool {
    if case .refused = content { return true }
    return false
  }

  /// What a plain scalar is where it is no string.
  static func kind(ofPlain text: String) -> String? {
    if nulls.contains(text) { return "the empty value" }
    if booleans[text] != nil { return "the boolean" }
    return isNumber(text) ? "the number" : nil
  }

  /// The numbers of YAML's core schema: `1`, `-.5e3`, `0x1F`, `.inf`.
  private static func isNumber(_ text: String) -> Bool {
    var rest = text[...]
    if let sign = rest.first, sign == "-" || sign == "+" { rest = rest.dropFirst() }
    if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(String(rest)) { return true }
    if rest.hasPrefix("0x") { return isDigits(rest.dropFirst(2), radix: 16) }
    if rest.hasPrefix("0o") { return isDigits(rest.dropFirst(2), radix: 8) }
    let parts = rest.split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == "e" || $0 == "E" })
    if parts.count == 2 {
      var exponent = parts[1]
      if let sign = exponent.first, sign == "-" || sign == "+" { exponent = exponent.dropFirst() }
      guard isDigits(exponent, radix: 10) else { return false }
    }
    let digits = (parts.first ?? "").split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    return digits.contains { !$0.isEmpty }
      && digits.allSatisfy { $0.isEmpty || isDigits($0, radix: 10) }
  }

  private static func isDigits(_ text: Substring, radix: Int) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 < 0x80 }
      && text.allSatisfy { $0.hexDigitValue.map { $0 < radix } ?? false }
  }
}
