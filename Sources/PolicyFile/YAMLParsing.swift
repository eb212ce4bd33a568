import Wording
import Yams

extension YAMLTree {
  /// Parses one document. What breaks the syntax is thrown alone; what YAML allows and a policy does
  /// not goes to `log`, and the rest of the file is still read.
  package static func parse(_ text: String, into log: inout MistakeLog) throws(PolicyFileError)
    -> YAMLTree
  {
    var composer = Composer(text: text)
    let (parser, root) = try composer.compose()
    guard let root else {
      throw YAMLText.refused(
        .start, "the file is empty", remedy: "give at least `version`, `models` and `classes`")
    }
    // Anchors live as long as the parser.
    return withExtendedLifetime(parser) {
      var converter = Converter(masked: composer.masked, log: log)
      defer { log = converter.log }
      return converter.tree(root, depth: 1)
    }
  }
}

/// Composes a document in spite of duplicate keys.
///
/// Yams stops at the first mapping with a key given twice. To go on and find every mistake, the first
/// letter of one of the two keys is replaced by a private one, which moves no position, and the text is
/// composed again; ``masked`` tells afterwards what the key really was.
private struct Composer {
  var text: String
  private(set) var masked: [Position: Unicode.Scalar] = [:]

  /// Keeps the work in proportion to the size of a file, whatever is in it.
  private static let maximumBytesComposed = 1 << 21
  private static let maximumMasked = 100

  init(text: String) { self.text = text }

  mutating func compose() throws(PolicyFileError) -> (Parser, Node?) {
    while true {
      do {
        let parser = try Parser(yaml: text, encoding: .utf8)
        return (parser, try parser.singleRoot())
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let position = Position(context.mark)
        guard masked.count < Self.maximumMasked,
          text.utf8.count * masked.count < Self.maximumBytesComposed,
          mask(at: position, anyOf: keys)
        else {
          throw YAMLText.refused(
            position, "the key \(Phrase.quoted(keys.first ?? "")) is given twice",
            remedy: "keep one of them")
        }
      } catch {
        throw invalid(error)
      }
    }
  }

  /// Replaces the first letter of the key at `position`, behind its quote if it has one.
  private mutating func mask(at position: Position, anyOf keys: [String]) -> Bool {
    var scalars = text.unicodeScalars
    var cursor = YAMLText.Cursor()
    var index = scalars.startIndex
    while index < scalars.endIndex, cursor.position < position {
      cursor.advance(over: scalars[index])
      index = scalars.index(after: index)
    }
    if index < scalars.endIndex, scalars[index] == "\"" || scalars[index] == "'" {
      index = scalars.index(after: index)
    }
    guard cursor.position == position, index < scalars.endIndex, masked[position] == nil,
      keys.contains(where: { $0.unicodeScalars.first == scalars[index] }),
      let letter = Unicode.Scalar(0xE000 + UInt32(masked.count))
    else { return false }
    masked[position] = scalars[index]
    scalars.replaceSubrange(index...index, with: CollectionOfOne(letter))
    text = String(scalars)
    return true
  }

  private func invalid(_ error: any Error) -> PolicyFileError {
    switch error {
    case YamlError.composer(_, "but found another document", let mark, _):
      return YAMLText.refused(
        Position(mark), "a second document", remedy: "keep one, without another `---`")
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let position = Position(mark)
      if problem.hasPrefix("Maximum nesting level") {
        return YAMLText.refused(
          position, YAMLTree.nestingMistake.what, remedy: YAMLTree.nestingMistake.remedy)
      }
      let around = context.map { " \($0.text) that begins at \($0.mark)" } ?? ""
      return YAMLText.refused(
        position, "invalid YAML: \(problem)\(around)", remedy: remedy(for: problem, at: position))
    default:
      return YAMLText.refused(.start, "invalid YAML: \(error)", remedy: "check the file's text")
    }
  }

