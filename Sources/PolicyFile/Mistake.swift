/// A place in a file. Columns count Unicode scalars, as YAML does.
package struct Position: Hashable, Comparable, Sendable {
  /// From 1.
  package let line: Int
  /// From 1.
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static let start = Position(line: 1, column: 1)

  package static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// One thing that is wrong with a policy file. Prints as:
/// policy.yaml:12:7: unknown key `quality_flor`; did you mean `quality_floor`?
package struct Mistake: Hashable, Sendable {
  package let position: Position
  /// What was found.
  package let what: String
  /// What is allowed, or what to do.
  package let remedy: String
  /// The nearest right word where a name seems misspelt.
  package let suggestion: String?

  package init(_ position: Position, _ what: String, remedy: String, suggestion: String? = nil) {
    self.position = position
    self.what = what
    self.remedy = remedy
    self.suggestion = suggestion
  }

  /// One line, with the name that the caller knows the file by.
  package func text(file: String) -> String {
    let found = "\(file):\(position.line):\(position.column): \(what); "
    guard let suggestion else { return found + remedy }
    return found + "did you mean `\(suggestion)`? (\(remedy))"
  }
}

/// Why a file is no policy: every mistake in it, in the order of the file.
package struct PolicyFileError: Error, Hashable, Sendable {
  /// Never empty.
  package let mistakes: [Mistake]

  /// One line for each mistake.
  package func text(file: String) -> String {
    mistakes.map { $0.text(file: file) }.joined(separator: "\n")
  }
}

/// Mistakes as they are found.
package struct MistakeLog {
  package private(set) var mistakes: [Mistake] = []

  /// More would hide the first ones; a file of nothing but mistakes must not fill the memory either.
  private static let maximum = 200

  package init() {}

  package mutating func add(
    _ position: Position, _ what: String, remedy: String, suggestion: String? = nil
  ) {
    guard mistakes.count < Self.maximum else { return }
    mistakes.append(Mistake(position, what, remedy: remedy, suggestion: suggestion))
  }

  package var isEmpty: Bool { mistakes.isEmpty }

  /// Those found, in the order of the file; equal positions keep the order in which they were found.
  package var error: PolicyFileError {
    let ordered = mistakes.enumerated().sorted { left, right in
      (left.element.position, left.offset) < (right.element.position, right.offset)
    }
    return PolicyFileError(mistakes: ordered.map(\.element))
  }
}
