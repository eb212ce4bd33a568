/// What is wrong with a question. Prints as:
/// `attempts[0].kind` is `rate_limitd`; did you mean `rate_limited`? (`timeout`, … or `unknown`)
package struct QuestionMistake: Error, Hashable, Sendable, CustomStringConvertible {
  /// The stable code that is printed for every one of them.
  package static let code = "malformed"

  /// What was found, and what is allowed.
  package let description: String

  init(_ description: String) { self.description = description }
}
