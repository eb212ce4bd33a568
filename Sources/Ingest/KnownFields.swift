internal import StrictJSON

/// The fields of a record that a format reads: what else a record holds is counted by name, and never
/// kept, as it may be a prompt or an answer.
struct KnownFields: Sendable {
  private let fields: [(name: StaticString, children: KnownFields?)]

  init(_ leaves: [StaticString], _ objects: [(StaticString, KnownFields)] = []) {
    fields = leaves.map { ($0, nil) } + objects.map { ($0.0, $0.1) }
  }

  private enum Match {
    case unknown
    case leaf
    case object(KnownFields)
  }

  private func match(_ tape: JSONTape, _ key: Int) -> Match {
    for field in fields where tape.isText(key, field.name) {
      return field.children.map(Match.object) ?? .leaf
    }
    return .unknown
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