  private func remedy(for problem: String, at position: Position) -> String {
    if problem.contains("alias") || problem.contains("alphabetic or numeric") {
      return "quote a pattern that begins with `*`: \"*_review\""
    }
    var cursor = YAMLText.Cursor()
    for scalar in text.unicodeScalars {
      if cursor.position == position {
        if scalar == "\t" { return "indent with spaces; YAML allows no tab here" }
        break
      }
      cursor.advance(over: scalar)
    }
    return "check brackets, quotes and indentation up to here"
  }
}

/// Turns the parser's nodes into a ``YAMLTree``, refusing what a policy has no use for.
private struct Converter {
  let masked: [Position: Unicode.Scalar]
  var log: MistakeLog
  private var nodes = 0

  init(masked: [Position: Unicode.Scalar], log: MistakeLog) {
    self.masked = masked
    self.log = log
  }

  mutating func tree(_ node: Node, depth: Int) -> YAMLTree {
    let position = node.mark.map(Position.init) ?? .start
    nodes += 1
    // An alias is the node of its anchor once more, so no anchored node is entered and the walk is
    // no longer than the file.
    if node.anchor != nil {
      return refuse(
        position, "an anchor or alias", remedy: "write the value out where it is used")
    }
    guard nodes <= YAMLTree.maximumNodes else {
      if nodes == YAMLTree.maximumNodes + 1 {
        log.add(
          position, "too many values", remedy: "a policy has at most \(YAMLTree.maximumNodes)")
      }
      return YAMLTree(position: position, content: .refused)
    }
    switch node {
    case .scalar(let scalar):
      if scalar.style == .plain {
        guard isUntagged(scalar.tag) else { return refuseTag(position) }
        return YAMLTree(position: position, content: .plain(unmasked(scalar.string, position)))
      }
      return YAMLTree(position: position, content: .string(unmasked(scalar.string, position)))
    case .sequence(let sequence):
      guard isUntagged(sequence.tag) else { return refuseTag(position) }
      guard depth <= YAMLTree.maximumNesting else { return refuseDepth(position) }
      return YAMLTree(
        position: position, content: .sequence(sequence.map { tree($0, depth: depth + 1) }))
    case .mapping(let mapping):
      guard isUntagged(mapping.tag) else { return refuseTag(position) }
      guard depth <= YAMLTree.maximumNesting else { return refuseDepth(position) }
      let pairs = mapping.map { key, value in
        YAMLTree.Pair(key: self.key(key), value: tree(value, depth: depth + 1))
      }
      return YAMLTree(position: position, content: .mapping(pairs))
    case .alias(let alias):
      return refuse(
        alias.mark.map(Position.init) ?? .start, "an anchor or alias",
        remedy: "write the value out where it is used")
    }
  }

  /// The parser has compared the keys, and by that given each a tag: it no longer shows which it had.
  private mutating func key(_ node: Node) -> YAMLTree {
    let position = node.mark.map(Position.init) ?? .start
    nodes += 1
    guard case .scalar(let scalar) = node, node.anchor == nil else {
      return refuse(position, "a key that is no plain name", remedy: "write a name before the `:`")
    }
    let text = unmasked(scalar.string, position)
    return YAMLTree(
      position: position, content: scalar.style == .plain ? .plain(text) : .string(text))
  }

  private func unmasked(_ text: String, _ position: Position) -> String {
    guard let first = masked[position] else { return text }
    return String(first) + String(text.unicodeScalars.dropFirst())
  }

  private func isUntagged(_ tag: Tag) -> Bool { tag.description.isEmpty }

  private mutating func refuse(_ position: Position, _ what: String, remedy: String) -> YAMLTree {
    log.add(position, what, remedy: remedy)
    return YAMLTree(position: position, content: .refused)
  }

  private mutating func refuseTag(_ position: Position) -> YAMLTree {
    refuse(position, "a tag", remedy: "leave out the word that begins with `!`")
  }

  private mutating func refuseDepth(_ position: Position) -> YAMLTree {
    refuse(position, YAMLTree.nestingMistake.what, remedy: YAMLTree.nestingMistake.remedy)
  }
}

extension Position {
  fileprivate init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}
