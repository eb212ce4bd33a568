internal import StrictJSON

/// The fields of a record that a format reads: what else a record holds is counted by name, and never
/// kept, as it may be a prompt or an answer.
struct KnownFields: Sendable {
  /// Nil: a leaf, which may be a list of texts where the format says so.
  private var fields: [(name: [UInt8], children: KnownFields?)] = []
  private var keepsLists = false

  init() {}

  init(_ leaves: [StaticString], _ objects: [(StaticString, KnownFields)] = []) {
    fields =
      leaves.map { (Array($0.description.utf8), nil) }
      + objects.map { (Array($0.0.description.utf8), $0.1) }
  }

  /// The fields at these paths: `metadata.usage_object.prompt_tokens`.
  init(paths: [StaticString]) {
    for path in paths { insert(path.description.utf8.split(separator: 0x2E).map(Array.init)[...]) }
  }

  /// These fields and those at `paths`, of which a tag keeps the list that it stands in.
  func adding(_ paths: [FieldPath]) -> KnownFields {
    var all = self
    for path in paths { all.insert(path.parts[...], isList: path.isTag) }
    return all
  }

  /// These fields and those at `paths`, each one key with all its dots.
  func adding(whole paths: [FieldPath]) -> KnownFields {
    var all = self
    for path in paths { all.insert([Array(path.description.utf8)][...]) }
    return all
  }

  func union(_ other: KnownFields) -> KnownFields {
    var all = self
    for field in other.fields {
      guard let place = all.fields.firstIndex(where: { $0.name == field.name }) else {
        all.fields.append(field)
        continue
      }
      let (own, more) = (all.fields[place].children, field.children)
      all.fields[place].children = own.map { own in more.map(own.union) ?? own } ?? more
    }
    return all
  }

  private mutating func insert(_ path: ArraySlice<[UInt8]>, isList: Bool = false) {
    guard let name = path.first else { return }
    let place = fields.firstIndex { $0.name == name }
    if path.count == 1 {
      if place == nil {
        var list = KnownFields()
        list.keepsLists = true
        fields.append((name, isList ? list : nil))
      }
      return
    }
    var children = place.flatMap { fields[$0].children } ?? KnownFields()
    children.insert(path.dropFirst(), isList: isList)
    if let place {
      fields[place].children = children
    } else {
      fields.append((name, children))
    }
  }

  private enum Match {
    case unknown
    case leaf
    case object(KnownFields)
  }

  private func match(_ tape: JSONTape, _ key: Int) -> Match {
    tape.withTextBytes(key) { text in
      for field in fields where field.name.count == text.count {
        let name = field.name.span
        var isSame = true
        for at in text.indices where text[at] != name[at] {
          isSame = false
          break
        }
        if isSame { return field.children.map(Match.object) ?? .leaf }
      }
      return .unknown
    }
  }

  /// Counts the fields of a record that are not known, by their path.
  func countUnknown(in tape: JSONTape, _ counts: inout IgnoredFields) {
    countUnknown(in: tape, JSONTape.root, prefix: "", &counts)
  }

  private func countUnknown(
    in tape: JSONTape, _ object: Int, prefix: String, _ counts: inout IgnoredFields
  ) {
    guard tape.kind(object) == .object else { return }
    tape.forEachMember(of: object) { key, value in
      switch match(tape, key) {
      case .unknown: counts.add(prefix + tape.text(key))
      case .leaf: break
      case .object(let children):
        children.countUnknown(in: tape, value, prefix: prefix + tape.text(key) + ".", &counts)
      }
    }
  }

  /// The record with its known fields alone, as compact JSON: what the quarantine may keep.
  func projection(of tape: JSONTape) -> [UInt8] {
    guard tape.kind(JSONTape.root) == .object else { return Self.removed }
    var text: [UInt8] = []
    project(tape, JSONTape.root, into: &text)
    return text
  }

  private func project(_ tape: JSONTape, _ value: Int, into text: inout [UInt8]) {
    if keepsLists, tape.kind(value) == .array { return list(tape, value, into: &text) }
    guard tape.kind(value) == .object else { return Self.leaf(tape, value, into: &text) }
    text.append(UInt8(ascii: "{"))
    tape.forEachMember(of: value) { key, member in
      let match = match(tape, key)
      if case .unknown = match { return }
      if text.last != UInt8(ascii: "{") { text.append(UInt8(ascii: ",")) }
      text.append(contentsOf: tape.source(key))
      text.append(UInt8(ascii: ":"))
      if case .object(let children) = match {
        children.project(tape, member, into: &text)
      } else {
        Self.leaf(tape, member, into: &text)
      }
    }
    text.append(UInt8(ascii: "}"))
  }

  /// A list of tags: its texts and numbers, and nothing inside others.
  private func list(_ tape: JSONTape, _ value: Int, into text: inout [UInt8]) {
    text.append(UInt8(ascii: "["))
    tape.forEachElement(of: value) { element in
      if text.last != UInt8(ascii: "[") { text.append(UInt8(ascii: ",")) }
      Self.leaf(tape, element, into: &text)
    }
    text.append(UInt8(ascii: "]"))
  }

  private static let removed = Array(#""(removed)""#.utf8)

  /// A field that should be plain and is not may hold anything.
  private static func leaf(_ tape: JSONTape, _ value: Int, into text: inout [UInt8]) {
    switch tape.kind(value) {
    case .object, .array: text.append(contentsOf: removed)
    case .string, .number, .true, .false, .null: text.append(contentsOf: tape.source(value))
    }
  }
}

/// How many records of a file had which fields that no one reads.
package struct IgnoredFields: Sendable {
  package private(set) var counts: [String: Int64] = [:]

  /// A log whose keys are data must not fill the ledger.
  private static let mostNames = 500
  private static let longestName = 128
  private static let others = "(others)"

  package init() {}

  /// Goes on with what an earlier run counted.
  init(_ counts: [String: Int64]) { self.counts = counts }

  mutating func add(_ path: String, count added: Int64 = 1) {
    let name = path.cut(at: Self.longestName).printable
    if let count = counts[name] {
      counts[name] = count + added
    } else if counts.count < Self.mostNames {
      counts[name] = added
    } else {
      counts[Self.others, default: 0] += added
    }
  }
}
