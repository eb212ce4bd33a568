import Traffic
import Wording

/// Reads what YAML files of ours have in common, and notes every mistake on the way: what is wrong is
/// noted once, where it stands, with what is wanted there.
package protocol YAMLReading {
  var log: MistakeLog { get set }
}

/// An entry of a mapping with free keys.
package struct YAMLEntry {
  package let name: String
  /// Of the key.
  package let position: Position
  package let value: YAMLTree
}

extension YAMLReading {
  /// Notes that `node` is not what is wanted there, unless it was refused before.
  package mutating func refuse(_ node: YAMLTree, _ what: String, remedy: String) {
    guard !node.isRefused else { return }
    log.add(node.position, "\(what) cannot be \(node.found)", remedy: remedy)
  }

  /// A string, and no number, boolean or empty value.
  package mutating func string(_ node: YAMLTree, _ what: String) -> String? {
    if let text = node.string, !text.isEmpty { return text }
    switch node.content {
    case .plain(let text) where !text.isEmpty:
      refuse(node, what, remedy: "put it in quotes: \"\(text)\"")
    case .plain, .string, .sequence, .mapping, .refused:
      refuse(node, what, remedy: "give a text")
    }
    return nil
  }

  package mutating func bool(_ node: YAMLTree, _ what: String) -> Bool? {
    if let value = node.bool { return value }
    refuse(node, what, remedy: "write `true` or `false`")
    return nil
  }

  /// One of the words of an enumeration.
  package mutating func word<Word: RawRepresentable<String> & CaseIterable>(
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
  package mutating func noteUnknown(
    _ position: Position, _ what: String, _ text: String, _ words: [String]
  ) {
    log.add(
      position, "unknown \(what) \(Phrase.quoted(text))", remedy: "allowed: \(Phrase.list(words))",
      suggestion: NearestWord.of(text, in: words))
  }

  /// The values of a mapping by their keys, of those that are `allowed`; nil if it is no mapping.
  package mutating func fields(
    of node: YAMLTree, _ what: String, allowed: [String], required: [String] = []
  ) -> [String: YAMLTree]? {
    guard let entries = entries(of: node, what) else { return nil }
    var fields: [String: YAMLTree] = [:]
    for entry in entries {
      if allowed.contains(entry.name) {
        fields[entry.name] = entry.value
      } else {
        noteUnknown(entry.position, "key", entry.name, allowed)
      }
    }
    for name in required where fields[name] == nil {
      log.add(node.position, "\(what) lacks `\(name)`", remedy: "add it")
    }
    return fields
  }

  /// The entries of a mapping with free keys, each key once; nil if it is no mapping.
  package mutating func entries(of node: YAMLTree, _ what: String) -> [YAMLEntry]? {
    guard case .mapping(let pairs) = node.content else {
      refuse(node, what, remedy: "write a mapping, `key: value`")
      return nil
    }
    var entries: [YAMLEntry] = []
    // By bytes: `String` takes canonical equivalents for the same.
    var lines: [Name: Int] = [:]
    for pair in pairs {
      guard let name = pair.key.keyText else {
        refuse(pair.key, "a key", remedy: "write a name before the `:`")
        continue
      }
      if let line = lines[Name(name)] {
        log.add(
          pair.key.position, "the key \(Phrase.quoted(name)) is given twice, first on line \(line)",
          remedy: "keep one of them")
        continue
      }
      lines[Name(name)] = pair.key.position.line
      entries.append(YAMLEntry(name: name, position: pair.key.position, value: pair.value))
    }
    return entries
  }

  /// The elements of a list; nil if it is none.
  package mutating func elements(of node: YAMLTree, _ what: String) -> [YAMLTree]? {
    if case .sequence(let elements) = node.content { return elements }
    refuse(node, what, remedy: "write a list, `[a, b]` or one `- ` a line")
    return nil
  }
}
