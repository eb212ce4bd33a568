import Traffic

/// The rules of one list, laid flat so that matching neither allocates nor chases pointers.
struct RuleMatcher: Sendable {
  /// Trivial values with ranges into the arrays that follow.
  private struct Condition: Sendable {
    let field: AttributionField
    let patterns: Range<Int>
  }

  private struct Pattern: Sendable {
    let bytes: Range<Int>
    let isExact: Bool
  }

  private var rules: [Range<Int>] = []
  private var conditions: [Condition] = []
  private var patterns: [Pattern] = []
  private var bytes: [UInt8] = []

  init(_ matches: [AttributionMatch]) {
    for match in matches {
      let firstCondition = conditions.count
      for condition in match.conditions {
        let firstPattern = patterns.count
        for wildcard in condition.patterns {
          let firstByte = bytes.count
          bytes.append(contentsOf: wildcard.pattern.text.utf8)
          let range = firstByte..<bytes.count
          patterns.append(
            Pattern(bytes: range, isExact: !bytes[range].contains(Wildcard.star)))
        }
        conditions.append(
          Condition(field: condition.field, patterns: firstPattern..<patterns.count))
      }
      rules.append(firstCondition..<conditions.count)
    }
  }

  /// The index of the first rule of which every condition holds.
  func firstMatch(_ attribution: Attribution) -> Int? {
    for index in rules.indices where holds(rules[index], for: attribution) { return index }
    return nil
  }

  private func holds(_ range: Range<Int>, for attribution: Attribution) -> Bool {
    for index in range {
      let condition = conditions[index]
      // A field the request lacks matches nothing, not even `*`; an empty one is lacking (events.md).
      guard let name = attribution[condition.field], !name.text.isEmpty,
        matches(name, anyOf: condition.patterns)
      else { return false }
    }
    return true
  }

  private func matches(_ name: Name, anyOf range: Range<Int>) -> Bool {
    let text = name.text.utf8.span
    let bytes = bytes.span
    for index in range {
      let pattern = patterns[index]
      if pattern.isExact, pattern.bytes.count != text.count { continue }
      if Wildcard.matches(text, pattern: bytes.extracting(pattern.bytes)) { return true }
    }
    return false
  }
}
