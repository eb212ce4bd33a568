package import PolicyEngine

/// Reads policies from YAML (policy.md, "The file").
///
/// A wrong file is refused whole, with every mistake at once. Numbers are read exactly from their
/// text; money and ratios may also be quoted, as decimals may in events. A ratio's digits past the
/// ninth are cut, like those of the utilisation it is compared with. Names must be strings in
/// YAML, so that `environment: true` does not mean one thing here and another in an editor.
package enum PolicyYAML {
  /// - Throws: ``PolicyFileError`` with every mistake of the file.
  package static func read(_ bytes: [UInt8]) throws(PolicyFileError) -> Policy {
    let text = try YAMLText.checked(bytes)
    var log = MistakeLog()
    let root = try YAMLTree.parse(text, into: &log)
    var reader = PolicyReader(log: log)
    reader.read(root)
    guard reader.log.isEmpty else { throw reader.log.error }
    do {
      return try Policy(reader.definition)
    } catch {
      // The reader asks the definition for its problems, so none is left to find here.
      let mistakes = error.problems.map { problem in
        Mistake(root.position, problem.description, remedy: "mend the policy")
      }
      throw PolicyFileError(mistakes: mistakes)
    }
  }

  /// - Throws: ``PolicyFileError`` with every mistake of the file.
  package static func read(_ text: String) throws(PolicyFileError) -> Policy {
    try read(Array(text.utf8))
  }
}
