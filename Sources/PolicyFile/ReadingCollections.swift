import Traffic
import Wording

extension PolicyReader {
  /// The values of a mapping by their keys, of those that are `allowed`; nil if it is no mapping.
  mutating func fields(
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
  mutating func entries(of node: YAMLTree, _ what: String) -> [Entry]? {
    guard case .mapping(let pairs) = node.content else {
      refuse(node, what, remedy: "write a mapping, `key: value`")
      return nil
    }
    var entries: [Entry] = []
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
      entries.append(Entry(name: name, position: pair.key.position, value: pair.value))
    }
    return entries
  }

  struct Entry {
    let name: String
    let position: Position
    let value: YAMLTree
  }

  /// The elements of a list; nil if it is none.
  mutating func elements(of node: YAMLTree, _ what: String) -> [YAMLTree]? {
    if case .sequence(let elements) = node.content { return elements }
    refuse(node, what, remedy: "write a list, `[a, b]` or one `- ` a line")
    return nil
  }
}
