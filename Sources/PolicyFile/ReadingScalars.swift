import Units
import Wording

extension PolicyReader {
  /// Notes that `node` is not what is wanted there, unless it was refused before.
  mutating func refuse(_ node: YAMLTree, _ what: String, remedy: String) {
    guard !node.isRefused else { return }
    log.add(node.position, "\(what) cannot be \(node.found)", remedy: remedy)
  }

  /// A string, and no number, boolean or empty value.
  mutating func string(_ node: YAMLTree, _ what: String) -> String? {
    if let text = node.string, !text.isEmpty { return text }
    switch node.content {
    case .plain(let text) where !text.isEmpty:
      refuse(node, what, remedy: "put it in quotes: \"\(text)\"")
    case .plain, .string, .sequence, .mapping, .refused:
      refuse(node, what, remedy: "give a text")
    }
    return nil
  }

  mutating func bool(_ node: YAMLTree, _ what: String) -> Bool? {
    if let value = node.bool { return value }
    refuse(node, what, remedy: "write `true` or `false`")
    return nil
  }

  /// A whole number that is not negative.
  mutating func integer(_ node: YAMLTree, _ what: String) -> Int64? {
    if case .plain(let text) = node.content,
      text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), text == "0" || !text.hasPrefix("0"),
      let value = Int64(text)
    {
      return value
    }
    refuse(node, what, remedy: "write a whole number, 0 or more")
    return nil
  }

  mutating func count(_ node: YAMLTree, _ what: String) -> Int? {
    integer(node, what).map { Int($0) }
  }

  mutating func money(_ node: YAMLTree, _ what: String) -> Money? {
    if let text = decimalText(node) {
      let bytes = Array(text.utf8)
      do {
        let value = try Money(decimalUSD: bytes.span)
        if !DecimalText.isNegative(bytes.span) { return value }
      } catch {
        // Said below, with what is allowed.
      }
    }
    refuse(node, what, remedy: "write USD as a decimal number, 0 or more, such as 25 or 0.50")
    return nil
  }

  mutating func ratio(_ node: YAMLTree, _ what: String) -> Ratio? {
    if let text = decimalText(node) {
      let bytes = Array(text.utf8)
      do {
        let value = try Ratio(decimal: bytes.span)
        if !DecimalText.isNegative(bytes.span) { return value }
      } catch {
        // Said below, with what is allowed.
      }
    }
    refuse(node, what, remedy: "write a decimal number, 0 or more; 80 % is 0.80")
    return nil
  }

  /// Decimals may be quoted, as those of events may.
  private func decimalText(_ node: YAMLTree) -> String? {
    switch node.content {
    case .plain(let text), .string(let text): text
    case .sequence, .mapping, .refused: nil
    }
  }

  /// One of the words of an enumeration.
  mutating func word<Word: RawRepresentable<String> & CaseIterable>(
    _ node: YAMLTree, _ what: String, as type: Word.Type = Word.self
  ) -> Word? {
    let words = Word.allCases.map(\.rawValue)
    guard let text = node.string else {
      refuse(node, "a \(what)", remedy: "write \(Phrase.list(words))")
      return nil
    }
    if let word = Word(rawValue: text) { return word }
    noteUnknown(node.position, what, text, words)
    return nil
  }

  /// Notes a word that is none of `words`, with the nearest of them.
  mutating func noteUnknown(
    _ position: Position, _ what: String, _ text: String, _ words: [String]
  ) {
    log.add(
      position, "unknown \(what) \(Phrase.quoted(text))", remedy: "allowed: \(Phrase.list(words))",
      suggestion: NearestWord.of(text, in: words))
  }
}
