internal import StrictJSON

/// Where a value stands in a record: keys joined by dots, `metadata.requester_metadata.workflow`.
///
/// A key may have dots of its own, as OpenTelemetry's attributes do: of the keys that fit, the longest
/// that leads anywhere is taken. `request_tags[feature]` is the rest of the first element of a list
/// that begins with `feature:` or `feature=`.
package struct FieldPath: Hashable, Sendable, CustomStringConvertible {
  package let description: String
  private let keys: [UInt8]
  private let tag: [UInt8]?

  /// Nil unless it is one key or several, none of them empty.
  package init?(_ text: String) {
    var keys = text
    var tag: String?
    if text.hasSuffix("]") {
      guard let open = text.lastIndex(of: "[") else { return nil }
      keys = String(text[..<open])
      let inside = text[text.index(after: open)...].dropLast()
      guard !inside.isEmpty else { return nil }
      tag = String(inside)
    }
    guard !keys.split(separator: ".", omittingEmptySubsequences: false).contains("") else {
      return nil
    }
    description = text
    self.keys = Array(keys.utf8)
    self.tag = tag.map { Array($0.utf8) }
  }

  /// For paths in the program's own text.
  init(_ text: StaticString) {
    guard let path = FieldPath(text.description) else {
      preconditionFailure("\(text) is no path")
    }
    self = path
  }

  /// The keys for a projection: as the path has them, cut at each dot.
  var parts: [[UInt8]] { keys.split(separator: UInt8(ascii: ".")).map(Array.init) }

  var isTag: Bool { tag != nil }

  /// The value; nil if there is none, or null.
  func value(in tape: JSONTape, _ object: JSONTape.Index) -> JSONTape.Index? {
    value(in: tape, object, keys[...])
  }

  private func value(
    in tape: JSONTape, _ object: JSONTape.Index, _ rest: ArraySlice<UInt8>
  ) -> JSONTape.Index? {
    guard tape.kind(object) == .object else { return nil }
    var best: (length: Int, value: JSONTape.Index)?
    tape.forEachMember(of: object) { key, member in
      let length = tape.withTextBytes(key) { text -> Int? in
        guard text.count <= rest.count, text.count > (best?.length ?? 0) else { return nil }
        for at in text.indices where text[at] != rest[rest.startIndex + at] { return nil }
        let end = rest.startIndex + text.count
        return end == rest.endIndex || rest[end] == UInt8(ascii: ".") ? text.count : nil
      }
      guard let length else { return }
      if length == rest.count {
        if tape.kind(member) != .null { best = (length, member) }
      } else if let found = value(in: tape, member, rest.dropFirst(length + 1)) {
        best = (length, found)
      }
    }
    return best?.value
  }

  /// The text there: a string, a number as it is written, or the rest of a tag. Nil where there is
  /// nothing, or nothing but an empty string.
  func text(in tape: JSONTape, _ object: JSONTape.Index) -> String? {
    guard let value = value(in: tape, object) else { return nil }
    guard let tag else { return Self.text(tape, value) }
    guard tape.kind(value) == .array else { return nil }
    var found: String?
    tape.forEachElement(of: value) { element in
      guard found == nil, tape.kind(element) == .string else { return }
      let text = tape.text(element)
      let bytes = text.utf8
      guard bytes.starts(with: tag), bytes.count > tag.count + 1 else { return }
      let rest = bytes.dropFirst(tag.count)
      guard rest.first == UInt8(ascii: ":") || rest.first == UInt8(ascii: "=") else { return }
      found = String(rest.dropFirst())
    }
    return found
  }

  private static func text(_ tape: JSONTape, _ value: JSONTape.Index) -> String? {
    switch tape.kind(value) {
    case .string:
      let text = tape.text(value)
      return text.isEmpty ? nil : text
    case .number: return String(decoding: tape.source(value), as: UTF8.self)
    case .object, .array, .true, .false, .null: return nil
    }
  }
}
